"""Other models of trade on the same worlds: what one paper assumes and the core does not."""
