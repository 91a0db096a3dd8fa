"""A finding and the place it points to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from surtax.ledger.load import Ledger
from surtax.ledger.schema import Measure

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True)
class Finding:
    """Something to mend, explain or know.

    Attributes:
        severity: error, warning or note.
        check: what was looked for.
        measure: the measure's id, with “#” and the provision if it is about one; may be empty.
        place: file within the ledger and line, “us/s232/steel.yaml:12”.
        message: what is the matter, in one sentence.
        mend: what to do about it.
    """

    severity: Severity
    check: str
    measure: str
    place: str
    message: str
    mend: str


def in_file(ledger: Ledger, file: str, *trail: str | int) -> str:
    """The file and the line on which the value at a path of keys stands, or the nearest above."""
    node = _tree(ledger.root / file, ledger.digest)
    line = 1
    for step in trail:
        node, line = _step(node, step, line)
        if node is None:
            break
    return f"{file}:{line}"


def in_measure(ledger: Ledger, measure: Measure, *trail: str | int) -> str:
    """As `in_file`, in a measure's file."""
    return in_file(ledger, f"{measure.measure}.yaml", *trail)


def in_act(ledger: Ledger, measure: Measure, act: int, provision: str, piece: int = 0) -> str:
    """The line of a provision, or of one piece of it, in an act."""
    return in_measure(ledger, measure, "acts", act, "provisions", provision, piece)


def in_annex(ledger: Ledger, measure: Measure, annex: str, row: int) -> str:
    """The line of a row of an annex's own file."""
    folder = measure.measure.rpartition("/")[0]
    return f"{folder}/{measure.annexes[annex].file}:{row + 2}"


@cache
def _tree(path: Path, _digest: str) -> Any:
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    return yaml.compose(path.read_text(encoding="utf-8"), Loader=loader)


def _step(node: Any, step: str | int, line: int) -> tuple[Any, int]:
    """The value under a key or a position, and its line; a position of a single value is it."""
    if isinstance(step, int):
        if node.id == "sequence" and step < len(node.value):
            found = node.value[step]
            return found, found.start_mark.line + 1
        return (node if step == 0 else None), line
    if node.id == "mapping":
        for key, value in node.value:
            if key.value == step:
                return value, key.start_mark.line + 1
    return None, line
