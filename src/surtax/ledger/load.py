"""Load the ledger: every measure, instrument, annex, event and fact, checked as it is read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from surtax import goods, keeping, places
from surtax.errors import LedgerError, SurtaxError, UnitError, unknown
from surtax.ledger.annexes import annex_rows
from surtax.ledger.rates import rate_of, read_amount, read_rate
from surtax.ledger.schema import (
    CLOCKS,
    SCHEDULE,
    Act,
    Claim,
    Event,
    FactType,
    Instrument,
    Manifest,
    Measure,
    Paint,
)
from surtax.ledger.text import line_holding, read_yaml
from surtax.units import Interval, parse_share

if TYPE_CHECKING:
    from surtax.ledger.query import View

LAW = Path(str(files("surtax.ledger") / "law"))


@dataclass(frozen=True, eq=False)
class Ledger:
    """The law as data, with two time axes.

    Attributes:
        measures: every measure by id.
        instruments: every instrument by id.
        events: dated statements and talks beside the measures.
        facts: the closed table of facts that rules may ask for.
        claims: the preferences that an importer may claim.
        manifest: coverage and the verified-to date.
        annexes: (measure id, annex name) → rows.
        digest: SHA-256 of all files read, in order of path.
        places_of: each measure's file.
        root: the folder that was read.
    """

    measures: dict[str, Measure]
    instruments: dict[str, Instrument]
    events: list[Event]
    facts: dict[str, FactType]
    claims: dict[str, Claim]
    manifest: Manifest
    annexes: dict[tuple[str, str], list[dict[str, str]]]
    digest: str
    places_of: dict[str, Path] = field(default_factory=dict)
    root: Path = LAW

    @classmethod
    def load(cls, folder: Path | str | None = None) -> Ledger:
        """The embedded ledger, read once in a process, or the one in a folder of the same layout.

        Raises:
            LedgerError: a file does not follow the schema, names what does not exist, or an
                annex does not have the count it promises; with file and line.
        """
        return _load(Path(folder)) if folder else _embedded()

    @property
    def verified_to(self) -> date:
        """The last day for which the record has been checked."""
        return self.manifest.verified_to

    def at(
        self, on: date, known: date | None = None, *, threatened: bool | Collection[str] = False
    ) -> View:
        """What the law says on day `on`, as known at the end of day `known`.

        Args:
            on: the law's date, on each instrument's own clock.
            known: the day of knowledge; the verified-to date unless given.
            threatened: let threats with a known rate enter, as if carried out as told: all
                of them, or those on the measures named.
        """
        from surtax.ledger.query import view

        return view(self, on, known or self.verified_to, threatened=threatened)

    def acts(self, measure: Measure) -> list[tuple[Act, date]]:
        """A measure's acts with the day each became known, in that order."""
        dated = [(a, a.known or self.instruments[a.instrument].public) for a in measure.acts]
        return sorted(dated, key=lambda pair: pair[1])

    def cite(self, instrument: str, paragraph: str) -> str:
        """A citation in words: the instrument's title and the paragraph."""
        return f"{self.instruments[instrument].title}, {paragraph}".rstrip(", ")

    def codes(self, measure: str, items: list[str]) -> frozenset[str]:
        """HS prefixes of a goods scope, annexes resolved; “all” gives the empty prefix."""
        return self._codes(measure, tuple(items))

    @keeping.kept
    def _codes(self, measure: str, items: tuple[str, ...]) -> frozenset[str]:
        out: set[str] = set()
        for item in items:
            if item == "all":
                out.add("")
            elif item.startswith("@"):
                out.update(map(goods.hs, [r["code"] for r in self.annexes[measure, item[1:]]]))
            else:
                out.add(goods.hs(item))
        return frozenset(out)

    def origins(self, measure: Measure, items: list[str], on: date) -> frozenset[str]:
        """Place codes of an origin scope; ALL gives every place outside the imposer's customs."""
        if items == ["ALL"]:
            return frozenset(places.codes()) - places.customs_territory(measure.imposer, on)
        return places.expand(items, on)

    def rates(self, measure: str, annex: str | None, on: date) -> dict[str, str]:
        """Rates of single origins as the record writes them, by place; a group's for its members.

        Args:
            measure: its id. annex: the list of rates that a provision names; none gives no rates.
            on: the day of the groups' members.
        """
        return {place: row["rate"] for place, row in self.rate_rows(measure, annex, on).items()}

    def rate_rows(self, measure: str, annex: str | None, on: date) -> dict[str, dict[str, str]]:
        """Rows of a list of rates, by place: `rate`, and `instrument` and `cite` if they differ."""
        if annex in (None, "none"):
            return {}
        return {
            place: row
            for row in self.annexes[measure, annex.removeprefix("@")]
            for place in {row["origin"]} | places.expand([row["origin"]], on)
        }

    @cached_property
    def by_imposer(self) -> dict[str, list[Measure]]:
        """Measures by the place that imposes them."""
        out: dict[str, list[Measure]] = {}
        for measure in self.measures.values():
            out.setdefault(measure.imposer, []).append(measure)
        return out

    def measure(self, name: str) -> Measure:
        """A measure by id; an unknown id is an error with the nearest."""
        if name not in self.measures:
            raise unknown("measure", name, self.measures)
        return self.measures[name]


