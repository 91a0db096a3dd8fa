"""Rated entries on disk: block by block in a folder beside the output, then whole or not at all.

While a run goes on, `OUT.partial` holds one finished file for each block rated. A run that is
stopped, by a person, the system or a full disk, leaves only finished blocks there; the same command
does the others. The output itself appears under its name when it is complete.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from surtax import lock, units
from surtax.duty.entries.stack import stack, tell_decimals
from surtax.errors import DataError
from surtax.whole import whole, write

KINDS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv"}
RESULT = ("duty", "rate", "admissible", "stale", "unknown", "missing")
"""Columns of a rated line before those of its single duties."""
LAST = RESULT[-1]
REJECTS = b"line,reason,text\n"
_OWN = re.compile(r"lock|(plan\.json|[0-9]{6}\.[a-z]+)(\.tmp)?")
"""Names in a folder of finished blocks."""


@dataclass(frozen=True)
class Done:
    """What a finished block holds.

    Attributes:
        lines: lines read, those rejected among them.
        rejected: lines rejected.
        duty: duties owed, by currency, in cents.
        repairs: cells mended, by kind.
        stale: lines whose day lies outside the record's checked days.
        unknown: lines with a duty whose rate is not known.
        missing: lines that wait for a fact.
        again: lines that name an entry line met before and say something else of it.
        first: the first of them: line, entry, line of the entry.
    """

    lines: int
    rejected: int
    duty: dict[str, int]
    repairs: dict[str, int]
    stale: int = 0
    unknown: int = 0
    missing: int = 0
    again: int = 0
    first: Sequence[Sequence[Any]] = ()


def kind_of(out: Path) -> str:
    """How an output is written: by the ending of its name.

    Raises:
        DataError: another ending than .parquet or .csv.
    """
    kind = KINDS.get(out.suffix.casefold())
    if kind is None:
        raise DataError(
            f"“{out.name}” ends neither in .parquet nor in .csv.",
            where="-o",
            mend="Name the output entries.parquet or entries.csv.",
        )
    return kind


def rejects_of(out: Path) -> Path:
    """Where the rejected lines of an output stand."""
    return out.with_name(f"{out.stem}.rejected.csv")


class Workspace:
    """The folder of finished blocks beside an output.

    Args:
        out: the output.
        plan: what the run does: source, law, options. Blocks of another plan are thrown away;
            those of the same source under another law are kept until a person says so.
        fresh: throw away what is there.
    """

    def __init__(self, out: Path, plan: dict[str, Any], *, fresh: bool = False) -> None:
        self.out = out
        self.folder = out.with_name(out.name + ".partial")
        self.plan = json.loads(json.dumps(plan))
        self._fresh = fresh

    @contextlib.contextmanager
    def held(self) -> Iterator[set[int]]:
        """Hold the folder for one run; gives the blocks that are already done.

        Raises:
            DataError: another run writes the same output.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with lock.held(self.folder / "lock", patience=0.0) as mine:
            if not mine:
                raise DataError(
                    "another run is writing the same output.",
                    where=str(self.out),
                    mend="Wait for it, or give another name.",
                )
            yield self._ready()

    def _ready(self) -> set[int]:
        for path in self.folder.iterdir():
            if not _OWN.fullmatch(path.name):
                raise DataError(
                    f"“{path.name}” is no file of an earlier run.",
                    where=str(self.folder),
                    mend="Move it away, or give the output another name.",
                )
        written = self.folder / "plan.json"
        old = None
        if written.exists() and not self._fresh:
            with contextlib.suppress(ValueError):
                old = json.loads(written.read_text("utf-8"))
        if (
            old
            and self._finished()
            and _source(old) == _source(self.plan)
            and _law(old) != _law(self.plan)
        ):
            raise DataError(
                "the law has changed since these lines were done.",
                where=str(self.folder),
                mend="--fresh throws them away and begins anew.",
            )  # fmt: skip
        if old != self.plan:
            for path in self.folder.iterdir():
                if path.name != "lock":
                    path.unlink()
            write(written, json.dumps(self.plan).encode())
        for path in self.folder.glob("*.tmp"):
            path.unlink()
        return self._finished()

    def _finished(self) -> set[int]:
        """The numbers of the blocks that are done."""
        return {int(path.stem) for path in self.folder.glob("[0-9]*.json")}

    def _path(self, number: int, kind: str) -> Path:
        return self.folder / f"{number:06d}.{kind}"

    def put(
        self,
        number: int,
        lines: pl.DataFrame,
        decimals: Mapping[str, tuple[int, int]] | None = None,
    ) -> None:
        """Write the lines of one block; `decimals` as in `surtax.duty.block.Rated`."""
        with whole(self._path(number, "parquet")) as temporary:
            lines.write_parquet(
                temporary,
                compression="zstd",
                compression_level=1,
                statistics=False,
                row_group_size=max(len(lines), 1),
            )
            if decimals:
                tell_decimals(temporary, decimals)

    def close(self, number: int, rejected: Sequence[tuple[int, str, str]], done: Done) -> None:
        """Finish a block whose lines are written; it counts once its last file stands."""
        write(self._path(number, "rejected"), _csv_text(rejected).encode())
        write(self._path(number, "json"), json.dumps(asdict(done)).encode())

    def done(self, number: int) -> Done:
        """What a finished block holds."""
        return Done(**json.loads(self._path(number, "json").read_text("utf-8")))

    def save(self, number: int, name: str, data: bytes) -> None:
        """Keep something beside a block."""
        write(self._path(number, name), data)

    def load(self, number: int, name: str) -> bytes:
        """What was kept beside a block."""
        return self._path(number, name).read_bytes()

    def finish(self, count: int) -> None:
        """Make the output and the file of rejected lines of all blocks, and clear the folder."""
        parts = [self._path(n, "parquet") for n in range(count)]
        _assemble(parts, self.out)
        rejects = rejects_of(self.out)
        if any(self.done(n).rejected for n in range(count)):
            with whole(rejects) as temporary, temporary.open("wb") as handle:
                handle.write(REJECTS)
                for n in range(count):
                    with self._path(n, "rejected").open("rb") as part:
                        shutil.copyfileobj(part, handle)
        elif _begins(rejects, REJECTS):
            rejects.unlink()
        shutil.rmtree(self.folder)


