"""Laws of the ledger: painting, the two time axes, citations, counts."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surtax.ledger import Ledger
from surtax.ledger.amend import timeline
from surtax.ledger.load import LAW
from surtax.ledger.moments import moments
from surtax.ledger.query import view
from surtax.ledger.schema import Act, Paint

START = date(2025, 1, 1)
SPAN = 60  # days on which paints fall


def paints(fields: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Paint]:
    def make(first: int, length: int | None, given: dict[str, Any], n: int) -> Paint:
        start = START + timedelta(first)
        end = None if length is None else start + timedelta(length)
        return Paint(start=start, to=end, cite=f"s. {n}", **given)

    length = st.none() | st.integers(1, 20)
    return st.builds(make, st.integers(0, SPAN), length, fields, st.integers(1, 99))


FULL = st.fixed_dictionaries(
    {"rate": st.sampled_from(["5%", "10%", "25%"]), "note": st.sampled_from("abc"),
     "state": st.sampled_from(["active", "suspended", "ended"])}
)  # fmt: skip
PART = st.fixed_dictionaries(
    {}, optional={"rate": st.sampled_from(["5%", "10%", "25%"]), "note": st.sampled_from("abc")}
)


def acts(said: list[Paint]) -> list[tuple[Act, date]]:
    return [(Act(f"act-{n}", {"p": one}), START + timedelta(n)) for n, one in enumerate(said)]


def days() -> list[date]:
    return [START + timedelta(n) for n in range(SPAN + 25)]


def covers(one: Paint, day: date) -> bool:
    return one.start <= day and (one.to is None or day < one.to)


LATE = date(2026, 1, 1)


@given(st.lists(paints(FULL | PART), max_size=8))
def test_segments_are_half_open_sorted_and_never_overlap(said: list[Paint]) -> None:
    found = timeline("p", acts(said), LATE)
    for one, following in itertools.pairwise(found):
        assert one.days.end is not None
        assert one.days.end <= following.days.start  # type: ignore[operator]
    for day in days():
        holding = [s for s in found if day in s.days]
        assert len(holding) == (1 if any(covers(p, day) for p in said) else 0)


@given(st.lists(paints(FULL), min_size=1, max_size=8))
def test_the_last_full_paint_of_a_day_wins(said: list[Paint]) -> None:
    found = timeline("p", acts(said), LATE)
    for day in days():
        last = next((p for p in reversed(said) if covers(p, day)), None)
        here = next((s for s in found if day in s.days), None)
        if last is None:
            assert here is None
            continue
        assert here is not None
        assert (here.fields["rate"], here.fields["note"]) == (last.rate, last.note)
        assert here.state == last.state
        assert here.citation.paragraph == last.cite
        assert here.cites["rate"].paragraph == last.cite


@given(paints(FULL), st.lists(paints(PART), max_size=6))
def test_fields_left_out_keep_what_earlier_acts_said(first: Paint, later: list[Paint]) -> None:
    whole = msgspec.structs.replace(first, start=START, to=None)
    found = timeline("p", acts([whole, *later]), LATE)
    for day in days():
        here = next(s for s in found if day in s.days)
        over = [p for p in [whole, *later] if covers(p, day)]
        for name in ("rate", "note"):
            said = [p for p in over if getattr(p, name) is not None]
            assert here.fields[name] == getattr(said[-1], name)
            assert here.cites[name].paragraph == said[-1].cite
        # a paint that does not name a state brings the provision back to life
        assert here.state == (over[-1].state or "active")


@given(st.lists(paints(FULL), min_size=2, max_size=5), st.randoms())
def test_acts_on_days_of_their_own_may_come_in_any_order(said: list[Paint], rng: Any) -> None:
    apart = [
        msgspec.structs.replace(
            p, start=START + timedelta(12 * n), to=START + timedelta(12 * n + 1 + n)
        )
        for n, p in enumerate(said)
    ]
    mixed = list(apart)
    rng.shuffle(mixed)
    one, two = timeline("p", acts(apart), LATE), timeline("p", acts(mixed), LATE)
    assert [(s.days, s.fields) for s in one] == [(s.days, s.fields) for s in two]


@given(st.lists(paints(FULL), max_size=6), st.integers(0, 6))
def test_a_timeline_as_known_is_that_of_the_acts_then_known(said: list[Paint], n: int) -> None:
    known = START + timedelta(n)
    before = [(a, d) for a, d in acts(said) if d <= known]
    assert timeline("p", acts(said), known) == timeline("p", before, known)


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


def forget(ledger: Ledger, known: date) -> Ledger:
    """The ledger as it stood at the end of a day: acts, endings, texts and events after it gone."""
    measures = {}
    for name, measure in ledger.measures.items():
        kept = []
        for act, day in ledger.acts(measure):
            if day <= known:
                ended = act.resolved
                late = ended is not None and ended.known > known
                kept.append(msgspec.structs.replace(act, resolved=None) if late else act)
        if kept:
            measures[name] = msgspec.structs.replace(measure, acts=kept)
    return replace(
        ledger,
        measures=measures,
        instruments={k: i for k, i in ledger.instruments.items() if i.public <= known},
        events=[e for e in ledger.events if e.date <= known and e.instrument in
                {k for k, i in ledger.instruments.items() if i.public <= known}],
    )  # fmt: skip


def plain(view_: Any) -> tuple[Any, ...]:
    return view_.active, view_.listed, view_.unknown


KNOWN = [
    date(2025, m, d)
    for m, d in ((1, 31), (2, 1), (2, 3), (2, 12), (2, 13), (3, 3), (3, 5), (3, 6), (3, 10),
                 (3, 25), (3, 28), (4, 1), (4, 2), (4, 7), (4, 8), (4, 9), (4, 11), (4, 28),
                 (4, 29), (5, 11), (6, 2))
]  # fmt: skip
ON = [date(2025, 1, 15), date(2025, 3, 4), date(2025, 3, 12), date(2025, 4, 2), date(2025, 4, 9),
      date(2025, 4, 11), date(2025, 5, 14), date(2025, 8, 20)]  # fmt: skip


@pytest.mark.parametrize("known", KNOWN, ids=str)
def test_known_never_leaks(ledger: Ledger, known: date) -> None:
    then = forget(ledger, known)
    for on in ON:
        for threatened in (False, True):
            assert plain(view(ledger, on, known, threatened=threatened)) == plain(
                view(then, on, known, threatened=threatened)
            )
    assert moments(ledger, known=known) == moments(then, known=known)
    assert all(m.known <= known for m in moments(ledger, known=known))
    assert all(p.known <= known for p in view(ledger, ON[3], known).listed)


@settings(max_examples=30, deadline=None)
@given(st.dates(date(2025, 1, 1), date(2025, 7, 1)), st.dates(date(2025, 1, 1), date(2025, 7, 1)))
def test_a_status_is_what_it_says(on: date, known: date) -> None:
    ledger = Ledger.load()
    for p in view(ledger, on, known).listed:
        start = p.days.start
        assert start is not None
        assert p.known <= known
        match p.status:
            case "in_force" | "suspended":
                assert on in p.days
            case "conditional":
                assert on in p.days or start > on
            case "signed":
                assert start > on
            case "ended" | "void":
                assert start <= on
                assert on not in p.days or p.fields["state"] == p.status
            case _:
                assert p.status in ("threatened", "proposed")
                assert p.says


def test_what_had_not_begun_is_not_ended(ledger: Ledger) -> None:
    """EO 14380 on Cuban oil took effect on 30 January 2026, EO 14382 on Iran on 7 February."""
    late = {"us/ieepa/cuban-oil", "us/ieepa/iran-trade"}
    before = view(ledger, date(2025, 10, 5), ledger.verified_to).listed
    assert {p.status for p in before if p.measure in late and p.name == "general"} == {
        "conditional"
    }
    after = view(ledger, ledger.verified_to, ledger.verified_to).listed
    assert {p.status for p in after if p.measure in late and p.name == "general"} == {"ended"}


def test_the_pause_is_in_the_timeline_and_the_first_date_is_not(ledger: Ledger) -> None:
    told = [m for m in moments(ledger, known=date(2025, 6, 2)) if "Canada" in m.title]
    days_ = {m.day for m in told if m.kind == "effective" and m.measure == "us/ieepa/fentanyl-ca"}
    assert date(2025, 3, 4) in days_  # EO 14197 s. 3(a)
    assert not [m for m in told if m.day == date(2025, 2, 4) and "25%" in m.title]
    then = moments(ledger, known=date(2025, 2, 1))
    assert [m for m in then if m.day == date(2025, 2, 4) and "25%" in m.title]


def test_the_reciprocal_day_was_not_known_in_february(ledger: Ledger) -> None:
    # the memorandum of 13 February 2025 names no day; the President named 2 April on 6 March
    for known, day in ((date(2025, 2, 20), date(2025, 4, 1)), (date(2025, 3, 6), date(2025, 4, 2))):
        rows = [
            p for p in view(ledger, date(2025, 3, 1), known).listed
            if p.id == "us/ieepa/reciprocal#baseline"
        ]  # fmt: skip
        assert [p.days.start for p in rows] == [day]
        assert rows[0].status == "threatened"


# -- citations and counts --------------------------------------------------------------------------

COUNTS = {  # oracles 14, where encoded
    ("ca/surtax/united-states-2025-1", "goods"): 1270,
    ("ca/surtax/steel-and-aluminum-2025", "goods"): 539,
    ("ca/surtax/second-list", "goods"): 4416,
    ("us/s232/autos", "parts"): 130,
    ("us/s232/copper", "copper"): 80,
    ("us/s232/trucks", "parts"): 182,
    ("us/s232/semiconductors", "lines"): 10,
    ("us/s232/pharmaceuticals", "july"): 131,
    ("us/s232/pharmaceuticals", "september"): 149,
    ("us/s232/steel", "annex-1c"): 28,
    ("us/s232/steel", "moved-june"): 39,
    ("us/ieepa/fentanyl-ca", "energy"): 294,
    ("us/ieepa/fentanyl-ca", "potash"): 7,
}


@pytest.mark.parametrize(("measure", "annex"), sorted(COUNTS))
def test_the_lists_have_the_published_counts(ledger: Ledger, measure: str, annex: str) -> None:
    assert ledger.measures[measure].annexes[annex].count == COUNTS[measure, annex]
    assert len(ledger.annexes[measure, annex]) == COUNTS[measure, annex]


def test_every_annex_has_as_many_lines_as_its_measure_promises(ledger: Ledger) -> None:
    for measure in ledger.measures.values():
        folder = Path(ledger.places_of[measure.measure]).parent
        for annex in measure.annexes.values():
            rows = (folder / annex.file).read_text("utf-8").splitlines()
            assert len(rows) - 1 == annex.count, annex.file
            assert len(set(rows)) == len(rows), annex.file
            assert annex.cite
            assert annex.source
            assert annex.confidence in "HML"


def test_the_metals_order_lies_within_the_second_list(ledger: Ledger) -> None:
    metals = {r["code"] for r in ledger.annexes["ca/surtax/steel-and-aluminum-2025", "goods"]}
    second = {r["code"] for r in ledger.annexes["ca/surtax/second-list", "goods"]}
    first = {r["code"] for r in ledger.annexes["ca/surtax/united-states-2025-1", "goods"]}
    assert metals <= second
    assert not first & metals
    heads = [c[:2] for c in metals]
    assert (heads.count("73"), heads.count("72"), heads.count("76")) == (136, 134, 29)


def test_annex_i_has_the_rates_of_the_schedule(ledger: Ledger) -> None:
    # HTSUS headings 9903.01.43-.76, 2025 revision 9; China stands in its own provision
    rates = {r["origin"]: r["rate"] for r in ledger.annexes["us/ieepa/reciprocal", "rates-annex-i"]}
    assert len(rates) == 56
    known = {
        "VN": 46,
        "EU27": 20,
        "JP": 24,
        "KR": 25,
        "IN": 26,
        "CH": 31,
        "TW": 32,
        "TH": 36,
        "KH": 49,
        "LS": 50,
        "NO": 15,
        "CM": 11,
        "CD": 11,
        "MG": 47,
        "LA": 48,
        "LK": 44,
        "MM": 44,
        "FK": 41,
        "SY": 41,
        "BA": 35,
        "BW": 37,
        "PK": 29,
        "ZA": 30,
        "VU": 22,
    }
    assert {k: rates[k] for k in known} == {k: f"{v}%" for k, v in known.items()}


def test_every_paint_is_cited_to_an_instrument_with_an_address(ledger: Ledger) -> None:
    for measure in ledger.measures.values():
        assert measure.authority in ledger.manifest.authorities
        for act in measure.acts:
            source = ledger.instruments[act.instrument]
            assert source.url.startswith("https://")
            assert source.confidence in "HML"
            if act.status != "signed":
                assert act.says
            for said in act.provisions.values():
                for one in said if isinstance(said, list) else [said]:
                    assert one.cite, (measure.measure, act.instrument)


@pytest.mark.parametrize("on", ON, ids=str)
def test_every_value_of_a_provision_carries_its_citation(ledger: Ledger, on: date) -> None:
    titles = {i.title for i in ledger.instruments.values()}
    for p in view(ledger, on, date(2025, 6, 2)).listed:
        assert set(p.fields) == set(p.cites)
        for cite in (p.citation, *p.cites.values()):
            assert any(cite.startswith(t) for t in titles)
            assert not cite.endswith(",")


def test_the_hash_follows_every_file(ledger: Ledger, tmp_path: Path) -> None:
    import shutil

    copy = Path(shutil.copytree(LAW, tmp_path / "law"))
    assert Ledger.load(copy).digest == ledger.digest
    path = copy / "events.yaml"
    path.write_text(path.read_text("utf-8") + "# a remark\n", encoding="utf-8")
    assert Ledger.load(copy).digest != ledger.digest


@pytest.mark.parametrize(
    ("known", "later"),
    [("2025-06-30", ("August", "December")), ("2025-08-01", ("December",))],
)
def test_a_note_on_a_quota_tells_no_later_quota(known: str, later: tuple[str, ...]) -> None:
    day = date.fromisoformat(known)
    quota = [
        p
        for p in view(Ledger.load(), day, day).listed
        if p.id.startswith("ca/surtax/steel-quota-2025#")
    ]
    notes = " ".join(p.fields.get("note") or "" for p in quota)
    assert "100 % of 2024 volumes" in notes or "50 % of 2024 volumes" in notes
    assert not [word for word in later if word in notes]
