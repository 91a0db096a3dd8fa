"""Entries by the million: the canonical table, and how files become it."""
