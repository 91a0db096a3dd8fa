"""Measures taken as never in force: the names that say which, and the law of a day without them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from surtax.errors import unknown
from surtax.ledger.load import Ledger
from surtax.ledger.query import Provision, View


def named(ledger: Ledger, names: Collection[str]) -> frozenset[str]:
    """The names, each of a provision, a measure or a folder of measures.

    Raises:
        UnknownNameError: the ledger has nothing of a name.
    """
    ids = {f"{m.measure}#{p}" for m in ledger.measures.values() for p in m.provisions}
    for name in names:
        if not any(_within(one, name) for one in ids):
            raise unknown("measure", name, {*ledger.measures, *ids}, where="void")
    return frozenset(names)


def without(law: View, names: Collection[str]) -> View:
    """The law of a day without what the names say."""

    def valid(provisions: tuple[Provision, ...]) -> tuple[Provision, ...]:
        return tuple(p for p in provisions if not any(_within(p.id, name) for name in names))

    if not names:
        return law
    return replace(law, active=valid(law.active), unknown=valid(law.unknown))


def _within(provision: str, name: str) -> bool:
    """Whether a provision is the one named, or of the measure or folder named."""
    return provision == name or f"{provision.partition('#')[0]}/".startswith(f"{name}/")
