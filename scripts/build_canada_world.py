"""Build the embedded world ``can19x34`` from official tables: ten provinces, nine partners.

Reads the raw tables (a folder each, as named in ``canada_world/raw.py``) and the single figures of
``canada_world/figures.csv``, and writes ``src/surtax/world/data/can19x34``: flows, use, final use,
value added, tariffs and employment, a table of gaps to published figures, those of them that
``surtax world check`` can ask of any world, a table of blocks that says what is data and what
balancing moved, and the manifest. The same tables give the same bytes.

Usage: python scripts/build_canada_world.py [RAW] [-o FOLDER]
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import polars as pl

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from canada_world import header, official, pack, report, trade  # noqa: E402

OUT = HERE.parent / "src/surtax/world/data/can19x34"


def build(path: Path, out: Path) -> pl.DataFrame:
    """Build the world and return the table of gaps."""
    made = pack.make(path, trade.build(path))
    gaps = report.gaps(path, made)
    extra = {
        "gaps": (gaps, "C$ bn; gap as a fraction of the official figure"),
        "official": (official.rows(gaps, made.trade.ratios), "C$ bn at basic prices per year"),
        "blocks": (report.blocks(made), "C$ bn; split and moved as fractions of value"),
    }
    pack.write(made, header.text(made, gaps), extra, out)
    return gaps


def main() -> None:
    given = os.environ.get("SURTAX_TEST_DATA", "")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("raw", type=Path, nargs="?", default=Path(given) if given else None)
    parser.add_argument("-o", "--out", type=Path, default=OUT)
    options = parser.parse_args()
    if options.raw is None or not options.raw.is_dir():
        parser.error("name the folder of the raw tables, or set SURTAX_TEST_DATA")
    gaps = build(options.raw, options.out)
    with pl.Config(tbl_rows=-1, fmt_str_lengths=60, tbl_width_chars=160):
        print(gaps.filter(pl.col("gap").abs() > report.LARGE).drop("why"))
    print(f"{gaps.height} figures compared; every gap above 10 % has its reason in gaps.csv")


if __name__ == "__main__":
    main()
