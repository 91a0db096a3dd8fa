"""Scenario: one file that says what to run."""
