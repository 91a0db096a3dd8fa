"""Entries by the million: the table that files of entries become, and how they become it."""
