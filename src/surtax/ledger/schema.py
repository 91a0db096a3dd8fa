"""The shape of a measure file, an instrument and an annex; every field typed.

A measure's six slots are its identity and authority (`Measure`), country scope, product scope,
rate, time, and interactions. A measure is a set of named *provisions* of seven kinds:

- ``duty``: origins, goods and a rate;
- ``relief``: a duty that is not owed when a claim or a fact holds, or for listed goods;
- ``basis``: the part of the value that a duty is levied on;
- ``precedence``: a duty that yields to another measure on the same article;
- ``fee``: what is charged beside the duties, such as a user fee or an internal tax;
- ``drawback``: whether the duty is given back when the goods, or what is made of them, leave again;
- ``zone``: under which status goods enter a foreign trade zone, and which day's rates they owe.

*Acts* are signed, published, threatened or proposed; each paints fields onto provisions over an
interval of days. Later acts paint over earlier ones; nothing is edited away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Literal

import msgspec

Kind = Literal["duty", "relief", "basis", "precedence", "fee", "drawback", "zone"]
Status = Literal[
    "in_force", "signed", "threatened", "proposed", "conditional", "suspended", "ended", "void"
]
State = Literal["active", "suspended", "ended", "void", "conditional"]
Confidence = Literal["H", "M", "L"]
CHARGES = ("duty", "fee")
"""Kinds of provision that bear a rate."""
TERMS = ("drawback", "zone")
"""Kinds of provision that say what becomes of a duty, and change nothing of what is owed."""
Clock = Literal["entered", "imported", "withdrawn", "loaded", "exported", "contracted"]
CLOCKS: dict[str, str] = {
    "imported": "imported",
    "withdrawn": "withdrawn",
    "loaded": "shipped",
    "exported": "exported",
    "contracted": "contracted",
}
"""Clocks other than the day of entry, each with the fact that declares its day."""
SCHEDULE = "us/hts/general"
"""The name of the US schedule of general rates, which is no measure file."""


class Instrument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A legal text or a public statement.

    Attributes:
        title: what it is called.
        kind: order, proclamation, regulation, notice, statement, press.
        issuer: who issued it.
        signed: the day it was signed or said.
        known: the day it became public; the day of signing unless given.
        gazetted: the day on which the official gazette printed it, if it did.
        url: where the official text stands.
        confidence: H read in the text, M read in a page that reports it, L one weak page.
    """

    title: str
    kind: str
    issuer: str
    signed: date
    url: str
    confidence: Confidence
    known: date | None = None
    gazetted: date | None = None

    @property
    def public(self) -> date:
        """The day from which it was known."""
        return self.known or self.signed


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must hold of an entry; all given parts must.

    Attributes:
        claim: a preference that the importer claims.
        fact: a declared fact; with none of the bounds below it must be true.
        before: the fact, a date, lies before this day.
        at_least: the fact, a share, reaches this share.
        unless: a yes-or-no fact that has not been declared true.
    """

    claim: str | None = None
    fact: str | None = None
    before: date | None = None
    at_least: str | None = None
    unless: str | None = None


class Paint(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from"}):
    """What an act says of one provision from `start` up to but not including `to`.

    Fields left out keep what earlier acts said.

    Attributes:
        start: first day, on the provision's own clock.
        to: first day on which it no longer applies; open if none.
        cite: the paragraph of the act's instrument.
        kind: duty, relief, basis, precedence, fee, drawback or zone; given where the provision
            first appears.
        state: active, suspended, ended, void, or conditional: written to apply only if another
            measure ends, and so in no total.
        note: a sentence for the reader.
        origins, origins_except: places or groups; ALL is every place but the imposer.
        goods, goods_except: HS prefixes, or the name of an annex after “@”.
        rate: a rate as `surtax.ledger.rates` reads it: “25%”, “1.50 USD/kg”, “all-in 15%” …
        least: the least share of the whole value that the duty amounts to.
        rates: an annex of origin and rate, after “@”; overrides `rate` for those origins.
        of: the provisions that a relief, basis or precedence speaks of; all duties of its
            measure if empty. A relief may instead name other measures, or an authority and so
            all that rest on it: “us/s232”; “us/hts” is the schedule of general rates.
        when: what must hold for a relief or basis.
        less: a fact (share of the value) that the basis leaves out.
        share: a fact (share of the value) that the basis consists of.
        floor: the least share left out, when the fact is smaller or not given.
        to_measures: measures or provisions that a precedence yields to.
        subject: when an article counts as subject to them: when it owes them something (owed,
            the default), when they apply to it after their own reliefs, be it at a rate of nothing
            (applies), or when it is in their scope even if relieved (listed).
        leaves: what a precedence leaves to this duty: nothing (the default), or the rest of the
            value, on which the other does not fall.
        clock: the clock on which the days count: entered (the default), imported, withdrawn from
            warehouse, loaded on the final means of transport, exported, or contracted. A day that
            the entry does not declare is its day of entry.
        minimum, maximum: for a fee, the least and the most an entry pays: “32.71 USD”.
        allowed: for drawback, what may be claimed: none, manufacturing (claims under 19 U.S.C.
            1313(a) and (b) alone), or all.
        base: for a fee, what it falls on: the value (the default), or the value with the duties.
    """

    start: date
    cite: str
    to: date | None = None
    kind: Kind | None = None
    state: State | None = None
    note: str | None = None
    origins: list[str] | None = None
    origins_except: list[str] | None = None
    goods: list[str] | None = None
    goods_except: list[str] | None = None
    rate: str | None = None
    rates: str | None = None
    of: list[str] | None = None
    when: Condition | None = None
    less: str | None = None
    share: str | None = None
    floor: str | None = None
    to_measures: list[str] | None = None
    subject: Literal["owed", "applies", "listed"] | None = None
    leaves: Literal["nothing", "rest"] | None = None
    least: str | None = None
    clock: Clock | None = None
    minimum: str | None = None
    maximum: str | None = None
    base: Literal["value", "duty-paid"] | None = None
    allowed: Literal["none", "manufacturing", "all"] | None = None


class Resolved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a threat ended: from `known` on it is told as history."""

    known: date
    instrument: str
    how: str


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One instrument's say on a measure.

    Of one day it says one thing of a provision. A piece may begin within an earlier one that has no
    end, as a step does; other pieces that give a field different values on the same days are an
    error, as is a provision or an annex without a citation.

    Attributes:
        instrument: its id in instruments.yaml.
        provisions: what it paints, by provision name.
        status: signed, threatened or proposed.
        known: when it became known, if not the instrument's day.
        resolved: for a threat, how it ended.
        says: for a threat, who said what, in our words.
    """

    instrument: str
    provisions: dict[str, Paint | list[Paint]]
    status: Literal["signed", "threatened", "proposed"] = "signed"
    known: date | None = None
    resolved: Resolved | None = None
    says: str = ""

    def paints(self, provision: str) -> list[Paint]:
        """What it paints onto a provision, in turn; nothing if it does not speak of it."""
        said = self.provisions.get(provision, [])
        return said if isinstance(said, list) else [said]


class Annex(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list of an instrument, in a CSV beside the measure.

    Attributes:
        file: the CSV's name; its first column is ``code`` (HS prefixes) or ``origin``.
        count: the number of rows that the source has.
        cite: instrument and paragraph.
        source: where the list was read, and how its count compares.
        confidence: H, M or L.
        excerpt: whether the file quotes a few rows of a list that was not read.
    """

    file: str
    count: int
    cite: str
    source: str
    confidence: Confidence
    excerpt: bool = False


