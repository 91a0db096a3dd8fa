"""What the law says of lines that declare no facts, found once for all laws that say it.

From one turn of the law to the next most of it stays as it is. An outcome is known by the rules
that reach a line, the clauses of them that hold, and the side of an all-in rate on which its
general rate lies: what the kernel found of it once holds wherever these come together again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from surtax.duty.clause import Clause, Window
from surtax.duty.lines import Index
from surtax.duty.profiles import Cases, Found, Kernel
from surtax.duty.program import Rule
from surtax.duty.universe import Dictionary, packed

Numbers = NDArray[np.int32]


class Outcomes:
    """Outcomes met so far, by number.

    Attributes:
        refused: those of lines whose goods a list tells apart more finely than their code.

    Args:
        words: the dictionary of the tables.
    """

    def __init__(self, words: Dictionary) -> None:
        self.words = words
        self._atoms: dict[object, int] = {}
        self._at: dict[bytes, int] = {}
        self._parts: list[Found] = []
        self.refused: set[int] = set()

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
            found = kernel.rate(some, self.words.names, self.words.texts)
            self._parts.append(found)
            self.refused.update(
                self._at[key] for key, no in zip(fresh, found.refused, strict=True) if no
            )
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
        self._stands = np.array([_stands(rule.scope.window) for rule in rules], dtype=bool)
        self._may = np.array([_may_hold(clause) for _, clause in every], dtype=bool)
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
        self._reached: list[tuple[Index, Index, int, bool]] = []
        self._pairs: Numbers = np.full((0, 0), -1, dtype=np.int32)
        self._found: Numbers = np.full((0, 0, len(kernel.tops) + 2), -1, dtype=np.int32)

    def of(self, cases: Cases) -> Numbers:
        """(p,) the number of each case's outcome; they declare no facts, and no quantity counts."""
        pair = cases.goods * self._width() + cases.origin
        met = self._pairs.ravel()[pair]
        new = np.flatnonzero(met < 0)
        if len(new):
            _, first = np.unique(pair[new], return_index=True)
            self._meet(cases.take(new[first]))
            met = self._pairs.ravel()[pair]
        made = self._makes()[cases.claims]
        self._found = _grown(self._found, len(self._reached), len(self._made))
        key = (met * self._found.shape[1] + made) * self._found.shape[2]
        if len(self._kernel.tops):
            key += self._kernel.against(cases.general)
        out: Numbers = self._found.ravel()[key]
        new = np.flatnonzero(out < 0)
        if len(new):
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
        reach = kernel.reach(cases)
        rules = reach[self._of_rule] & self._stands[:, None]
        held = reach[self._of_clause] & reach[self._of_winner]
        held &= rules[self._rule] & self._may[:, None]
        refused = kernel.refused(kernel.lines(cases), rules.T).tolist()
        variant = np.array(self._variant_of)[cases.origin].tolist()
        met, known = self._met, len(self._met)
        keys = zip(packed(np.concatenate([rules, held])), variant, refused, strict=True)
        numbers = np.array([met.setdefault(key, len(met)) for key in keys], dtype=np.int32)
        distinct, first = np.unique(numbers, return_index=True)
        for n in first[distinct >= known].tolist():
            reached = np.flatnonzero(rules[:, n]), np.flatnonzero(held[:, n])
            self._reached.append((*reached, variant[n], refused[n]))
        self._pairs[cases.goods, cases.origin] = numbers

    def _keys(self, places: Index) -> list[bytes]:
        """The keys of outcomes at places of the table."""
        makes = [np.array([*one, True], dtype=bool)[self._asks] for one in self._made]
        count, out = len(self._kernel.tops), []
        for met, made, against in np.stack(np.unravel_index(places, self._found.shape), 1).tolist():
            rules, held, variant, refused = self._reached[met]
            atoms, tops = self._by_variant[variant]
            some = self._clause_atoms[held[makes[made][held]]]
            parts = [bytes([refused]), len(rules).to_bytes(2), atoms[rules].tobytes()]
            if count:
                top = tops[rules]
                side = np.where(top < 0, 0, 3 if against > count else 1 + (top < against))
                parts.append(side.astype(np.uint8).tobytes())
            else:
                parts.append(bytes(len(rules)))
            out.append(b"".join([*parts, some.tobytes()]))
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
