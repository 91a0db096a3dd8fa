"""Rating tables of entries: the same law and the same kernel as for one entry, line by line."""

from surtax.duty.bulk.table import rate_table

__all__ = ["rate_table"]
