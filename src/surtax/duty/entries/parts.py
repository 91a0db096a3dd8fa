"""A folder of Parquet parts rated part by part on Dask: on this machine, or on a cluster.

Each part is a run of its own, by the same function as one file, so a part that is finished stays
finished, and one that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from surtax.duty.entries.run import make_job, plan_of, rate_file
from surtax.duty.entries.runner import FIRST
from surtax.errors import DataError, MissingExtraError
from surtax.ledger.load import LAW, Ledger
from surtax.whole import write

SUMMED = ("stale", "unknown", "missing", "again")
"""What is counted of every part, and added up."""
LOCAL = "local"


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
    folder: Path | str, out: Path | str, options: Options | None = None, *, dask: str = LOCAL
) -> dict[str, Any]:
    """Rate every Parquet file of a folder into another folder, under the same names.

    Args:
        folder: Parquet parts with the same columns.
        out: where the rated parts go; made if it is not there.
        options: what is the same for all.
        dask: “local” for the processes of this machine, else a scheduler's address.

    Returns:
        The sums of `run.rate_file` over the parts, with ``parts``, and ``kept``, the parts that an
        earlier run had finished.

    Raises:
        MissingExtraError: Dask is not installed.
        DataError: no parts, or the two folders are the same.
    """
    began = time.perf_counter()
    try:
        from dask import compute, delayed
    except ImportError:
        raise MissingExtraError(
            "Dask is not installed.", where="--dask", mend="pip install “surtax[dask]”."
        ) from None
    source, target = Path(folder), Path(out)
    parts = sorted(source.glob("*.parquet")) if source.is_dir() else []
    if not parts:
        raise DataError("there is no folder of Parquet parts.", where=str(source), mend="Give one.")
    target.mkdir(parents=True, exist_ok=True)
    if target.samefile(source):
        raise DataError(
            "the output would take the place of its source.", where=str(target),
            mend="Give another folder.",
        )  # fmt: skip
    chosen = options or Options()
    tasks = [delayed(rate_part)(part, target / part.name, chosen) for part in parts]
    if dask == LOCAL:
        answers = compute(*tasks, scheduler="processes")
    else:
        from distributed import Client

        with Client(dask) as client:
            answers = client.gather(client.compute(tasks))
    return _summed(answers, time.perf_counter() - began)


@cache
def _law(root: Path) -> Ledger:
    return Ledger.load(root)


def rate_part(part: Path, out: Path, options: Options) -> dict[str, Any]:
    """Rate one part, unless it is finished under the same plan; its answer."""
    law = _law(options.law)
    job = make_job(
        law, part, out, into=options.into, known=options.known, threatened=options.threatened,
        columns=options.columns, size=options.size, narrow=options.narrow,
    )  # fmt: skip
    told = out.with_name(f"{out.stem}.json")
    plan = json.loads(json.dumps(plan_of(law, job)))
    if told.exists() and out.exists() and not options.fresh:
        old = json.loads(told.read_text("utf-8"))
        if old["plan"] == plan:
            return {**old["answer"], "kept": True}
    told.unlink(missing_ok=True)
    answer = rate_file(law, job, fresh=options.fresh)
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
    return {
        "lines": sum(one["lines"] for one in answers),
        "duty": sum(cents.values()) / 100 if len(cents) <= 1 else None,
        "seconds": round(seconds, 3),
        "rejected": sum(one["rejected"] for one in answers),
        "duty_by_currency": {name: value / 100 for name, value in sorted(cents.items())},
        "rejects": next((one["rejects"] for one in answers if one["rejects"]), None),
        "out": str(Path(first["out"]).parent),
        "repairs": dict(sorted(repairs.items())),
        **{name: sum(one[name] for one in answers) for name in SUMMED},
        "again_first": [one for answer in answers for one in answer["again_first"]][:FIRST],
        "resumed_after": sum(one["resumed_after"] for one in answers),
        "parts": len(answers),
        "kept": sum(one["kept"] for one in answers),
        **{name: first[name] for name in ("family", "columns", "unused", "known", "verified_to")},
    }
