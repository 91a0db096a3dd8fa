"""Files of entries as blocks of raw lines: CSV in any of the usual encodings, Parquet, folders."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import itertools
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from surtax.duty.entries.headers import Match, match
from surtax.errors import DataError, InputError

BLOCK = 500_000
"""Lines in a block; what bounds the memory."""
PIECE = 20_000
"""Lines of a CSV file that are cut at a time; fewer of them are slow where one is odd."""
CHUNK = 1 << 20
NEAR = 30
"""Lines at the top of a file among which a header is looked for, to say where it is."""
FOREIGN = {
    b"PAR1": ("this is a Parquet file.", "Call it *.parquet."),
    b"\x1f\x8b": (
        "this is a file packed by gzip.",
        "Unpack it with gunzip, and give what it holds.",
    ),
    b"PK\x03\x04": (
        "this is a workbook or a zip file.",
        "Give the CSV file that it holds, or save one.",
    ),
    b"\xd0\xcf\x11\xe0": ("this is a workbook.", "Save the sheet as CSV UTF-8 and give that."),
    b"\x28\xb5\x2f\xfd": ("this is a file packed by zstd.", "Unpack it, and give what it holds."),
}
"""How files begin that are no CSV: what is said of them, and what to give in their place."""
NOT_UTF8 = "bytes that are not UTF-8; the file was read as Windows-1252"


Bad = tuple[int, str, str]
"""What is no line of the table: its number, the reason, its text."""


@dataclass(frozen=True)
class Source:
    """A file of entries.

    Attributes:
        path: the file, or a folder of Parquet parts.
        kind: "csv" or "parquet".
        headers: its headers.
        encoding, delimiter: of a CSV file.
        lines: number of lines; -1 where only reading tells.
        size: bytes.
        notes: counted repairs of the file as a whole, by kind.
    """

    path: Path
    kind: str
    headers: tuple[str, ...]
    encoding: str = ""
    delimiter: str = ""
    lines: int = -1
    size: int = 0
    notes: dict[str, int] = field(default_factory=dict)

    def match(
        self,
        facts: Sequence[str],
        given: Mapping[str, str] | None = None,
        optional: Collection[str] = (),
    ) -> Match:
        """The mapping of its headers; see `headers.match`."""
        try:
            return match(self.headers, facts, given, optional)
        except DataError as error:
            where, mend = f"{self.path}, {error.where}", error.mend
            if below := self._below(lambda cells: match(cells, facts, given, optional)):
                mend = f"Line {below} looks like the header: take away the lines above it."
            raise DataError(error.what, where=where, mend=mend) from None

    def _below(self, read: Callable[[list[str]], Match]) -> int:
        """The number of the line below the first that reads as a header; 0 if none near does."""
        if self.kind != "csv":
            return 0
        with self.path.open(encoding=self.encoding, errors="replace", newline="") as handle:
            for number, text in enumerate(itertools.islice(handle, NEAR), 1):
                with contextlib.suppress(InputError, csv.Error):
                    read(next(csv.reader([text], delimiter=_sign(text)), []))
                    return number if number > 1 else 0
        return 0


@dataclass(frozen=True, eq=False)
class Block:
    """Some lines of a source.

    Attributes:
        frame: ``line`` and the source's columns; of a CSV file, all text.
        bad: lines that are no lines of the table: number, reason, text.
        bytes: how far into the source the block reaches; -1 if not known.
    """

    frame: pl.DataFrame
    bad: list[Bad]
    bytes: int = -1


def open_entries(path: Path | str) -> Source:
    """Look at a file of entries: what it is, its headers, its encoding.

    Raises:
        DataError: no such file, an empty one, or one that is neither CSV nor Parquet.
    """
    at = Path(path)
    if not at.exists():
        raise DataError("there is no such file.", where=str(at), mend="Give a CSV or Parquet file.")
    if at.is_dir() or at.suffix.casefold() in (".parquet", ".pq"):
        return _parquet(at)
    if not at.is_file():
        raise DataError(
            "this is no file that can be read from its beginning again.", where=str(at),
            mend="Write what it gives to a file, and give that.",
        )  # fmt: skip
    if at.suffix.casefold() in (".xlsx", ".xls"):
        raise DataError(
            "this is a workbook.", where=str(at), mend="Save the sheet as CSV UTF-8 and give that."
        )
    return _csv(at)


def _parquet(at: Path) -> Source:
    parts = sorted(at.glob("*.parquet")) if at.is_dir() else [at]
    if not parts:
        raise DataError(
            "the folder holds no Parquet file.", where=str(at), mend="Give one with *.parquet."
        )
    first: dict[str, Any] = {}
    lines = size = 0
    for part in parts:
        try:
            scan = pl.scan_parquet(part)
            kinds: dict[str, Any] = dict(scan.collect_schema())
            lines += int(scan.select(pl.len()).collect().item())
        except (pl.exceptions.PolarsError, OSError) as error:
            said = str(error).splitlines()[0]
            raise DataError(
                f"the file cannot be read as Parquet: {said}.",
                where=str(part),
                mend="It may be cut short; fetch it again.",
            ) from None
        first = first or kinds
        if list(kinds) != list(first):
            raise DataError(
                "the parts have different columns.", where=str(part), mend="Give like parts."
            )
        for name, kind in kinds.items():
            if kind != first[name]:
                raise DataError(
                    f"the column “{name}” is of the type {kind}, and in {parts[0].name} "
                    f"{first[name]}.",
                    where=str(part), mend="Write it alike in all parts.",
                )  # fmt: skip
        size += part.stat().st_size
    return Source(at, "parquet", tuple(first), lines=lines, size=size)


def _csv(at: Path) -> Source:
    size = at.stat().st_size
    if not size:
        raise DataError("the file is empty.", where=str(at), mend="Give one with a header line.")
    encoding, notes = _encoding(at)
    with at.open(encoding=encoding, newline="") as handle:
        sample = handle.readline(1 << 16)
        delimiter = _sign(sample)
        handle.seek(0)
        try:
            headers = next(csv.reader(handle, delimiter=delimiter), [])
        except csv.Error as error:
            raise DataError(
                f"its first line is no header of CSV: {error}.",
                where=str(at),
                mend="Save it as CSV UTF-8, with a header line.",
            ) from None
    return Source(at, "csv", tuple(headers), encoding, delimiter, size=size, notes=notes)


def _sign(sample: str) -> str:
    """What parts the cells of a header."""
    return max(",;\t|", key=lambda sign: _known(sample, sign))


def _known(sample: str, sign: str) -> tuple[int, int]:
    """How many headers a delimiter makes that some family knows, and how many in all."""
    from surtax.duty.entries.headers import FAMILIES, plain

    known = {plain(n) for f in FAMILIES.values() for names in f.names.values() for n in names}
    cells = next(csv.reader([sample], delimiter=sign), [])
    return sum(plain(cell) in known for cell in cells), len(cells)


def _encoding(at: Path) -> tuple[str, dict[str, int]]:
    """The encoding of a file, read through once; what it had to be read as, if not UTF-8."""
    with at.open("rb") as handle:
        head = handle.read(4)
        if head in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
            return "utf-32", {}
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", {}
        for begins, (what, mend) in FOREIGN.items():
            if head.startswith(begins):
                raise DataError(what, where=str(at), mend=mend)
        handle.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        odd = 0
        while chunk := handle.read(CHUNK):
            if b"\0" in chunk:
                raise DataError(
                    "the file holds zero bytes; it is not a text file in UTF-8.",
                    where=str(at),
                    mend="Save it as CSV UTF-8.",
                )
            if not odd:
                try:
                    decoder.decode(chunk)
                    continue
                except UnicodeDecodeError:
                    pass
            odd += sum(byte > 127 for byte in chunk.translate(None, _ASCII))
    return ("cp1252", {NOT_UTF8: odd}) if odd else ("utf-8-sig", {})


_ASCII = bytes(range(128))


def blocks(source: Source, *, size: int = BLOCK) -> Iterator[Block]:
    """The lines of a source, some at a time, in order.

    Args:
        source: the file.
        size: lines in a block.

    Raises:
        DataError: the file cannot be read on.
    """
    return _csv_blocks(source, size) if source.kind == "csv" else _slices(source, size)


def _slices(source: Source, size: int) -> Iterator[Block]:
    parts = sorted(source.path.glob("*.parquet")) if source.path.is_dir() else [source.path]
    scan = pl.scan_parquet(parts)
    line = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    for start in range(0, max(source.lines, 1), size):
        try:
            frame = scan.slice(start, size).collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            first = str(error).splitlines()[0]
            raise DataError(
                f"the file cannot be read after line {start}: {first}.",
                where=str(source.path),
                mend="It may be damaged; fetch it again.",
            ) from None
        yield Block(frame.with_columns((line + start).alias(_LINE)), [])


_LINE = "\0line"
"""The column that numbers the lines of a source, under a name that no file has."""


def _csv_blocks(source: Source, size: int) -> Iterator[Block]:
    with source.path.open("rb") as raw:
        lines = io.TextIOWrapper(raw, encoding=source.encoding, errors="replace", newline="")
        reader = csv.reader(lines, delimiter=source.delimiter, strict=True)
        next(reader)
        number, first = reader.line_num + 1, True
        while first or number:
            frames, bad, left = [_text_frame(source.headers, [], [])], list[Bad](), size
            while number and left:
                frame, some, number = _piece(source, lines, number, min(left, PIECE))
                frames.append(frame)
                bad += some
                left -= len(frame) + len(some)
            frame = pl.concat(frames)
            if first or len(frame) or bad:
                yield Block(frame, bad, raw.tell())
            first = False


def _piece(
    source: Source, lines: Iterator[str], number: int, size: int
) -> tuple[pl.DataFrame, list[Bad], int]:
    """Some lines of a CSV file: the rows, what is none, and the number of the next line; 0 if none.

    Lines that have the cells of the header, quoted whole or not at all, are cut by Polars, all at
    once; of others the reader of the standard library says what is wrong, line by line.

    Args:
        source: the file.
        lines: its lines, from `number` on.
        number: the number of the next line.
        size: rows at most.
    """
    held = list(itertools.islice(lines, size))
    sign, wide = source.delimiter, len(source.headers)
    text = "".join(held)
    if wide > 1 and held and _plain(held, text, sign, wide):
        numbers = range(number, number + len(held))
        return _cut(source, text, numbers), [], numbers.stop if len(held) == size else 0
    reader = csv.reader(itertools.chain(held, lines), delimiter=sign, strict=True)
    rows: list[list[str]] = []
    at: list[int] = []
    bad: list[Bad] = []
    while reader.line_num < len(held):
        first = number + reader.line_num
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            bad.append((first, _csv_error(str(error), first, number + reader.line_num - 1), ""))
            continue
        if len(row) == wide:
            rows.append(row)
            at.append(first)
        elif any(cell.strip() for cell in row):
            reason = f"{len(row)} cells where the header has {wide}"
            bad.append((first, reason, sign.join(row)))
    done = len(held) < size
    return _text_frame(source.headers, rows, at), bad, 0 if done else number + reader.line_num


def _plain(held: Sequence[str], text: str, sign: str, wide: int) -> bool:
    """Whether each line has so many cells, and no quotation mark or line end within one."""
    if '"' not in text:
        return {line.count(sign) for line in held} == {wide - 1}
    cell = rf'(?:"[^"\r\n]*"|[^"\r\n{re.escape(sign)}]*)'
    line = rf"^{cell}(?:{re.escape(sign)}{cell}){{{wide - 1}}}(?:\r\n|\r|\n)?$"
    return bool(pl.Series(held, dtype=pl.String).str.contains(line).all())


def _cut(source: Source, text: str, numbers: range) -> pl.DataFrame:
    """Lines as rows, all text."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    frame = pl.read_csv(
        plain.encode(),
        has_header=False,
        separator=source.delimiter,
        infer_schema=False,
    ).fill_null("")
    columns = dict(zip(source.headers, frame.get_columns(), strict=True))
    return pl.DataFrame({**columns, _LINE: pl.Series(_LINE, numbers, dtype=pl.Int64)})


def _csv_error(said: str, first: int, last: int) -> str:
    span = f", up to line {last}" if last > first else ""
    if "field larger" in said or "unexpected end" in said:
        return f"a quotation mark that opens here is not closed{span}"
    return f"not a line of CSV: {said}{span}"


def _text_frame(headers: Sequence[str], rows: list[list[str]], numbers: list[int]) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(headers)
    data = {
        name: pl.Series(name, column, dtype=pl.String)
        for name, column in zip(headers, columns, strict=True)
    }
    return pl.DataFrame({**data, _LINE: pl.Series(_LINE, numbers, dtype=pl.Int64)})


def renamed(block: Block, mapping: Match) -> pl.DataFrame:
    """A block's frame in canonical names, ``line`` first; what is not mapped falls away."""
    names = {h: c for h, c in mapping.columns.items() if c != "line"}
    columns = [pl.col(header).alias(column) for header, column in names.items()]
    return block.frame.select(pl.col(_LINE).alias("line"), *columns)
