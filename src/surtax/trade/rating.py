"""Flows rated line by line: the kernel of one entry over a year of imports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from surtax.duty.lines import Lines
from surtax.duty.program import Program
from surtax.duty.stack import evaluate
from surtax.ledger import schedule
from surtax.ledger.rates import Rate
from surtax.trade.assumptions import Content, assumptions
from surtax.trade.claims import Claims
from surtax.trade.flows import Flows
from surtax.trade.numbers import STATISTICAL, Parts, parts

Array = NDArray[np.float64]
Index = NDArray[np.int64]

LINES = 1 << 15
"""Lines that are rated at once."""


Facts = Mapping[str, float | Content]
"""Shares that lines declare, by fact: one for all of them, or one for each."""


def declared_facts(given: Facts) -> dict[str, float | Content]:
    """Facts that bulk trade declares, each to the one measure that its assumption is about.

    Args:
        given: shares in place of the assumed ones, by fact.
    """
    return {a.key: given.get(a.fact, a.share) for a in assumptions()}


def _shares(fact: float | Content, flows: Flows) -> Array:
    """(codes,) the share that each line declares."""
    return fact.of(flows.codes) if isinstance(fact, Content) else np.full(len(flows.codes), fact)


def sums(index: NDArray[np.int64], value: Array, count: int) -> Array:
    """(count,) sums of a column by group."""
    return np.bincount(index, value, minlength=count).astype(np.float64)


_Answer = tuple[Array, Array]
"""(parts, rules) duty per value; (parts,) 1 where goods may not enter."""
_Told = tuple[Array, Array, Array, Array]


@dataclass(frozen=True, eq=False)
class Block:
    """Flows of partners that the law treats alike, rated.

    Attributes:
        rows: (r,) rows of the flows.
        rules: the k rules that speak of them.
        charged: (r, k) duty per value.
        touched: (r, k) share of the value on which the rule charges.
        reached: (r,) share of the value on which any rule charges.
        barred: (r,) share of the value that may not enter; nothing is charged on it.
    """

    rows: NDArray[np.int64]
    rules: list[int]
    charged: Array
    touched: Array
    reached: Array
    barred: Array


def rate_rows(
    program: Program,
    flows: Flows,
    claims: Claims,
    facts: Facts,
) -> Iterator[Block]:
    """Rate flows in blocks of partners that the law treats alike.

    Rows of a partner that may claim a preference are rated claimed and unclaimed and mixed by the
    claim share, so that stacking is decided on whole entries, never on averages.
    """
    share = claims.aligned(flows)
    split = parts(flows)
    groups = alike(program, flows, flows.place_index[share > 0])
    told = answers(program, flows, facts, groups)
    for group, rows in rows_by(groups, flows):
        at = flows.code_index[rows]
        out, seen, reached, barred = _within(next(told), group.rules, split, at)
        if group.claimant:
            c = share[rows]
            mine = _within(next(told), group.rules, split, at)
            out, seen, reached, barred = (
                _mixed(a, b, c) for a, b in zip((out, seen, reached, barred), mine, strict=True)
            )
        if len(group.members) > 1:
            own = own_rates(program, group)
            differing = (own != 1.0).any(axis=0)
            if differing.any():
                member = np.searchsorted(group.members, flows.place_index[rows])
                out[:, differing] *= own[:, differing][member]
        yield Block(rows, group.rules, out, seen, reached, barred)


@dataclass(frozen=True)
class Group:
    """Partners that a program treats alike, but for the rates of their own.

    Attributes:
        members: their indices among the flows' partners. names: their codes.
        rules: indices of the rules that speak of them.
        claimant: whether some of their goods claim the preference.
    """

    members: list[int]
    names: list[str]
    rules: list[int]
    claimant: bool

    @property
    def cases(self) -> tuple[bool, ...]:
        """Whether the preference is claimed, in each case that is rated."""
        return (False, True) if self.claimant else (False,)


def alike(program: Program, flows: Flows, claiming: Index) -> list[Group]:
    """Partners of whom some rule speaks, in groups that are rated as one.

    Args:
        program, flows: the law, and whose partners.
        claiming: indices of the partners some of whose goods claim the preference.
    """
    claimants = set(claiming.tolist())
    scopes = _origins(program)
    found: dict[tuple[object, ...], Group] = {}
    for i, partner in enumerate(flows.places_.tolist()):
        mine = [
            k
            for k, rule in enumerate(program.rules)
            if rule.scope.origins is None or partner in rule.scope.origins
        ]
        if mine:
            given = [program.rules[k].rate_for(partner) for k in mine]
            fixed = tuple(r.value > 0 if r.plain else r for r in given)
            within = tuple(partner in origins for origins in scopes)
            key = (within, partner if i in claimants else "", fixed)
            group = found.setdefault(key, Group([], [], mine, i in claimants))
            group.members.append(i)
            group.names.append(partner)
    return list(found.values())


def rows_by(groups: Sequence[Group], flows: Flows) -> Iterator[tuple[Group, NDArray[np.int64]]]:
    """Each group with its rows, in order; estimated low-value shipments are in no group's."""
    number_of = np.full(len(flows.places_), -1)
    for number, group in enumerate(groups):
        number_of[group.members] = number
    rated = (flows.codes.astype("U2") != STATISTICAL)[flows.code_index]
    numbers = np.where(rated, number_of[flows.place_index], -1)
    order = np.argsort(numbers, kind="stable")
    edges = np.searchsorted(numbers[order], np.arange(len(groups) + 1))
    for number, group in enumerate(groups):
        yield group, order[edges[number] : edges[number + 1]]


