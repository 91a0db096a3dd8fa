"""Write the schedules of Canada's orders of 4 September 2026 beside the measures that name them.

The Orders in Council are published as web pages, both languages in one: P.C. 2026-0785 (United
States Surtax Order (2026)) and P.C. 2026-0786 (the steel and aluminum order amended). This script
takes the pages as downloaded from https://orders-in-council.canada.ca/ (attachments 48943 and
48944), reads the English schedules and checks how many tariff items each has.

    python scripts/build_canada_orders.py PC_2026-0785.html PC_2026-0786.html
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

LAW = Path(__file__).parents[1] / "src/surtax/ledger/law/ca/surtax"
COUNTS = {"1": 21, "2": 172, "3": 142, "4": 14}
METAL_COUNTS = {"1": 2, "1.1": 27, "2": 21, "2.1": 244}


def schedules(page: Path) -> dict[str, list[str]]:
    """Tariff items of each schedule of the English text, which the French text follows."""
    text = re.sub(r"<[^>]+>", " ", page.read_text("utf-8"))
    parts = re.split(r"\bSCHEDULE\s+(\d(?:\.\d)?)\b", text)[1:]
    found: dict[str, list[str]] = {}
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        english = re.split(r"Décret|ANNEXE", body)[0]
        found[name] = re.findall(r"\b\d{4}\.\d{2}\.\d{2}\b", english)
    return found


def write(name: str, items: list[str]) -> None:
    """One list, in order, each item once."""
    rows = sorted(set(items))
    if len(rows) != len(items):
        raise SystemExit(f"{name}: an item stands twice")
    (LAW / name).write_text("\n".join(["code", *rows]) + "\n", "utf-8")
    print(f"{name}: {len(rows)}")


def checked(page: Path, counts: dict[str, int]) -> dict[str, list[str]]:
    """The schedules of a page, if they have as many items as the order has."""
    found = schedules(page)
    sizes = {name: len(items) for name, items in found.items()}
    if sizes != counts:
        raise SystemExit(f"{page}: schedules of {sizes} items, expected {counts}")
    return found


def main(order: str, metals: str) -> None:
    lists = checked(Path(order), COUNTS)
    for number, rate in (("1", 15), ("2", 25), ("3", 50)):
        write(f"united-states-2026-{rate}.csv", lists[number])
    lists = checked(Path(metals), METAL_COUNTS)
    write("metals-2026-25.csv", lists["1"] + lists["2"])
    write("metals-2026-50.csv", lists["1.1"] + lists["2.1"])


if __name__ == "__main__":
    main(*sys.argv[1:])
