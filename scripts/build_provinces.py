"""Write trade of the provinces with the United States by year and product section.

    python scripts/build_provinces.py TABLE

TABLE is table 12-10-0175-01 of Statistics Canada: its CSV or zip, in English or French, or the same
figures as a Parquet file with the columns YEAR, PROVINCE, SECTOR, EXPORT, IMPORT by month, in C$.
Exports are domestic exports by province of origin; imports are by province of clearance. Values are
kept in thousands of C$, as the table has them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from surtax.places import provinces
from surtax.trade.sources.fulltable import plain
from surtax.trade.sources.statcan import SECTIONS, read_statcan

OUT = Path(__file__).parents[1] / "src/surtax/trade/data/province_trade.csv"


def from_parquet(path: Path) -> pl.DataFrame:
    """The same columns as `read_statcan` from the table by month as one Parquet file."""
    names = {plain(w): p.short for p in provinces() for w in (p.name, *p.aliases)}
    frame = pl.read_parquet(path)

    def section(title: str) -> str:
        return next(k for k, starts in SECTIONS.items() if plain(title).startswith(starts))

    lands = {w: names[plain(w)] for w in frame["PROVINCE"].unique().to_list()}
    sections = {w: section(w) for w in frame["SECTOR"].unique().to_list()}
    long = frame.select(
        year="YEAR",
        province=pl.col("PROVINCE").replace_strict(lands),
        section=pl.col("SECTOR").replace_strict(sections),
        export="EXPORT",
        **{"import": "IMPORT"},
    ).unpivot(["export", "import"], index=["year", "province", "section"], variable_name="flow")
    return long.group_by("year", "province", "section", "flow").agg(pl.col("value").sum())


def main(path: Path) -> None:
    """Write the table and print its totals of the last year."""
    frame = from_parquet(path) if path.suffix == ".parquet" else read_statcan(path)[0]
    wide = (
        frame.with_columns((pl.col("value") / 1e3).round().cast(pl.Int64))
        .pivot("flow", index=["year", "province", "section"], values="value")
        .fill_null(0)
        .select("year", "province", "section", "export", "import")
        .sort("year", "province", "section")
    )
    wide.write_csv(OUT)
    last = wide.filter(pl.col("year") == wide["year"].max())
    print(f"{wide.height} rows; {last['year'][0]}: exports C$ {last['export'].sum() / 1e6:.1f} bn,")
    print(f"imports C$ {last['import'].sum() / 1e6:.1f} bn")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
