"""Why trackers disagree: published rates, the assumptions behind them, and the difference by term.

Four tables of ``trade/data``, by hand, each row with its source:

    trackers.csv         who publishes, what, and where
    tracker_figures.csv  published rates, each with its date
    tracker_terms.csv    what a tracker assumes that the law as recorded does not say
    tracker_lists.csv    lines that a tracker's own lists name

A term is data: a kind and a value. Terms are put on one after the other, in the order of the table,
so that each has its share of the difference between our rate and theirs; what is left over between
our rate under all of a tracker's terms and its published figure is *not explained*.

    known     law as known on a day
    weights   chapters left out of the imports; “collected” leaves out partners without a country
              file of their own
    base      the rate of 1 January 2025 that everything else is added to
    day       law of another day, as known on a day, for some partners: 2025-04-09@2025-04-05
    moved     measures or provisions read of another day: us/s232/autos=2025-04-03
    without   measures or provisions left out
    rates     another rate for a provision, or other words in one of its fields:
              us/ieepa/reciprocal#china=34%, us/s232/autos#usmca-content:of=vehicles+parts
    whole     measures on all of the value, the others on the parts; chapters left as they are
              after a “!”: us/s232/steel!30
    exempt    measures that charge nothing on a list: us/ieepa/reciprocal=budget-lab-exempt
    stamp     rates in per cent in place of all that was added since 1 January 2025, on a list of a
              measure (us/s232/copper:@copper), of the tracker, or all lines: all=15
    printed   partners' rates in per cent as the tracker prints them, in place of ours: CN=31.8
    floor     rates in per cent above which, and no nearer, the tracker prints those of partners:
              CA=10.5; what lies between ours and them is open
    step      percentage points that the tracker's own table moves by where no law changes
    content   facts that bulk trade declares: steel_content=1, or =all_metals for the share of all
              metals together, line by line
    claims    a period of USMCA shares, or one share for each partner: CA=0.65 MX=0.82
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from surtax.errors import DataError, unknown
from surtax.units import parse_date

KINDS = (
    "known", "weights", "base", "day", "moved", "without", "rates", "whole", "exempt", "stamp",
    "printed", "floor", "step", "content", "claims",
)  # fmt: skip


@dataclass(frozen=True)
class Tracker:
    """Who publishes a rate.

    Attributes:
        name: the name it is asked for by.
        title: who and what.
        measure: what the figure measures, in a sentence.
        source: the page or file.
    """

    name: str
    title: str
    measure: str
    source: str


@dataclass(frozen=True)
class Figure:
    """A published rate.

    Attributes:
        tracker: its name.
        on: the day that the rate is of.
        rate: a fraction.
        published: when it was published.
        source: the page or file and what stands there.
        rounding: half a unit of its last digit, a fraction.
    """

    tracker: str
    on: date
    rate: float
    published: str
    source: str
    rounding: float


@dataclass(frozen=True)
class Term:
    """One assumption of a tracker.

    Attributes:
        tracker: its name.
        name: a short name.
        start, end: the days of law on which it is made, half-open; None is open.
        partners: whom it is about; all if empty.
        kind, value: what is done; see the module.
        why: what the tracker says it does, and where; or that we infer it.
    """

    tracker: str
    name: str
    start: date | None
    end: date | None
    partners: tuple[str, ...]
    kind: str
    value: str
    why: str

    def holds(self, on: date) -> bool:
        """Whether the term is made on a day."""
        return (self.start is None or self.start <= on) and (self.end is None or on < self.end)


def trackers() -> dict[str, Tracker]:
    """Every tracker by name."""
    return {
        r["tracker"]: Tracker(r["tracker"], r["title"], r["measure"], r["source"])
        for r in _rows("trackers.csv")
    }


def figures(tracker: str) -> tuple[Figure, ...]:
    """The published figures of a tracker, by date.

    Raises:
        UnknownNameError: no such tracker.
    """
    _known(tracker)
    found = [
        Figure(tracker, parse_date(r["on"]), float(r["rate"]) / 100, r["published"], r["source"],
               0.005 * 10.0 ** -len(r["rate"].partition(".")[2]))
        for r in _rows("tracker_figures.csv")
        if r["tracker"] == tracker
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: one.on))


def terms(tracker: str) -> tuple[Term, ...]:
    """The assumptions of a tracker, in the order in which they are put on.

    Raises:
        UnknownNameError: no such tracker.
        DataError: a kind of term that does not exist.
    """
    _known(tracker)
    found = []
    for r in _rows("tracker_terms.csv"):
        if r["tracker"] != tracker:
            continue
        if r["kind"] not in KINDS:
            raise DataError(f"“{r['kind']}” is no kind of term.", where="tracker_terms.csv",
                            mend=f"Kinds: {', '.join(KINDS)}.")  # fmt: skip
        found.append(
            Term(tracker, r["term"], _day(r["from"]), _day(r["until"]),
                 tuple(r["partners"].split()), r["kind"], r["value"], r["why"])
        )  # fmt: skip
    return tuple(found)


def codes_of(name: str) -> frozenset[str]:
    """The codes of a tracker's own list.

    Raises:
        UnknownNameError: no such list.
    """
    lists = _lists()
    if name not in lists:
        raise unknown("list of a tracker", name, lists, where="tracker_terms.csv")
    return lists[name]


@cache
def _lists() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for r in _rows("tracker_lists.csv"):
        found.setdefault(r["list"], set()).update(r["codes"].split())
    return {name: frozenset(codes) for name, codes in found.items()}


def _known(tracker: str) -> None:
    if tracker not in trackers():
        raise unknown("tracker", tracker, trackers(), where="--as")


def _day(text: str) -> date | None:
    return parse_date(text) if text else None


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = resources.files("surtax.trade").joinpath("data", name).read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))
