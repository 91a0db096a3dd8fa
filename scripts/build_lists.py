"""Write the code lists of the law's annexes beside the measures that name them.

The annexes are published as Federal Register notices, chapter 99 notes and Canadian orders. This
script reads transcriptions of them (a folder with one CSV or text file per annex, named below),
keeps the code column alone, normalises it, checks the count, and writes one CSV per list.

    python scripts/build_lists.py TRANSCRIPTIONS_FOLDER
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from surtax import goods, places

LAW = Path(__file__).parents[1] / "src/surtax/ledger/law"
Row = dict[str, str]


def rows(path: Path) -> list[Row]:
    """The rows of a CSV with a header line; a bare list of codes gets the header “code”."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        lines = [line for line in handle.read().splitlines() if line.strip()]
    first = lines[0].split(",")[0].replace(".", "")
    if first.isdigit():
        return [{"code": r[0]} for r in csv.reader(lines)]
    return list(csv.DictReader(lines))


def write(name: str, codes: Iterable[str], count: int) -> None:
    """One list, sorted, without duplicates; a count other than the promised one stops."""
    kept = sorted({goods.hs(c) for c in codes})
    if len(kept) != count:
        raise SystemExit(f"{name}: {len(kept)} codes, expected {count}")
    _csv(LAW / name, ["code"], [[goods.dotted(c)] for c in kept])


def _csv(path: Path, header: list[str], body: list[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(body)
    print(f"{path.relative_to(LAW)}: {len(body)}")


def pick(path: Path, column: str, keep: Callable[[Row], bool] = lambda _: True) -> list[str]:
    """The codes of one column in the rows that are wanted."""
    return [r[column] for r in rows(path) if keep(r)]


def annex_one(schedule: Path) -> None:
    """Annex I of Executive Order 14257, as headings 9903.01.43 to .76 of the schedule print it.

    China, heading 9903.01.63, stands in the measure itself.
    """
    with gzip.open(schedule) as handle:
        headings = {r["htsno"]: r for r in json.load(handle)}
    body = []
    for number in range(43, 77):
        heading = headings[f"9903.01.{number}"]
        rate = re.search(r"\+ (\d+)%", heading["general"])
        named = re.search(
            r"articles the product of (.+?),? as provided for", heading["description"]
        )
        if number == 63 or not (rate and named):
            continue
        text = re.sub(r"\([^)]*\)", "", named.group(1)).replace(", or ", ", ")
        for name in re.split(r", | or ", text):
            body.append([ANNEX_NAMES.get(name.strip()) or place_code(name), f"{rate.group(1)}%"])
    if len(body) != 56:
        raise SystemExit(f"Annex I: {len(body)} partners, expected 56")
    _csv(LAW / "us/ieepa/reciprocal-annex-i.csv", ["origin", "rate"], sorted(body))


ANNEX_NAMES = {"Côte d`Ivoire": "CI", "Burma": "MM"}
"""Names of the schedule that our places spell otherwise."""


def place_code(name: str) -> str:
    """Our code of a partner; the union is a group of its own."""
    return places.place(re.sub(r"^(the|any member state of the) ", "", name.strip())).code


def main(root: Path) -> None:
    """Build every list."""
    old, new = root / "tariff_lists", root / "tariff_lists_2026"
    carve = new / "fentanyl_carveout_products.csv"
    for category, name, count in (
        ("energy_ca", "fentanyl-ca-energy", 294),
        ("potash_ca", "fentanyl-ca-potash", 7),
        ("potash_mx", "fentanyl-mx-potash", 7),
    ):
        codes = pick(carve, "hts8", lambda r, c=category: r["category"] == c)
        write(f"us/ieepa/{name}.csv", codes, count)

    annex2 = new / "annex_ii_first_appearance.csv"
    original = pick(annex2, "prefix", lambda r: r["first_effective_date"] == "NA")
    write("us/ieepa/reciprocal-annex-ii.csv", original, 1039)
    annex_one(root / "hts_json/hts_2025_rev_9.json.gz")

    metals = rows(new / "s232_metal_chapter_products.csv")

    def metal(kind: str, day: tuple[str, ...], which: str) -> list[str]:
        return [
            r["hts_prefix"]
            for r in metals
            if (r["metal_type"], r["kind"]) == (which, kind) and r["effective_date"] in day
        ]

    write("us/s232/steel-mill.csv", metal("mill", ("",), "steel"), 39)
    write("us/s232/steel-derivatives-2020.csv", metal("derivative", ("",), "steel"), 7)
    write("us/s232/steel-derivatives-2025.csv", metal("derivative", ("2025-03-12",), "steel"), 154)
    write("us/s232/aluminium-mill.csv", metal("mill", ("",), "aluminum"), 9)
    write("us/s232/aluminium-derivatives-2020.csv", metal("derivative", ("",), "aluminum"), 4)
    inside = metal("derivative", ("2025-03-12",), "aluminum")
    write("us/s232/aluminium-derivatives-2025.csv", inside, 19)
    outside = pick(
        new / "s232_derivative_products.csv",
        "hts_prefix",
        lambda r: r["ch99_code"] == "9903.85.08" and r["effective_date"] == "",
    )
    write("us/s232/aluminium-derivatives-outside-76.csv", outside, 77)

    write("us/s232/auto-parts.csv", pick(new / "s232_auto_parts.txt", "code"), 130)

    lists = rows(new / "s301_product_lists.csv")
    for key, name, count in (
        ("1", "china-list-1", 860),
        ("2", "china-list-2", 287),
        ("3", "china-list-3", 6190),
        ("3_addl", "china-list-3-note-20g", 11),
        ("4A", "china-list-4a", 2967),
        ("biden_25", "china-review-25", 348),
        ("biden_50", "china-review-50", 2),
        ("biden_100", "china-review-100", 10),
        ("biden_25_jan25", "china-review-25-2025", 3),
        ("biden_50_jan25", "china-review-50-2025", 18),
    ):
        codes = [r["hts8"] for r in lists if r["list"] == key]
        write(f"us/s301/{name}.csv", codes, count)

    write("ca/surtax/united-states-2025-1.csv", pick(old / "canada-march-list.csv", "code"), 1270)
    metals_ca = pick(old / "canada-steel-list.csv", "code")
    write("ca/surtax/steel-and-aluminum-2025.csv", metals_ca, 539)
    write("ca/surtax/second-list.csv", pick(old / "canada-125b-list.csv", "code"), 4416)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
