"""Tariff lines of an importer, and which of them a provision covers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from surtax import goods as hs
from surtax.ledger import schedule
from surtax.ledger.load import Ledger
from surtax.ledger.query import Provision

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Items:
    """The lines that scopes of one importer are counted in.

    Attributes:
        codes: (n,) digits, sorted.
        what: what they are, in words.
    """

    codes: NDArray[np.str_]
    what: str

    def under(self, prefixes: frozenset[str], *, whole: bool = False) -> Mask:
        """(n,) lines that a list touches: under a prefix, or above a longer one unless `whole`."""
        edges = np.zeros(len(self.codes) + 1, dtype=np.int64)
        finer = max(len(c) for c in self.codes.tolist()) if len(self.codes) else 0
        wanted = sorted(p[:finer] if not whole else p for p in prefixes)
        if wanted:
            words = np.array(wanted, dtype="U11")
            np.add.at(edges, np.searchsorted(self.codes, words), 1)
            np.add.at(edges, np.searchsorted(self.codes, np.char.add(words, ":")), -1)
        inside: Mask = np.cumsum(edges)[:-1] > 0
        return inside

    def of(self, ledger: Ledger, p: Provision) -> Mask:
        """(n,) lines in a provision's scope; one of which a part is in counts."""
        goods = p.fields.get("goods")
        inside = np.ones(len(self.codes), dtype=bool)
        if goods:
            inside = self.under(ledger.codes(p.measure, goods))
        barred = p.fields.get("goods_except")
        if barred:
            inside &= ~self.under(ledger.codes(p.measure, barred), whole=True)
        return inside


@lru_cache(maxsize=8)
def items_of(ledger: Ledger, imposer: str) -> Items:
    """The lines of the US schedule; for other importers, the items that its measures list."""
    if imposer == "US":
        return Items(schedule.schedule().hs8, "lines of the US schedule")
    listed: set[str] = set()
    for measure in ledger.by_imposer.get(imposer, []):
        for name in measure.annexes:
            if not name.startswith("rates"):
                listed |= {hs.hs(r["code"]) for r in ledger.annexes[measure.measure, name]}
    return Items(np.array(sorted(listed), dtype="U10"), "items on this importer's lists")
