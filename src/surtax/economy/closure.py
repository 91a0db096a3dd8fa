"""Closures: what is held fixed when the world changes, as named data.

A closure is a combination of four named rules, for deficits, labour, wages and revenue. Every
closure fixes the world's labour income (sum of w L) as the numeraire.
"""

from __future__ import annotations

from dataclasses import dataclass

from surtax.economy.deficits import BALANCED, FIXED, OWN_SHARE, WORLD_SHARE
from surtax.economy.labour import (
    FLEXIBLE,
    SECTORS,
    STUCK,
    between_sectors,
    migration,
    rigid,
    wage_curve,
)
from surtax.economy.revenue import BY_SPENDING, HOUSEHOLDS, PAYROLL, WHERE_COLLECTED, WORKERS
from surtax.economy.rules import Deficits, Labour, Revenue, Wages
from surtax.errors import WorldError, named

NUMERAIRE = "world labour income, the sum of w L over regions, is fixed"


@dataclass(frozen=True)
class Closure:
    """One closure.

    Attributes:
        name: the name it is chosen by.
        deficits, labour, wages, revenue: its rules.
    """

    name: str
    deficits: Deficits = WORLD_SHARE
    labour: Labour = SECTORS
    wages: Wages = FLEXIBLE
    revenue: Revenue = HOUSEHOLDS

    def __post_init__(self) -> None:
        """Refuse what is no rule.

        Raises:
            WorldError: names the part of the closure.
        """
        kinds = {"deficits": Deficits, "labour": Labour, "wages": Wages, "revenue": Revenue}
        for part, kind in kinds.items():
            if not isinstance(getattr(self, part), kind):
                raise WorldError(
                    f"closure {self.name}: {part} is no rule.",
                    mend=f"Give a surtax.economy.rules.{kind.__name__}, or a known closure's.",
                )

    @property
    def text(self) -> str:
        """What it does, one sentence; rules that are the usual ones are not named."""
        usual = (SECTORS, FLEXIBLE, HOUSEHOLDS)
        rules = (self.labour, self.wages, self.revenue)
        return "; ".join([self.deficits.text, *(r.text for r in rules if r not in usual)])

    @property
    def sources(self) -> tuple[str, ...]:
        """Where its rules are published."""
        rules = (self.deficits, self.labour, self.wages, self.revenue)
        return tuple(r.source for r in rules if r.source)

    @property
    def numeraire(self) -> str:
        """What is held fixed as the unit of account."""
        return NUMERAIRE

    @property
    def keeps_benchmark(self) -> bool:
        """Whether a zero shock returns the benchmark."""
        return self.deficits.keeps_benchmark

    @property
    def reversible(self) -> bool:
        """Whether undoing a shock, from its counterfactual as a benchmark, undoes its effect."""
        rules = (self.labour, self.wages, self.revenue)
        return self.keeps_benchmark and all(rule.reversible for rule in rules)


CLOSURES: dict[str, Closure] = {
    c.name: c
    for c in (
        *(Closure(d.name, d) for d in (WORLD_SHARE, FIXED, OWN_SHARE, BALANCED)),
        Closure("stuck", OWN_SHARE, labour=STUCK),
        Closure("roy", OWN_SHARE, labour=between_sectors()),
        Closure("provinces", OWN_SHARE, labour=migration()),
        Closure("wage-curve", OWN_SHARE, wages=wage_curve()),
        Closure("rigid", OWN_SHARE, wages=rigid()),
        Closure("stuck-wage-curve", OWN_SHARE, labour=STUCK, wages=wage_curve()),
        Closure("stuck-rigid", OWN_SHARE, labour=STUCK, wages=rigid()),
        Closure("provinces-wage-curve", OWN_SHARE, labour=migration(), wages=wage_curve()),
        Closure("payroll", OWN_SHARE, wages=wage_curve(), revenue=PAYROLL),
        Closure("by-spending", OWN_SHARE, revenue=BY_SPENDING),
        Closure("where-collected", OWN_SHARE, revenue=WHERE_COLLECTED),
        Closure("worker-fund", OWN_SHARE, revenue=WORKERS),
    )
}


def closure(name: str | Closure) -> Closure:
    """The closure of that name; an unknown name is an error with the nearest."""
    return name if isinstance(name, Closure) else named("closure", name, CLOSURES)
