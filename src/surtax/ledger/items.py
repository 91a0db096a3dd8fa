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
        return _under(self, prefixes, whole)

    def of(self, ledger: Ledger, p: Provision) -> Mask:
        """(n,) lines in a provision's scope; one of which a part is in counts."""
        goods = p.fields.get("goods")
        inside = np.ones(len(self.codes), dtype=bool)
        if goods:
            inside = inside & self.under(ledger.codes(p.measure, goods))
        barred = p.fields.get("goods_except")
        if barred:
            inside = inside & ~self.under(ledger.codes(p.measure, barred), whole=True)
        return inside


@lru_cache(maxsize=2048)
def _under(items: Items, prefixes: frozenset[str], whole: bool) -> Mask:
    """See `Items.under`; read-only."""
    width = int(np.char.str_len(items.codes).max(initial=0))
    wanted = np.array([p if whole else p[:width] for p in prefixes], dtype="U11")
    edges = np.zeros(len(items.codes) + 1, dtype=np.int64)
    np.add.at(edges, np.searchsorted(items.codes, wanted), 1)
    np.add.at(edges, np.searchsorted(items.codes, np.char.add(wanted, ":")), -1)
    inside: Mask = np.cumsum(edges)[:-1] > 0
    inside.flags.writeable = False
    return inside


@lru_cache(maxsize=8)
def items_of(ledger: Ledger, imposer: str) -> Items:
    """The lines of the newest US schedule; elsewhere the items that an importer's measures list."""
    if imposer == "US":
        what = f"lines of the US schedule ({schedule.edition().title})"
        return Items(schedule.schedule().hs8, what)
    listed: set[str] = set()
    for measure in ledger.by_imposer.get(imposer, []):
        for name in measure.annexes:
            if not name.startswith("rates"):
                listed |= {hs.hs(r["code"]) for r in ledger.annexes[measure.measure, name]}
    return Items(np.array(sorted(listed), dtype="U10"), "items on this importer's lists")