@cache
def _embedded() -> Ledger:
    return _load(LAW)


def _load(root: Path) -> Ledger:
    import hashlib

    if not root.is_dir():
        raise LedgerError(
            "there is no ledger here.", where=str(root), mend="Name a folder of measure files."
        )
    instruments = read_yaml(root / "instruments.yaml", dict[str, Instrument])
    facts = read_yaml(root / "facts.yaml", dict[str, FactType])
    claims = read_yaml(root / "claims.yaml", dict[str, Claim])
    events = read_yaml(root / "events.yaml", list[Event])
    manifest = read_yaml(root / "ledger.yaml", Manifest)
    paths = sorted(p for p in root.rglob("*.yaml") if p.parent != root)
    measures: dict[str, Measure] = {}
    annexes: dict[tuple[str, str], list[dict[str, str]]] = {}
    where: dict[str, Path] = {}
    for path in paths:
        measure = read_yaml(path, Measure)
        expected = path.relative_to(root).with_suffix("").as_posix()
        if measure.measure != expected:
            raise LedgerError(
                f"the measure calls itself “{measure.measure}” but stands at “{expected}”.",
                where=str(path),
                mend="Make the id and the path the same.",
            )
        measures[measure.measure] = measure
        where[measure.measure] = path
        for name, annex in measure.annexes.items():
            file = path.parent / annex.file
            rows = annex_rows(file, instruments, rates=name.startswith("rates"))
            if len(rows) != annex.count:
                raise LedgerError(
                    f"the annex has {len(rows)} rows, the measure promises {annex.count}.",
                    where=str(file),
                    mend="Check the list against the instrument.",
                )
            if not (annex.cite.strip() and annex.source.strip()):
                raise LedgerError(
                    f"the annex “{name}” does not say where its list stands.",
                    where=line_holding(path, f"“{annex.file}”"),
                    mend="Name the instrument in cite, and in source how the list was read.",
                )
            annexes[measure.measure, name] = rows
    digest = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.suffix in (".yaml", ".csv")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    ledger = Ledger(
        measures, instruments, events, facts, claims, manifest, annexes, digest.hexdigest(), where,
        root,
    )  # fmt: skip
    for event in events:
        _known_instrument(ledger, event.instrument, root / "events.yaml")
    for claim in claims.values():
        _known_instrument(ledger, claim.instrument, root / "claims.yaml")
    for measure in measures.values():
        _check(ledger, measure)
    return ledger


def _known_instrument(ledger: Ledger, name: str, path: Path) -> None:
    if name not in ledger.instruments:
        error = unknown("instrument", name, ledger.instruments)
        raise LedgerError(error.what, where=line_holding(path, error.what), mend=error.mend)


def _check(ledger: Ledger, measure: Measure) -> None:
    """Every name that a measure uses must exist, every rate must be one."""
    path = ledger.places_of[measure.measure]
    names = set(measure.provisions)
    act: Act | None = None
    name = ""
    try:
        if not measure.acts:
            raise LedgerError("the measure has no acts.", mend="Say what instruments ordered.")
        places.place(measure.imposer)
        if measure.authority not in ledger.manifest.authorities:
            raise unknown("authority", measure.authority, ledger.manifest.authorities)
        for act in measure.acts:
            _known_instrument(ledger, act.instrument, path)
            if act.resolved:
                _known_instrument(ledger, act.resolved.instrument, path)
            for name in act.provisions:
                for paint in act.paints(name):
                    _check_paint(ledger, measure, name, paint, names)
                _check_versions(name, act.paints(name))
            name = ""
        first: set[str] = set()
        for act, _ in ledger.acts(measure):
            for name in act.provisions:
                if name not in first:
                    _check_head(name, act.paints(name)[0])
                first.add(name)
    except SurtaxError as error:
        at = next((n for n, one in enumerate(measure.acts) if one is act), 0)
        where = error.where or line_holding(path, error.what, act=at, provision=name)
        raise LedgerError(error.what, where=where, mend=error.mend) from None


