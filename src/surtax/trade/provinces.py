"""Which province sells what to the United States, and what its goods pay there.

No public table gives exports of provinces by tariff line. Statistics Canada gives them by twelve
sections of the North American Product Classification System (table 12-10-0175-01); a cell of US
imports from Canada (a sector and chapter) belongs to one section (``data/napcs_sections.csv``, our
reading of the sections' contents), and is shared out between the provinces as their exports in that
section are. So the parts of the provinces add up to Canada's, and differ by what each sells, not by
differences within a section.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surtax.errors import InputError
from surtax.goods import WITHIN
from surtax.places import provinces as all_provinces
from surtax.trade.effective import Effective
from surtax.trade.flows import table
from surtax.trade.sources.statcan import SECTIONS, read_statcan

Array = NDArray[np.float64]

SOURCE = "Statistics Canada, table 12-10-0175-01, {what} by province and section, {year}"
EXPORTS, IMPORTS = "export", "import"
ELSEWHERE = "other partners"


@dataclass(frozen=True, eq=False)
class ProvinceTrade:
    """Trade of the provinces with the United States in one year.

    Attributes:
        provinces: (p,) short codes.
        sections: (k,) names of sections.
        exports: (p, k) domestic exports by province of origin, C$.
        imports: (p, k) imports by province of clearance, C$.
        year: the year.
        source: one sentence.
        notes: what was repaired when a person's own file was read.
    """

    provinces: tuple[str, ...]
    sections: tuple[str, ...]
    exports: Array
    imports: Array
    year: int
    source: str
    notes: tuple[str, ...] = ()

    @property
    def shares(self) -> Array:
        """(p, k) share of each province in the exports of each section; columns add to one."""
        total = self.exports.sum(axis=0)
        even = np.full_like(self.exports, 1.0 / len(self.provinces))
        found: Array = np.divide(self.exports, total, out=even, where=total > 0)
        return found


def years() -> tuple[int, ...]:
    """The years of the embedded table."""
    return tuple(sorted(set(table("province_trade.csv")["year"].to_list())))


def load_provinces(path: str | Path | None = None, year: int | None = None) -> ProvinceTrade:
    """Trade of the provinces: the embedded table (2014 to 2024), or a person's own file.

    Args:
        path: the CSV or zip of table 12-10-0175-01; the embedded figures unless given.
        year: the year; the newest unless given.

    Raises:
        DataError: as `read_statcan`.
        InputError: a year that the table does not have.
    """
    import polars as pl

    notes: list[str] = []
    months: dict[int, int] = {}
    if path is None:
        frame = table("province_trade.csv").with_columns(pl.col("export", "import") * 1000.0)
    else:
        long, notes = read_statcan(path)
        months = dict(long.select("year", "months").unique().iter_rows())
        frame = long.pivot("flow", index=["year", "province", "section"], values="value")
        for name in {EXPORTS, IMPORTS} - set(frame.columns):
            frame = frame.with_columns(pl.lit(0.0).alias(name))
        frame = frame.fill_null(0.0)
    have = sorted(frame["year"].unique().to_list())
    wanted = year or have[-1]
    if wanted not in have:
        raise InputError(f"there is no trade of provinces for {wanted}.", where="--exports-of",
                         mend=f"Years: {have[0]} to {have[-1]}.")  # fmt: skip
    codes = tuple(p.short for p in all_provinces())
    names = tuple(SECTIONS)
    sums = np.zeros((2, len(codes), len(names)))
    for row in frame.filter(pl.col("year") == wanted).iter_rows(named=True):
        at = codes.index(row["province"]), names.index(row["section"])
        sums[0][at] += row[EXPORTS]
        sums[1][at] += row[IMPORTS]
    if months.get(wanted, 12) < 12:
        notes.append(f"{months[wanted]} of the twelve months of {wanted} are in the file")
    said = SOURCE.format(what="exports to the United States", year=wanted)
    said = said if path is None else f"{path}: {said}"
    return ProvinceTrade(codes, names, sums[0], sums[1], wanted, said, tuple(notes))


@cache
def _sections() -> dict[tuple[str, str], str]:
    file = resources.files("surtax.trade").joinpath("data", "napcs_sections.csv")
    rows = csv.DictReader(file.read_text("utf-8").splitlines())
    return {(r["sector"], r["chapter"]): r["section"] for r in rows}


def section_of(sector: str, chapter: str) -> str:
    """The section to which goods of a sector and chapter belong."""
    known = _sections()
    wider = WITHIN.get(sector, sector)
    return known.get((sector, chapter)) or known.get((sector, "")) or known[wider, ""]


def split(found: Effective, trade: ProvinceTrade) -> Array:
    """(c, p) share of each cell that each province sells; zero for cells of other partners.

    Raises:
        InputError: rates of another importer than the United States.
    """
    if found.into != "US":
        raise InputError(
            "the province of export belongs to goods of Canada.",
            where="--by province",
            mend="Ask for --into US.",
        )
    at = [
        trade.sections.index(section_of(str(s), str(c)))
        for s, c in zip(found.sector, found.chapter, strict=True)
    ]
    shares: Array = trade.shares.T[at]
    return np.where((found.place == "CA")[:, None], shares, 0.0)


def by_province(
    found: Effective, trade: ProvinceTrade, keys: list[str] | None = None
) -> list[dict[str, Any]]:
    """Imports, duty and rate by province of export, other partners together; adds to the total.

    Args:
        found: rates into the United States.
        trade: the provinces' exports.
        keys: "authority" or "sector" besides, if wanted.
    """
    beside = [k for k in keys or [] if k != "province"]
    bad = [k for k in beside if k not in ("authority", "sector")]
    if bad or len(beside) > 1:
        raise InputError(
            f"provinces cannot be shown by “{', '.join(beside)}” as well.", where="--by",
            mend="Choose province, province,authority or province,sector.",
        )  # fmt: skip
    shares = split(found, trade)
    rest = 1.0 - shares.sum(axis=1)
    names = [*trade.provinces, ELSEWHERE]
    whole = np.column_stack([shares, rest])
    admitted = found.imports - found.barred
    groups: list[tuple[dict[str, Any], Array, Array]] = []
    every = np.ones(len(found.imports))
    if beside == ["sector"]:
        for name in np.unique(found.sector).tolist():
            groups.append(({"sector": name}, found.total, (found.sector == name).astype(float)))
    elif beside == ["authority"]:
        groups = [({"authority": a}, duty, every) for a, duty in found.by_authority.items()]
    else:
        groups = [({}, found.total, every)]
    rows = []
    for said, duty, mask in groups:
        for k, name in enumerate(names):
            part = whole[:, k] * mask
            imports, owed = float(part @ found.imports), float(part @ duty)
            if not imports and not owed:
                continue
            base = float(part @ admitted)
            rows.append({"province": name, **said, "imports": imports, "duty": owed,
                         "rate": owed / base if base else None})  # fmt: skip
    return sorted(rows, key=lambda r: (r["province"] == ELSEWHERE, -abs(float(r["duty"]))))
