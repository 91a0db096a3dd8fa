"""Build ``src/surtax/ledger/data/hts_names.parquet``: what each US tariff line is called.

Reads exports of the Harmonized Tariff Schedule (JSON, as hts.usitc.gov gives them, gzipped) and
writes one row per eight-digit line outside chapter 99: hs8 and name, the descriptions from the
heading down to the line, of the newest edition that has the line. They are the words of the
schedule itself (US International Trade Commission), in English.

Usage: python scripts/build_goods_names.py FOLDER [-o OUT]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from surtax.ledger.htsfile import read_export
from surtax.ledger.names import STEP

EDITIONS = (
    "hts_2025_basic.json.gz", "hts_2025_rev_9.json.gz", "hts_2025_rev_18.json.gz",
    "hts_2026_rev_10.json.gz",
)  # fmt: skip
OUT = Path(__file__).parents[1] / "src/surtax/ledger/data/hts_names.parquet"


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--out", type=Path, default=OUT)
    given = parser.parse_args()
    names: dict[str, str] = {}
    for file in EDITIONS:
        for line in read_export(given.folder / file):
            if len(line.code) in (8, 10) and line.code < "98":
                name = STEP.join(part.rstrip(" :") for part in line.path)
                # A line without suffixes is printed with ten digits alone, and some with them.
                if len(line.code) == 8 or line.code.endswith("00"):
                    names[line.code[:8]] = name
                else:
                    names.setdefault(line.code[:8], name)
    rows = sorted(names.items())
    table = pl.DataFrame(rows, schema=["hs8", "name"], orient="row")
    table.write_parquet(given.out, compression="zstd", compression_level=19)
    print(f"{len(rows):,} lines, {given.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
