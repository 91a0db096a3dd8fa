"""What all readers of people's files share: text tables, their faults, and counted repairs."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from surtax.errors import DataError

if TYPE_CHECKING:
    import polars as pl

AGAIN = "Is the file whole? Download it again."
BOM = b"\xef\xbb\xbf"
ENDS = 8192
"""Bytes at either end of a file that show what it is and whether it is whole."""


def read_bytes(file: Path, member: str = "") -> bytes:
    """A file's bytes, or those of one member of a zip.

    Args:
        file: the file.
        member: how the name of the member of a zip ends.

    Raises:
        DataError: no file, or a zip that is truncated or lacks the member.
    """
    if not is_zip(file):
        return file.read_bytes()
    with zipped(file) as archive:
        names = [n for n in archive.namelist() if n.lower().endswith(member.lower())]
        names = [n for n in names if "metadata" not in n.lower()] or names
        if not names:
            raise DataError(
                f"the zip has no {member} file; it has {', '.join(archive.namelist()[:4])}.",
                where=str(file),
                mend="Download the whole table again.",
            )
        return archive.read(names[0])


def is_zip(file: Path) -> bool:
    """Whether a file is named a zip.

    Raises:
        DataError: no file.
    """
    if not file.is_file():
        raise DataError("there is no such file.", where=str(file), mend="Check the path.")
    return file.suffix.lower() == ".zip"


@contextmanager
def zipped(file: Path) -> Iterator[zipfile.ZipFile]:
    """A zip, open.

    Raises:
        DataError: it is truncated or no zip, found out now or while it is read.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, EOFError, OSError) as broken:
        raise DataError(
            f"the zip cannot be read ({broken}).",
            where=str(file),
            mend="It looks truncated: download it again.",
        ) from None


def read_csv(file: Path, member: str = ".csv") -> tuple[pl.DataFrame, list[str]]:
    """A delimited text file with every cell as text, and what had to be repaired.

    A byte order mark is taken off, and commas, semicolons and tabs are told apart by the header.

    Raises:
        DataError: no file, no table, a file cut in the middle of a line, or one that is not UTF-8.
    """
    import polars as pl

    raw = read_bytes(file, member)
    between, repairs = _layout(raw[:ENDS], raw[-ENDS:], file)
    raw = raw.removeprefix(BOM)
    with whole_table(file):
        frame = pl.read_csv(raw, infer_schema=False, separator=between)
    return frame.rename(_bare), repairs


def scan_csv(file: Path) -> tuple[pl.LazyFrame, list[str]]:
    """The same of a file that may be too large to hold: only its ends are read yet.

    Returns:
        Rows to filter and then to take with `collected`, the first column ``_row`` their number
        from zero, and what had to be repaired.

    Raises:
        DataError: as `read_csv`, as far as the ends show it.
    """
    import polars as pl

    with file.open("rb") as text:
        head = text.read(ENDS)
        text.seek(max(file.stat().st_size - ENDS, 0))
        between, repairs = _layout(head, text.read(), file)
    with whole_table(file):
        lines = pl.scan_csv(file, infer_schema=False, separator=between)
        names = lines.collect_schema().names()
    return lines.rename({n: _bare(n) for n in names}).with_row_index("_row"), repairs


def collected(lines: pl.LazyFrame, file: Path) -> pl.DataFrame:
    """The rows of a scan, read through without holding the rest.

    Raises:
        DataError: a line that is none of the table's.
    """
    with whole_table(file):
        return lines.collect(engine="streaming")


@contextmanager
def whole_table(file: Path) -> Iterator[None]:
    """Raises DataError where a table breaks off or is none while it is read."""
    import polars as pl

    try:
        yield
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as broken:
        first = (str(broken).strip().splitlines() or [type(broken).__name__])[0]
        raise _broken(file, first) from None


def _layout(head: bytes, tail: bytes, file: Path) -> tuple[str, list[str]]:
    """What sets the cells of a table apart, and what had to be repaired, by its two ends."""
    repairs = []
    if head.startswith(BOM):
        head = head.removeprefix(BOM)
        repairs.append("a byte order mark was taken off")
    try:
        text = head.decode("utf-8", "strict" if len(head) < ENDS - len(BOM) else "ignore")
    except UnicodeDecodeError:
        raise _broken(file, "the text is not UTF-8") from None
    header = text.splitlines()[0] if text.strip() else ""
    if not header or "\x00" in header:
        raise _broken(file, "it is empty" if not header else "no header")
    between = max(",;\t", key=header.count)
    last = tail.decode("utf-8", "ignore").rsplit("\n", 1)[-1].strip("\r\x00")
    if last and '"' not in last and last.count(between) < header.count(between):
        raise _broken(file, "the last line is cut short")
    return between, repairs


