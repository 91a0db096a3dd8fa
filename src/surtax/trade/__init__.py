"""Trade: who buys what from whom, and the effective rate."""
