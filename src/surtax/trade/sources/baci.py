"""BACI, the reconciled world trade of CEPII: one CSV for each year and revision of the HS.

    t  year                    i  exporter, numeric code
    j  importer, numeric code  k  product, six digits (a leading zero may be lost)
    v  value, thousand US$     q  quantity, tonnes, or NA

The download is a zip of the years and of ``country_codes_V*.csv`` (``country_code``,
``country_iso3``); it is read as it is, unpacked, or as the CSV of one year. Codes of countries are
those of the United Nations with a few of its own (France 251, India 699, Norway 579, Switzerland
757, Taiwan 490, United States 842). A year has some eleven million rows and is never held whole.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from surtax.errors import DataError
from surtax.trade.sources.tables import (
    AGAIN,
    check,
    check_amount,
    collected,
    counted,
    find_column,
    is_zip,
    once,
    one_year,
    read_csv,
    scan_csv,
    zipped,
)
from surtax.trade.sources.un import numeric_to_code

if TYPE_CHECKING:
    import polars as pl

NAMES = {"t": "period", "i": "origin", "j": "buyer", "k": "product", "v": "amount"}
"""Our names of the columns."""
UNIT = 1000.0
MEND = "A BACI file has the columns t, i, j, k, v, q."
AGAIN_FROM = "Fetch BACI from cepii.fr; unpack it or give the zip."


@dataclass(frozen=True, eq=False)
class Year:
    """A year of BACI, not yet read.

    Attributes:
        file: the CSV, by the name under which it was given.
        lines: its rows as text, under our names, with their number ``_row``.
        codes: the table of country codes that came with it, or none.
        repairs: what was repaired, counted.
    """

    file: Path
    lines: pl.LazyFrame
    codes: Path | None
    repairs: list[str]


@contextmanager
def opened(path: str | Path, year: int | None = None) -> Iterator[Year]:
    """A year of a zip, a folder or a CSV; open while its rows are taken.

    Raises:
        DataError: as the shared readers; a path that is none of the three, no year chosen of
            several, or columns of another layout.
    """
    import polars as pl

    with tempfile.TemporaryDirectory() as room:
        file, codes = _files(Path(path), year, Path(room))
        lines, repairs = scan_csv(file)
        titles = pl.DataFrame(schema=lines.collect_schema().names())
        here = Path(path) if Path(path).is_file() and not is_zip(Path(path)) else Path(file.name)
        found = {name: find_column(titles, [t], here, MEND) for t, name in NAMES.items()}
        text = (pl.col(t).str.strip_chars().alias(name) for name, t in found.items())
        yield Year(here, lines.select("_row", *text), codes, repairs)


def read_baci(
    path: str | Path, into: str, year: int | None = None
) -> tuple[pl.DataFrame, list[str]]:
    """Imports of one place from BACI.

    Args:
        path: the CSV of a year, the folder or the zip.
        into: the importing country's code.
        year: which year, if there are several.

    Returns:
        A frame with columns ``year`` (whole), ``hs6``, ``place`` (our code) and ``value`` (US$),
        and what was repaired, counted.

    Raises:
        DataError: as `opened`; a value that is no amount, a code that no country has, a product
            that has not six digits, more than one year, the same flow twice, or no imports of
            that place.
    """
    import polars as pl

    codes = numeric_to_code()
    buyers = [n for n, code in codes.items() if code == into]
    with opened(path, year) as found:
        text = collected(found.lines.filter(pl.col("buyer").is_in(buyers)), found.file)
    file, repairs = found.file, found.repairs
    if not text.height:
        raise DataError(f"no imports of {into} are in the file.", where=str(file),
                        mend=f"Column j must have {' or '.join(buyers)}.")  # fmt: skip
    mine = text.with_columns(
        hs6=pl.col("product").str.zfill(6),
        value=pl.col("amount").cast(pl.Float64, strict=False) * UNIT,
        place=pl.col("origin").replace_strict(codes, default=None, return_dtype=pl.String),
        year=pl.col("period").cast(pl.Int64, strict=False),
    )
    one_year(mine, "period", (file, "t"))
    check(
        mine, "product", ~pl.col("hs6").str.contains(r"^\d{6}$"), (file, "k"), "six digits", AGAIN
    )
    check_amount(mine, "amount", (file, "v"), into="value")
    check(mine, "origin", pl.col("place").is_null(), (file, "i"), "a known country code",
          "Codes are the numbers of the United Nations; leave totals and groups out.")  # fmt: skip
    once(mine, ["origin", "hs6"], file)
    short = int((mine["product"].str.len_chars() < 6).sum())
    repairs += counted(short, "products had lost a leading zero")
    return mine.select("year", "hs6", "place", "value"), repairs


def read_totals(path: str | Path, year: int | None = None) -> tuple[pl.DataFrame, int]:
    """Trade of all countries with each other, all products together.

    Args:
        path: the CSV of a year beside its table of country codes, the folder or the zip.
        year: which year, if there are several.

    Returns:
        A frame with columns ``exporter``, ``importer`` (ISO alpha-3) and ``value`` (thousand US$),
        and the year.

    Raises:
        DataError: as `opened`; no table of country codes, a code that is not in it, a value that
            is no amount, or more than one year.
    """
    import polars as pl

    with opened(path, year) as found:
        file = found.file
        if found.codes is None:
            raise DataError(
                "there is no country_codes_V….csv beside it.",
                where=str(path), mend="It is in the same download; copy it here.",
            )  # fmt: skip
        names, _ = read_csv(found.codes)
        number, iso = (find_column(names, [c], found.codes, AGAIN_FROM)
                       for c in ("country_code", "country_iso3"))  # fmt: skip
        value = pl.col("amount").cast(pl.Float64, strict=False)
        bad = ~(value.is_finite() & (value >= 0)).fill_null(False)
        sums = collected(
            found.lines.group_by("period", "origin", "buyer")
            .agg(value.sum().alias("value"), bad.sum().alias("bad"))
            .sort("period", "origin", "buyer"),
            file,
        )
        if sums["bad"].sum():
            rows = collected(found.lines.filter(bad), file).with_columns(value=value)
            check_amount(rows, "amount", (file, "v"), into="value")
    if not sums.height:
        raise DataError("it has no rows.", where=str(file), mend=AGAIN_FROM)
    sums = sums.with_columns(year=pl.col("period").cast(pl.Int64, strict=False))
    when = one_year(sums, "period", (file, "t"))
    known = dict(names.select(number, iso).iter_rows())
    strange = next((c for c in (*sums["origin"], *sums["buyer"]) if c not in known), None)
    if strange is not None:
        raise DataError(
            f"the country code {strange} is not in {found.codes.name}.",
            where=str(file), mend="Use the codes of the same download.",
        )  # fmt: skip
    made = sums.select(
        pl.col("origin").replace_strict(known).alias("exporter"),
        pl.col("buyer").replace_strict(known).alias("importer"),
        "value",
    )
    return made, when


def is_zip_of_baci(file: Path) -> bool:
    """Whether a zip is BACI's, by its name."""
    return file.suffix.lower() == ".zip" and file.name.upper().startswith("BACI_")


