"""Scopes and clauses: which lines a provision speaks of, and what it does to a duty on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from surtax.duty.lines import Floats, Lines, Mask, Places, declared, fact, heads
from surtax.ledger.query import Provision
from surtax.ledger.schema import Condition
from surtax.units import Interval, parse_share


@dataclass(frozen=True)
class Window:
    """Days on another clock than that of entry.

    Attributes:
        fact: the fact that declares the day on that clock.
        measure: the measure whose days these are.
        days: the days on which the provision counts.
        on: the day of entry, which stands in for a day that is not declared.
    """

    fact: str
    measure: str
    days: Interval
    on: date

    def mask(self, lines: Lines) -> Mask:
        """(n,) whether each line's day lies inside."""
        day = np.nan_to_num(fact(lines, self.fact, self.measure), nan=self.on.toordinal())
        start, end = self.days.start or date.min, self.days.end or date.max
        inside: Mask = (day >= start.toordinal()) & (day < end.toordinal())
        return inside

    @property
    def turns(self) -> set[date]:
        """Days, up to that of entry, on either side of which the answer may differ."""
        edges = {d for d in (self.days.start, self.days.end) if d and d <= self.on}
        return edges | {date.fromordinal(d.toordinal() - 1) for d in edges}


Pair = tuple[frozenset[str] | None, frozenset[str] | None, frozenset[str]]
"""Origins, goods and goods left out, as in `Scope`."""


@dataclass(frozen=True)
class Scope:
    """Origins and goods that a provision speaks of, None being all; and its days, on a clock."""

    origins: frozenset[str] | None
    goods: frozenset[str] | None
    goods_except: frozenset[str]
    window: Window | None = None

    @property
    def pair(self) -> Pair:
        """What it names, whatever its days."""
        return self.origins, self.goods, self.goods_except

    def of_origins(self, lines: Lines) -> Mask:
        """(distinct origins,) whether each is in scope; a union counts if all members do."""
        if self.origins is None:
            return np.ones(len(lines.origins), dtype=bool)
        if isinstance(lines.origins, Places):
            return lines.origins.within(self.origins)
        return np.array([o in self.origins for o in lines.origins], dtype=bool)

    def of_goods(self, lines: Lines) -> Mask:
        """(distinct codes,) whether each is in scope."""
        inside = np.ones(len(lines.codes), dtype=bool)
        if self.goods is not None:
            inside = lines.codes.under(self.goods)
        if self.goods_except:
            inside = inside & ~lines.codes.under(self.goods_except)
        return inside

    def covers(self, lines: Lines) -> Mask:
        """(n,) whether each line's origin and goods are in scope, whatever its days."""
        if self.origins is None and self.goods is None and not self.goods_except:
            return np.ones(len(lines), dtype=bool)
        origins = self.of_origins(lines)
        if not origins.any():
            return np.zeros(len(lines), dtype=bool)
        if self.goods is None and not self.goods_except:
            return origins[lines.origin]
        inside = self.of_goods(lines)[lines.code]
        return inside if origins.all() else inside & origins[lines.origin]

    def mask(self, lines: Lines, covered: Mask | None = None) -> Mask:
        """(n,) whether each line is in scope; `covered` is what `covers` says, where known."""
        inside = self.covers(lines) if covered is None else covered
        return inside & self.window.mask(lines) if self.window else inside

    def finer(self, code: str) -> str | None:
        """A listed prefix that is finer than `code` and so leaves it undecided, if any."""
        sides = [one for one in (self.goods, self.goods_except) if one]
        if not any(code in heads(one, len(code)) for one in sides):
            return None
        cut = [p for one in sides for p in one if len(p) > len(code) and p.startswith(code)]
        decided = any(code.startswith(p) for p in self.goods or {""})
        barred = any(code.startswith(p) for p in self.goods_except)
        finer_in = [p for p in cut if p in (self.goods or ())] if not decided else []
        finer_out = [p for p in cut if p in self.goods_except] if decided and not barred else []
        return min(finer_in + finer_out, default=None)


@dataclass(frozen=True, eq=False)
class Clause:
    """A relief, basis or precedence attached to a duty.

    Attributes:
        provision: what says it.
        scope: the lines it speaks of.
        when: what must hold of them.
        less, share: for a basis, the fact that leaves out or makes up the taxed part.
        floor: for a basis, the least share left out.
        listed: for a precedence, being in the winner's scope is enough.
        applies: for a precedence, the winner's applying is enough, be its rate nothing.
        rest: for a precedence, the part of the value that the winner leaves stays taxed.
    """

    provision: Provision
    scope: Scope
    when: Condition | None
    less: str | None = None
    share: str | None = None
    floor: float = 0.0
    listed: bool = False
    applies: bool = False
    rest: bool = False

    @property
    def facts(self) -> set[str]:
        """The facts it asks for."""
        when = self.when or Condition()
        clock = self.scope.window.fact if self.scope.window else None
        asked = {self.less, self.share, when.fact, when.unless, clock}
        return {f for f in asked if f}

    def idle(self, lines: Lines) -> bool:
        """Whether it holds of no line, since none claims or declares what it asks for."""
        if self.when is None:
            return False
        claim, asked = self.when.claim, self.when.fact
        if claim and claim not in lines.claims:
            return True
        return bool(asked) and not declared(lines, str(asked), self.provision.measure)

    def holds(self, lines: Lines, covered: Mask | None = None) -> Mask:
        """(n,) whether its scope and condition hold; what is not declared does not.

        `covered` is what its scope's `covers` says, where known.
        """
        if self.idle(lines):
            return np.zeros(len(lines), dtype=bool)
        held = self.scope.mask(lines, covered)
        if self.when is None:
            return held
        if self.when.claim:
            held = held & lines.claims[self.when.claim]
        if self.when.unless:
            held &= fact(lines, self.when.unless, self.provision.measure) != 1.0
        if self.when.fact:
            value = fact(lines, self.when.fact, self.provision.measure)
            if self.when.before:
                held &= value < self.when.before.toordinal()
            elif self.when.at_least:
                held &= value >= parse_share(self.when.at_least)
            else:
                held &= value == 1.0
        return held

    def part(self, lines: Lines) -> Floats:
        """(n,) the share of the value that stays taxed where the clause holds."""
        if self.share:
            said = fact(lines, self.share, self.provision.measure)
            return np.where(np.isnan(said), 1.0, said)
        assert self.less
        said = np.nan_to_num(fact(lines, self.less, self.provision.measure), nan=0.0)
        return 1.0 - np.maximum(said, self.floor)
