"""Write what Canada bought from the United States in 2024, by tariff item on Canada's lists.

    python scripts/build_ca_imports.py

No public table gives Canadian imports by eight-digit item, so this one is an estimate:

- the total by sector: the world `can19x34`, whose imports from the United States are those of
  Statistics Canada's table 12-10-0175-01 for 2024, section by section, at customs value;
- the two lists in force: the government's own totals (C$30 bn, C$29.8 bn), split between items
  with US exports to Canada by HS6 (US Census Bureau, 2024), evenly within a subheading;
- the second list beyond the metals items: C$125 bn less C$29.8 bn, split between items in
  proportion to the sector's imports per subheading of the sector;
- the rest of each sector as one row without an item.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from surtax import goods
from surtax.ledger import Ledger, schedule
from surtax.trade.flows import load_us_exports_to_canada
from surtax.world import load as worlds

OUT = Path(__file__).parents[1] / "src/surtax/trade/data/ca_imports_from_us_2024.csv"
MARCH, METALS, SECOND = 30.0e9, 29.8e9, 125.0e9
WORLD = "can19x34"


def sector_totals() -> dict[str, float]:
    """C$ by sector: what Canada buys from the United States in the world, at customs value.

    The world meets the official total of each section (Statistics Canada 12-10-0175-01, imports
    from the United States 2024), special transactions left out.
    """
    world = worlds.load(WORLD)
    usa = world.region("USA")
    canada = [n for n, t in enumerate(world.treasuries) if t == "CAN"]
    ratio = float(worlds.customs_to_basic(WORLD)[canada[0], usa])
    basic = {s: float(world.flows[k][canada, usa].sum()) for k, s in enumerate(world.sectors)}
    return {s: basic[s] * 1e9 / ratio for s in goods.SECTORS}


def by_exports(items: list[str], total: float) -> dict[str, float]:
    """A list's total split by US exports of each subheading, evenly within it."""
    exports = load_us_exports_to_canada()
    count = Counter(i[:6] for i in items)
    weight = {i: exports.get(i[:6], 0) / count[i[:6]] for i in items}
    scale = total / sum(weight.values())
    return {i: w * scale for i, w in weight.items()}


def by_sector(items: list[str], total: float, room: dict[str, float]) -> dict[str, float]:
    """A total split by each sector's imports per subheading, within what the sector has left."""
    universe = Counter(goods.sector_of(c) for c in {c[:6] for c in schedule.schedule().hs8})
    count = Counter(i[:6] for i in items)
    sector = {i: goods.sector_of(i) for i in items}
    items = [i for i in items if room.get(sector[i], 0.0) > 0]
    weight = {i: room[sector[i]] / universe[sector[i]] / count[i[:6]] for i in items}
    value: dict[str, float] = {}
    left, free = total, set(items)
    while free and left > 1:
        scale = left / sum(weight[i] for i in free)
        sums = Counter()
        for i in free:
            sums[sector[i]] += weight[i] * scale
        full = {s for s, v in sums.items() if v > 0.95 * room[s]}
        if not full:
            value |= {i: weight[i] * scale for i in free}
            break
        for s in full:
            inside = [i for i in free if sector[i] == s]
            cap = 0.95 * room[s] / sum(weight[i] for i in inside)
            value |= {i: weight[i] * cap for i in inside}
            left -= 0.95 * room[s]
            free -= set(inside)
    return value


def main() -> None:
    """Write the table and print what each list covers by sector."""
    ledger = Ledger.load()

    def listed(measure: str) -> list[str]:
        return sorted(ledger.codes(measure, ["@goods"]))

    march, metals = (
        listed("ca/surtax/united-states-2025-1"),
        listed("ca/surtax/steel-and-aluminum-2025"),
    )
    second = [i for i in listed("ca/surtax/second-list") if i not in set(metals)]
    totals = sector_totals()
    value = by_exports(march, MARCH) | by_exports(metals, METALS)
    used = Counter()
    for item, v in value.items():
        used[goods.sector_of(item)] += v
    room = {s: max(0.0, t - used[s]) for s, t in totals.items()}
    value |= by_sector(second, SECOND - METALS, room)
    rows = []
    covered = Counter()
    for item in sorted(value):
        sector = goods.sector_of(item)
        covered[sector] += value[item]
        rows.append([item, sector, round(value[item] / 1e3)])
    for sector, total in totals.items():
        rest = round((total - covered[sector]) / 1e3)
        if rest > 0:
            rows.append(["", sector, rest])
        print(f"{sector}: imports {total / 1e9:.1f}, listed {covered[sector] / 1e9:.1f}")
    print(f"all listed {sum(covered.values()) / 1e9:.1f}, of no sector {covered['UNS'] / 1e9:.2f}")
    with OUT.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["item", "sector", "value_cad_thousand"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
