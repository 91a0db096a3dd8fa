"""Lines that a program cannot tell apart, rated once.

Codes under the same lists are one class of goods; origins in the same scopes, at the same rates,
one class of origin. A profile is a class of goods and one of origin with claims and facts: the
kernel runs on profiles, and what it finds holds for every line of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from surtax.duty.clause import Clause
from surtax.duty.exact import ONE, Whole, scaled
from surtax.duty.lines import Codes, Floats, Index, Lines, Mask, Places
from surtax.duty.program import Program, compile_view, reliefs_of
from surtax.duty.stack import Stack, evaluate
from surtax.duty.universe import Dictionary, Words, numbered, packed, rowwise
from surtax.ledger.query import View
from surtax.ledger.schema import SCHEDULE

FEW = 1 << 14
"""Profiles up to which it pays to look beforehand which clauses reach them."""


@dataclass(frozen=True, eq=False)
class Found:
    """What the kernel says of profiles; the owed duties of all of them, one after another.

    Attributes:
        barred: (p,) whether the goods may not enter.
        refused: (p,) whether a list tells the goods apart more finely than their code.
        unknown, missing: (p,) numbers of texts: duties without a rate, facts that rates wait for.
        count: (p,) how many duties each owes.
        column: (e,) numbers of the duties' names.
        rate, share, least: (e,) as `scaled` gives them.
        top: (e,) the rate that an all-in rate brings the general rate to; NaN for others.
        rule: (e,) the rule's index in the program.
    """

    barred: Mask
    refused: Mask
    unknown: Index
    missing: Index
    count: Index
    column: Index
    rate: Whole
    share: Whole
    least: Whole
    top: Floats
    rule: Index

    @classmethod
    def joined(cls, parts: list[Found]) -> Found:
        """The profiles of several answers, in order."""
        names = cls.__dataclass_fields__
        return cls(**{n: np.concatenate([getattr(one, n) for one in parts]) for n in names})

    @property
    def spoken(self) -> Mask:
        """(p,) whether more is to be said of a profile than what it owes; the empty text is 0."""
        said: Mask = self.barred | (self.unknown != 0) | (self.missing != 0)
        return said

    @property
    def odd(self) -> Mask:
        """(e,) whether the duty is not simply its rate of the value."""
        odd: Mask = (self.share != ONE) | (self.least != 0) | ~np.isnan(self.top)
        return odd

    @property
    def start(self) -> Index:
        """(p,) where each profile's duties begin."""
        return np.cumsum(self.count) - self.count


@dataclass(frozen=True, eq=False)
class Cases:
    """Profiles to be rated, as columns.

    Attributes:
        goods, origin: (p,) classes.
        claims: (p,) numbers of the texts of claims.
        general: (p,) the general rate over the value, NaN where not known.
        facts: by fact, (p,) its value.
        quantities: by unit, (p,) quantity for each unit of value.
    """

    goods: Index
    origin: Index
    claims: Index
    general: Floats
    facts: dict[str, Floats] = field(default_factory=dict)
    quantities: dict[str, Floats] = field(default_factory=dict)

    def take(self, at: Index) -> Cases:
        """Some of the profiles."""
        return Cases(
            self.goods[at], self.origin[at], self.claims[at], self.general[at],
            {name: column[at] for name, column in self.facts.items()},
            {name: column[at] for name, column in self.quantities.items()},
        )  # fmt: skip