def _files(path: Path, year: int | None, room: Path) -> tuple[Path, Path | None]:
    """The CSV of the year and that of the country codes; unpacked into ``room`` from a zip."""
    if path.is_dir():
        names = [str(p.relative_to(path)) for p in sorted(path.rglob("*.csv"))]
        file, folder = path / _chosen(names, year, path), path
    elif not path.is_file():
        raise DataError("there is no such file or folder.", where=str(path), mend="Check the path.")
    elif is_zip(path):
        with zipped(path) as archive:
            names = [n for n in archive.namelist() if n.lower().endswith(".csv")]
            name = _chosen(names, year, path)
            for one in (name, *(n for n in names if "country_codes" in n)):
                archive.extract(one, room)
        file, folder = room / name, room
    else:
        file, folder = path, path.parent
    codes = sorted(folder.rglob("country_codes*.csv"))
    return file, codes[-1] if codes else None


def _chosen(names: list[str], year: int | None, path: Path) -> str:
    """The one file of a year."""
    years = {n: m[1] for n in names if (m := re.search(r"BACI_\w+_Y(\d{4})", n))}
    fit = [n for n, y in years.items() if year is None or y == str(year)]
    if len(fit) != 1:
        have = ", ".join(sorted(set(years.values()))) or "none"
        raise DataError(
            f"{len(fit)} files fit; the years there are: {have}.",
            where=str(path), mend="Name one with --year.",
        )  # fmt: skip
    return fit[0]
