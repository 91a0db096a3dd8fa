"""What the script adds to the hand-written part of the manifest: axes, ratios, known faults."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import yaml

from canada_world.names import GOODS, PARTNERS, PROVINCES, SECTORS, TITLES
from canada_world.pack import Made
from canada_world.report import LARGE

HAND = Path(__file__).parents[1] / "can19x34.yaml"


def text(made: Made, gaps: pl.DataFrame) -> str:
    """The manifest up to its tables, as YAML."""
    ratios = made.trade.ratios
    out, into, far = (float(f"{ratios[k]:.4g}") for k in ("out", "into", "far"))
    reason = "goods of 2021: basic value in the tables per customs value"
    partners = [
        {
            "origin": p,
            "destination": "CAN",
            "ratio": into,
            "reason": f"as from the United States, {reason}",
        }
        for p in PARTNERS
        if p != "USA"
    ]
    body = {
        "regions": [
            *({"name": p, "title": t, "treasury": "CAN"} for p, t in PROVINCES.items()),
            *({"name": p, "title": t, "treasury": p} for p, t in PARTNERS.items()),
        ],
        "sectors": [{"name": s, "title": TITLES[s], "goods": s in GOODS} for s in SECTORS],
        "customs_to_basic": [
            {"origin": "*", "destination": "USA", "ratio": far,
             "reason": f"United States imports from all but Canada, {reason}"},
            {"origin": "CAN", "destination": "USA", "ratio": out,
             "reason": f"Canada's exports to the United States, {reason}"},
            {"origin": "USA", "destination": "CAN", "ratio": into,
             "reason": f"Canada's imports from the United States, {reason}"},
            *partners,
        ],
        "known_faults": faults(gaps),
    }  # fmt: skip
    hand = "".join(
        line
        for line in HAND.read_text(encoding="utf-8").splitlines(keepends=True)
        if not line.startswith("#")
    )
    return hand + yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=100)


def faults(gaps: pl.DataFrame) -> list[str]:
    """What moves results and is known to be off, with the figures of the gap table."""
    at = {(w, p): (o, v) for w, p, o, v, _, _ in gaps.iter_rows()}
    eu = at["Canada's imports of goods (BACI 2023)", "EU27"]
    rest = at["Canada's imports of goods (BACI 2023)", "ROW"]
    what = "exports of goods to the United States 2024 by industry: "
    off = [
        f"{w.removeprefix(what)} {v:.1f} against {o:.1f}"
        for (w, _), (o, v) in at.items()
        if w.startswith(what) and abs(v / o - 1) > LARGE
    ]
    return [
        "Structure, levels and trade are of different years: tables of 2021, value added of 2023, "
        "trade of 2023 and 2024.",
        f"Canada buys more goods overseas than recorded: C${eu[1]:.0f} bn from the European Union "
        f"against {eu[0]:.0f}, {rest[1]:.0f} from the rest of the world against {rest[0]:.0f}, "
        "since its official balance is met by goods and services alike.",
        "Canada's exports by province and section are those published, so that some industries "
        f"differ from the importer's records (C$ bn): {', '.join(off)}.",
        "A customs value is one multiple of the basic value for all goods of a pair; margins on "
        "single goods differ.",
    ]
