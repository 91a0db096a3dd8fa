"""A folder of Parquet parts rated part by part on Dask: on this machine, or on a cluster.

Each part is a run of its own, by the same function as one file, so a part that is finished stays
finished, and one that was stopped goes on where it was. What repeats a line of an earlier part is
known before: each part gives the marks of its lines, twelve bytes a line, and gets those of earlier
parts that its own lines meet.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from surtax.duty.entries import read
from surtax.duty.entries.headers import Match
from surtax.duty.entries.run import Report, make_job, mapped, plan_of, rate_file
from surtax.duty.entries.runner import FIRST, Job, marks
from surtax.duty.entries.seen import Marks, before
from surtax.duty.entries.write import rejects_of
from surtax.errors import DataError, MissingExtraError
from surtax.ledger.load import LAW, Ledger
from surtax.whole import write

SUMMED = ("stale", "unknown", "missing", "again")
"""What is counted of every part, and added up."""
LOCAL = "local"
LOST = "a process that was rating a part came to an end."
AGAIN = "Give the same command again; it may want more memory, or a smaller --block."


@dataclass(frozen=True)
class Options:
    """What is the same for all parts; see `run.make_job` and `run.rate_file`."""

    into: str | None = None
    known: date | None = None
    threatened: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    size: int = 500_000
    narrow: bool = False
    fresh: bool = False
    law: Path = LAW


def rate_folder(
    folder: Path | str,
    out: Path | str,
    options: Options | None = None,
    *,
    dask: str = LOCAL,
    report: Report | None = None,
) -> dict[str, Any]:
    """Rate every Parquet file of a folder into another folder, under the same names.

    Args:
        folder: Parquet parts with the same columns; in the order of their names they are one table.
        out: where the rated parts go; made if it is not there.
        options: what is the same for all.
        dask: “local” for the processes of this machine, else a scheduler's address.
        report: told of each part done.

    Returns:
        The sums of `run.rate_file` over the parts, with ``parts``, and ``kept``, the parts that an
        earlier run had finished. ``rejects`` is the pattern of the parts' files of rejected lines,
        or null; what is told of a line names its ``part``.

    Raises:
        MissingExtraError: Dask is not installed.
        DataError: no parts, they have different columns, the two folders are the same, the
            output is a file, no scheduler answers, or a process that rated was ended.
    """
    began = time.perf_counter()
    try:
        from dask import delayed
    except ImportError:
        raise MissingExtraError(
            "Dask is not installed.", where="--dask", mend="pip install “surtax[dask]”."
        ) from None
    source, target, chosen = Path(folder), Path(out), options or Options()
    mapping(source, chosen)
    if target.exists() and not target.is_dir():
        raise DataError(
            "the output is a file; parts are written into a folder.", where=str(target),
            mend="Give a folder.",
        )  # fmt: skip
    target.mkdir(parents=True, exist_ok=True)
    if target.samefile(source):
        raise DataError(
            "the output would take the place of its source.", where=str(target),
            mend="Give another folder.",
        )  # fmt: skip
    parts = [(part, target / part.name) for part in sorted(source.glob("*.parquet"))]
    earlier = delayed(before)([delayed(part_marks)(*part, chosen) for part in parts])
    tasks = [delayed(rate_part)(*part, chosen, earlier[n]) for n, part in enumerate(parts)]
    answers = _computed(tasks, dask, report or (lambda _, __: None))
    return _summed(answers, time.perf_counter() - began)


def mapping(folder: Path, options: Options) -> Match:
    """How the columns of the parts are read.

    Raises:
        DataError: no parts, they have different columns, or one that is needed is missing.
        InputError: an importing place that is none.
    """
    if not folder.is_dir():
        raise DataError("there is no folder of Parquet parts.", where=str(folder), mend="Give one.")
    source = read.open_entries(folder)
    return mapped(_law(options.law), source, options.into, options.columns)


def _computed(tasks: Sequence[Any], dask: str, report: Report) -> list[dict[str, Any]]:
    """The answers of all parts, in order; told of each when it is done."""
    lines = done = 0

    def tell(answer: object) -> None:
        nonlocal lines, done
        if isinstance(answer, dict):
            lines, done = lines + answer["lines"], done + 1
            report(lines, done / len(tasks))

    if dask == LOCAL:
        from dask import compute
        from dask.callbacks import Callback

        try:
            with Callback(posttask=lambda _, answer, *__: tell(answer)):
                return list(compute(*tasks, scheduler="processes"))
        except BrokenExecutor:
            raise DataError(LOST, where="--dask", mend=AGAIN) from None
    from distributed import Client, as_completed
    from distributed.scheduler import KilledWorker

    try:
        client = Client(dask)
    except (OSError, ValueError):
        raise DataError(
            f"no Dask scheduler answers at “{dask}”.", where="--dask",
            mend="Give “local”, or an address such as tcp://host:8786.",
        ) from None  # fmt: skip
    with client:
        futures = client.compute(tasks)
        try:
            for _, answer in as_completed(futures, with_results=True):
                tell(answer)
            return list(client.gather(futures))
        except KilledWorker:
            raise DataError(LOST, where="--dask", mend=AGAIN) from None


@cache
def _law(root: Path) -> Ledger:
    return Ledger.load(root)


def _job(part: Path, out: Path, options: Options) -> Job:
    return make_job(
        _law(options.law), part, out, into=options.into, known=options.known,
        threatened=options.threatened, columns=options.columns, size=options.size,
        narrow=options.narrow,
    )  # fmt: skip


def part_marks(part: Path, out: Path, options: Options) -> Marks:
    """The marks of the lines of one part."""
    return marks(_job(part, out, options))


def rate_part(
    part: Path, out: Path, options: Options, earlier: Marks | None = None
) -> dict[str, Any]:
    """Rate one part, unless it is finished under the same plan; its answer.

    Args:
        part: the part.
        out: where its lines go.
        options: what is the same for all parts.
        earlier: marks of lines in earlier parts, which count as lines before it.
    """
    law = _law(options.law)
    job = replace(_job(part, out, options), before=earlier)
    told = out.with_name(f"{out.stem}.json")
    plan = json.loads(json.dumps(plan_of(law, job)))
    if told.exists() and out.exists() and not options.fresh:
        old = json.loads(told.read_text("utf-8"))
        if old["plan"] == plan:
            return {**old["answer"], "kept": True}
    told.unlink(missing_ok=True)
    answer = rate_file(law, job, fresh=options.fresh)
    answer["again_first"] = [{"part": part.name, **one} for one in answer["again_first"]]
    write(told, json.dumps({"plan": plan, "answer": answer}).encode())
    return {**answer, "kept": False}


def _summed(answers: Sequence[dict[str, Any]], seconds: float) -> dict[str, Any]:
    """One answer of many."""
    cents: Counter[str] = Counter()
    repairs: Counter[str] = Counter()
    for one in answers:
        cents.update({k: round(v * 100) for k, v in one["duty_by_currency"].items()})
        repairs.update(one["repairs"])
    first = answers[0]
    out = Path(first["out"]).parent
    return {
        "lines": sum(one["lines"] for one in answers),
        "duty": sum(cents.values()) / 100 if len(cents) <= 1 else None,
        "seconds": round(seconds, 3),
        "rejected": sum(one["rejected"] for one in answers),
        "duty_by_currency": {name: value / 100 for name, value in sorted(cents.items())},
        "rejects": str(rejects_of(out / "*")) if any(one["rejects"] for one in answers) else None,
        "out": str(out),
        "repairs": dict(sorted(repairs.items())),
        **{name: sum(one[name] for one in answers) for name in SUMMED},
        "again_first": [one for answer in answers for one in answer["again_first"]][:FIRST],
        "resumed_after": sum(one["resumed_after"] for one in answers),
        "parts": len(answers),
        "kept": sum(one["kept"] for one in answers),
        **{name: first[name] for name in ("family", "columns", "unused", "known", "verified_to")},
    }