def _law(plan: dict[str, Any]) -> list[Any]:
    """What a plan says of the law: the measures, the schedule, and the code that reads them."""
    return [plan.get(name) for name in ("law", "schedule", "version")]


def _source(plan: dict[str, Any]) -> Any:
    """The files that a plan reads, with their sizes and times."""
    return plan.get("files")


def _begins(path: Path, words: bytes) -> bool:
    """Whether there is a file that begins so."""
    if not path.is_file():
        return False
    with path.open("rb") as handle:
        return handle.read(len(words)) == words


def _assemble(parts: Sequence[Path], out: Path) -> None:
    """One file of many parts, in order, with the columns of all."""
    schemas = [_schema(part) for part in parts]
    kinds: dict[str, Any] = {}
    layers: set[str] = set()
    order: list[str] = []
    for schema in schemas:
        names = list(schema)
        at = len(order)
        for name in reversed(names):  # one that is new stands before that which follows it here
            if name not in order:
                order.insert(at, name)
            at = order.index(name)
        layers.update(names[names.index(LAST) + 1 :] if LAST in names else ())
        kinds.update({n: k for n, k in schema.items() if n not in kinds or k != pl.Null})
    told = [n for n in order if n in RESULT]
    names = [
        *(n for n in order if n not in layers and n not in RESULT),
        *told,
        *sorted(layers, key=_rank),
    ]
    with whole(out) as temporary:
        if kind_of(out) == "parquet":
            stack(parts, temporary, {name: kinds[name] for name in names})
        else:
            scans = []
            for part, schema in zip(parts, schemas, strict=True):
                lost = [pl.lit(None, kinds[n]).alias(n) for n in names if n not in schema]
                texts = pl.selectors.enum().cast(pl.String)
                scan = (
                    pl.scan_parquet(part)
                    .with_columns(texts)
                    .with_columns(inert(pl.selectors.string()))
                )
                scans.append(scan.with_columns(lost).select(names))
            pl.concat(scans).sink_csv(temporary, maintain_order=True)


def _schema(part: Path) -> dict[str, Any]:
    """The columns of a part; categories are texts, which is how they are written."""
    told = pl.read_parquet_schema(part)
    return {n: pl.String() if isinstance(k, pl.Enum) else k for n, k in told.items()}


def _rank(name: str) -> tuple[int, str]:
    """The order of the columns of single duties: pairs by their number, else by name."""
    pair = re.fullmatch(r"(layer|duty)(\d+)", name)
    return (int(pair[2]), "" if pair[1] == "layer" else "duty") if pair else (0, name)


def inert(text: pl.Expr) -> pl.Expr:
    """Cells of text as a spreadsheet shows them and does not run them; see `units.inert`."""
    risky = text.str.contains(units.FORMULA) & ~text.str.contains(units.NUMBER)
    return pl.when(risky).then(pl.lit("'") + text).otherwise(text).name.keep()


def _csv_text(rows: Sequence[tuple[int, str, str]]) -> str:
    text = io.StringIO()
    told = ([number, units.inert(reason), units.inert(cells)] for number, reason, cells in rows)
    csv.writer(text, lineterminator="\n").writerows(told)
    return text.getvalue()
