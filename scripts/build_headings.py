"""Keep law/headings.csv: the chapter 99 headings under which US provisions are filed.

    python scripts/build_headings.py hts_2025_rev_9.json.gz hts_2025_rev_18.json.gz …

Rows of single countries (9903.01.43 to .76 and 9903.02.02 to .71) are read from the schedule's
exports, oldest first: the heading, its country, its rate. All other rows are kept as written. The
exports are those of all chapters from hts.usitc.gov, named by revision.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

from surtax import places
from surtax.errors import UnknownNameError
from surtax.ledger.headings import FILE, read_headings
from surtax.ledger.htsfile import read_export
from surtax.ledger.load import LAW

COUNTRY = "us/ieepa/reciprocal#country-rates"
SPANS = {"99030143": ("99030176", "2025-04-09", "2025-04-10"),
         "99030202": ("99030271", "2025-08-07", "2026-02-24")}  # fmt: skip
ENDS = {"JP": "2025-09-16", "KR": "2025-11-14", "CH": "2025-11-14", "LI": "2025-11-14"}
"""The day from which another heading took over; Japan kept its own until the notice."""
NAMES = {
    "Burma": "MM", "Myanmar (Burma)": "MM", "Democratic Republic of the Congo": "CD",
    "European Union": "EU27", "member nations of the European Union": "EU27",
}  # fmt: skip


def place(name: str) -> str:
    """The code of a country as the schedule names it."""
    text = re.sub("[’`]", "'", name).replace("D'Ivoire", "d'Ivoire").strip()
    text = text.removeprefix("the ").strip()
    return NAMES.get(text) or places.place(text).code


def countries(words: str) -> list[str]:
    """The countries in “articles the product of … , as provided for”."""
    found = re.search(r"articles the product of (.+?),? (?:as provided|with an ad)", words)
    if not found:
        return []
    whole = found.group(1)
    try:
        return [place(whole)]
    except UnknownNameError:
        parts = re.split(r",? or |,? and |, ", whole)
        return [place(part) for part in parts if part.strip()]


def main(paths: list[str]) -> None:
    kept = [row for row in read_headings(LAW / FILE) if row["provision"] != COUNTRY]
    rows: dict[str, dict[str, str]] = {}
    for path in map(Path, paths):
        revision = path.name.split(".")[0].replace("hts_", "HTS ").replace("_", " ")
        for line in read_export(path):
            for first, (last, start, end) in SPANS.items():
                if not first <= line.code <= last or line.code == "99030163":
                    continue
                here = countries(line.path[-1])
                if not here or (here == ["EU27"] and first == "99030202") or line.code in rows:
                    continue
                heading = f"{line.code[:4]}.{line.code[4:6]}.{line.code[6:]}"
                to = ENDS.get(here[0], end) if first == "99030202" else end
                rows[line.code] = {
                    "heading": heading, "provision": COUNTRY, "from": start, "to": to,
                    "origins": " ".join(here), "says": "duty", "source": revision,
                }  # fmt: skip
    closed = [row for row in rows.values() if row["from"] < row["to"]]
    table = sorted(kept + closed, key=lambda row: (row["heading"], row["provision"], row["from"]))
    with (LAW / FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    print(f"{len(kept)} rows kept, {len(closed)} of single countries")


if __name__ == "__main__":
    main(sys.argv[1:])
