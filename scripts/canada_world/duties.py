"""Benchmark tariffs on the world's basis: duties of the base year over flows at basic prices."""

from __future__ import annotations

import numpy as np

from canada_world.names import GOODS, PARTNERS, REGIONS, SECTORS, P
from canada_world.raw import figures
from canada_world.trade import Trade

FREE = ("OIL", "POT", "MIN", "UTL")
"""Energy and minerals, on which Canada is taken to charge no duty."""
OUTSIDE = ("CHN", "IND", "ROW")
"""Origins with which Canada has no free trade agreement, as a whole."""


def rows(t: Trade) -> list[tuple[str, str, str, float]]:
    """Sector, origin, destination and rate to four significant digits.

    The United States: calculated duty over customs value of 2024 by origin and sector, over the
    pair's ratio of basic to customs value; lines without a duty figure count as the others.
    Canada: its net customs duties of 2024 spread over goods from origins without an agreement at
    one rate; nothing from the United States, Mexico, Japan, Korea, the United Kingdom and the
    European Union, whose goods its agreements free.
    """
    out = []
    for k, origin in enumerate(("CAN", *PARTNERS)):
        ratio = t.ratios["out"] if origin == "CAN" else t.ratios["far"]
        for row, sector in enumerate(GOODS):
            value, duty = t.us.dutiable[row, k], t.us.duty[row, k]
            if value > 0 and duty > 0:
                out.append((sector, origin, "USA", float(f"{duty / value / ratio:.4g}")))
    charged = [SECTORS.index(g) for g in GOODS if g not in FREE]
    origins = [REGIONS.index(o) for o in OUTSIDE]
    base = t.flows[np.ix_(charged, range(P), origins)].sum()
    rate = float(f"{figures()['canada_duties'] / base:.4g}")
    for sector in GOODS:
        if sector not in FREE:
            out.extend((sector, origin, "CAN", rate) for origin in OUTSIDE)
    return sorted(out, key=lambda r: (SECTORS.index(r[0]), r[2], r[1]))
