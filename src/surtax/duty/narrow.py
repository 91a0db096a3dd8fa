"""A program narrowed to goods of one number and origin: the kernel runs on what bears on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from surtax.duty.clause import Clause, Scope
from surtax.duty.program import Program


@lru_cache(maxsize=16384)
def narrowed(program: Program, code: str, origin: str) -> Program:
    """The program without rules and clauses that do not speak of the goods.

    What is left speaks of all lines of these goods, save those whose days lie outside a window; it
    says of them what the whole program says.

    Args:
        program: the duties of an importer, or its fees.
        code: an HS code, digits only.
        origin: a place of origin.
    """
    heads = tuple(code[:n] for n in range(len(code) + 1))

    def bears(scope: Scope) -> bool:
        return (
            (scope.origins is None or origin in scope.origins)
            and (scope.goods is None or not scope.goods.isdisjoint(heads))
            and scope.goods_except.isdisjoint(heads)
        )

    def kept(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
        return tuple(replace(c, scope=_days(c.scope)) for c in clauses if bears(c.scope))

    chosen = [i for i, rule in enumerate(program.rules) if bears(rule.scope)]
    place = {i: n for n, i in enumerate(chosen)}
    rules = tuple(
        replace(
            rule,
            scope=_days(rule.scope),
            reliefs=kept(rule.reliefs),
            bases=kept(rule.bases),
            terms=kept(rule.terms),
            yields=tuple(
                (place[j], clause) for j, by in rule.yields if j in place for clause in kept([by])
            ),
        )
        for rule in (program.rules[i] for i in chosen)
    )
    return Program(program.view, rules, tuple(place[i] for i in program.order if i in place))


def _days(scope: Scope) -> Scope:
    """The scope's days alone."""
    return Scope(None, None, frozenset(), scope.window)
