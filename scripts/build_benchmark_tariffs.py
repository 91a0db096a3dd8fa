"""Write the benchmark tariffs of ``can17x28``: US duties really calculated in 2024.

    python scripts/build_benchmark_tariffs.py && python scripts/build_world.py can17x28.npz

A rate is calculated duty over customs value (US Census Bureau, imports for consumption 2024) by
origin and sector, over the pair's ratio of basic to customs value, to four significant digits.
Duties of other countries are not in the sources and stand at zero.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from surtax.goods import UNSPECIFIED, WITHIN
from surtax.trade.flows import load_us_imports
from surtax.world import load
from surtax.world.shock import region_of

OUT = Path(__file__).parents[1] / "src/surtax/world/data/can17x28/tariffs.csv"


def main() -> None:
    """Write the table."""
    world, ratio = load.load("can17x28"), load.customs_to_basic("can17x28")
    flows = load_us_imports().with_duty()
    usa = world.region("USA")
    sectors = np.array([WITHIN.get(s, s) for s in flows.sectors()])
    rows = []
    for treasury in dict.fromkeys(world.treasuries):
        regions = [k for k, t in enumerate(world.treasuries) if t == treasury]
        if usa in regions:
            continue
        mine = [p for p in flows.places_ if region_of(world, str(p)) == regions]
        of = np.isin(flows.place, mine)
        for sector in world.sectors:
            here = of & (sectors == sector)
            if sector == UNSPECIFIED or not flows.duty[here].sum():
                continue
            rate = flows.duty[here].sum() / flows.value[here].sum() / ratio[usa, regions[0]]
            rows.append([sector, treasury, "USA", f"{rate:.4g}"])
    with OUT.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["sector", "origin", "destination", "rate"])
        writer.writerows(rows)
    print(f"{len(rows)} rates")


if __name__ == "__main__":
    main()
