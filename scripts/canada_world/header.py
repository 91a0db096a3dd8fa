"""The manifest's words: axes, ratios, sources, estimates and known faults, with their figures."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import yaml
from canada_world.names import GOODS, PARTNERS, PROVINCES, SECTORS, TITLES
from canada_world.pack import Made
from canada_world.report import LARGE

HAND = Path(__file__).parents[1] / "can19x34.yaml"

SOURCES = (
    "Statistics Canada, provincial symmetric input-output tables 2021 (15-211-X), by way of twedl/qge (MIT): flows between provinces, their trade abroad, shares of value added and inputs, employment; Statistics Canada Open Licence.",
    "OECD, Inter-Country Input-Output tables 2021, by way of twedl/qge (MIT): flows between countries; OECD terms (CC BY 4.0 since July 2024 according to the OECD).",
    "OECD, Inter-Country Input-Output tables 2020, coefficients, by way of matthew-murillo/trade_simulator (no licence stated): inputs, value added and final demand of the partners; OECD terms as above.",
    "WIOD 2013 release, year 2011, by way of bquast/wiod: Korea, India and the European Union in the rest of the world, and industries within wood and paper, petroleum and chemicals, metals and machinery; CC BY 4.0 according to its publisher.",
    "Statistics Canada, table 12-10-0175-01, Canada's trade in goods with the United States 2021 and 2024 by province and section, by way of UBC-MDS Maple-Eagle Trade Tracker (CC0); Statistics Canada Open Licence.",
    "Statistics Canada, table 36-10-0221-01, provincial gross domestic product 2021-2023, by way of CIRAIG/OpenIO-Canada; Statistics Canada Open Licence.",
    "US Census Bureau, imports for consumption 2024 by ten-digit code and country, with calculated duty, by way of tradewartracker/trade-war-redux-2025 and Budget-Lab-Yale/Tariff-Model; public domain.",
    "CEPII, BACI HS22 2023 (release 202501), trade in goods between countries added over products, by way of JoeLoera/liberation-day-replication; Etalab Open Licence 2.0.",
    "World Bank, World Development Indicators, gross domestic product 2011, 2021 and 2023; CC BY 4.0.",
    "Official balances of goods and services, exchange rates, mineral production and Canada's duties: single figures with their sources in scripts/canada_world/figures.csv.",
    "Statistics Canada, value-added shares 2022 (15-602-X) of nine industries by province, by way of p-l-jiang/IPT-Model (no licence stated); Statistics Canada Open Licence.",
)
ESTIMATED = (
    "Eight of the source's 23 sectors are split: oil and gas, potash and other minerals; electricity and water; lumber, other wood and paper; petroleum and chemicals; steel, aluminium, other metals and machinery; vehicles, parts and aircraft. Blocks.csv says which share of each block lies in them.",
    "Where Canada exports to the United States, sections are published by province and sectors within sections follow the Census Bureau's records for Canada as a whole.",
    "Who makes what in the provinces rests on stated assumptions for potash (all in Saskatchewan), lumber, aluminium and refining, and on mineral production of 2018 by province.",
    "Imports from the United States by province are by province of use in 2021, not of clearance.",
    "Korea, India and the European Union are taken out of the rest of the world with shares of WIOD 2011.",
    "Coal used at home stands in OIL in China and India, since the source has one industry of energy minerals.",
    "Provincial balances are the mean of 2021 and 2022 as shares of value added, shifted to Canada's official balance of 2024.",
    "Canada's duties of 2024 are known in total only; they are spread at one rate over goods, energy and minerals apart, from China, India and the rest of the world.",
    "Employment within a split sector is in proportion to value added.",
)
NOTES = (
    "Tables are rounded to four significant digits and balanced again on loading.",
    "The rest of the world closes the sum of the official balances, which are of 2024 for Canada and the United States and of 2023 for the others.",
    "Hong Kong is in CHN for United States imports and in ROW otherwise; Canada's territories are in ROW.",
    "Duties of countries other than the United States and Canada are not in the sources and stand at zero. Canada's agreements free goods of the United States and Mexico (CUSMA), the European Union (CETA), the United Kingdom, Japan (CPTPP) and Korea (CKFTA); what they leave dutiable is not in the sources.",
    "A sector that keeps the name of a wider one in other worlds (MIN, UTL, WOD, MET, MTV) is without the sectors split from it here.",
)


def text(made: Made, gaps: pl.DataFrame) -> str:
    """The manifest up to its tables, as YAML."""
    ratios = made.trade.ratios
    out, into, far = (float(f"{ratios[k]:.4g}") for k in ("out", "into", "far"))
    reason = "goods of 2021: basic value in the tables per customs value"
    partners = [
        {"origin": p, "destination": "CAN", "ratio": into, "reason": f"as from the United States, {reason}"}
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
        "sources": list(SOURCES),
        "estimated": list(ESTIMATED),
        "known_faults": faults(gaps),
        "notes": list(NOTES),
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
