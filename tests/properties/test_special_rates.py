"""Claims and days at the schedule: what an entry is told when its line or claim does not stand."""

from __future__ import annotations

from datetime import date

import pytest

from surtax.duty.entry import make_entry
from surtax.duty.rate import Answer, rate
from surtax.errors import InputError
from surtax.ledger import Ledger, schedule
from surtax.ledger.ratetext import PROGRAMMES


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


def asked(ledger: Ledger, goods: str, origin: str, on: date, *claims: str) -> Answer:
    entry = make_entry(ledger, goods, origin=origin, into="US", value=1000, claims=claims, on=on)
    return rate(ledger, entry, on)


def test_every_claim_into_the_united_states_has_symbols_of_the_special_column(
    ledger: Ledger,
) -> None:
    used = [s for claim in ledger.claims.values() for s in claim.symbols]
    assert len(used) == len(set(used))
    assert set(used) <= set(PROGRAMMES)
    for name, claim in ledger.claims.items():
        assert ("US" in claim.into) == bool(claim.symbols), name
    rest = set(PROGRAMMES) - set(used)  # no agreement with one list of origins, or long ended
    assert rest == {"B", "C", "D", "E", "E*", "J", "J*", "K", "L", "NP", "R"}


def test_a_line_that_is_free_for_all_says_so_of_a_claim(ledger: Ledger) -> None:
    layer = asked(ledger, "9503.00.00", "KR", date(2025, 3, 1), "korus").layers[0]
    assert layer.because == ("free for all, claiming korus (HTSUS general note 33)",)


def test_a_claim_that_the_line_does_not_know_pays_the_general_rate(ledger: Ledger) -> None:
    answer = asked(ledger, "1701.91.44", "KR", date(2025, 3, 1), "korus")
    assert answer.layers[0].rate == 0.06
    assert answer.layers[0].because == (
        "no special rate on this line, claiming korus (HTSUS general note 33)",
    )


def test_a_rate_under_a_quota_heading_names_it_and_the_rate_without_the_claim(
    ledger: Ledger,
) -> None:
    answer = asked(ledger, "0406.10.38", "CA", date(2025, 3, 1), "usmca")
    assert answer.unknown[0]["title"] == (
        "Special rate of duty: See 9823.04.01-9823.04.54; without the claim $1.055/kg"
    )


def test_a_number_that_ended_is_told_with_its_successors(ledger: Ledger) -> None:
    ended = asked(ledger, "8507.60.00.20", "DE", date(2026, 2, 1))
    assert "its goods are now under 8507.60.00.30" in ended.layers[0].because[0]
    assert asked(ledger, "8507.60.00.20", "DE", date(2026, 1, 31)).layers[0].because == ()
    begins = asked(ledger, "8507.60.00.90", "DE", date(2026, 1, 31))
    assert "begins on 2026-02-01" in begins.layers[0].because[0]
    assert asked(ledger, "8507.60.00.90", "DE", date(2026, 2, 1)).layers[0].because == ()


def test_a_line_that_is_none_names_near_ones(ledger: Ledger) -> None:
    answer = asked(ledger, "8703.99.99", "DE", date(2025, 3, 1))
    title = answer.unknown[0]["title"]
    assert "not in the schedule of 2025, basic edition; near it: 8703.10.10" in title
    assert answer.high is None


def test_the_generalized_system_of_preferences_is_not_open(ledger: Ledger) -> None:
    with pytest.raises(InputError, match=r"gsp cannot be claimed on 2025-03-01: .* expired"):
        asked(ledger, "1704.10.00", "IN", date(2025, 3, 1), "gsp")
    with pytest.raises(InputError, match="goods of Germany cannot claim korus"):
        asked(ledger, "1704.10.00", "DE", date(2025, 3, 1), "korus")


def test_column_2_knows_no_claims_and_chapter_98_no_figure(ledger: Ledger) -> None:
    assert asked(ledger, "1704.10.00", "RU", date(2025, 3, 1)).layers[0].rate == 0.2
    none = asked(ledger, "9822.04.05", "AU", date(2025, 3, 1), "ausfta")
    assert none.layers[0].amount == 0  # Free (AU), within the quota of its note
    words = asked(ledger, "9822.04.05", "AU", date(2025, 3, 1)).unknown[0]["title"]
    assert "no rate of its own" in words


@pytest.mark.parametrize("day", [date(2025, 1, 1), date(2026, 6, 1)])
def test_a_special_rate_is_never_above_the_general_one(day: date) -> None:
    table = schedule.schedule(day)
    for row, code in enumerate(table.hs8.tolist()):
        if not table.special[row] or code >= "98" or not table.general.parsed[row]:
            continue
        for symbol in ("KR", "JP", "JO", "PA", "CO", "E", "S"):
            special = schedule.special_rate(code, [symbol], day)
            if special and special.parsed:
                assert special.ad_valorem <= table.general.ad_valorem[row], (code, symbol)
                assert special.specific <= table.general.specific[row], (code, symbol)
