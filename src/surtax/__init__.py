"""surtax: trade disputes as software.

The line, top to bottom: ledger, duty, trade, world, economy, response, scenario, brief.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from surtax._version import __version__

if TYPE_CHECKING:
    from surtax.api import (
        Ledger,
        World,
        compare,
        etr,
        exposure,
        ladder,
        offset,
        respond,
        run,
        solve,
        sweep,
    )

__all__ = [
    "Ledger",
    "World",
    "__version__",
    "compare",
    "etr",
    "exposure",
    "ladder",
    "offset",
    "respond",
    "run",
    "solve",
    "sweep",
]


def __getattr__(name: str) -> Any:
    """Load the Python face when one of its names is asked for, so that import stays light."""
    if name in __all__:
        from surtax import api

        return getattr(api, name)
    raise AttributeError(f"module 'surtax' has no attribute {name!r}")
