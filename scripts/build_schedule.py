"""Build the embedded US tariff schedule in ``src/surtax/ledger/data`` from the USITC's exports.

Reads the export (JSON, as hts.usitc.gov gives it, gzipped) of each edition named in ``EDITIONS``
from one folder and writes

    hts_lines.parquet     one row per eight-digit line and span of days in which its rates hold:
                          hs8, from, to (null: open), general, special, column2 (texts)
    hts_suffixes.parquet  one row per ten-digit number and span of days: hs10, from, to, units
    hts_lineage.csv       day, old, new: numbers that ended, and those that their goods went to
    hts_editions.csv      the editions, the first day of what each prints (from), and the day from
                          which it was the USITC's current one (current)

Chapter 99 (temporary changes) is left out: it belongs to the ledger's measures. Texts that differ
in print but not in meaning are one text, the newest. Where two editions differ in meaning, the day
is that of the law that made the change: staged reductions under trade agreements fall on
1 January; statistical numbers change on the days that the Committee for Statistical Annotation of
the Tariff Schedules (Tariff Act of 1930, section 484(f)) set.

The numbers that a number's goods went to are found in the two editions themselves. The Committee
cannot move goods from one tariff line to another, so they are among the numbers that began on the
same day under the same line: those with its words, else those under the nearest description that
both share. That names where the goods can have gone; which of several, no edition says.

Usage: python scripts/build_schedule.py FOLDER [-o OUT]
"""

from __future__ import annotations

import argparse
import csv
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from surtax.goods import dotted
from surtax.ledger.htsfile import Line, read_export
from surtax.ledger.ratetext import Duty, read, read_special

OUT = Path(__file__).parents[1] / "src/surtax/ledger/data"
OPEN = date(2025, 1, 1)


class Edition(NamedTuple):
    """An edition; the days on which what is new in it took effect (None: nothing may be new)."""

    file: str
    title: str
    current: date
    rates: date | None = None
    numbers: date | None = None


EDITIONS = (
    Edition("hts_2025_basic.json.gz", "2025, basic edition", OPEN),
    Edition("hts_2025_rev_9.json.gz", "2025, revision 9", date(2025, 4, 11)),
    Edition(
        "hts_2025_rev_18.json.gz", "2025, revision 18", date(2025, 8, 7), None, date(2025, 7, 1)
    ),
    Edition(
        "hts_2026_rev_10.json.gz", "2026, revision 10", date(2026, 6, 8),
        date(2026, 1, 1), date(2026, 2, 1),
    ),
)  # fmt: skip

OMITTED = {"4420190000", "9401696031"}
"""Lacking in the export of the basic edition alone; trade under them is on record before it (US
Census Bureau, imports for consumption 2024), so they were in force."""

Rates = tuple[str, str, str]
Book = dict[str, Line]


def book(path: Path) -> tuple[dict[str, Rates], Book]:
    """Rates by eight-digit line, and the ten-digit numbers, of one edition."""
    lines: dict[str, Rates] = {}
    numbers: Book = {}
    for line in read_export(path):
        if len(line.code) < 8 or line.code.startswith("99"):
            continue
        lines.setdefault(line.code[:8], (line.general, line.special, line.column2))
        if len(line.code) == 10:
            numbers[line.code] = line
    return lines, numbers


def meaning(rates: Rates) -> object:
    """What rate texts say, however they are printed."""

    def of(duty: Duty) -> object:
        words = duty.text if duty.kind in ("refers", "conditional", "unread") else ""
        return duty.kind, duty.parts, duty.less, duty.least, duty.headings, words

    general, special, column2 = rates
    groups = sorted(((sorted(s.symbols), of(s.duty)) for s in read_special(special)), key=str)
    return of(read(general)), groups, of(read(column2))


def line_rows(books: list[dict[str, Rates]]) -> list[tuple[object, ...]]:
    """(hs8, from, to, general, special, column2), spans in order."""
    spans: dict[str, list[tuple[date, date | None, Rates]]] = {}
    for edition, lines in zip(EDITIONS, books, strict=True):
        if gone := [c for c in spans if c not in lines]:
            raise SystemExit(f"{edition.title}: lines ended without a day: {gone[:5]}")
        for code, rates in lines.items():
            if code not in spans:
                if edition is not EDITIONS[0] and f"{code}00" not in OMITTED:
                    raise SystemExit(f"{edition.title}: {code} began without a day")
                spans[code] = [(OPEN, None, rates)]
                continue
            start, _, before = spans[code][-1]
            if meaning(before) == meaning(rates):
                spans[code][-1] = (start, None, rates)
            elif edition.rates is None:
                raise SystemExit(f"{edition.title}: {code} changed without a day: {rates}")
            else:
                spans[code][-1] = (start, edition.rates, before)
                spans[code].append((edition.rates, None, rates))
    return [(code, a, b, *rates) for code in sorted(spans) for a, b, rates in spans[code]]