class Measure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A measure file.

    Attributes:
        measure: its id, imposer/authority/name, equal to the file's path.
        title: what it is, in a line.
        imposer: the place whose customs territory it guards.
        authority: the statute or programme it rests on.
        acts: what instruments said of it, in order of knowledge.
        annexes: its lists, by name.
        official_value: the amount of trade that its government says it covers, if it did.
        notes: what a reader should know, one sentence each.
    """

    measure: str
    title: str
    imposer: str
    authority: str
    acts: list[Act]
    annexes: dict[str, Annex] = {}
    official_value: str = ""
    notes: list[str] = []

    @property
    def provisions(self) -> list[str]:
        """The names of its provisions, in the order in which its acts name them."""
        return list(dict.fromkeys(name for act in self.acts for name in act.provisions))

    def paints(self) -> Iterator[tuple[str, Paint]]:
        """Each paint of its acts, with the provision's name."""
        for act in self.acts:
            for name in act.provisions:
                yield from ((name, one) for one in act.paints(name))


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A dated statement, meeting, vote or ruling beside the measures."""

    date: date
    kind: str
    title: str
    instrument: str


class FactType(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fact that rules may ask of an entry.

    Attributes:
        type: share, date, yes/no, or a rate of duty.
        unit: the unit of a given value.
        meaning: what it says.
        attested: who must attest it.
        unproven: what the law assumes while it is not proven, in words.
        cite: where the law itself asks for it, if no measure does.
        asked: whether an answer names it where it matters and is missing; what only the odd
            shipment is, such as a donation, counts as untrue unless declared.
        by_entry: whether it is a day that cannot come after that of entry.
        up_to: the value above which no entry has it, “2500 USD”, if there is one.
        apart: of what it is a part, if it is one of several that no value belongs to twice: their
            shares are no more than the whole together.
    """

    type: Literal["share", "date", "bool", "rate"]
    unit: str
    meaning: str
    attested: str
    unproven: str
    asked: bool = True
    by_entry: bool = False
    up_to: str = ""
    apart: str = ""
    cite: str = ""


class Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A preference that an importer may claim.

    Attributes:
        title: what it is.
        into: the places whose customs grant it.
        origins: the origins that may claim it.
        instrument: the agreement.
        aliases: other names of it.
        cite: where each side's law gives it effect.
        symbols: into the United States, its symbols in the special column of the tariff.
        to: the first day on which it can no longer be claimed; open if none.
        note: why it ended.
    """

    title: str
    into: list[str]
    origins: list[str]
    instrument: str
    cite: str
    aliases: list[str] = []
    symbols: list[str] = []
    to: date | None = None
    note: str = ""

    def open(self, origin: str, into: str, on: date) -> bool:
        """Whether goods of an origin may claim it into a place on a day."""
        return origin in self.origins and into in self.into and (self.to is None or on < self.to)


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the ledger as a whole says of itself.

    Attributes:
        complete_from: the first day for which the record is meant to be complete.
        verified_to: the last day for which the record has been checked.
        not_in_answers: by importer, what no answer on an entry includes.
        coverage: what is in, one sentence each.
        missing: what is not in, one sentence each.
        authorities: their full names.
    """

    complete_from: date
    verified_to: date
    not_in_answers: dict[str, list[str]]
    coverage: list[str]
    missing: list[str]
    authorities: dict[str, str]

    def outside(self, *days: date, known: date) -> bool:
        """Whether a day of law, or that of knowledge, lies outside the checked days."""
        return not all(self.complete_from <= day <= self.verified_to for day in (*days, known))


def speaks_of(of: Collection[str] | None, own: str, measure: str, name: str) -> bool:
    """Whether a clause is about a duty: one of its own measure, or of one that it names.

    Args:
        of: the clause's `of`.
        own: the clause's measure.
        measure, name: the duty's measure and provision; the schedule has no provision.
    """
    if abroad := [target for target in of or () if "/" in target]:
        return any(f"{measure}/".startswith(f"{target}/") for target in abroad)
    return own == measure and (not of or name in of)
