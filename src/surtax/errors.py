"""One tree of errors; each says what is wrong, where, and how to mend it.

SurtaxError
├── InputError              the person's input is wrong (exit code 2)
│   ├── UnknownNameError    a measure, place, sector, scenario, fact … that does not exist
│   ├── UnitError           a rate, date, share or amount that is not one; pp mixed with %
│   ├── LedgerError         a measure file or annex that does not follow the schema
│   ├── DataError           a data file that is missing, truncated or of another layout
│   ├── WorldError          a world that does not balance or whose shares are impossible
│   └── ScenarioError       a scenario that cannot be run as written
├── MissingExtraError       an optional dependency is not installed (exit code 2)
└── SolveError              the equations were not solved; carries the residual (exit code 1)
"""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable, Mapping
from typing import TypeVar

_T = TypeVar("_T")


class SurtaxError(Exception):
    """Base of every error that surtax raises on purpose.

    Args:
        what: what is wrong, in one sentence.
        where: the place: a file and line, an option, a cell. May be empty.
        mend: what the reader can do about it.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        self.what = what
        self.where = where
        self.mend = mend
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text} {self.mend}".rstrip() if self.mend else text


class InputError(SurtaxError):
    """The input is wrong: the person who made it can mend it."""

    exit_code = 2


class UnknownNameError(InputError):
    """A name that nothing carries; names the nearest valid one."""


class UnitError(InputError):
    """A rate, date, share or amount that is not one."""


class LedgerError(InputError):
    """A measure or annex that does not follow the schema."""


class DataError(InputError):
    """A data file that is missing, truncated or of another layout."""


class WorldError(InputError):
    """A world that does not balance, or with impossible shares."""


class ScenarioError(InputError):
    """A scenario that cannot be run as written."""


class MissingExtraError(InputError):
    """An optional dependency is not installed."""


class SolveError(SurtaxError):
    """The equilibrium was not found; the message carries the residual reached."""


def unknown(kind: str, name: object, valid: Iterable[str], *, where: str = "") -> UnknownNameError:
    """An error for a name that does not exist, with the nearest valid names.

    Args:
        kind: what the name should have been ("place", "sector", "scenario").
        name: the name given, or what was given for one.
        valid: the names that exist.
        where: the file and line, or the option.
    """
    known = sorted(valid)
    close = _nearest(name, known) if isinstance(name, str) else []
    given = name if isinstance(name, str) else " ".join(reprlib.repr(name).split())
    if close:
        mend = "Nearest: " + ", ".join(close) + "."
    else:
        shown = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
        mend = f"Known: {shown}."
    return UnknownNameError(f"unknown {kind} “{given}”.", where=where, mend=mend)


def named(kind: str, name: object, known: Mapping[str, _T]) -> _T:
    """What carries a name.

    Raises:
        UnknownNameError: nothing does, or it is no name.
    """
    if isinstance(name, str) and name in known:
        return known[name]
    raise unknown(kind, name, known)


def _nearest(name: str, known: list[str]) -> list[str]:
    """Up to three of the names most like one; any case, where none is like it as written."""
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    if not close:
        low = {k.casefold(): k for k in known}
        close = [low[m] for m in difflib.get_close_matches(name.casefold(), low, n=3, cutoff=0.5)]
    return close
