"""surtax: trade disputes as software.

The line, top to bottom: ledger, duty, trade, world, economy, response, scenario, brief.
"""

from surtax._version import __version__

__all__ = ["__version__"]
