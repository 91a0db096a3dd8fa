"""BACI, the reconciled world trade of CEPII: one CSV for each year and revision of the HS.

    t  year                    i  exporter, numeric code
    j  importer, numeric code  k  product, six digits (a leading zero may be lost)
    v  value, thousand US$     q  quantity, tonnes, or NA

Codes of countries are those of the United Nations with a few of its own (France 251, India 699,
Norway 579, Switzerland 757, Taiwan 490, United States 842).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from surtax.errors import DataError
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
from surtax.trade.sources.un import numeric_to_code

if TYPE_CHECKING:
    import polars as pl

COLUMNS = ("t", "i", "j", "k", "v")
UNIT = 1000.0
MEND = "A BACI file has the columns t, i, j, k, v, q."


def read_baci(path: str | Path, into: str) -> tuple[pl.DataFrame, list[str]]:
    """Imports of one place from a BACI file.

    Args:
        path: the CSV.
        into: the importing country's code.

    Returns:
        A frame with columns ``year`` (whole), ``hs6``, ``place`` (our code) and ``value`` (US$),
        and what was repaired, counted.

    Raises:
        DataError: as the shared readers; a value that is no amount, a code that no country has, a
            product that has not six digits, more than one year, the same flow twice, or no
            imports of that place.
    """
    import polars as pl

    file = Path(path)
    raw, repairs = read_csv(file)
    t, i, j, k, v = (find_column(raw, [name], file, MEND) for name in COLUMNS)
    text = raw.select(
        period=pl.col(t).str.strip_chars(),
        origin=pl.col(i).str.strip_chars(),
        buyer=pl.col(j).str.strip_chars(),
        product=pl.col(k).str.strip_chars(),
        amount=pl.col(v).str.strip_chars(),
    )
    codes = numeric_to_code()
    buyers = [n for n, code in codes.items() if code == into]
    frame = text.with_columns(
        hs6=pl.col("product").str.zfill(6),
        value=pl.col("amount").cast(pl.Float64, strict=False) * UNIT,
        place=pl.col("origin").replace_strict(codes, default=None, return_dtype=pl.String),
        year=pl.col("period").cast(pl.Int64, strict=False),
    )
    one_year(frame, "period", (file, t))
    check(frame, "product", ~pl.col("hs6").str.contains(r"^\d{6}$"), (file, k), "six digits", AGAIN)
    check_amount(frame, "amount", (file, v), into="value")
    mine = frame.filter(pl.col("buyer").is_in(buyers))
    check(mine, "origin", pl.col("place").is_null(), (file, i), "a known country code",
          "Codes are the numbers of the United Nations; leave totals and groups out.")  # fmt: skip
    if not mine.height:
        raise DataError(f"no imports of {into} are in the file.", where=str(file),
                        mend=f"Column j must have {' or '.join(buyers)}.")  # fmt: skip
    once(mine, ["origin", "hs6"], file)
    short = int((mine["product"].str.len_chars() < 6).sum())
    repairs += counted(short, "products had lost a leading zero")
    return mine.select("year", "hs6", "place", "value"), repairs
