"""Write the numeric country codes of `trade/data/un_codes.csv`.

    python scripts/build_un_codes.py

From ISO 3166-1 (pycountry) for the countries of our own table, with the numbers of their own that
UN Comtrade and BACI use (United Nations Statistics Division, Comtrade reference of countries).
"""

from __future__ import annotations

import csv
from pathlib import Path

import pycountry

from surtax import places

OUT = Path(__file__).parents[1] / "src/surtax/trade/data/un_codes.csv"
OWN = {
    "842": ("US", "United States with Puerto Rico and the US Virgin Islands"),
    "251": ("FR", "France with Monaco and overseas departments"),
    "579": ("NO", "Norway with Svalbard and Jan Mayen"),
    "699": ("IN", "India"),
    "757": ("CH", "Switzerland with Liechtenstein"),
    "490": ("TW", "Other Asia, not elsewhere specified"),
}


def main() -> None:
    """Write the table."""
    rows = [(number, code, note) for number, (code, note) in OWN.items()]
    for code in places.codes():
        found = pycountry.countries.get(alpha_2=code)
        if found is not None:
            rows.append((found.numeric, code, "ISO 3166-1"))
    with OUT.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["numeric", "code", "source"])
        writer.writerows(sorted(rows))
    print(f"{len(rows)} codes")


if __name__ == "__main__":
    main()
