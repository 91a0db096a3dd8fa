"""Ledger: what the law says, when, and what was known that day."""

from surtax.ledger.load import Ledger

__all__ = ["Ledger"]
