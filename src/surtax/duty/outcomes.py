"""What the law says of lines that declare no facts, found once for all laws that say it.

From one turn of the law to the next most of it stays as it is. An outcome is known by the rules
that reach a line, the clauses of them that hold, and the side of an all-in rate on which its
general rate lies: what the kernel found of it once holds wherever these come together again.
"""

from __future__ import annotations

import numpy as np

from surtax.duty.clause import Clause, Window
from surtax.duty.exact import Numbers
from surtax.duty.lines import Index, Mask
from surtax.duty.profiles import Cases, Found, Kernel
from surtax.duty.program import Rule
from surtax.duty.universe import Bits, Dictionary, rowwise


class Outcomes:
    """Outcomes met so far, by number.

    Args:
        words: the dictionary of the tables.
    """

    def __init__(self, words: Dictionary) -> None:
        self.words = words
        self._atoms: dict[object, int] = {}
        self._at: dict[bytes, int] = {}
        self._parts: list[Found] = []

    @property
    def found(self) -> Found:
        """What the kernel found of all of them, in the order of their numbers."""
        if len(self._parts) > 1:
            self._parts = [Found.joined(self._parts)]
        return self._parts[0]

    def atom(self, part: object) -> int:
        """The number of a part of the law."""
        return self._atoms.setdefault(part, len(self._atoms))

    def numbers(self, kernel: Kernel, keys: list[bytes], cases: Cases) -> Numbers:
        """(p,) the number of each outcome, by its key; new ones are rated as one of the cases."""
        fresh: dict[bytes, int] = {}
        for i, key in enumerate(keys):
            if key not in self._at:
                self._at[key] = len(self._at)
                fresh[key] = i
        if fresh:
            some = cases.take(np.array(list(fresh.values()), dtype=np.intp))
            self._parts.append(kernel.rate(some, self.words.names, self.words.texts))
        return np.array([self._at[key] for key in keys], dtype=np.int32)


