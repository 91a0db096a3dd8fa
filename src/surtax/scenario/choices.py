"""Choices: what a scenario changes by hand, beside what the law says.

Some change what every case of the scenario is charged: other governments' answers, measures set
aside, goods exempted, rates laid on top or in place of the law's, shares of content and of
preference claims. The others name the case that `surtax solve` takes unless told otherwise: the
response, the threats, the use of the money, the costs of trade that fall, the horizon. All of them
are assumptions, and say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import msgspec

from surtax import places
from surtax.economy.horizon import HORIZONS
from surtax.errors import ScenarioError, UnitError, unknown
from surtax.ledger import Ledger
from surtax.ledger.rates import rate_of
from surtax.response import recycle
from surtax.response.costs import Cuts
from surtax.trade.assumptions import assumptions
from surtax.units import percent
from surtax.world import barriers
from surtax.world.shock import Wedge

if TYPE_CHECKING:
    from surtax.world.sources.manifest import Manifest

NO_ANSWER = "no-answer"
"""The response in which the player has no measure at all, those in force left out too."""


LEVELS = ("low", "central", "high")
"""Of what is assumed: unknown rates, and shares of content."""


MOST_PARTNERS = 0.5
"""By which costs of selling to partners may fall: half of what they are."""
MOST_RATE = 10.0
"""The highest rate that may be laid by hand."""


class Barriers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A share of the internal barriers that goes; `set` as in `world.barriers`."""

    cut: str
    set: str = "central"


