"""Which section of Canada's merchandise trade (NAPCS, table 12-10-0175) an HS code falls in.

Statistics Canada publishes trade by province for twelve sections only. This is our reading of
their titles and of the groups within them; the longest prefix decides. Motor fuel blending stock
stands with chemicals: New Brunswick's C$5.1 bn of that section in 2024 are Canada's exports of it
(5.05).
"""

from __future__ import annotations

FARM = "Farm, fishing and intermediate food products"
ENERGY = "Energy products"
ORES = "Metal ores and non-metallic minerals"
METAL = "Metal and non-metallic mineral products"
CHEMICAL = "Basic and industrial chemical, plastic and rubber products"
FOREST = "Forestry products and building and packaging materials"
MACHINES = "Industrial machinery, equipment and parts"
ELECTRIC = "Electronic and electrical equipment and parts"
VEHICLES = "Motor vehicles and parts"
AIRCRAFT = "Aircraft and other transportation equipment and parts"
CONSUMER = "Consumer goods"
SPECIAL = "Special transactions trade"

SECTIONS = (FARM, ENERGY, ORES, METAL, CHEMICAL, FOREST, MACHINES, ELECTRIC, VEHICLES, AIRCRAFT,
            CONSUMER)  # fmt: skip
"""The sections that hold goods by industry, special transactions left out."""

_PREFIXES = {
    FARM: """
        01 0301 0302 0306 0307 05 06 07 08 10 11 12 13 14 15 1701 18 2301 2302 2303 2304
        2306 2309 24 41 4301 5101 52010
    """,
    ENERGY: """
        27 2844
    """,
    ORES: """
        25 26 3104 7101 7102 7103 271410
    """,
    METAL: """
        68 69 70 71 72 73 74 75 76 78 79 80 81 83
    """,
    CHEMICAL: """
        27101218 28 29 31 32 34 35 36 37 38 39 40 54 55
    """,
    FOREST: """
        44 45 46 47 48 3917 3918 3923 3925 6807 6809 6810 6811 7005 7007 7010 7308 7310 7610
        7612 8302
    """,
    MACHINES: """
        82 84 7309 7311 8501 8502 8503 8504 9015 9022 9024 9025 9026 9027 9031 9032 9033
        8716
    """,
    ELECTRIC: """
        8443 8470 8471 8472 8473 85 90
    """,
    VEHICLES: """
        87 4011 8407 8408 8409 8483 8511 8512 9401201
    """,
    AIRCRAFT: """
        86 88 89 8411 8412 8805 8710
    """,
    CONSUMER: """
        02 03 04 09 16 17 19 20 21 22 23 30 33 3401 3402 3406 42 43 49 50 51 52 53 56 57 58
        59 60 61 62 63 64 65 66 67 6911 6912 7013 7113 7114 7117 8211 8215 8450 8418 8422
        8509 8516 8712 8711 8703109 9004 91 92 93 94 95 96 97
    """,
    SPECIAL: """
        98 99
    """,
}

PREFIX = {p: section for section, text in _PREFIXES.items() for p in text.split()}


def section_of(code: str) -> str:
    """The section of an HS code of six digits or more."""
    for length in range(min(len(code), 8), 1, -1):
        if (found := PREFIX.get(code[:length])) is not None:
            return found
    raise ValueError(f"HS code {code} falls in no section")