def _within(answer: _Answer, rules: list[int], split: Parts, at: Index) -> _Told:
    """Of rows of the lines `at`, what the kernel says: as the attributes of a `Block`."""
    charged = answer[0][:, rules]
    touched = (charged > 0).astype(np.float64)
    reached = np.asarray(touched.any(axis=1), dtype=np.float64)
    return (
        split.lines(charged)[at],
        split.lines(touched)[at],
        split.lines(reached)[at],
        split.lines(answer[1])[at],
    )


def _mixed(plain: Array, claimed: Array, share: Array) -> Array:
    """(rows, ...) the mean of what goods owe unclaimed and claimed, by the share claimed."""
    part = share.reshape(-1, *([1] * (plain.ndim - 1)))
    return plain * (1 - part) + claimed * part


def _origins(program: Program) -> list[frozenset[str]]:
    """The sets of origins by which the program tells partners apart."""
    found: dict[frozenset[str], None] = {}
    for rule in program.rules:
        for scope in (rule.scope, *(clause.scope for clause in rule.clauses)):
            if scope.origins is not None:
                found[scope.origins] = None
    return list(found)


def answers(
    program: Program, flows: Flows, facts: Facts, groups: Sequence[Group]
) -> Iterator[_Answer]:
    """For each group, and each of its cases: what the kernel says of each part of the lines.

    Goods that may not enter are charged nothing.
    """
    cases = [(group.names[0], claimed) for group in groups for claimed in group.cases]
    split = parts(flows)
    n = len(split.line)
    together = max(1, LINES // n)
    general = general_rates(flows)[split.line]
    shares = {name: _shares(fact, flows)[split.line] for name, fact in facts.items()}
    for first in range(0, len(cases), together):
        some = cases[first : first + together]
        k = len(some)
        lines = Lines(
            codes=split.codes,
            code=np.tile(np.arange(n), k),
            origins=[origin for origin, _ in some],
            origin=np.repeat(np.arange(k), n),
            claims={"usmca": np.repeat([claimed for _, claimed in some], n)},
            facts={name: np.tile(share, k) for name, share in shares.items()},
            general=np.tile(general, k),
        )
        stack = evaluate(program, lines)
        charged, stopped = stack.charged, stack.barred
        charged[stopped] = 0.0
        for one in range(k):
            rows = slice(one * n, (one + 1) * n)
            yield charged[rows], stopped[rows].astype(np.float64)


@lru_cache(maxsize=8)
def general_rates(flows: Flows) -> Array:
    """(codes,) ad valorem part of the US general rate; 0 where the schedule has no line or none
    that is ad valorem, and for other importers.
    """
    if flows.into != "US":
        return np.zeros(len(flows.codes))
    rates = schedule.schedule().general.ad_valorem
    line = schedule.schedule().rows_of([c[:8] for c in flows.codes.tolist()])
    return np.where(line >= 0, np.nan_to_num(rates[np.maximum(line, 0)]), 0.0)


def _plain(rate: Rate) -> float:
    """A rate that partners may differ by; those alike in any other rate are rated together."""
    return rate.value if rate.plain else 1.0


def own_rates(program: Program, group: Group) -> Array:
    """(members, rules) each member's rate over the first member's; 1 where all pay the same."""
    given = [[_plain(program.rules[k].rate_for(p)) for k in group.rules] for p in group.names]
    rates = np.array(given)
    ones = np.ones_like(rates)
    return cast(Array, np.divide(rates, rates[0], out=ones, where=np.nan_to_num(rates[0]) > 0))
