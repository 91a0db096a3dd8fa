"""Imports of Canada by Statistics Canada: Canadian International Merchandise Trade, bulk files.

A zip CIMT-CICM_Imp_YYYY.zip holds one text table for each length of code, or the table itself is
given (ODPFN014 ten digits, ODPFN015 six):

    YearMonth/AnnéeMois  six digits        HS10 or HS6      code
    Country/Pays         ISO alpha-2       Province, State  where goods were cleared, and came from
    Value/Valeur         C$                Quantity, Unit   not read

Months, provinces and states are added up. Goods of Canada that come back bear its own code and are
left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from surtax.errors import DataError
from surtax.places import codes
from surtax.trade.sources.tables import (
    AGAIN,
    check,
    check_amount,
    counted,
    find_column,
    once,
    one_year,
    read_csv,
)

if TYPE_CHECKING:
    import polars as pl

HOME = "CA"
MEND = "A bulk file of Statistics Canada has YearMonth/AnnéeMois, HS10, Country/Pays, Value/Valeur."
TABLES = ("ODPFN014", "ODPFN015")
"""Imports by ten and by six digits, in the order in which they are looked for."""


def is_zip_of_imports(file: Path) -> bool:
    """Whether a zip is one of Statistics Canada's, by its name."""
    return file.suffix.lower() == ".zip" and file.name.upper().startswith("CIMT-CICM_IMP")


def read_cimt(path: str | Path) -> tuple[pl.DataFrame, list[str], bool]:
    """Imports of Canada from a bulk file.

    Args:
        path: the zip or the text table.

    Returns:
        A frame with columns ``year``, ``code``, ``place`` and ``value`` (C$), what was repaired or
        left out, counted, and whether the codes have ten digits; else they have six.

    Raises:
        DataError: as the shared readers; a month, code or value that is none, more than one year,
            or the same row twice.
    """
    import polars as pl

    file = Path(path)
    raw, repairs = read_csv(file, _member(file) if file.suffix.lower() == ".zip" else ".csv")
    ten = any(c.casefold() == "hs10" for c in raw.columns)
    names = {
        "month": find_column(raw, ("YearMonth/AnnéeMois",), file, MEND),
        "goods": find_column(raw, ("HS10", "HS6"), file, MEND),
        "country": find_column(raw, ("Country/Pays",), file, MEND),
        "province": find_column(raw, ("Province",), file, MEND),
        "state": find_column(raw, ("State/État",), file, MEND),
        "amount": find_column(raw, ("Value/Valeur",), file, MEND),
    }
    digits = 10 if ten else 6
    text = raw.select(**{k: pl.col(c).str.strip_chars() for k, c in names.items()})
    frame = text.with_columns(
        year=pl.col("month").str.slice(0, 4).cast(pl.Int64, strict=False),
        code=pl.col("goods").str.zfill(digits),
        value=pl.col("amount").cast(pl.Float64, strict=False),
    )
    bad = ~pl.col("month").str.contains(r"^\d{4}(0[1-9]|1[0-2])$")
    check(frame, "month", bad, (file, names["month"]), "a year and a month", AGAIN)
    check(frame, "goods", ~pl.col("code").str.contains(rf"^\d{{{digits}}}$"),
          (file, names["goods"]), f"{digits} digits", AGAIN)  # fmt: skip
    check_amount(frame, "amount", (file, names["amount"]), into="value")
    one_year(frame, "month", (file, names["month"]))
    once(frame.fill_null(""), ["month", "goods", "country", "province", "state"], file)
    months = frame["month"].n_unique()
    if months < 12:
        repairs.append(f"{months} of twelve months are in the file, and stand for the year")
    repairs += counted(int((frame["goods"].str.len_chars() < digits).sum()),
                       "codes had lost a leading zero")  # fmt: skip
    home = pl.col("country") == HOME
    back = frame.filter(home)
    repairs += _left_out(back, "rows of Canadian goods that came back were left out")
    known = pl.col("country").is_in(sorted(codes()))
    other = frame.filter(~home & ~known.fill_null(False))
    who = ", ".join(sorted({str(c) for c in other["country"].to_list()})[:5])
    repairs += _left_out(other, f"rows of partners without a country code ({who}) were left out")
    kept = frame.filter(~home & known)
    if not kept.height:
        raise DataError("no imports are in the file.", where=str(file), mend=MEND)
    summed = kept.group_by("year", "code", pl.col("country").alias("place")).agg(
        pl.col("value").sum()
    )
    return summed.sort("code", "place"), repairs, ten


def _member(file: Path) -> str:
    """The name of the table of imports in a zip, the longest codes first."""
    import zipfile

    try:
        with zipfile.ZipFile(file) as zipped:
            names = zipped.namelist()
    except (zipfile.BadZipFile, OSError):
        return ".csv"  # the shared reader says what is wrong
    for table in TABLES:
        for name in names:
            if Path(name).name.upper().startswith(table) and name.lower().endswith(".csv"):
                return Path(name).name
    raise DataError(
        f"the zip has no table of imports; it has {', '.join(names[:4])}.",
        where=str(file),
        mend=f"It should have {' or '.join(TABLES)}.",
    )


def _left_out(rows: pl.DataFrame, what: str) -> list[str]:
    """A repair with its rows and dollars, or none."""
    return counted(rows.height, f"{what} (C$ {float(rows['value'].sum()) / 1e6:,.1f} m)"
                   if rows.height else "")  # fmt: skip
