"""Sentences made from numbers: ties, zero, sign flips."""

from typing import Any

import pytest

from surtax.brief import figures as fig
from surtax.brief.findings import costs, law, options, rates, sure


def place(name: str, value: float, low: float | None = None, high: float | None = None) -> Any:
    ends = {} if low is None else {"low": low, "high": high}
    return {"region": name[:2], "name": name, "real_income": {"value": value, **ends}}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.0123, "−1.2 %"),
        (0.0034, "+0.34 %"),
        (0.253, "+25 %"),
        (0.00996, "+1.0 %"),
        (0.0996, "+10 %"),
        (0.0, "0 %"),
        (-0.00000001, "0.00 %"),
        (12.5, "+1,250 %"),
    ],
)
def test_changes_have_two_significant_digits(value: float, text: str) -> None:
    assert fig.change(value) == text


def test_days_money_and_ranges() -> None:
    assert fig.day("2025-03-08") == "8 March 2025"
    assert fig.day(None) == ""
    assert fig.money(-1234.5, "CAD") == "−C$1,234.50"
    assert fig.money(None, "CAD") == "not given"
    assert fig.money(5, "EUR") == "EUR 5.00"
    assert fig.span({"value": -0.01, "low": -0.02, "high": 0.005}) == "−2.0 to +0.5 %"
    assert fig.span({"value": 0.0, "low": -0.001, "high": 0.001}) == "−0.10 to +0.10 %"
    assert fig.span({"value": 1.0}) == fig.span(0.5) == ""
    assert fig.written_rate("25%") == "25 %"
    assert fig.billions(59.8e9, "CAD", digits=1) == "C$59.8 bn"
    assert fig.billions(-3.2e12, "EUR") == "−EUR 3,200 bn"
    assert fig.rate_span(0.089, 0.0984) == "8.9 to 9.8 %"
    assert [fig.number(x) for x in (0.38, 1.0, 59.84, 19531.2)] == ["0.38", "1", "59.8", "19,531"]


def test_law_counts() -> None:
    say = law.law_counts("2025-03-28", [("US", 6), ("CA", 1)], 1, 3, 1)
    assert say == (
        "On 28 March 2025, the United States applies 6 tariff measures and Canada applies 1 tariff "
        "measure; 1 more measure is signed for later and 3 are threatened, 1 of them at a rate "
        "that nobody has published."
    )
    assert law.law_counts("2025-03-28", [], 0, 0, 0) == (
        "On 28 March 2025, no tariff measure is in force; nothing is signed or threatened for "
        "later."
    )


def test_next_days() -> None:
    due = [("2025-04-02", "threatened", 3), ("2025-04-03", "signed", 1)]
    assert law.next_days(due) == (
        "Next: 3 threatened measures would take effect on 2 April 2025; 1 signed measure takes "
        "effect on 3 April 2025."
    )
    both = [("2025-04-02", "signed", 2), ("2025-04-02", "threatened", 1)]
    assert law.next_days(both) == (
        "Next: 2 signed measures take effect and 1 threatened measure would take effect on "
        "2 April 2025."
    )
    assert law.next_days([]) == ""


def test_effective_rate_rises_falls_and_stands() -> None:
    before = "2025-01-19"
    found = {"before": 0.024, "in_force": 0.071, "signed": 0.092, "threatened": 0.138}
    assert rates.effective_rate("US", found, before) == (
        "Duties owed as a share of imports (the effective tariff rate) into the United States are "
        "7.1 %, 4.7 pp above 19 January 2025; 9.2 % with what is signed and 14 % if what is "
        "threatened is carried out, at assumed rates where none was published."
    )
    down = rates.effective_rate("CA", {"before": 0.05, "in_force": 0.03}, before)
    assert down.endswith("into Canada are 3.0 %, 2.0 pp below 19 January 2025.")
    same = rates.effective_rate("CA", {"before": 0.05, "in_force": 0.05, "signed": 0.05}, before)
    assert same.endswith("are 5.0 %, as on 19 January 2025.")
    assert rates.effective_rate("CA", {"in_force": None}, before) == ""


def partner(code: str, name: str, before: float, now: float) -> dict[str, Any]:
    return {"partner": code, "name": name, "before": before, "in_force": now}


