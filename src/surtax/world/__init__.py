"""World: the economy before anything changes."""