class Partners(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fall of the cost of selling to other partners, in all sectors of goods or in some."""

    cut: str
    sectors: list[str] = []
    towards: list[str] = []


class Cells(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename={"origin": "from"},
):
    """Goods of one treasury's regions that enter those of another.

    Attributes:
        into, origin: treasuries of the world.
        sectors: sectors of goods; all of them unless given.
    """

    into: str
    origin: str
    sectors: list[str] = []


class RateChange(Cells, frozen=True, forbid_unknown_fields=True):
    """A rate on customs value that no law has.

    Attributes:
        add: pp on top of what the law charges, “10%” or “-5%”; no duty falls below nothing.
        to: the whole tariff in place of it.
    """

    add: str = ""
    to: str = ""

    @property
    def rate(self) -> float:
        """The rate, a fraction."""
        return signed_rate(self.add) if self.add else rate_of(self.to)


class Choices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a scenario changes by hand.

    Attributes:
        answers: other governments whose recorded duties on the opponent's goods count as well.
        without: measures read as if they did not exist.
        exempt: goods on which nothing is newly charged.
        rates: rates in place of the law's or on top of it; a later one acts on the earlier.
        contents: shares in place of the assumed ones, by fact.
        claims: of goods of Canada and Mexico that claimed no preference in 2024, the share that
            does; below zero, of those that did, the share that no longer does.
        response: a response; the scenario's first unless given.
        threats: the level of assumed rates at which threats are carried out, or none.
        sharing: who is paid the player's new duties, a rule of `response.recycle`.
        wedge: what a rate on customs value is in a world at basic prices, as of
            `world.shock.Wedge`: “revenue”, which collects what the law does, or “rate”, as charged.
        barriers, partners: costs of trade that fall.
        horizon: whose factor the trade elasticities take; none unless given.
    """

    answers: list[str] = []
    without: list[str] = []
    exempt: list[Cells] = []
    rates: list[RateChange] = []
    contents: dict[str, str] = {}
    claims: str = "0%"
    response: str = ""
    threats: Literal["", "low", "central", "high"] = ""
    sharing: str = ""
    wedge: Wedge = "revenue"
    barriers: Barriers | None = None
    partners: Partners | None = None
    horizon: str = ""

    @property
    def cuts(self) -> Cuts:
        """The costs of trade that fall."""
        return cuts_of(self.barriers, self.partners)

    @property
    def use(self) -> str:
        """The rule of sharing."""
        return self.sharing or recycle.DEFAULT


NONE = Choices()
"""Nothing chosen: the law as it stands, and the first response."""


def check_level(name: str, where: str) -> None:
    """Raises UnknownNameError where a name is none of `LEVELS`."""
    if name not in LEVELS:
        raise unknown("level", name, LEVELS, where=where)


def cuts_of(inside: Barriers | None, outside: Partners | None) -> Cuts:
    """The costs of trade that fall."""
    return Cuts(
        barriers=rate_of(inside.cut) if inside else 0.0,
        barrier_set=inside.set if inside else "central",
        partners=rate_of(outside.cut) if outside else 0.0,
        sectors=tuple(outside.sectors) if outside else (),
        towards=tuple(outside.towards) if outside else (),
    )


def signed_rate(text: str) -> float:
    """A rate that may fall below zero, “10%” or “-5%”; as a fraction.

    Raises:
        UnitError: it is not one.
    """
    sign = text[:1] in ("-", "−")
    try:
        value = rate_of(text[1:] if sign else text)
    except UnitError:
        raise UnitError(f"“{text}” is not a rate.", mend="Write it as 25% or -5%.") from None
    return -value if sign else value


def rate_text(value: float) -> str:
    """A fraction as files write it: 0.125 is “12.5%”; to the millionth that `rate_of` reads."""
    digits = (Decimal(repr(round(value, 6) + 0.0)) * 100).normalize()
    return f"{digits:f}%"


def check_cuts(cuts: Cuts, manifest: Manifest, what: str) -> None:
    """Every name in cuts must exist, and none may cut more than there is.

    Raises:
        UnknownNameError: a barrier set, sector or partner that does not exist.
        ScenarioError: a cut too large.
    """
    if cuts.barrier_set not in barriers.available():
        raise unknown("barrier set", cuts.barrier_set, barriers.available())
    if cuts.barriers > 1.0 or cuts.partners > MOST_PARTNERS:
        raise ScenarioError(
            f"{what} cuts more than there is.",
            mend="Barriers fall by 100 % at most, costs towards partners by "
            f"{percent(MOST_PARTNERS, 0)}.",
        )
    _known("sector", cuts.sectors, manifest.sector_names)
    _known("partner", cuts.towards, {r.treasury for r in manifest.regions})


def check(choices: Choices, responses: Iterable[str], ledger: Ledger, manifest: Manifest) -> None:
    """Every name, rate and share of choices must be one.

    Raises:
        UnknownNameError: a measure, treasury, sector, fact, response, rule or horizon that does
            not exist; names the nearest.
        UnitError, ScenarioError: a rate or share that is not one.
    """
    for measure in choices.without:
        ledger.measure(measure)
    for name in choices.answers:
        places.place(name)
    treasuries = {r.treasury for r in manifest.regions}
    goods = {s.name for s in manifest.sectors if s.goods}
    for cells in (*choices.exempt, *choices.rates):
        _known("treasury", [cells.into, cells.origin], treasuries)
        _known("sector of goods", cells.sectors, goods)
        if cells.into == cells.origin:
            raise ScenarioError(
                f"“{cells.into}” charges no duty on its own goods.", mend="Name two treasuries."
            )
    for one in choices.rates:
        if bool(one.add) == bool(one.to):
            raise ScenarioError(
                f"the rate on goods from {one.origin} into {one.into} is not told one way.",
                mend="Give add (on top of the law) or to (in place of it).",
            )
        if abs(one.rate) > MOST_RATE:
            raise UnitError(
                f"“{one.add or one.to}” is beyond any duty.",
                mend=f"{percent(MOST_RATE, 0)} at most.",
            )
    for fact, share in choices.contents.items():
        _known("assumed share", [fact], {a.fact for a in assumptions()})
        if rate_of(share) > 1.0:
            raise UnitError(f"“{share}” is not a share.", mend="Write it as 50%.")
    if not -1.0 <= signed_rate(choices.claims) <= 1.0:
        raise UnitError(f"“{choices.claims}” is not a share.", mend="Write it as 50% or -50%.")
    if choices.response:
        _known("response", [choices.response], [*responses, NO_ANSWER])
    recycle.sharing(choices.use)
    check_cuts(choices.cuts, manifest, "the scenario")
    if choices.horizon:
        _known("horizon", [choices.horizon], HORIZONS)


def _known(kind: str, names: Iterable[str], valid: Iterable[str]) -> None:
    held = list(valid)
    for name in names:
        if name not in held:
            raise unknown(kind, name, held)