class Plain:
    """The outcomes under one law, looked up by the classes of goods and origin.

    Args:
        kernel: the law.
        outcomes: where they are remembered.
    """

    def __init__(self, kernel: Kernel, outcomes: Outcomes) -> None:
        self._kernel, self._outcomes = kernel, outcomes
        rules = kernel.program.rules
        names: dict[str, int] = {}
        self._names = []  # a duty on two clocks is two rules of one id
        for rule in rules:
            count = names[rule.provision.id] = names.get(rule.provision.id, -1) + 1
            self._names.append((rule.provision.id, count))
        every = [(i, clause) for i, rule in enumerate(rules) for clause in rule.clauses]
        told, none = kernel.program.reaches, np.zeros(0, dtype=np.intp)
        self._of_rule = np.array(told.rules, dtype=np.intp)
        self._rule = np.array([i for i, _ in every], dtype=np.intp)
        self._of_clause = np.concatenate([none, *told.clauses])
        self._of_winner = np.concatenate([none, *told.winners])
        stands = [_stands(rule.scope.window) for rule in rules]
        may = [stands[i] and _may_hold(clause) for i, clause in every]
        self._may = np.array([*stands, *may, True], dtype=bool)
        claims = [(c.when.claim if c.when else None) or "" for _, c in every]
        self._asked = sorted({*claims} - {""})
        self._asks = np.array([self._asked.index(c) if c else -1 for c in claims], dtype=np.intp)
        atoms = [outcomes.atom(one) for i in range(len(rules)) for one in self._clauses(i)]
        self._clause_atoms = np.array(atoms, dtype=np.int32)
        self._law = [self._variant(rule, i, None) for i, rule in enumerate(rules)]
        self._variants: dict[bytes, int] = {}
        self._variant_of: list[int] = []
        self._by_variant: list[tuple[Numbers, Numbers]] = []
        self._made: dict[tuple[bool, ...], int] = {}
        self._made_of: list[int] = []
        self._met: dict[tuple[bytes, int, bool], int] = {}
        self._reached: list[tuple[bytes, Numbers, Index, Numbers]] = []
        self._topped: list[bool] = []
        blank = np.zeros((0, 0), dtype=np.uint8)
        self._sides: tuple[tuple[Mask, Mask] | None, tuple[Bits, Bits]] = None, (blank, blank)
        self._pairs: Numbers = np.full((0, 0), -1, dtype=np.int32)
        self._found: Numbers = np.full((0, 0, len(kernel.tops) + 2), -1, dtype=np.int32)

    def of(self, cases: Cases) -> Numbers:
        """(p,) the number of each case's outcome; they declare no facts, and no quantity counts.

        There is at least one.
        """
        pair = cases.goods * self._width() + cases.origin
        met = self._pairs.ravel()[pair]
        if met.min() < 0:
            new = np.flatnonzero(met < 0)
            _, first = np.unique(pair[new], return_index=True)
            self._meet(cases.take(new[first]))
            met = self._pairs.ravel()[pair]
        made = self._makes()[cases.claims]
        self._found = _grown(self._found, len(self._reached), len(self._made))
        key = (met * self._found.shape[1] + made) * self._found.shape[2]
        if len(self._kernel.tops):
            all_in = np.flatnonzero(np.array(self._topped)[met])
            key[all_in] += self._kernel.against(cases.general[all_in])
        out: Numbers = self._found.ravel()[key]
        if out.min() < 0:
            new = np.flatnonzero(out < 0)
            distinct, first = np.unique(key[new], return_index=True)
            some = cases.take(new[first])
            keys = self._keys(distinct)
            self._found.ravel()[distinct] = self._outcomes.numbers(self._kernel, keys, some)
            out = self._found.ravel()[key]
        return out

    # -- parts of the law ----------------------------------------------------------------------

    def _clauses(self, i: int) -> list[tuple[object, ...]]:
        """What each clause of a rule does where it holds."""
        rule, own = self._kernel.program.rules[i], self._names[i]
        reliefs = [("relief", own)] * len(rule.reliefs)
        bases = [("basis", own, one.share is None, one.floor) for one in rule.bases]
        yields = [
            ("yield", own, self._names[j], one.listed, one.applies, one.rest)
            for j, one in rule.yields
        ]
        return [*reliefs, *bases, *yields]

    def _variant(self, rule: Rule, i: int, origin: str | None) -> tuple[int, int]:
        """What a rule charges on goods of an origin, and which of the all-in rates that is."""
        rate = rule.rate if origin is None else rule.rate_for(origin)
        said = self._names[i], repr(rate), rule.least, rule.prohibited
        top = int(np.searchsorted(self._kernel.tops, rate.value)) if rate.all_in else -1
        return self._outcomes.atom(said), top

    def _width(self) -> int:
        """The number of classes of origin; makes room for the classes met since."""
        goods, origins = self._kernel.members
        self._pairs = _grown(self._pairs, len(goods), len(origins))
        for number in origins[len(self._variant_of) :]:
            place, law = self._outcomes.words.origins.texts[number], list(self._law)
            for i, rule in enumerate(self._kernel.program.rules):
                if place in rule.rates:
                    law[i] = self._variant(rule, i, place)
            atoms, tops = np.array(law, dtype=np.int32).reshape(-1, 2).T.copy()
            variant = self._variants.setdefault(atoms.tobytes(), len(self._variants))
            if variant == len(self._by_variant):
                self._by_variant.append((atoms, tops))
            self._variant_of.append(variant)
        return int(self._pairs.shape[1])

    def _makes(self) -> Index:
        """(texts of claims met,) which of the claims that the law asks for each makes."""
        texts = self._outcomes.words.claims.texts
        for text in texts[len(self._made_of) :]:
            made = text.split(";")
            makes = tuple(one in made for one in self._asked)
            self._made_of.append(self._made.setdefault(makes, len(self._made)))
        return np.array(self._made_of, dtype=np.intp)

    # -- what reaches lines --------------------------------------------------------------------

    def _meet(self, cases: Cases) -> None:
        """Find which rules and clauses reach pairs of classes, and number the pairs by it."""
        kernel = self._kernel
        origins, goods = self._bits()
        bits = origins[cases.origin] & goods[cases.goods]
        variant = np.array(self._variant_of)[cases.origin].tolist()
        refused = self._refused(cases, bits).tolist()
        met, known = self._met, len(self._met)
        keys = zip(rowwise(bits), variant, refused, strict=True)
        numbers = np.array([met.setdefault(key, len(met)) for key in keys], dtype=np.int32)
        distinct, first = np.unique(numbers, return_index=True)
        count = len(kernel.program.rules)
        for n in first[distinct >= known].tolist():
            reached = np.flatnonzero(np.unpackbits(bits[n]))[:-1]
            rules, held = reached[reached < count], reached[reached >= count] - count
            atoms, tops = self._by_variant[variant[n]]
            law = b"".join((bytes([refused[n]]), len(rules).to_bytes(2), atoms[rules].tobytes()))
            self._reached.append((law, tops[rules], self._asks[held], self._clause_atoms[held]))
            self._topped.append(bool((tops[rules] >= 0).any()))
        self._pairs[cases.goods, cases.origin] = numbers

    def _bits(self) -> tuple[Bits, Bits]:
        """(classes, bytes) bits of the rules, then the clauses, that reach a class of origin and
        one of goods; a clause only with its rule, and a precedence with its winner. The last bit
        is set in all, so that none is empty.
        """
        sides = self._kernel.within()
        if self._sides[0] is not sides:
            rows = []
            for side, may in zip(sides, (self._may, None), strict=True):
                rules, every = side[self._of_rule], np.ones((1, side.shape[1]), dtype=bool)
                held = side[self._of_clause] & side[self._of_winner] & rules[self._rule]
                both = np.concatenate([rules, held, every])
                rows.append(np.packbits(both if may is None else both & may[:, None], axis=0).T)
            self._sides = sides, (rows[0].copy(), rows[1].copy())
        return self._sides[1]

    def _refused(self, cases: Cases, bits: Bits) -> Mask:
        """(p,) whether a list tells the goods of a case apart more finely than their code."""
        codes = self._outcomes.words.codes.texts
        short = np.array([len(codes[i]) < 10 for i in self._kernel.members[0]], dtype=bool)
        out = np.zeros(len(bits), dtype=bool)
        at = np.flatnonzero(short[cases.goods])
        if len(at):
            count = len(self._kernel.program.rules)
            rules = np.unpackbits(bits[at], axis=1, count=count).astype(bool)
            out[at] = self._kernel.refused(self._kernel.lines(cases.take(at)), rules)
        return out

    def _keys(self, places: Index) -> list[bytes]:
        """The keys of outcomes at places of the table."""
        makes = [np.array([*one, True], dtype=bool) for one in self._made]
        count, out = len(self._kernel.tops), []
        at = (one.tolist() for one in np.unravel_index(places, self._found.shape))
        for met, made, against in zip(*at, strict=True):
            law, tops, asks, atoms = self._reached[met]
            side = bytes(len(tops))
            if count:
                sides = np.where(tops < 0, 0, 3 if against > count else 1 + (tops < against))
                side = sides.astype(np.uint8).tobytes()
            out.append(b"".join((law, side, atoms[makes[made][asks]].tobytes())))
        return out


def _stands(window: Window | None) -> bool:
    """Whether days on another clock hold the day of entry, which stands in for one not declared."""
    return window is None or window.on in window.days


def _may_hold(clause: Clause) -> bool:
    """Whether a clause may hold of a line that declares nothing."""
    asks = clause.when is not None and clause.when.fact is not None
    return _stands(clause.scope.window) and not asks


def _grown(table: Numbers, *shape: int) -> Numbers:
    """A table with room for so many; the new places hold -1."""
    more = [(0, max(n - had, 0)) for n, had in zip(shape, table.shape, strict=False)]
    if not any(n for _, n in more):
        return table
    more = [(0, n and max(n, had // 2)) for (_, n), had in zip(more, table.shape, strict=False)]
    return np.pad(table, [*more, *[(0, 0)] * (table.ndim - len(more))], constant_values=-1)
