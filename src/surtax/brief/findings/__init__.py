"""Findings: sentences made from numbers by rules, the titles of charts and the summary.

A tie is judged on the figures as they are printed: two provinces at −1.2 % are level, whatever
the third digit says.
"""
