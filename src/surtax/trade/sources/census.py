"""US imports for consumption, as the US Census Bureau hands them out.

The Bureau's international trade API (``timeseries/intltrade/imports/hs``) gives one row per
statistical line and country, every cell as text:

    I_COMMODITY (or HS10)  ten digits
    CTY_CODE               Schedule C code, four digits; 0003 is the European Union
    CON_VAL_YR             customs value of imports for consumption, US$, year to date
    CAL_DUT_YR             calculated duty on them, US$, year to date

Other columns are ignored. A download is one file for each country or one for all, CSV or Parquet.

Its monthly merchandise files (IMDByymm.ZIP, or the IMP_DETL.TXT in them) have fields of fixed
width, one row for each line, country, district and rate provision, amounts of the month:

    1-10 line   11-14 country   23-26 year   27-28 month   74-88 customs value, consumption
    89-103 dutiable value   104-118 calculated duty
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from surtax.errors import DataError
from surtax.places import census_to_code, members
from surtax.trade.sources.tables import AGAIN, check, check_amount, read_bytes, read_csv

if TYPE_CHECKING:
    import polars as pl

CODE_COLUMNS = ("I_COMMODITY", "HS10")
COUNTRY = "CTY_CODE"
VALUE = "CON_VAL_YR"
DUTY = "CAL_DUT_YR"
UNION = "EU27"
WHOLE = "a whole number"


def read_census(path: str | Path) -> pl.DataFrame:
    """Read one Census file, or every CSV and Parquet file of a folder.

    Args:
        path: a file or a folder.

    Returns:
        A frame with columns ``hs10`` (text, ten digits), ``place`` (our code), ``value`` and
        ``duty`` (whole US$), one row per line and place, in the order of the files.

    Raises:
        DataError: no file, an unreadable or truncated one, a missing column, a cell that is not
            a whole number, an HS code that has not ten digits, an unknown country code, or the
            same line and country twice. The message names file, row and column.
    """
    import polars as pl

    frames = [_read_file(file) for file in _files(Path(path))]
    frame = pl.concat(frames)
    _once(frame, path)
    return frame.group_by("hs10", "place", maintain_order=True).agg(
        pl.col("value").sum(), pl.col("duty").sum()
    )


def _once(frame: pl.DataFrame, path: str | Path) -> None:
    import polars as pl

    twice = frame.filter(pl.struct("hs10", "place", "census").is_duplicated())
    if twice.height:
        hs10, census = twice.row(0, named=True)["hs10"], twice.row(0, named=True)["census"]
        raise DataError(
            f"line {hs10} of country {census} stands twice.",
            where=str(path),
            mend="Is one country's file there under two names? Keep one of them.",
        )


def to_partners(frame: pl.DataFrame, on: date) -> pl.DataFrame:
    """The same imports with the European Union as one partner, "EU27", counted once.

    The Bureau's code 0003 adds up the member states, so a download that has it and a member state
    holds that state's imports twice: the state's own rows go. Without 0003, members are added up.

    Args:
        frame: as ``read_census`` returns it, or any frame with ``place`` and amounts to add.
        on: the day whose members count.
    """
    import polars as pl

    states = pl.col("place").is_in(list(members(UNION, on)))
    if UNION in frame["place"]:
        return frame.filter(~states)
    keys = [c for c in frame.columns if not frame[c].dtype.is_numeric()]
    folded = frame.with_columns(
        place=pl.when(states).then(pl.lit(UNION)).otherwise(pl.col("place"))
    )
    return folded.group_by(keys, maintain_order=True).agg(pl.col(pl.Int64, pl.Float64).sum())


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(p for p in path.iterdir() if p.suffix.lower() in (".csv", ".parquet"))
    else:
        found = [path] if path.is_file() else []
    if not found:
        raise DataError(
            "no Census import file here.",
            where=str(path),
            mend="Give a CSV or Parquet file, or a folder of them.",
        )
    return found


def _load(file: Path) -> pl.DataFrame:
    import polars as pl

    if file.suffix.lower() != ".parquet":
        return read_csv(file)[0]
    try:
        return pl.read_parquet(file)
    except (pl.exceptions.PolarsError, OSError) as broken:
        first = (str(broken).strip().splitlines() or [type(broken).__name__])[0]
        raise DataError(
            f"the file cannot be read ({first}).",
            where=str(file),
            mend="It looks truncated or is no table: download it again.",
        ) from None


def _read_file(file: Path) -> pl.DataFrame:
    import polars as pl

    raw = _load(file)
    code = next((c for c in CODE_COLUMNS if c in raw.columns), None)
    missing = [c for c in (COUNTRY, VALUE, DUTY) if c not in raw.columns]
    if code is None:
        missing.insert(0, " or ".join(CODE_COLUMNS))
    if missing or code is None:
        raise DataError(
            f"column {missing[0]} is missing; the file has {', '.join(raw.columns) or 'none'}.",
            where=str(file),
            mend="Ask the Census API for I_COMMODITY, CTY_CODE, CON_VAL_YR and CAL_DUT_YR.",
        )
    country = pl.col(COUNTRY).cast(pl.String).str.strip_chars()
    text = raw.select(
        hs10=pl.col(code).cast(pl.String).str.strip_chars(),
        census=pl.when(country.str.contains(r"^\d+$"))
        .then(country.str.zfill(4))
        .otherwise(country),
        value_text=pl.col(VALUE).cast(pl.String).str.strip_chars(),
        duty_text=pl.col(DUTY).cast(pl.String).str.strip_chars(),
    )
    known = census_to_code()
    frame = text.with_columns(
        place=pl.col("census").replace_strict(known, default=None, return_dtype=pl.String),
        value=pl.col("value_text").cast(pl.Int64, strict=False),
        duty=pl.col("duty_text").cast(pl.Int64, strict=False),
    )
    ten_digits = pl.col("hs10").str.contains(r"^\d{10}$")
    check(frame, "hs10", ~ten_digits, (file, code), "ten digits", AGAIN)
    check(frame, "census", pl.col("place").is_null(), (file, COUNTRY), "a known country code",
          "Schedule C codes have four digits; leave totals and country groups out.")  # fmt: skip
    for name, column in (("value", VALUE), ("duty", DUTY)):
        check_amount(frame, f"{name}_text", (file, column), into=name, wanted=WHOLE)
    return frame.select("hs10", "place", "census", "value", "duty")


FIELDS = {"hs10": (0, 10), "census": (10, 4), "year": (22, 4), "month": (26, 2), "value": (73, 15),
          "duty": (103, 15)}  # fmt: skip
"""Where the fields of the merchandise file begin, and how wide they are."""
WIDTH = 118


def read_merchandise(path: str | Path) -> tuple[pl.DataFrame, int, list[str]]:
    """Imports of a year, or of its months so far, from the merchandise files of the Bureau.

    Args:
        path: an IMDByymm.ZIP, its IMP_DETL.TXT, or a folder of them, one for each month.

    Returns:
        A frame as ``read_census`` returns it, months and districts added up, the year, and how many
        of its months stand for it, where some are missing.

    Raises:
        DataError: no file, a truncated one, a row that is too short, a cell that is no number, an
            unknown country, more than one year, or a month in two files.
    """
    import polars as pl

    root = Path(path)
    files = [root] if root.is_file() else sorted(root.glob("IMDB*.[zZ][iI][pP]"))
    if not files:
        raise DataError("no merchandise file here.", where=str(root),
                        mend="Give IMDByymm.ZIP files or one IMP_DETL.TXT.")  # fmt: skip
    frames = [_fixed(file) for file in files]
    seen: dict[str, Path] = {}
    for file, one in zip(files, frames, strict=True):
        for month in one["month"].unique().sort().to_list():
            if month in seen:
                raise DataError(f"month {month} stands in {seen[month].name} too.", where=str(file),
                                mend="Keep one of the two files.")  # fmt: skip
            seen[month] = file
    frame = pl.concat(frames)
    years = frame["year"].unique().sort().to_list()
    if len(years) != 1:
        raise DataError(f"the files are of the years {', '.join(years)}.", where=str(root),
                        mend="Keep those of one year.")  # fmt: skip
    summed = frame.group_by("hs10", "place", maintain_order=True).agg(
        pl.col("value").sum(), pl.col("duty").sum()
    )
    short = f"{len(seen)} of twelve months are in the files, and stand for the year"
    return summed, int(years[0]), [short] if len(seen) < 12 else []


def _fixed(file: Path) -> pl.DataFrame:
    import polars as pl

    text = read_bytes(file, "imp_detl.txt").decode("latin-1")
    lines = pl.DataFrame({"line": [row for row in text.splitlines() if row.strip()]})
    cells = lines.select(
        "line", **{k: pl.col("line").str.slice(at, n).str.strip_chars()
                   for k, (at, n) in FIELDS.items()},
    )  # fmt: skip
    frame = cells.with_columns(
        place=pl.col("census").replace_strict(
            census_to_code(), default=None, return_dtype=pl.String
        ),
        value_text="value", duty_text="duty",
        value=pl.col("value").cast(pl.Int64, strict=False),
        duty=pl.col("duty").cast(pl.Int64, strict=False),
    )  # fmt: skip
    short = pl.col("line").str.len_chars() < WIDTH
    check(frame, "line", short, (file, "line"), f"a row of {WIDTH} characters or more", AGAIN)
    check(frame, "hs10", ~pl.col("hs10").str.contains(r"^\d{10}$"), (file, "1-10"), "ten digits",
          AGAIN)  # fmt: skip
    check(frame, "census", pl.col("place").is_null(), (file, "11-14"), "a known country code",
          AGAIN)  # fmt: skip
    for name, at in (("value", "74-88"), ("duty", "104-118")):
        check_amount(frame, f"{name}_text", (file, at), into=name, wanted=WHOLE)
    return frame.select("hs10", "place", "year", "month", "value", "duty")