def test_partner_title() -> None:
    china, canada = partner("CN", "China", 0.1, 0.3), partner("CA", "Canada", 0.0, 0.05)
    day = "2025-01-19"
    assert rates.partner_title([china, canada], "CA", day) == (
        "Rates rise most on goods from China, by 20 pp to 30 %; goods from Canada owe 5.0 %."
    )
    assert rates.partner_title([canada], "CA", day) == (
        "Rates rise most on goods from Canada, by 5.0 pp to 5.0 %."
    )
    mexico = partner("MX", "Mexico", 0.0, 0.05)
    assert rates.partner_title([canada, mexico], "US", day) == (
        "Rates rise most on goods from Canada and Mexico, by 5.0 pp each."
    )
    fallen = partner("GB", "United Kingdom", 0.05, 0.01)
    assert rates.partner_title([fallen], "CA", day) == (
        "No partner’s rate is above that of 19 January 2025."
    )


def test_sector_title() -> None:
    metals = {"sector": "M", "name": "Primary metals", "in_force": 0.22, "threatened": 0.26}
    cars = {"sector": "V", "name": "Motor vehicles", "in_force": 0.02, "threatened": 0.31}
    assert rates.sector_title([cars, metals], "CA") == (
        "Among goods from Canada, the highest rate is on primary metals: 22 %; with what is signed "
        "and threatened, on motor vehicles: 31 %."
    )
    level = [{**metals, "threatened": None}, {**cars, "in_force": 0.22, "threatened": None}]
    assert rates.sector_title(level, "CA") == (
        "Among goods from Canada, the highest rates are on primary metals and motor vehicles: 22 % "
        "each."
    )
    free = [{"sector": "V", "name": "x", "in_force": 0.0}]
    assert rates.sector_title(free, "CA") == "No goods from Canada owe duty."


def test_map_title() -> None:
    a, b, c = place("Alberta", -0.0182), place("New Brunswick", -0.0164), place("Quebec", -0.01)
    gain = place("British Columbia", 0.001)
    assert costs.map_title([c, a, gain, b]) == (
        "Alberta (−1.8 %) and New Brunswick (−1.6 %) lose most; British Columbia gains."
    )
    assert costs.map_title([a, place("Ontario", -0.0182), c]) == (
        "Alberta and Ontario lose most, 1.8 % each."
    )
    assert costs.map_title([a, gain]) == "Alberta loses most, 1.8 %; British Columbia gains."
    assert costs.map_title([gain]) == "No province loses; British Columbia gains most, 0.10 %."
    assert costs.map_title([gain, place("Yukon", 0.001)]) == (
        "No province loses; British Columbia and Yukon gain most, 0.10 % each."
    )
    assert (
        costs.map_title([place("Alberta", 0.0)]) == "Real income does not change in any province."
    )
    assert costs.map_title([place("Alberta", -0.00001)]) == (
        "Real income does not change in any province."
    )
    many = [place(n, 0.001 * i) for i, n in enumerate("abcdef")]
    assert costs.map_title([a, *many]) == "Alberta loses most, 1.8 %; 5 provinces gain."


@pytest.mark.parametrize(
    ("canada", "usa", "text"),
    [
        (
            -0.012,
            -0.004,
            "Canada loses 1.2 % of its real income, 3.0 times the loss of the United States "
            "(0.40 %).",
        ),
        (-0.012, -0.012, "Canada and the United States each lose 1.2 % of their real income."),
        (
            -0.004,
            -0.012,
            "Canada loses 0.40 % of its real income, less than the United States (1.2 %).",
        ),
        (
            -0.012,
            0.004,
            "Canada loses 1.2 % of its real income and the United States gains 0.40 %.",
        ),
        (
            0.004,
            -0.012,
            "Canada gains 0.40 % of its real income and the United States loses 1.2 %.",
        ),
        (0.004, 0.012, "Canada gains 0.40 % of its real income and the United States gains 1.2 %."),
        (
            0.0,
            -0.012,
            "Real income in Canada does not change; in the United States it changes by −1.2 %.",
        ),
        (
            -0.012,
            0.0,
            "Real income in Canada changes by −1.2 %; in the United States it does not change.",
        ),
        (0.0, 0.0, "Real income changes neither in Canada nor in the United States."),
    ],
)
def test_pair_title(canada: float, usa: float, text: str) -> None:
    assert costs.pair_title(place("Canada", canada), place("United States", usa)) == text


def test_cost_sentence() -> None:
    canada = place("Canada", -0.012, -0.015, -0.008)
    usa = place("United States", -0.0034, -0.0044, -0.0024)
    provinces = [place("Alberta", -0.018), place("Quebec", 0.001)]
    assert costs.cost_sentence(canada, provinces, usa) == (
        "Real income in Canada changes by −1.2 % (−1.5 to −0.8 %), most in Alberta (−1.8 %); "
        "in the United States by −0.34 % (−0.44 to −0.24 %)."
    )
    gain = costs.cost_sentence(place("Canada", 0.002), [place("Quebec", 0.001)], None)
    assert gain == "Real income in Canada changes by +0.20 %."


