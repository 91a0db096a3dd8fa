"""Lines of entry as columns: what the kernel rates, one line or a million alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
Index = NDArray[np.intp]


_SIGNS = 11
_WEIGHTS = _SIGNS ** np.arange(9, -1, -1)


def _numbers(codes: NDArray[np.str_]) -> Index:
    """(codes,) numbers in the order of the texts of codes, digits only: a sign of eleven a digit,
    of which the least ends the text.
    """
    signs = codes.astype("U10").view(np.uint32).reshape(-1, 10).astype(np.int64)
    found: Index = np.maximum(signs - ord("/"), 0) @ _WEIGHTS
    return found


@lru_cache(maxsize=1024)
def _edges(prefixes: frozenset[str]) -> Index:
    """Numbers at which the codes that begin with a prefix start and end, by turns, in order."""
    wanted = np.array(list(prefixes), dtype="U10")
    first = _numbers(wanted)
    order = np.argsort(first)
    first, width = first[order], _SIGNS ** (10 - np.char.str_len(wanted[order]))
    last = np.maximum.accumulate(first + width)  # one prefix may lie within another
    apart = np.flatnonzero(first[1:] > last[:-1])
    ends = np.append(apart, len(first) - 1)[: len(first)]
    starts = np.append(0, apart + 1)[: len(first)]
    return np.stack([first[starts], last[ends]], axis=1).ravel()


@lru_cache(maxsize=4096)
def heads(prefixes: frozenset[str], length: int) -> frozenset[str]:
    """The first digits of all prefixes that are longer than so many digits."""
    return frozenset(p[:length] for p in prefixes if len(p) > length)


class Codes:
    """Distinct HS codes, digits only, that remember which lists they are under."""

    def __init__(self, codes: Sequence[str] | NDArray[np.str_]) -> None:
        self.text: NDArray[np.str_] = np.asarray(codes, dtype="U10")
        numbers = _numbers(self.text)
        self._sorted = np.argsort(numbers, kind="stable")
        self._ordered = numbers[self._sorted]
        self._known: dict[frozenset[str], Mask] = {}
        self._open: dict[tuple[frozenset[str] | None, frozenset[str]], Mask] = {}

    def __len__(self) -> int:
        return len(self.text)

    @cached_property
    def _short(self) -> Index:
        """Places of the codes with fewer than ten digits."""
        return np.flatnonzero(np.char.str_len(self.text) < 10)

    def undecided(self, inside: frozenset[str] | None, outside: frozenset[str]) -> Mask:
        """(codes,) whether a list, all if None, or what it leaves out names numbers under a code
        without deciding on the code itself; read-only.
        """
        if (inside, outside) not in self._open:
            out = np.zeros(len(self), dtype=bool)
            for i in self._short.tolist():
                code = str(self.text[i])
                cut = [
                    bool(one) and code in heads(one, len(code)) for one in (inside or (), outside)
                ]
                if any(cut):
                    decided = inside is None or bool(self.under(inside)[i])
                    barred = bool(self.under(outside)[i])
                    out[i] = (cut[0] and not decided) or (cut[1] and decided and not barred)
            out.flags.writeable = False
            self._open[inside, outside] = out
        return self._open[inside, outside]

    def under(self, prefixes: frozenset[str]) -> Mask:
        """(codes,) whether each code begins with one of the prefixes; read-only."""
        if prefixes not in self._known:
            crossed = np.searchsorted(_edges(prefixes), self._ordered, side="right")
            inside = np.empty(len(self), dtype=bool)
            inside[self._sorted] = crossed % 2 == 1
            inside.flags.writeable = False
            self._known[prefixes] = inside
        return self._known[prefixes]


class Places(list[str]):
    """Distinct places of origin that remember which scopes they are in."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(codes)
        self._known: dict[frozenset[str], Mask] = {}

    def within(self, scope: frozenset[str]) -> Mask:
        """(places,) whether each is in a scope; read-only."""
        if scope not in self._known:
            inside = np.array([place in scope for place in self], dtype=bool)
            inside.flags.writeable = False
            self._known[scope] = inside
        return self._known[scope]


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines of entry, as columns.

    Attributes:
        codes: the distinct HS codes.
        code: (n,) index into `codes`.
        origins: the distinct places of origin.
        origin: (n,) index into `origins`.
        claims: by claim, (n,) whether it is made.
        general: (n,) the general rate of duty, ad valorem; NaN where it is not known. Only duties
            that count it in ask for it.
        quantities: by unit, (n,) quantity for each unit of value; a rate on a unit that is not
            given is not known.
        facts: by fact, (n,) its value, NaN where not declared; shares 0 to 1, dates as day
            ordinals, yes or no as 1 or 0.
    """

    codes: Codes
    code: Index
    origins: Sequence[str]
    origin: Index
    claims: Mapping[str, Mask] = field(default_factory=dict)
    facts: Mapping[str, Floats] = field(default_factory=dict)
    general: Floats | None = None
    quantities: Mapping[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.code)

    def take(self, rows: Index) -> Lines:
        """Some of the lines."""
        return Lines(
            codes=self.codes,
            code=self.code[rows],
            origins=self.origins,
            origin=self.origin[rows],
            claims={name: column[rows] for name, column in self.claims.items()},
            facts={name: column[rows] for name, column in self.facts.items()},
            general=None if self.general is None else self.general[rows],
            quantities={name: column[rows] for name, column in self.quantities.items()},
        )


def fact(lines: Lines, name: str, measure: str) -> Floats:
    """(n,) a fact's column as a measure sees it; NaN throughout when nobody declared it.

    A fact may be declared to one measure alone, under the name “fact@measure”.
    """
    column = lines.facts.get(name, lines.facts.get(f"{name}@{measure}"))
    return np.full(len(lines), np.nan) if column is None else column


def declared(lines: Lines, name: str, measure: str) -> bool:
    """Whether any line may declare a fact, to all measures or to this one."""
    return name in lines.facts or f"{name}@{measure}" in lines.facts
