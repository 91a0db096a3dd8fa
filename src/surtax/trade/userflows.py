"""Flows from a person's own files: which official format they are, and what had to be repaired.

    US Census Bureau, trade API          CSV or Parquet, one file or a folder; ten digits and duty
    US Census Bureau, merchandise files  IMDByymm.ZIP or IMP_DETL.TXT; ten digits and duty
    BACI, UN Comtrade                    CSV; six digits, no duty

Six digits are not enough for the lists of measures: such values are spread over the ten-digit lines
of their subheading in the proportions of US imports of 2024 from the same partner, or from all
partners where that one sold none.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from surtax.errors import DataError, InputError
from surtax.trade.flows import Flows, by_hs10, flows_of, load_us_imports
from surtax.trade.sources.baci import read_baci
from surtax.trade.sources.census import UNION, read_census, read_merchandise, to_partners
from surtax.trade.sources.comtrade import read_comtrade
from surtax.trade.sources.tables import BOM, counted, read_bytes

if TYPE_CHECKING:
    import polars as pl

FORMATS = (
    "US Census Bureau (CON_VAL_YR, or IMDByymm.ZIP), BACI (t,i,j,k,v) or UN Comtrade (cmdCode)"
)


def read_flows(path: str | Path, into: str = "US", year: int | None = None) -> Flows:
    """Imports of one place from a person's own file or folder.

    Args:
        path: a file of one of the formats of this module, or a folder of Census files.
        into: the importing place; only the United States has flows by line.
        year: the year of a Census API file, which does not always say; 2024 unless given.

    Returns:
        The flows; `notes` says what was repaired or assumed, counted.

    Raises:
        InputError: another importing place.
        DataError: a file of no known format, or one that its reader refuses.
    """
    if into != "US":
        raise InputError(
            f"flows into {into} cannot be read from a file.", where="--flows",
            mend="Files give imports of the United States; ask for --into US.",
        )  # fmt: skip
    root = Path(path)
    kind = _kind(root)
    if kind == "merchandise":
        frame, found = read_merchandise(root)
        return _ten(frame, found, str(root), [])
    if kind == "census":
        notes = [] if year else ["the year is taken as 2024; --year names another"]
        if root.suffix.lower() == ".csv" and read_bytes(root).startswith(BOM):
            notes.append("a byte order mark was taken off")
        return _ten(read_census(root), year or 2024, str(root), notes)
    read = read_baci if kind == "baci" else read_comtrade
    frame, notes = read(root, into)
    return _six(frame, kind, notes)


def _kind(root: Path) -> str:
    """The format of a file or folder, by its name and its first line."""
    if root.is_dir():
        zips = [p for p in root.iterdir() if p.name.upper().startswith("IMDB")]
        return "merchandise" if zips else "census"
    if not root.exists():
        raise DataError("there is no such file.", where=str(root), mend="Check the path.")
    suffix = root.suffix.lower()
    if suffix in (".zip", ".txt"):
        return "merchandise"
    return "census" if suffix == ".parquet" else _of_header(root)


def _of_header(file: Path) -> str:
    """The format of a CSV by its header."""
    head = read_bytes(file)[:4096].decode("utf-8", "ignore").lstrip("\ufeff")
    first = head.splitlines()[0] if head.strip() else ""
    words = {w.strip().strip('"').casefold() for w in first.replace(";", ",").split(",")}
    if "ref_date" in words or any(w.startswith("période") for w in words):
        raise DataError(
            "this is a table of Statistics Canada by province, without tariff lines.",
            where=str(file),
            mend="Give it as --provinces with --by province.",
        )
    marks = {
        "baci": {"t", "i", "j", "k", "v"} <= words,
        "comtrade": bool(words & {"cmdcode", "commodity code"}),
        "census": bool(words & {"cty_code", "con_val_yr", "i_commodity", "hs10"}),
    }
    found = [kind for kind, is_one in marks.items() if is_one]
    if not found:
        raise DataError(
            f"the header “{first[:60]}” is that of no format that is known.",
            where=str(file),
            mend=f"Formats: {FORMATS}.",
        )
    return found[0]


def _ten(frame: pl.DataFrame, year: int, source: str, notes: list[str]) -> Flows:
    """Flows by ten digits, the European Union as one partner, counted once."""
    whole = int(frame["value"].sum())
    folded = to_partners(frame, date(year, 12, 31))
    twice = whole - int(folded["value"].sum())
    if UNION in frame["place"] and twice:
        notes = [*notes, f"US$ {twice / 1e9:,.1f} bn of member states were left out beside the "
                 "European Union (0003), which has them already"]  # fmt: skip
    said = f"{source}, US Census Bureau, imports for consumption {year}"
    return replace(flows_of(by_hs10(folded), year, said), notes=tuple(notes))


def _six(frame: pl.DataFrame, kind: str, notes: list[str]) -> Flows:
    """Flows by six digits spread over the ten-digit lines of US imports of 2024."""
    import polars as pl

    year = int(frame["year"][0])
    members = to_partners(frame.select("hs6", "place", "value"), date(year, 12, 31))
    lines = load_us_imports().frame().filter(pl.col("value") > 0)
    lines = lines.with_columns(hs6=pl.col("hs10").str.slice(0, 6))
    own = lines.select(
        "hs6", "place", "hs10",
        share=pl.col("value") / pl.col("value").sum().over("hs6", "place"),
    )  # fmt: skip
    every = lines.group_by("hs6", "hs10").agg(pl.col("value").sum())
    every = every.select(
        "hs6", "hs10", all_share=pl.col("value") / pl.col("value").sum().over("hs6")
    )
    first = members.join(own, on=["hs6", "place"], how="inner")
    rest = members.join(own, on=["hs6", "place"], how="anti").join(every, on="hs6", how="left")
    unknown = rest.filter(pl.col("hs10").is_null())
    parts = pl.concat([
        first.select("hs10", "place", value=pl.col("value") * pl.col("share")),
        rest.filter(pl.col("hs10").is_not_null()).select(
            "hs10", "place", value=pl.col("value") * pl.col("all_share")),
        unknown.select(pl.col("hs6").alias("hs10"), "place", "value"),
    ]).with_columns(duty=pl.lit(None, pl.Float64))  # fmt: skip
    total = float(members["value"].sum())
    notes = [*notes, "values by six digits were spread over the ten-digit lines of 2024"]
    other = float(rest.filter(pl.col("hs10").is_not_null())["value"].sum())
    if other:
        notes.append(f"{other / total:.1%} of value is of goods that the partner did not sell in "
                     "2024 and was spread as all partners' goods")  # fmt: skip
    notes += counted(unknown.height, "flows are of subheadings without US imports in 2024 (US$ "
                     f"{float(unknown['value'].sum()) / 1e6:,.1f} m)")  # fmt: skip
    title = {"baci": "BACI", "comtrade": "UN Comtrade"}[kind]
    order = parts.sort("hs10", "place")
    made = flows_of(order, year, f"{title} {year}, six digits; lines of 2024 by US Census Bureau")
    return replace(made, value=np.asarray(made.value, dtype=np.float64), notes=tuple(notes))
