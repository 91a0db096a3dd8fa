"""The rating kernel piece by piece: scopes, clauses, windows, rates, and how they stack."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from surtax.duty.clause import Clause, Scope, Window
from surtax.duty.lines import Codes, Lines
from surtax.duty.program import Program, Rule
from surtax.duty.stack import evaluate
from surtax.ledger import Ledger
from surtax.ledger.query import Provision
from surtax.ledger.rates import Rate, read_rate
from surtax.ledger.schema import Condition
from surtax.units import Interval

ON = date(2025, 3, 20)
VIEW = Ledger.load().at(ON)
ALL = Scope(None, None, frozenset())


def provision(name: str, kind: str = "duty", measure: str = "us/a/b") -> Provision:
    return Provision(
        f"{measure}#{name}", measure, name, kind, name, "a", "US", "in_force", Interval(ON), ON,
        "i", "cite", {}, {},
    )  # fmt: skip


def clause(scope: Scope = ALL, when: Condition | None = None, **how: object) -> Clause:
    return Clause(provision("c", "relief"), scope, when, **how)  # type: ignore[arg-type]


def rule(
    rate: str = "10%",
    scope: Scope = ALL,
    *,
    reliefs: tuple[Clause, ...] = (),
    bases: tuple[Clause, ...] = (),
    yields: tuple[tuple[int, Clause], ...] = (),
    rates: dict[str, Rate] | None = None,
    least: float = 0.0,
) -> Rule:
    prohibited = rate == "prohibited"
    read = Rate(float("nan")) if rate == "unknown" else Rate() if prohibited else read_rate(rate)
    return Rule(
        provision(rate), scope, read, rates or {}, prohibited, reliefs, bases, yields, least
    )


def program(*rules: Rule) -> Program:
    return Program(VIEW, rules, tuple(range(len(rules))))


def lines(
    n: int = 1,
    *,
    codes: tuple[str, ...] = ("9503000000",),
    origins: tuple[str, ...] = ("VN",),
    claims: tuple[bool, ...] | None = None,
    general: tuple[float, ...] | None = None,
    quantities: dict[str, tuple[float, ...]] | None = None,
    **facts: tuple[float, ...],
) -> Lines:
    """`n` lines, each with its own code and origin where more than one is given."""
    return Lines(
        Codes(codes),
        np.arange(n) % len(codes),
        origins,
        np.arange(n) % len(origins),
        {} if claims is None else {"pact": np.array(claims)},
        {name: np.array(column) for name, column in facts.items()},
        None if general is None else np.array(general),
        {unit: np.array(column) for unit, column in (quantities or {}).items()},
    )


NAN = float("nan")


# -- scopes ------------------------------------------------------------------------------------


def test_a_scope_is_origins_and_goods_less_exceptions() -> None:
    some = Scope(frozenset({"VN"}), frozenset({"9503"}), frozenset({"95030010"}))
    four = lines(4, codes=("9503000000", "9503001000", "9504000000", "9503009000"))
    assert some.of_origins(four).tolist() == [True]
    assert some.of_goods(four).tolist() == [True, False, False, True]
    assert some.mask(four).tolist() == [True, False, False, True]
    two = lines(2, origins=("VN", "TH"))
    assert some.mask(two).tolist() == [True, False]
    assert some.covers(two).tolist() == [True, False]
    assert ALL.mask(four).all()
    assert Scope(frozenset(), None, frozenset()).mask(two).tolist() == [False, False]
    assert Scope(None, frozenset(), frozenset()).mask(two).tolist() == [False, False]


@pytest.mark.parametrize(
    ("goods", "but", "code", "finer"),
    [
        ({"9503001010"}, (), "95030010", "9503001010"),  # a longer number is listed
        ({"9503001010", "9503"}, (), "95030010", None),  # the whole heading is
        ({"950300"}, (), "95030010", None),
        ({"950300"}, {"9503001010"}, "95030010", "9503001010"),  # all but a longer number
        ({"950300"}, {"9503001010", "95030010"}, "95030010", None),  # all but the line
        ({"950300"}, {"95030010"}, "95030010", None),
        ({"9503001010"}, {"9503001020"}, "95030010", "9503001010"),
        ({"9504"}, {"9503001020"}, "95030010", None),  # out of scope anyway
        (None, {"9503001020"}, "95030010", "9503001020"),
        (None, (), "95030010", None),
        ({"95030020"}, (), "95030010", None),
        ({"9503001010", "9503001020"}, (), "95030010", "9503001010"),  # the first of them
        ({"95030010"}, (), "95030010", None),  # as long is not longer
    ],
)
def test_a_code_may_be_too_short_for_a_scope(
    goods: set[str] | None, but: set[str], code: str, finer: str | None
) -> None:
    scope = Scope(None, None if goods is None else frozenset(goods), frozenset(but))
    assert scope.finer(code) == finer


def test_a_window_counts_days_on_its_own_clock() -> None:
    window = Window("exported", "us/a/b", Interval(date(2025, 3, 1), date(2025, 3, 10)), ON)
    days = [float(date(2025, m, d).toordinal()) for m, d in ((2, 28), (3, 1), (3, 9), (3, 10))]
    four = lines(4, exported=tuple(days))
    assert window.mask(four).tolist() == [False, True, True, False]
    assert Scope(None, None, frozenset(), window).mask(four).tolist() == [False, True, True, False]
    assert Scope(None, None, frozenset(), window).covers(four).all()
    assert window.mask(lines(1)).tolist() == [False]  # not declared: the day of entry
    late = Window("exported", "us/a/b", Interval(ON, None), ON)
    assert late.mask(lines(1)).tolist() == [True]
    early = Window("exported", "us/a/b", Interval(None, ON), ON)
    assert early.mask(lines(1)).tolist() == [False]
    assert early.mask(lines(1, exported=(1.0,))).tolist() == [True]


def test_a_window_turns_at_its_ends_up_to_the_day_of_entry() -> None:
    window = Window("exported", "us/a/b", Interval(date(2025, 3, 1), date(2025, 3, 10)), ON)
    days = {date(2025, 2, 28), date(2025, 3, 1), date(2025, 3, 9), date(2025, 3, 10)}
    assert window.turns == days
    assert Window("exported", "m", Interval(ON, date(2025, 4, 1)), ON).turns == {
        ON, date(2025, 3, 19),
    }  # fmt: skip
    assert Window("exported", "m", Interval(date(2025, 4, 1)), ON).turns == set()


# -- conditions --------------------------------------------------------------------------------


def test_a_clause_asks_for_its_facts() -> None:
    window = Window("exported", "us/a/b", Interval(ON), ON)
    one = clause(Scope(None, None, frozenset(), window), Condition(fact="f", unless="u"), less="l")
    assert one.facts == {"f", "u", "l", "exported"}
    assert clause(share="s").facts == {"s"}
    assert clause().facts == set()


def test_a_clause_holds_in_its_scope_alone() -> None:
    two = lines(2, origins=("VN", "TH"), yes=(1.0, 1.0))
    here = Scope(frozenset({"TH"}), None, frozenset())
    assert clause(here).holds(two).tolist() == [False, True]
    assert clause(here, Condition(fact="yes")).holds(two).tolist() == [False, True]
    assert clause(here, Condition(unless="no")).holds(two).tolist() == [False, True]
    assert clause(here, Condition(claim="pact")).holds(two).tolist() == [False, False]


def test_conditions_on_a_claim_and_on_facts() -> None:
    claimed = lines(2, claims=(True, False))
    assert clause(when=Condition(claim="pact")).holds(claimed).tolist() == [True, False]
    assert clause(when=Condition(claim="other")).holds(claimed).tolist() == [False, False]
    told = lines(3, yes=(1.0, 0.0, NAN))
    assert clause(when=Condition(fact="yes")).holds(told).tolist() == [True, False, False]
    assert clause(when=Condition(unless="yes")).holds(told).tolist() == [False, True, True]
    assert clause(when=Condition(fact="no")).holds(told).tolist() == [False] * 3
    assert clause(when=Condition(unless="no")).holds(told).tolist() == [True] * 3
    day = float(ON.toordinal())
    shipped = lines(4, day=(day - 1, day, day + 1, NAN))
    before = Condition(fact="day", before=ON)
    assert clause(when=before).holds(shipped).tolist() == [True, False, False, False]
    parts = lines(4, part=(0.19, 0.2, 0.21, NAN))
    enough = Condition(fact="part", at_least="0.20")
    assert clause(when=enough).holds(parts).tolist() == [False, True, True, False]


def test_all_of_a_condition_must_hold() -> None:
    four = lines(4, claims=(True, True, False, True), yes=(1.0, 0.0, 1.0, 1.0),
                 no=(0.0, 0.0, 0.0, 1.0))  # fmt: skip
    all_three = Condition(claim="pact", fact="yes", unless="no")
    assert clause(when=all_three).holds(four).tolist() == [True, False, False, False]


def test_a_fact_may_be_told_to_one_measure() -> None:
    told = lines(1, **{"yes@us/a/b": (1.0,)})
    other = lines(1, **{"yes@us/a/c": (1.0,)})
    assert clause(when=Condition(fact="yes")).holds(told).tolist() == [True]
    assert clause(when=Condition(fact="yes")).holds(other).tolist() == [False]


def test_the_part_that_stays_taxed() -> None:
    told = lines(4, part=(0.0, 0.1, 0.4, NAN))
    assert clause(share="part").part(told).tolist() == [0.0, 0.1, 0.4, 1.0]
    assert clause(less="part").part(told).tolist() == [1.0, 0.9, 0.6, 1.0]
    assert clause(less="part", floor=0.15).part(told).tolist() == [0.85, 0.85, 0.6, 0.85]
    assert clause(less="other", floor=0.15).part(told).tolist() == [0.85] * 4
    with pytest.raises(AssertionError):
        clause().part(told)


# -- rates -------------------------------------------------------------------------------------


def rates_of(rate: str, some: Lines, **how: object) -> list[float]:
    found = evaluate(program(rule(rate, **how)), some)  # type: ignore[arg-type]
    return [round(float(x), 12) for x in found.rate[:, 0]]


def test_rates_as_a_share_of_the_value() -> None:
    assert rates_of("25%", lines(1)) == [0.25]
    own = {"TH": read_rate("40%"), "KH": read_rate("2 USD/kg")}
    three = lines(3, origins=("VN", "TH", "KH"), quantities={"kg": (1.0, 1.0, 0.1)})
    assert rates_of("25%", three, rates=own) == [0.25, 0.4, 0.2]
    assert rates_of("all-in 15%", lines(2, general=(0.04, 0.2))) == [0.11, 0.0]
    assert np.isnan(rates_of("all-in 15%", lines(1)))
    assert np.isnan(rates_of("all-in 15%", lines(1, general=(NAN,))))


def test_rates_per_unit_as_a_share_of_the_value() -> None:
    """`quantities` are per unit of value: 0.1 kg for each dollar."""
    two = lines(2, quantities={"kg": (0.1, 0.01)})
    assert rates_of("2 USD/kg", two) == [0.2, 0.02]
    assert rates_of("5% + 2 USD/kg", two) == [0.25, 0.07]
    assert rates_of("greater of 5% or 2 USD/kg", two) == [0.2, 0.05]
    assert rates_of("lesser of 5% or 2 USD/kg", two) == [0.05, 0.02]
    assert rates_of("to 20 USD/kg", two) == [1.0, 0.0]
    assert np.isnan(rates_of("2 USD/kg", lines(1)))
    assert np.isnan(rates_of("2 USD/kg", lines(1, quantities={"liter": (1.0,)})))
    assert np.isnan(rates_of("greater of 5% or 2 USD/kg", lines(1)))
    assert rates_of("declared own", lines(1, own=(0.065,))) == [0.065]
    assert np.isnan(rates_of("declared own", lines(1)))


# -- stacking ----------------------------------------------------------------------------------


def test_out_of_scope_nothing_is_said() -> None:
    nobody = Scope(frozenset({"TH"}), None, frozenset())
    found = evaluate(program(rule("25%", nobody, reliefs=(clause(),))), lines(1))
    assert not found.scope.any()
    assert not found.applies.any()
    assert found.rate.tolist() == [[0.0]]
    assert found.share.tolist() == [[1.0]]
    assert found.relief.tolist() == found.winner.tolist() == [[-1]]
    assert found.charged.tolist() == [[0.0]]


def test_rules_after_one_that_covers_nothing_still_run() -> None:
    nobody = Scope(frozenset({"TH"}), None, frozenset())
    found = evaluate(program(rule("25%", nobody), rule("10%")), lines(1))
    assert found.charged.tolist() == [[0.0, 0.1]]


def test_the_first_relief_that_holds_is_named() -> None:
    here = Scope(frozenset({"TH"}), None, frozenset())
    both = (clause(here), clause(when=Condition(fact="yes")), clause(when=Condition(fact="yes")))
    found = evaluate(
        program(rule(reliefs=both)), lines(3, origins=("VN", "TH", "KH"), yes=(1.0, 1.0, 0.0))
    )
    assert found.relief.tolist() == [[1], [0], [-1]]
    assert found.applies.tolist() == [[False], [False], [True]]
    assert found.scope.all()


def test_bases_multiply_where_they_hold_and_the_duty_is_left() -> None:
    bases = (clause(less="us"), clause(share="metal", when=Condition(fact="yes")))
    relief = clause(when=Condition(fact="free"))
    found = evaluate(
        program(rule("50%", bases=bases, reliefs=(relief,))),
        lines(3, us=(0.2, 0.2, 0.2), metal=(0.5, 0.5, 0.5), yes=(1.0, 0.0, 1.0),
              free=(0.0, 0.0, 1.0)),
    )  # fmt: skip
    assert found.share[:, 0].tolist() == [0.4, 0.8, 1.0]
    assert found.charged[:, 0].tolist() == [0.2, 0.4, 0.0]


def test_a_least_of_the_whole_value() -> None:
    found = evaluate(
        program(rule("50%", bases=(clause(less="us"),), least=0.15)), lines(2, us=(0.2, 0.9))
    )
    assert found.charged[:, 0].tolist() == [0.4, 0.15]
    relieved = evaluate(program(rule("50%", reliefs=(clause(),), least=0.15)), lines(1))
    assert relieved.charged.tolist() == [[0.0]]
    unknown = evaluate(program(rule("unknown")), lines(1))
    assert unknown.charged.tolist() == [[0.0]]


def yielding(winner: Rule, one: Clause, some: Lines) -> tuple[list[bool], list[float], list[int]]:
    found = evaluate(program(winner, rule("10%", yields=((0, one),))), some)
    return found.applies[:, 1].tolist(), found.share[:, 1].tolist(), found.winner[:, 1].tolist()


FREE = (clause(when=Condition(fact="free")),)


def test_yielding_where_the_other_duty_is_owed() -> None:
    two = lines(2, free=(0.0, 1.0))
    assert yielding(rule("25%", reliefs=FREE), clause(), two)[0] == [False, True]
    assert yielding(rule("25%", reliefs=FREE), clause(), two)[2] == [0, -1]
    assert yielding(rule("0%"), clause(), lines(1))[0] == [True]
    assert yielding(rule("unknown"), clause(), lines(1))[0] == [False]  # it may owe anything
    none = rule("25%", bases=(clause(share="part"),))
    assert yielding(none, clause(), lines(2, part=(0.0, 0.1)))[0] == [True, False]
    here = Scope(frozenset({"TH"}), None, frozenset())
    assert yielding(rule("25%"), clause(here), lines(2, origins=("VN", "TH")))[0] == [True, False]


def test_yielding_where_the_other_duty_applies_or_is_listed() -> None:
    three = lines(3, origins=("VN", "VN", "TH"), free=(0.0, 1.0, 0.0))
    here = Scope(frozenset({"VN"}), None, frozenset())
    nothing = rule("0%", here, reliefs=FREE)
    assert yielding(nothing, clause(), three)[0] == [True, True, True]
    assert yielding(nothing, clause(applies=True), three)[0] == [False, True, True]
    assert yielding(nothing, clause(listed=True), three)[0] == [False, False, True]


def test_yielding_to_a_prohibition_that_stands() -> None:
    two = lines(2, free=(0.0, 1.0))
    assert yielding(rule("prohibited", reliefs=FREE), clause(), two)[0] == [False, True]


def test_yielding_the_part_that_the_other_takes() -> None:
    metal = rule("50%", bases=(clause(share="metal"),), reliefs=FREE)
    rest = clause(rest=True)
    four = lines(4, metal=(0.3, 1.0, 0.0, 0.3), free=(0.0, 0.0, 0.0, 1.0))
    assert yielding(metal, rest, four) == (
        [True, False, True, True], [0.7, 0.0, 1.0, 1.0], [-1, 0, -1, -1],
    )  # fmt: skip


def test_what_two_others_leave_is_never_less_than_nothing() -> None:
    first = rule("50%", bases=(clause(share="a"),))
    second = rule("50%", bases=(clause(share="b"),))
    last = rule("10%", yields=((0, clause(rest=True)), (1, clause(rest=True))))
    found = evaluate(program(first, second, last), lines(3, a=(0.3, 0.6, 0.15), b=(0.2, 0.7, 0.85)))
    assert found.share[:, 2].tolist() == [0.5, 0.0, 0.0]
    assert found.applies[:, 2].tolist() == [True, False, False]
    assert found.winner[:, 2].tolist() == [-1, 1, 1]


def test_a_trace_of_a_share_is_nothing() -> None:
    """1 − 0.85 is a trace more than 0.15 in binary; what is left of it after 0.15 is nothing."""
    metal = rule("50%", bases=(clause(share="metal"),))
    own = rule("10%", bases=(clause(less="us"),), yields=((0, clause(rest=True)),))
    found = evaluate(program(metal, own), lines(1, metal=(0.15,), us=(0.85,)))
    assert found.share[0, 1] == 0.0
    assert not found.applies[0, 1]


def test_the_first_winner_is_named_and_reliefs_come_first() -> None:
    both = rule("10%", reliefs=FREE, yields=((0, clause()), (1, clause())))
    found = evaluate(program(rule("25%"), rule("20%"), both), lines(2, free=(0.0, 1.0)))
    assert found.winner[:, 2].tolist() == [0, -1]
    assert found.relief[:, 2].tolist() == [-1, 0]
    assert found.charged.sum(axis=1).tolist() == pytest.approx([0.45, 0.45])


def test_rules_run_in_the_order_of_the_program() -> None:
    after = rule("10%", yields=((1, clause()),))
    found = evaluate(Program(VIEW, (after, rule("25%")), (1, 0)), lines(1))
    assert found.applies.tolist() == [[False, True]]
    assert found.winner.tolist() == [[1, -1]]


def test_many_rules_keep_their_numbers() -> None:
    found = evaluate(
        program(*[rule(f"{i}%") for i in range(1, 200)], rule("10%", yields=((198, clause()),))),
        lines(1),
    )
    assert found.winner[0, 199] == 198
    assert Decimal(str(round(found.charged.sum(), 6))) == Decimal("199.0")
