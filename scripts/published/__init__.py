"""Published results and how this project computes them: read by `validate.py`, tests, bench."""
