"""What a job is: a checked question, and the search that answers it, step by step."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from contextlib import nullcontext
from dataclasses import fields
from pathlib import Path
from typing import Any

from surtax import places
from surtax._version import __version__
from surtax.desk.problem import blaming
from surtax.economy.closure import CLOSURES
from surtax.errors import InputError, unknown
from surtax.ledger import Ledger
from surtax.response.kept import Keep
from surtax.scenario import ask, platforms, spec
from surtax.scenario import compare as _compare
from surtax.scenario import sweep as _sweep
from surtax.scenario.run import prepare
from surtax.scenario.vintage import command_of, data_digest

KINDS = ("best", "nash", "bargain", "list", "platforms", "sweep")
SWEPT = ("scenario", "draws", "seed", "platform", "response", "threats", "answers")
COMPARED = ("platforms", "answers")
"""Options of `surtax sweep` and of `surtax compare`, the things asked for first."""
Say = Callable[[str], None]


def check(kind: str, request: dict[str, Any], law: Ledger) -> None:
    """Refuse what cannot be asked, in the words of the command line, before it becomes a job.

    Args:
        kind: of `KINDS`. request: the options of its command by name. law: the ledger.

    Raises:
        InputError: what the command would say.
    """
    if kind not in KINDS:
        raise unknown("kind of job", kind, KINDS)
    with blaming("answers"):
        for name in request["answers"]:
            places.place(name)
    if kind == "platforms":
        for name in request["platforms"]:
            _named("platform", name, platforms.available(), "platforms")
        with blaming("platforms"):
            _, scenario = _compare.paired(request["platforms"], law)
        prepare(scenario, law, answers=request["answers"])
        return
    _named("scenario", request["scenario"], spec.available())
    if request["response"]:
        told = spec.load(request["scenario"], law)
        names = [one.name for one in (*told.responses, spec.NOTHING)]
        _named("response", request["response"], names)
    if kind == "sweep":
        if request["platform"]:
            _named("platform", request["platform"], platforms.available())
        _sweep.planned(law, **{name: request[name] for name in SWEPT})
        return
    if request["objective"].endswith((".yaml", ".yml")):
        raise InputError(
            "an objective in a file is for the command line.",
            where="--objective", mend="Write it as a sum of terms.",
        )  # fmt: skip
    if request["closure"]:
        _named("closure", request["closure"], CLOSURES)
    made = ask.asked(question(kind, request), law)
    strange = set(request["sectors"]) - set(made.run.world.sectors)
    with blaming("sectors") if strange else nullcontext():
        ask.check(made)


def _named(kind: str, name: str, valid: Collection[str], field: str = "") -> None:
    """A name only: a browser names no files."""
    if name not in valid:
        with blaming(field or kind):
            raise unknown(kind, name, valid)


def question(kind: str, request: dict[str, Any]) -> ask.Question:
    """The question of a request."""
    known = {one.name for one in fields(ask.Question)}
    given: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in request.items() if k in known
    }
    return ask.Question(**{**given, "mode": kind})


def command(kind: str, request: dict[str, Any]) -> str:
    """The command that does the same."""
    if kind == "platforms":
        names, answers = request["platforms"], request["answers"]
        return command_of("compare", names, _compare.compare, answers=answers)
    if kind != "sweep":
        return question(kind, request).command
    options = {name: request[name] for name in SWEPT[1:]}
    return command_of("sweep", [request["scenario"]], _sweep.sweep, **options)


def mark(kind: str, request: dict[str, Any], law: Ledger) -> str:
    """What kept steps rest on: question, law, data and version; others are not gone on from."""
    text = json.dumps([kind, request, law.digest, data_digest(), __version__], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def answer(
    kind: str,
    request: dict[str, Any],
    law: Ledger,
    folder: Path,
    *,
    begin: Callable[[int], Say],
    keep: Keep,
) -> dict[str, Any]:
    """The answer to a request, as its command prints it with --json.

    Args:
        kind, request: as for `check`. law: the ledger.
        folder: the job's own, for files.
        begin: given about how many steps there are, gives what is told of each.
        keep: keeps what steps found.
    """
    if kind == "platforms":
        names = request["platforms"]
        answers = request.get("answers", ())  # of a journal from before there were any
        return _compare.compare(names, answers=answers, say=begin(len(names) + 2), keep=keep)
    if kind == "sweep":
        say = begin(_sweep.chunks(request["draws"]) + 1)
        wished = {name: request[name] for name in SWEPT if name in request}
        return _sweep.sweep(**wished, out=folder / "sweep", workers=1, say=say)
    made = ask.asked(question(kind, request), law)
    out = None
    if kind == "list":
        out = folder / "list"
        remove(out)
    return ask.answer(made, out=out, say=begin(made.steps), keep=keep)


def remove(folder: Path) -> None:
    """A folder that a job made, if it is there."""
    import shutil

    if folder.is_dir():
        shutil.rmtree(folder)
