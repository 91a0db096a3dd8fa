"""Headers of files of entries, and the canonical columns that they become.

Three families are known. *surtax*: the canonical names themselves, with everyday words for them.
*ACE*: the report “ES-003 Entry Summary Line Tariff Details” of US Customs and Border Protection,
whose lines are the tariff numbers of an entry line; days are month first. *CARM*: the data elements
of Canada's Commercial Accounting Declaration, under the names by which the Canada Border Services
Agency calls them; the layout of an export of them is not published, so the names are matched and
their order is free. Case, spaces and punctuation never matter.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from surtax.duty.entries.columns import FACT, NEEDED
from surtax.errors import DataError, InputError, unknown

PAID = "paid."
CURRENCY = "currency"
ENTRY_LINE = "entry_line"
SPI = "spi"
TREATMENT = "treatment"

SURTAX: dict[str, tuple[str, ...]] = {
    "line": ("line",),
    "entry": ("entry", "entry number", "entry no"),
    ENTRY_LINE: ("entry_line", "line number", "line no"),
    "goods": ("goods", "hs", "hs code", "hts", "hts code", "hts number", "tariff number",
              "commodity code"),
    "origin": ("origin", "from", "country of origin", "origin country", "coo"),
    "into": ("into", "importing country", "import country"),
    "value": ("value", "customs value", "entered value"),
    "on": ("on", "day", "date", "entry date", "day of entry"),
    "claims": ("claims", "claim", "preference"),
    "quantity": ("quantity", "qty"),
    "unit": ("unit", "uom", "unit of measure"),
    CURRENCY: ("currency", "currency code"),
    "liquidated": ("liquidated", "liquidation date"),
    "scheduled": ("scheduled",),
    "filed": ("filed", "chapter 99", "filed headings"),
    "paid": ("paid", "duty paid"),
    "status": ("status",),
    "liquidation": ("liquidation", "liquidation status"),
    "protest": ("protest", "protest status"),
    "reconciliation": ("reconciliation",),
    "drawback": ("drawback",),
    "dumping": ("dumping",),
    "entry_type": ("entry_type", "entry type"),
    "claimed": ("claimed",),
    "decided": ("decided", "notice of decision"),
    "originating": ("originating",),
}  # fmt: skip

ACE: dict[str, tuple[str, ...]] = {
    "entry": ("Entry Summary Number",),
    ENTRY_LINE: ("Entry Summary Line Number",),
    "goods": ("HTS Number - Full", "HTS Number Full"),
    "origin": ("Country of Origin Code",),
    "value": ("Line Tariff Goods Value Amount", "Line Goods Value Amount"),
    "on": ("Entry Date",),
    SPI: ("Line SPI Code", "SPI Code"),
    "quantity": ("Line Tariff Quantity (1)",),
    "unit": ("Line Tariff UOM (1) Code",),
    "paid": ("Line Tariff Duty Amount",),
    "liquidated": ("Liquidation Date",),
    "liquidation": ("Liquidation Status",),
    "protest": ("Protest Status",),
    "reconciliation": ("Reconciliation Indicator",),
    "entry_type": ("Entry Type Code",),
}

CARM: dict[str, tuple[str, ...]] = {
    "entry": ("Transaction number", "CAD transaction number"),
    ENTRY_LINE: ("Commodity line number", "Declaration line number"),
    "goods": ("Classification number", "HS classification number"),
    "origin": ("Country of origin", "Country of origin code"),
    "value": ("Value for duty", "Value for duty (CAD)"),
    "on": ("Release date", "Date of release"),
    TREATMENT: ("Tariff treatment", "Tariff treatment code"),
    "quantity": ("Commodity quantity",),
    "unit": ("Unit of measure", "Unit of measure code"),
    CURRENCY: ("Currency code",),
    "paid": ("Customs duties and surtax",),
}


@dataclass(frozen=True)
class Family:
    """A family of headers.

    Attributes:
        title: what it is.
        names: canonical column → headers.
        into: whose customs these entries are made to, where only one can be meant.
        month_first: whether 04/05/2025 is the fifth of April.
        folded: whether the tariff numbers of an entry line stand on lines of their own.
    """

    title: str
    names: Mapping[str, tuple[str, ...]]
    into: str = ""
    month_first: bool = False
    folded: bool = False


FAMILIES = {
    "surtax": Family("surtax's own columns", SURTAX),
    "ace": Family("ACE report ES-003", ACE, "US", month_first=True, folded=True),
    "carm": Family("CARM, Commercial Accounting Declaration", CARM, "CA"),
}


@dataclass(frozen=True)
class Match:
    """How the columns of a file become canonical ones.

    Attributes:
        family: the family's name.
        columns: header of the file → canonical column.
        unused: headers that become nothing.
    """

    family: str
    columns: dict[str, str]
    unused: tuple[str, ...]

    @property
    def rules(self) -> Family:
        """The family."""
        return FAMILIES[self.family]

    @property
    def shown(self) -> list[str]:
        """One line for each column: “header → column”."""
        return [f"{name} → {column}" for name, column in self.columns.items()]


def plain(header: str) -> str:
    """A header without case, spaces and punctuation; a dot parts a fact from its name."""
    return re.sub(r"[^0-9a-z.]", "", header.strip().lstrip("\ufeff").casefold())


def match(
    headers: Sequence[str],
    facts: Sequence[str] = (),
    given: Mapping[str, str] | None = None,
    optional: Collection[str] = (),
) -> Match:
    """The mapping of a file's headers.

    Args:
        headers: the file's headers, in order.
        facts: names of facts; a header “facts.NAME”, or the bare name, declares one.
        given: canonical column → header, as a person says; before all else.
        optional: columns that need not be there, because an option says the same.

    Raises:
        DataError: a column is named twice, or one that is needed is not there.
        InputError: `given` names a header or a column that does not exist.
    """
    seen: dict[str, str] = {}
    for name in headers:
        if plain(name) and plain(name) in seen:
            raise DataError(
                f"two columns are called “{name}”.", where="header", mend="Rename one of them."
            )
        seen[plain(name)] = name
    chosen = _given(seen, facts, given or {})
    family = max(FAMILIES, key=lambda one: (len(_found(seen, FAMILIES[one])), one == "surtax"))
    columns = dict(chosen)
    taken = set(chosen.values())
    for one in (FAMILIES[family], FAMILIES["surtax"]):
        for header, column in _found(seen, one).items():
            if header not in columns and column not in taken:
                columns[header] = column
                taken.add(column)
    for key, header in seen.items():
        bare = key.removeprefix(FACT)
        fact = next((f for f in facts if plain(f) == bare.partition("@")[0]), "")
        if header not in columns and fact:
            columns[header] = FACT + fact
        elif header not in columns and key.startswith(PAID):
            columns[header] = PAID + header.strip()[len(PAID) :]
    needed = set(NEEDED) - set(optional) - ({"into"} if FAMILIES[family].into else set())
    if lost := [c for c in NEEDED if c in needed and c not in columns.values()]:
        words = " or ".join(f"“{x}”" for x in _headers(family, lost[0]))
        raise DataError(
            f"no column says “{lost[0]}”.",
            where="header",
            mend=f"Call it {words}, or name it with --column {lost[0]}=HEADER.",
        )
    ordered = {h: columns[h] for h in headers if h in columns}
    return Match(family, ordered, tuple(h for h in headers if h not in ordered))


def _headers(family: str, column: str) -> tuple[str, ...]:
    found = FAMILIES[family].names.get(column) or SURTAX[column]
    return found[:3]


def _found(seen: Mapping[str, str], family: Family) -> dict[str, str]:
    """Headers of the file that a family knows; of two for a column, the one it prefers."""
    out: dict[str, str] = {}
    for column, names in family.names.items():
        header = next((seen[plain(n)] for n in names if plain(n) in seen), None)
        if header is not None and header not in out:
            out[header] = column
    return out


def _given(
    seen: Mapping[str, str], facts: Sequence[str], given: Mapping[str, str]
) -> dict[str, str]:
    out = {}
    known = [*SURTAX, SPI, TREATMENT, *(FACT + f for f in facts)]
    for column, header in given.items():
        if column not in known and not column.startswith(PAID):
            raise unknown("column", column, known, where="--column")
        if plain(header) not in seen:
            raise InputError(
                f"the file has no column “{header}”.",
                where=f"--column {column}",
                mend=f"It has {', '.join(list(seen.values())[:12])}.",
            )
        out[seen[plain(header)]] = column
    return out
