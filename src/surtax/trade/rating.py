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
from surtax.trade.kinds import Kinds, kinds
from surtax.trade.numbers import STATISTICAL, Numbers, Parts, parts

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


def sums(index: NDArray[np.int64], value: Array, count: int) -> Array:
    """(count,) sums of a column by group."""
    return np.bincount(index, value, minlength=count).astype(np.float64)


_Answer = tuple[Array, Array]
"""(kinds, rules) duty per value; (kinds,) 1 where goods may not enter."""
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
    found, told = answers(program, flows, facts, groups)
    for group, rows in rows_by(groups, flows):
        at = flows.code_index[rows]
        out, seen, reached, barred = _within(next(told), group.rules, split, found.of, at)
        if group.claimant:
            c = share[rows]
            mine = _within(next(told), group.rules, split, found.of, at)
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


def alike(
    program: Program, flows: Flows, claiming: Index, among: Index | None = None
) -> list[Group]:
    """Partners of whom some rule speaks, in groups that are rated as one.

    Args:
        program, flows: the law, and whose partners.
        claiming: indices of the partners some of whose goods claim the preference.
        among: indices of the partners that are wanted; all unless given.
    """
    claimants = set(claiming.tolist())
    scopes = _origins(program)
    found: dict[tuple[object, ...], Group] = {}
    names = flows.places_.tolist()
    for i in range(len(names)) if among is None else among.tolist():
        partner = names[i]
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


def _within(answer: _Answer, rules: list[int], split: Parts, kind: Index, at: Index) -> _Told:
    """Of rows of the lines `at`, what the kernel says: as the attributes of a `Block`."""
    charged = answer[0][:, rules]
    touched = (charged > 0).astype(np.float64)
    reached = np.asarray(touched.any(axis=1), dtype=np.float64)
    told = (charged, touched, reached, answer[1])
    found = tuple(split.lines(one[kind])[at] for one in told)
    return cast(_Told, found)


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
    program: Program,
    flows: Flows,
    facts: Facts,
    groups: Sequence[Group],
    some: Index | None = None,
) -> tuple[Kinds, Iterator[_Answer]]:
    """The kinds of goods that a program tells apart, and what the kernel says of each of them: for
    each group, and each of its cases.

    Goods that may not enter are charged nothing.

    Args:
        program, flows, facts, groups: the law, and what is rated.
        some: indices of the lines that are wanted; all unless given.
    """
    split, general = parts(flows), general_rates(flows)[parts(flows).line]
    shares = {
        name: _contents(fact, flows)[split.line] if isinstance(fact, Content) else fact
        for name, fact in facts.items()
    }
    wanted = None if some is None else split.of(some)
    found = kinds(program, split.codes, general, shares, wanted)
    return found, _answered(program, split.codes, found.first, general, shares, groups)


@lru_cache(maxsize=32)
def _contents(fact: Content, flows: Flows) -> Array:
    """(codes,) the share that each line declares."""
    return fact.of(flows.codes)


def _answered(
    program: Program,
    codes: Numbers,
    part: Index,
    general: Array,
    facts: Mapping[str, float | Array],
    groups: Sequence[Group],
) -> Iterator[_Answer]:
    """What the kernel says of some parts of the lines."""
    cases = [(group.names[0], claimed) for group in groups for claimed in group.cases]
    n = len(part)
    together = max(1, LINES // max(n, 1))
    for first in range(0, len(cases), together):
        some = cases[first : first + together]
        k = len(some)
        lines = Lines(
            codes=codes,
            code=np.tile(part, k),
            origins=[origin for origin, _ in some],
            origin=np.repeat(np.arange(k), n),
            claims={"usmca": np.repeat([claimed for _, claimed in some], n)},
            facts={
                name: np.tile(fact[part], k) if isinstance(fact, np.ndarray)
                else np.full(n * k, fact)
                for name, fact in facts.items()
            },
            general=np.tile(general[part], k),
        )  # fmt: skip
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
