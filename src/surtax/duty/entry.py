"""An entry: one line of goods presented at a border, with what the importer claims and declares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from surtax import goods, places
from surtax.errors import InputError, UnitError, unknown
from surtax.ledger.load import Ledger
from surtax.ledger.rates import ENTRY, rate_of
from surtax.units import cents, parse_date, parse_money, parse_share

T = TypeVar("T")


@dataclass(frozen=True)
class Entry:
    """A line of entry.

    Attributes:
        goods: HS code, digits only; eight or ten of them.
        origin: the country of origin.
        into: the place whose customs rates it; the European Union for its members.
        value: customs value in the importer's currency.
        claims: preferences claimed.
        facts: declared facts, in their units: share, day ordinal, 1 or 0.
        quantity: quantity in `unit`, for duties per unit.
        unit: the unit of the quantity.
    """

    goods: str
    origin: str
    into: str
    value: Decimal
    claims: frozenset[str] = frozenset()
    facts: dict[str, float] = field(default_factory=dict)
    quantity: Decimal | None = None
    unit: str = ""

    def quantity_in(self, unit: str) -> Decimal | None:
        """The quantity in a unit, if it is given; one that names no unit is in that asked for."""
        if unit == ENTRY:
            return Decimal(1)
        return self.quantity if self.unit in ("", unit) else None


SPECIAL = "99"
"""The chapter of the US schedule whose numbers stand for duties and reliefs, not for goods."""
HEADINGS = {2: "chapter", 4: "heading", 6: "subheading"}


def make_entry(
    ledger: Ledger,
    code: str,
    *,
    origin: str,
    into: str,
    value: str | float | Decimal,
    claims: tuple[str, ...] | list[str] = (),
    facts: Mapping[str, object] | None = None,
    quantity: str | None = None,
    unit: str = "",
    on: date | None = None,
) -> Entry:
    """An entry from what a person wrote; every part checked.

    Raises:
        InputError: a code, place, amount, claim or fact that is not one, or a claim that the
            origin is not entitled to.
    """
    digits = _at("goods", goods.hs, code)
    if len(digits) < 8:
        raise UnitError(
            f"“{code}” is a {HEADINGS[len(digits)]}; a duty needs the tariff line.",
            where="goods",
            mend="Give eight or ten digits, such as 8703.23.01.",
        )
    day = on or ledger.verified_to
    border = places.border_of(_at("--into", places.place, into).code, day)
    if border not in ledger.by_imposer:
        raise unknown("importing country", into, ledger.by_imposer, where="--into")
    if border not in places.CURRENCIES:
        raise InputError(
            f"no currency is known for duties into {places.place(into).name}.",
            where="--into",
            mend=f"Entries are rated into {', '.join(places.CURRENCIES)}.",
        )
    if border == "US" and digits.startswith(SPECIAL):
        raise InputError(
            f"“{code}” is a number of chapter {SPECIAL}, which goods bear beside their own.",
            where="goods",
            mend="Give the number of the goods; the duties of the chapter are told with it.",
        )
    source = _at("--from", places.origin, origin)
    country = country_of(origin, day)
    if country in places.customs_territory(border, day):
        raise InputError(
            f"goods of {source.name} do not pay duty into {places.place(into).name}.",
            where="--from, --into",
            mend="Name two countries.",
        )
    amount = cents(parse_money(str(value), where="--value"))
    if amount == 0:
        raise UnitError("the value is zero.", where="--value", mend="Give the customs value.")
    claims = [claim_name(ledger, c) for c in claims]
    for name in claims:
        claim = ledger.claims[name]
        if claim.to and (on or ledger.verified_to) >= claim.to:
            raise InputError(
                f"{name} cannot be claimed on {on or ledger.verified_to}: {claim.note}.",
                where="--claim",
                mend="Leave the claim out, or give an earlier day.",
            )
        if country not in claim.origins or border not in claim.into:
            raise InputError(
                f"goods of {source.name} cannot claim {name} into {places.place(into).name}.",
                where="--claim",
                mend=f"It is open to {', '.join(claim.origins)}.",
            )
    declared = {name: fact_value(ledger, name, text) for name, text in (facts or {}).items()}
    fit_whole(ledger, declared)
    return Entry(
        digits,
        country,
        border,
        amount,
        frozenset(claims),
        declared,
        _quantity(quantity) if quantity is not None else None,
        unit,
    )


def claim_name(ledger: Ledger, word: str) -> str:
    """The name of a claim, by it or an alias.

    Raises:
        UnknownNameError: no claim is called so.
    """
    names = {a: k for k, c in ledger.claims.items() for a in (k, *c.aliases)}
    if word.casefold() not in names:
        raise unknown("claim", word, ledger.claims, where="--claim")
    return names[word.casefold()]


WHOLE = 1.0 + 1e-9
"""What shares of one whole sum to at the most, but for the last digit of a float."""


def apart(ledger: Ledger, names: Iterable[str]) -> list[list[str]]:
    """The facts among some that are shares of one whole, of which no part belongs to two."""
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        if whole := ledger.facts[name].apart:
            found.setdefault(whole, []).append(name)
    return [some for some in found.values() if len(some) > 1]


def above_whole(ledger: Ledger, declared: Mapping[str, float]) -> list[str]:
    """Declared shares of one whole that are more than it together; none where all fit."""
    sums = {tuple(some): sum(declared[n] for n in some) for some in apart(ledger, declared)}
    return [name for some, whole in sums.items() if whole > WHOLE for name in some]


def fit_whole(ledger: Ledger, declared: Mapping[str, float]) -> None:
    """Refuse shares of one whole that are more than it together.

    Raises:
        UnitError: they are.
    """
    if names := above_whole(ledger, declared):
        mend = "They share the value: give at most 100 % together."
        raise UnitError(too_much(names), where="--fact", mend=mend)


def too_much(names: Iterable[str]) -> str:
    """That shares of one whole are more than it together."""
    return f"{', '.join(names)} are more than the whole value together."


def too_late(ledger: Ledger, name: str, day: float, on: date) -> str:
    """That a declared day, which cannot come after that of entry, does; empty if it is no such day.

    Args:
        ledger: the law.
        name: the fact.
        day: its value.
        on: the day of entry.
    """
    kind = ledger.facts[name.partition("@")[0]]
    if not kind.by_entry or not day > on.toordinal():
        return ""
    return f"{name} is {date.fromordinal(int(day))}, after the entry of {on}."


def _quantity(text: str) -> Decimal:
    amount = parse_money(text, where="--quantity", what="a quantity")
    if amount == 0:
        raise UnitError(
            "the quantity is zero.", where="--quantity", mend="Give the quantity, or leave it out."
        )
    return amount


def country_of(origin: str, on: date) -> str:
    """The code of the country of origin that a person named; a province means its country.

    Raises:
        UnknownNameError: no place carries the name.
        InputError: a group of countries.
    """
    source = _at("--from", places.origin, origin)
    if source.kind == "group":
        inside = sorted(places.members(source.code, on))
        raise InputError(
            f"“{origin}” is a group of countries; an entry has one origin.",
            where="--from",
            mend=f"Name a member: {', '.join(inside)}.",
        )
    return "CA" if source.kind in ("province", "territory") else source.code


def _at(where: str, read: Callable[[str], T], text: str) -> T:
    """What `read` makes of a text; its errors name the place."""
    try:
        return read(text)
    except InputError as error:
        raise type(error)(error.what, where=error.where or where, mend=error.mend) from None


def fact_value(ledger: Ledger, name: str, said: object) -> float:
    """A declared fact: a share or rate, a day as its ordinal, yes or no as 1 or 0.

    Args:
        ledger: the law.
        name: the fact.
        said: its value as text, or as what Python has for it: True, 0.5, a date.

    Raises:
        InputError: no such fact, or not a value of its kind.
    """
    kind = ledger.facts.get(name)
    if kind is None:
        raise unknown("fact", name, ledger.facts, where="--fact")
    where = f"--fact {name}"
    text = ("no", "yes")[said] if isinstance(said, bool) else str(said)
    if kind.type == "share":
        return parse_share(text, where=where)
    if kind.type == "rate":
        return _at(where, rate_of, text)
    if kind.type == "date":
        return float(parse_date(text, where=where).toordinal())
    if text.casefold() in ("yes", "true", "1"):
        return 1.0
    if text.casefold() in ("no", "false", "0"):
        return 0.0
    raise UnitError(f"“{text}” is neither yes nor no.", where=where, mend="Write yes or no.")
