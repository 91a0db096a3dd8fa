"""Response: which counter-measure, which use of the money, which settlement."""
