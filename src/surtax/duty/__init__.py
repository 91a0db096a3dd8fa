"""Duty: what an entry owes, and why."""