def number_rows(books: list[Book]) -> list[tuple[object, ...]]:
    """(hs10, from, to, units), spans in order."""
    spans: dict[str, list[tuple[date, date | None, str]]] = {}
    for edition, numbers in zip(EDITIONS, books, strict=True):
        for code in [c for c in spans if c not in numbers and spans[c][-1][1] is None]:
            assert edition.numbers, f"{edition.title}: {code} ended without a day"
            spans[code][-1] = (spans[code][-1][0], edition.numbers, spans[code][-1][2])
        for code, line in numbers.items():
            units = ";".join(line.units)
            known = spans.setdefault(code, [])
            if known and known[-1][1] is None:
                if known[-1][2] == units:
                    continue
                assert edition.numbers, f"{edition.title}: units of {code} changed without a day"
                known[-1] = (known[-1][0], edition.numbers, known[-1][2])
            first = edition is EDITIONS[0] or code in OMITTED
            start = OPEN if first else edition.numbers
            assert start, f"{edition.title}: {code} began without a day"
            known.append((start, None, units))
    return [(code, *span) for code in sorted(spans) for span in spans[code]]


def lineage(books: list[Book]) -> list[tuple[str, str, str]]:
    """(day, old, new) of the numbers that ended."""
    out = set()
    for edition, before, after in zip(EDITIONS[1:], books, books[1:], strict=False):
        ended, begun = sorted(set(before) - set(after)), sorted(set(after) - set(before))
        for new in begun:
            for old in forebears(after[new], [before[c] for c in ended if c[:8] == new[:8]]):
                out.add((str(edition.numbers), dotted(old.code), dotted(new)))
        for old in (before[c] for c in ended if not any(dotted(c) == o for _, o, _ in out)):
            same = [after[c] for c in begun if c[:8] == old.code[:8]]
            kept = [after[c] for c in sorted(after) if c[:8] == old.code[:8]]
            out |= {
                (str(edition.numbers), dotted(old.code), dotted(new.code))
                for new in heirs(old, same or kept)
            }
    return sorted(out)


def forebears(new: Line, ended: list[Line]) -> list[Line]:
    """Lines whose goods may have gone to a line that began."""
    path = trail(new)
    ended_at = {old.code: trail(old) for old in ended}
    if named := [o for o in ended if ended_at[o.code][-1] in path and ended_at[o.code][-1] != REST]:
        return named
    shared = {o.code: common(ended_at[o.code], path) for o in ended}
    nearest = [o for o in ended if shared[o.code] == max(shared.values())]
    rests = [o for o in nearest if ended_at[o.code][-1].split()[0] == REST]
    first = path[-1].split()[0]
    alike = [o for o in ended if ended_at[o.code][-1].split()[0] == first and first not in SMALL]
    return alike + [o for o in rests if o not in alike] or nearest


def heirs(old: Line, new: list[Line]) -> list[Line]:
    """The lines under the nearest description that they share with an old line."""
    path = trail(old)[:-1]
    shared = [common(path, trail(one)) for one in new]
    return [one for one, depth in zip(new, shared, strict=True) if depth == max(shared)]


REST = "other"
SMALL = {REST, "of", "with", "for", "in", "containing", "exceeding", "valued", "parts"}


def trail(line: Line) -> list[str]:
    """A line's descriptions without what only their place in the table gives them."""
    return [words.casefold().rstrip(": ").replace(",", "") for words in line.path]


def common(one: list[str], two: list[str]) -> int:
    """How many descriptions two paths share from the top."""
    same = [a == b for a, b in zip(one, two, strict=False)]
    return same.index(False) if False in same else len(same)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--out", type=Path, default=OUT)
    args = parser.parse_args()
    made = build(args.folder)
    args.out.mkdir(parents=True, exist_ok=True)
    for name in ("hts_lines", "hts_suffixes"):
        path = args.out / f"{name}.parquet"
        made[name].write_parquet(path, compression="zstd", compression_level=19)
    for name in ("hts_lineage", "hts_editions"):
        with (args.out / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(made[name].columns)
            writer.writerows(made[name].iter_rows())
    for name, table in made.items():
        print(f"{name}: {table.height} rows")


def build(folder: Path) -> dict[str, pl.DataFrame]:
    """The four tables, by name."""
    books = [book(folder / edition.file) for edition in EDITIONS]
    span = {"from": pl.Date, "to": pl.Date}
    texts = {"general": pl.String, "special": pl.String, "column2": pl.String}
    return {
        "hts_lines": pl.DataFrame(
            line_rows([lines for lines, _ in books]),
            schema={"hs8": pl.String, **span, **texts},
            orient="row",
        ),
        "hts_suffixes": pl.DataFrame(
            number_rows([numbers for _, numbers in books]),
            schema={"hs10": pl.String, **span, "units": pl.String},
            orient="row",
        ),
        "hts_lineage": pl.DataFrame(
            lineage([numbers for _, numbers in books]),
            schema={"day": pl.String, "old": pl.String, "new": pl.String},
            orient="row",
        ),
        "hts_editions": pl.DataFrame(
            [(e.title, str(min(filter(None, e[2:]))), str(e.current)) for e in EDITIONS],
            schema={"edition": pl.String, "from": pl.String, "current": pl.String},
            orient="row",
        ),
    }


if __name__ == "__main__":
    main()