def _bare(name: str) -> str:
    """A column's name without quotes, blanks and the mark that opens a file."""
    return name.strip("\ufeff").strip().strip('"')


def _broken(file: Path, why: str) -> DataError:
    return DataError(
        f"the file cannot be read ({why}).",
        where=str(file),
        mend="It looks truncated or is no table: download it again.",
    )


def find_column(frame: pl.DataFrame, names: Sequence[str], file: Path, mend: str) -> str:
    """The first of some names that is a column, in any case.

    Raises:
        DataError: none of them is; the message lists what the file has.
    """
    lower = {c.casefold(): c for c in frame.columns}
    for name in names:
        if name.casefold() in lower:
            return lower[name.casefold()]
    raise DataError(
        f"column {' or '.join(names[:2])} is missing; the file has {', '.join(frame.columns)}.",
        where=str(file),
        mend=mend,
    )


def check(
    frame: pl.DataFrame, show: str, bad: pl.Expr, cell: tuple[Path, str], wanted: str, mend: str
) -> None:
    """Refuse a frame of text with a bad cell, naming the first and how many there are.

    Args:
        frame: the rows, in the order of the file, or with their numbers from it as ``_row``.
        show: the column whose cell is shown.
        bad: true where a row is bad; null counts as bad.
        cell: the file and the name that it gives the column.
        wanted: what the cell should be.
        mend: what to do.
    """
    import polars as pl

    file, column = cell
    numbered = frame if "_row" in frame.columns else frame.with_row_index("_row")
    rows = numbered.filter(bad.fill_null(True) | pl.col(show).is_null()).sort("_row")
    if not rows.height:
        return
    first = rows.row(0, named=True)
    shown = "an empty cell" if not first[show] else f"“{first[show]}”"
    more = f" ({rows.height} such rows)" if rows.height > 1 else ""
    raise DataError(
        f"{shown} is not {wanted}{more}.",
        where=f"{file}, data row {first['_row'] + 1}, column {column}",
        mend=mend,
    )


def check_amount(
    frame: pl.DataFrame, show: str, cell: tuple[Path, str], *, into: str, wanted: str = "a number"
) -> None:
    """Refuse amounts that are no numbers, infinite or below zero.

    Args:
        frame: the rows, with the amounts as text and as numbers.
        show: the column of the text.
        cell: the file and the name that it gives the column.
        into: the column of the numbers.
        wanted: what each should be.

    Raises:
        DataError: naming the first.
    """
    import polars as pl

    number = pl.col(into)
    good = number.is_finite() if frame[into].dtype.is_float() else number.is_not_null()
    check(frame, show, ~(good & (number >= 0)), cell, f"{wanted}, zero or more", AGAIN)


def one_year(frame: pl.DataFrame, show: str, cell: tuple[Path, str]) -> int:
    """The year of all rows, from their column ``year``.

    Args:
        frame: the rows.
        show: the column of the text that the year was read from.
        cell: the file and the name that it gives the column.

    Raises:
        DataError: a row without a year, or more than one year.
    """
    import polars as pl

    check(frame, show, pl.col("year").is_null(), cell, "a year or a month", AGAIN)
    years = sorted(frame["year"].unique().to_list())
    if len(years) != 1:
        raise DataError(
            f"the file has more than one year: {', '.join(map(str, years[:4]))}.",
            where=str(cell[0]),
            mend="Keep one year.",
        )
    return int(years[0])


def once(frame: pl.DataFrame, keys: Sequence[str], file: Path | str) -> None:
    """Refuse rows that stand twice under the same keys.

    Raises:
        DataError: naming the first pair.
    """
    import polars as pl

    twice = frame.filter(pl.struct(list(keys)).is_duplicated())
    if twice.height:
        said = ", ".join(f"{k} {twice[k][0]}" for k in keys)
        raise DataError(
            f"{said} stands twice ({twice.height} such rows).",
            where=str(file),
            mend="Was a file added to itself? Keep one of the rows.",
        )


def counted(n: int, what: str) -> list[str]:
    """A repair with its count, or none."""
    return [f"{n:,} {what}"] if n else []