def worker(name: str, n: int, share: float) -> dict[str, Any]:
    return {"region": name[:2], "name": name, "workers_hit": n, "share_of_jobs": share}


def test_workers_title() -> None:
    ontario, alberta = worker("Ontario", 500_000, 0.07), worker("Alberta", 100_000, 0.11)
    assert costs.workers_title([alberta, ontario]) == (
        "Ontario has the most workers whose exports are newly charged, 500,000; "
        "Alberta has the largest share of jobs in them, 11 %."
    )
    assert costs.workers_title([ontario]) == (
        "Ontario has the most workers whose exports are newly charged, 500,000, "
        "and the largest share of its jobs, 7.0 %."
    )
    assert costs.workers_title([ontario, worker("Quebec", 500_000, 0.07)]) == (
        "Ontario and Quebec have the most workers whose exports are newly charged, 500,000 each."
    )
    assert costs.workers_title([worker("Quebec", 0, 0.0)]) == (
        "No workers’ exports are newly charged."
    )


def answer(title: str, value: float, half: float = 0.0, ratio: float | None = None) -> Any:
    quantity = {"value": value, "low": value - half, "high": value + half}
    return {"title": title, "name": title, "real_income_canada": quantity, "cost_ratio": ratio}


def test_best_response() -> None:
    wide = [answer("A", -0.010, 0.004), answer("B", -0.012, 0.004)]
    assert options.best_response(wide) == (
        "“A” costs Canada least, −1.0 % (−1.4 to −0.6 %); the ranges overlap, so the order is not "
        "certain."
    )
    clear = [answer("A", -0.010, 0.0004), answer("B", -0.012, 0.0004)]
    assert options.best_response(clear) == (
        "“A” costs Canada least, −1.0 % (−1.0 to −1.0 %); its range lies clear of the others."
    )
    level = [answer("A", -0.010), answer("B", -0.010), answer("C", -0.02)]
    assert options.best_response(level) == "“A” and “B” change Canada’s real income alike, −1.0 %."
    gain = [answer("A", 0.002, 0.0001), answer("B", -0.01, 0.0001)]
    assert options.best_response(gain).startswith("“A” leaves Canada best off, +0.20 %")
    assert (
        options.best_response([answer("A", -0.01)])
        == "“A” changes real income in Canada by −1.0 % (−1.0 to −1.0 %)."
    )
    assert options.best_response([]) == ""


def test_best_ratio() -> None:
    rows = [answer("A", 0, ratio=3.5), answer("B", 0, ratio=2.82), answer("C", 0)]
    assert options.best_ratio(rows) == (
        "“B” adds least loss in Canada per unit of loss it adds in the United States, 2.82."
    )
    assert options.best_ratio(rows[:1]) == ""
    assert options.best_ratio([answer("A", 0, ratio=-0.07), *rows]) == "", (
        "one side gains: no ranking"
    )
    assert options.best_ratio([answer("A", 0, ratio=2.0), answer("B", 0, ratio=2.0)]) == ""


def test_revenue_title() -> None:
    rows = [{"response": "a", "duty": {"value": 12.0}}, {"response": "b", "duty": {"value": 4.0}}]
    names = {"a": "First", "b": "Second"}
    assert options.revenue_title(rows, names, "CAD") == (
        "“First” raises most duty, C$12 bn a year."
    )
    rows[1]["duty"] = {"value": 12.0}
    assert options.revenue_title(rows, names, "CAD") == (
        "“First” and “Second” raise the same duty, C$12 bn a year."
    )
    nothing = [{"response": "a", "duty": {"value": 0.0}}]
    assert options.revenue_title(nothing, names, "CAD") == "No response raises duty."
    assert options.revenue_title([], names, "CAD") == "No response raises duty."


def test_certainty() -> None:
    down, up = place("A", -0.01, -0.02, -0.005), place("B", 0.01, 0.005, 0.02)
    astride = place("C", 0.0, -0.01, 0.01)
    assert sure.certainty([down]) == "In all 1 provinces the whole range lies below zero."
    assert sure.certainty([up, up]) == "In all 2 provinces the whole range lies above zero."
    assert sure.certainty([down, astride]) == (
        "In 1 of 2 provinces the range includes zero, so even the sign is not certain."
    )
    assert sure.certainty([down, up]).endswith("but not the same one.")
    assert sure.certainty([place("A", -0.01)]) == "No province has a range."


@pytest.mark.parametrize(("n", "text"), [(0, "world: read"), (1, "one known"), (6, "6 known")])
def test_provisional(n: int, text: str) -> None:
    assert text in sure.provisional(n)
