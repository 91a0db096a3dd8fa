"""Write the tables of docs/trade.md that put trackers' published figures beside ours.

    python scripts/build_tracker_tables.py

For each tracker of ``trade/data/trackers.csv``, the table below the line that is its name in
backticks is written anew; the law is as known on the verified-to date.
"""

from __future__ import annotations

import re
from pathlib import Path

from surtax.ledger import Ledger
from surtax.trade.attribution import LARGE, Attribution, attribute
from surtax.trade.trackers import figures, trackers
from surtax.units import signed

PAGE = Path(__file__).parents[1] / "docs/trade.md"
HEAD = (
    "| on | ours | under their terms | published | left | terms of 0.3 pp or more |\n"
    "|---|---|---|---|---|---|\n"
)


def row(found: Attribution) -> str:
    """A line of the table."""
    rates = " | ".join(f"{100 * r:.2f}" for r in (found.ours, found.theirs, found.figure.rate))
    left = signed(100 * found.rest, 2) + ("" if found.told else " not explained")
    if found.open and abs(found.rest) >= LARGE:
        left += f", of {signed(100 * found.open.change, 2)} open: {found.open.name}"
    large = [s for s in found.steps if abs(s.change) >= LARGE]
    told = "; ".join(f"{s.name} {signed(100 * s.change, 2)}" for s in large) or "–"
    return f"| {found.figure.on} | {rates} | {left} | {told} |\n"


def main() -> None:
    """Write every table, and say how many gaps are left."""
    ledger, text = Ledger.load(), PAGE.read_text(encoding="utf-8")
    for name in trackers():
        rows = [attribute(ledger, name, f.on) for f in figures(name)]
        table = HEAD + "".join(row(one) for one in rows)
        pattern = rf"(^`{re.escape(name)}`\n\n)(?:^\|.*\n)+"
        text, n = re.subn(pattern, lambda m, t=table: m.group(1) + t, text, flags=re.M)
        if n != 1:
            raise SystemExit(f"docs/trade.md has no table of {name}")
        gaps = sum(not one.told for one in rows)
        print(f"{name}: {len(rows)} figures, {gaps} not explained")
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