def _check_versions(name: str, pieces: list[Paint]) -> None:
    """One act says one thing of a day.

    A later piece may begin within an earlier one that has no end: a step. Any other two pieces
    that give a field different values on the same days overlap.
    """
    for n, later in enumerate(pieces):
        for earlier in pieces[:n]:
            step = earlier.to is None and earlier.start < later.start
            apart = not Interval(later.start, later.to).overlaps(
                Interval(earlier.start, earlier.to)
            )
            if step or apart:
                continue
            for key in later.__struct_fields__[3:]:  # all but the days and the citation
                one, other = getattr(earlier, key), getattr(later, key)
                if key != "note" and None not in (one, other) and one != other:
                    raise LedgerError(
                        f"the act says two things of “{name}” from "
                        f"{max(earlier.start, later.start)}: {key} is {one} and {other}.",
                        mend="Let one piece end before the other begins.",
                    )


def _check_head(name: str, head: Paint) -> None:
    """A provision begins with its kind and with what that kind needs."""
    if head.kind is None:
        raise LedgerError(
            f"the provision “{name}” never says its kind.",
            mend="Write kind: duty, relief, basis, precedence, fee, drawback or zone.",
        )
    has, wanted = {
        "duty": (bool(head.goods and (head.rate or head.rates)), "goods and a rate"),
        "fee": (bool(head.goods and head.rate), "goods and a rate"),
        "relief": (bool(head.when or head.goods or head.origins), "when, goods or origins"),
        "basis": (bool(head.less) != bool(head.share), "either less or share"),
        "precedence": (bool(head.to_measures), "to_measures"),
        "drawback": (bool(head.allowed), "allowed"),
        "zone": (bool(head.note), "a note"),
    }[head.kind]
    if not has:
        raise LedgerError(
            f"the provision “{name}” is a {head.kind} and needs {wanted}.", mend=f"Give {wanted}."
        )


_WORDS = {"date": "day", "share": "share", "bool": "yes or no", "rate": "rate"}


def _check_paint(
    ledger: Ledger, measure: Measure, name: str, paint: Paint, names: set[str]
) -> None:
    if paint.to is not None and paint.to <= paint.start:
        raise UnitError(
            f"the interval of “{name}” from {paint.start} to {paint.to} is empty.",
            mend="The end must come after the start.",
        )
    if not paint.cite.strip():
        raise LedgerError(
            f"the provision “{name}” cites nothing.", mend="Name the paragraph in cite."
        )
    for origin in (paint.origins or []) + (paint.origins_except or []):
        if origin != "ALL":
            places.expand([origin], paint.start)
    for item in (paint.goods or []) + (paint.goods_except or []):
        if item.startswith("@"):
            if item[1:] not in measure.annexes:
                raise unknown("annex", item[1:], measure.annexes)
        elif item != "all":
            goods.hs(item)
    declared = None
    if paint.rate not in (None, "unknown", "prohibited"):
        declared = read_rate(str(paint.rate)).fact
    bounds = [read_amount(money) for money in (paint.minimum, paint.maximum) if money]
    if len(bounds) > 1 and bounds[0] > bounds[1]:
        raise UnitError(
            f"the least of “{name}”, {paint.minimum}, is more than the most, {paint.maximum}.",
            mend="Turn the two round.",
        )
    if paint.rates not in (None, "none"):
        annex = str(paint.rates).removeprefix("@")
        if annex not in measure.annexes or not annex.startswith("rates"):
            lists = [a for a in measure.annexes if a.startswith("rates")]
            raise unknown("annex of rates", annex, lists)
    if paint.when and paint.when.claim and paint.when.claim not in ledger.claims:
        raise unknown("claim", paint.when.claim, ledger.claims)
    when = paint.when
    tested = "date" if when and when.before else "share" if when and when.at_least else "bool"
    for fact, kind in (
        (paint.less, "share"), (paint.share, "share"),
        (when and when.fact, tested), (when and when.unless, "bool"),
        (declared, "rate"), (CLOCKS.get(paint.clock or "entered"), "date"),
    ):  # fmt: skip
        if fact and fact not in ledger.facts:
            raise unknown("fact", fact, ledger.facts)
        if fact and ledger.facts[fact].type != kind:
            raise LedgerError(
                f"the fact “{fact}” is a {_WORDS[ledger.facts[fact].type]}, not a {_WORDS[kind]}.",
                mend="Test a day with before, a share with at_least, a yes or no with neither; "
                "declare a rate.",
            )
    if paint.least is not None:
        rate_of(paint.least)
    for share in (paint.floor, paint.when and paint.when.at_least):
        if share:
            parse_share(share)
    for target in paint.of or []:
        if "/" in target:
            border = measure.imposer.lower()
            resting = (f"{border}/{one}" for one in ledger.manifest.authorities)
            reached = (*ledger.measures, *resting, SCHEDULE)
            if not any(f"{one}/".startswith(f"{target}/") for one in reached):
                raise unknown("measure", target, reached)
        elif target not in names:
            raise unknown("provision", target, names)
    for target in paint.to_measures or []:
        base, _, part = target.partition("#")
        if base not in ledger.measures:
            raise unknown("measure", base, ledger.measures)
        parts = ledger.measures[base].provisions
        if part and part not in parts:
            raise unknown("provision", part, parts)