class Kernel:
    """The law of one importer between two turns of it, run on profiles."""

    def __init__(self, view: View, importer: str, words: Dictionary) -> None:
        self.view = view
        self.program: Program = compile_view(view, importer)
        self.reliefs: tuple[Clause, ...] = (
            reliefs_of(view, importer, SCHEDULE) if importer == "US" else ()
        )
        self._words, self._codes, self._origins = words, words.codes, words.origins
        rules, told = self.program.rules, self.program.reaches.pairs
        scopes = [clause.scope for clause in self.reliefs]
        every = [*told, *((s.origins, s.goods, s.goods_except) for s in scopes)]
        pairs = [(None, frozenset[str]()), *((inside, outside) for _, inside, outside in every)]
        lists = dict.fromkeys(pairs)
        self._lists = words.codes.ask(lists)  # so that codes fall into kinds once for many laws
        self._places = list(dict.fromkeys(origins for origins, *_ in every if origins is not None))
        rates = [{id(x): x for x in (r.rate, *r.rates.values())}.values() for r in rules]
        self.tops = np.array(sorted({x.value for one in rates for x in one if x.all_in}))
        self._all_in = [i for i, one in enumerate(rates) if any(x.all_in for x in one)]
        units = [{part.unit for x in one for part in x.parts} - {""} for one in rates]
        self.by_quantity = np.array([i for i, one in enumerate(units) if one], dtype=np.intp)
        self.units = frozenset[str]().union(*units)
        self._shown = Codes([]), Places([])
        goods = {pair: i for i, pair in enumerate(lists)}
        origins = {place: i for i, place in enumerate([*self._places, None])}
        self._pairs = (  # of the places and goods that each of the program's scopes names
            np.array([origins[of] for of, *_ in told], dtype=np.intp),
            np.array([goods[inside, outside] for _, inside, outside in told], dtype=np.intp),
        )
        self._within = tuple(np.zeros((0, len(one)), dtype=bool) for one in (origins, goods))
        self._met = 0, 0
        self._reach = np.zeros((0, 0), dtype=bool), np.zeros((0, 0), dtype=bool)
        self._of_kind = np.zeros(0, dtype=np.intp)
        self._classes: dict[bytes, int] = {}
        self._code_of: list[int] = []
        self._of_origin = np.zeros(0, dtype=np.intp)
        self._origin_classes: dict[bytes, int] = {}
        self._origin_of: list[int] = []
        self._cut: dict[str, Mask] = {}

    # -- classes -------------------------------------------------------------------------------

    def goods(self, code: Index) -> Index:
        """(n,) the class of each of some codes, given by their numbers."""
        kinds = self._codes.kinds()
        since = len(self._of_kind)
        if since < len(self._codes.first):
            bits = self._codes.listed(self._lists, since)
            found, fresh = numbered(self._classes, packed(bits))
            self._of_kind = np.append(self._of_kind, found)
            self._code_of += [self._codes.first[since + i] for i in fresh.tolist()]
            places, goods = self._within
            more = bits[: len(self._lists), fresh].T
            self._within = places, np.concatenate([goods, more])
        return self._of_kind[kinds[code]]

    def origins(self, origin: Index) -> Index:
        """(n,) the class of each of some origins, given by their numbers."""
        since = len(self._of_origin)
        if since < len(self._origins):
            lists = {id(rule.rates): rule.rates for rule in self.program.rules if rule.rates}
            bits = self._origins.within(self._places, since)
            bits = np.concatenate([bits, np.ones((1, bits.shape[1]), dtype=bool)])
            rates = [self._origins.rated(one)[since:] for one in lists.values()]
            alike = [np.packbits(bits, axis=0).T, *(r.view(np.uint8).reshape(-1, 4) for r in rates)]
            keys = rowwise(np.concatenate(alike, axis=1))
            found, fresh = numbered(self._origin_classes, keys)
            self._origin_of += (since + fresh).tolist()
            places, goods = self._within
            self._within = np.concatenate([places, bits[:, fresh].T]), goods
            self._of_origin = np.append(self._of_origin, found)
        return self._of_origin[origin]

    def against(self, general: Floats) -> Index:
        """(n,) how many all-in rates the general rate reaches; one more where it is not known."""
        reached = np.searchsorted(self.tops, general, side="right")
        return np.where(np.isnan(general), len(self.tops) + 1, reached)

    def single(self, goods: Index, origin: Index) -> Mask:
        """(n,) whether a duty on the quantity reaches the classes: such lines are rated singly."""
        out = np.zeros(len(goods), dtype=bool)
        if len(self.by_quantity):
            none = np.zeros(len(goods), dtype=np.intp)
            lines = self.lines(Cases(goods, origin, none, none.astype(np.float64)))
            for i in self.by_quantity.tolist():
                out |= self.program.rules[i].scope.covers(lines)
        return out

    @property
    def members(self) -> tuple[list[int], list[int]]:
        """A code of each class of goods, and an origin of each class of origin."""
        return self._code_of, self._origin_of

    # -- rating --------------------------------------------------------------------------------

    def lines(self, cases: Cases) -> Lines:
        """The cases as lines of entry, each class by one of its members."""
        if len(self._shown[0]) != len(self._code_of):
            codes = Codes([self._codes.texts[i] for i in self._code_of])
            self._shown = codes, self._shown[1]
        if len(self._shown[1]) != len(self._origin_of):
            self._shown = self._shown[0], Places([self._origins.texts[i] for i in self._origin_of])
        return Lines(
            codes=self._shown[0],
            code=cases.goods,
            origins=self._shown[1],
            origin=cases.origin,
            claims=self._words.made(cases.claims),
            facts=cases.facts,
            general=cases.general,
            quantities=cases.quantities,
        )

    def reach(self, cases: Cases) -> Mask:
        """(s, p) whether each of the program's `reaches` has each case in it."""
        places, goods = self.within()
        out: Mask = places[:, cases.origin]
        out &= goods[:, cases.goods]
        return out

    def within(self) -> tuple[Mask, Mask]:
        """(s, classes) whether each of the program's `reaches` has a class of origin, of goods."""
        if self._met != (met := (len(self._within[0]), len(self._within[1]))):
            places, goods = (
                np.ascontiguousarray(rows[:, at].T)
                for rows, at in zip(self._within, self._pairs, strict=True)
            )
            self._met, self._reach = met, (places, goods)
        return self._reach

    def relieved(self, cases: Cases) -> Mask:
        """(p,) whether a relief of the ledger frees the case of the schedule's duty."""
        out = np.zeros(len(cases.goods), dtype=bool)
        lines = self.lines(cases)
        for clause in self.reliefs:
            out |= clause.holds(lines)
        return out

    def rate(self, cases: Cases, names: Words, texts: Words) -> Found:
        """Run the program over cases; `names` numbers the duties, `texts` all other words."""
        lines = self.lines(cases)
        stack = evaluate(self.program, lines, self.reach(cases) if len(lines) <= FEW else None)
        rules = self.program.rules
        known = ~np.isnan(stack.rate)
        prohibited = np.array([r.prohibited for r in rules], dtype=bool)
        owed = stack.applies & known & ~prohibited
        case, rule = np.nonzero(owed)
        met = np.unique(rule).tolist()
        column, least = np.zeros((2, len(rules)), dtype=np.int64)
        column[met] = [names.number(rules[i].provision.id) for i in met]
        least[met] = scaled(np.array([rules[i].least for i in met], dtype=np.float64))
        unknown, missing = self._loose(stack, lines, stack.applies & ~known, texts)
        return Found(
            barred=(stack.applies & prohibited).any(axis=1),
            refused=self.refused(lines, stack.scope),
            unknown=unknown,
            missing=missing,
            count=owed.sum(axis=1),
            column=column[rule],
            rate=scaled(stack.rate[case, rule]),
            share=scaled(stack.share[case, rule]),
            least=least[rule],
            top=self._tops(lines, case, rule),
            rule=rule,
        )

    def _tops(self, lines: Lines, case: Index, rule: Index) -> Floats:
        """(e,) the all-in rate of the cases' duties; NaN for other rates."""
        out = np.full(len(case), np.nan)
        for i in self._all_in:
            at = np.flatnonzero(rule == i)
            if len(at):
                rates = [self.program.rules[i].rate_for(o) for o in lines.origins]
                tops = np.array([one.value if one.all_in else np.nan for one in rates])
                out[at] = tops[lines.origin[case[at]]]
        return out

    def _loose(self, stack: Stack, lines: Lines, loose: Mask, texts: Words) -> tuple[Index, Index]:
        """(p,) texts of the duties whose rate is not known, and of what other rates wait for."""
        unknown = np.full(len(lines), texts.number(""), dtype=np.intp)
        missing = unknown.copy()
        for i in np.flatnonzero(loose.any(axis=1)).tolist():
            open_rates: dict[str, None] = {}
            asked: dict[str, None] = {}
            for j in np.flatnonzero(loose[i]).tolist():
                rule = self.program.rules[j]
                rate = rule.rate_for(lines.origins[lines.origin[i]])
                waits = [rate.fact] if rate.fact else []
                given = lines.quantities
                waits += ["quantity" for u in rate.units if u not in given or np.isnan(given[u][i])]
                asked |= dict.fromkeys(waits)
                if not waits:
                    open_rates[rule.provision.id] = None
            unknown[i] = texts.number(";".join(open_rates))
            missing[i] = texts.number(";".join(asked))
        return unknown, missing

    def refused(self, lines: Lines, scope: Mask) -> Mask:
        """(p,) whether a scope that bears on the case tells its goods apart more finely.

        `scope` is that of the stack: (p, m) whether each duty covers the case.
        """
        out = np.zeros(len(lines), dtype=bool)
        met, which = np.unique(lines.code, return_inverse=True)
        codes = [str(text) for text in lines.codes.text[met]]
        if all(len(code) == 10 for code in codes):
            return out
        cut = np.array([self._finer(code) for code in codes])[which.ravel()]
        for i in np.flatnonzero(cut.any(axis=(0, 1))).tolist():
            rule = self.program.rules[i]
            here: Mask = rule.scope.of_origins(lines)[lines.origin]
            if rule.scope.window:
                here = here & rule.scope.window.mask(lines)
            out |= here & (cut[:, 0, i] | (scope[:, i] & cut[:, 1, i]))
        return out

    def _finer(self, code: str) -> Mask:
        """(2, rules) whether a rule's own scope, and that of a clause of it, leaves a code open."""
        if code not in self._cut:
            own = [r.scope.finer(code) is not None for r in self.program.rules]
            within = [
                any(c.scope.finer(code) is not None for c in r.clauses) for r in self.program.rules
            ]
            self._cut[code] = np.array([own, within])
        return self._cut[code]
