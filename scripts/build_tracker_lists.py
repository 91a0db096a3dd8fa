"""Write the lists of lines by which a public tracker rates goods, where they are not the law's.

    python scripts/build_tracker_lists.py TARIFF_LISTS EXEMPT

TARIFF_LISTS is the folder ``tariff-lists`` of github.com/tradewartracker/trade-war-redux-2025: CSV
files with a column HTSUS of codes of four to ten digits. EXEMPT is ``resources/
ieepa_exempt_products.csv`` of github.com/Budget-Lab-Yale/tariff-rate-tracker: numbers that pay no
reciprocal duty (column hts10), of which are kept those that the law of 10 April 2025 does not
exempt and that were imported in 2024. Written are one row for each list and heading, the codes
parted by blanks.
"""

from __future__ import annotations

import csv
import sys
from datetime import date
from itertools import groupby
from pathlib import Path

from surtax.duty.lines import Codes
from surtax.ledger import Ledger
from surtax.trade.flows import load_us_imports

OUT = Path(__file__).parents[1] / "src/surtax/trade/data/tracker_lists.csv"
LISTS = {
    "waugh-steel": "steel-tariffs.csv",
    "waugh-aluminium": "alu-tariffs.csv",
    "waugh-autos": "auto-tariffs.csv",
    "waugh-electronics": "consumer_electronics_EO14257_apr11.csv",
    "waugh-annex-ii": "annex-II-exemptions.csv",
    "waugh-november": "annex-II-exemptions-nov14.csv",
    "waugh-removed": "metals-annex-II-removed.csv",
}


def codes(file: Path, column: str = "HTSUS") -> list[str]:
    """The codes of a list, each once, in order."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return sorted({r[column].strip() for r in csv.DictReader(handle)})


def beyond_law(file: Path) -> list[str]:
    """Numbers of a list of exempt goods that the law of 10 April 2025 does not exempt."""
    ledger, measure, day = Ledger.load(), "us/ieepa/reciprocal", date(2025, 4, 10)
    reliefs = {f"{measure}#{name}" for name in ("annex-ii", "electronics", "chapter-98")}
    exempt = frozenset[str]().union(
        *(ledger.codes(measure, p.fields["goods"])
          for p in ledger.at(day, ledger.verified_to).active if p.id in reliefs)
    )  # fmt: skip
    traded = Codes(load_us_imports().codes)
    more = traded.under(frozenset(codes(file, "hts10"))) & ~traded.under(exempt)
    return sorted(traded.text[more].tolist())


def outside_annexes(removed: list[str]) -> dict[str, list[str]]:
    """Numbers of the old lists of metals that no annex of 6 April 2026 names or takes out: derived
    goods, drugs apart, and those of the metals' own chapters.
    """
    ledger = Ledger.load()

    def listed(metal: str, *names: str) -> frozenset[str]:
        return ledger.codes(f"us/s232/{metal}", [f"@{name}" for name in names])

    named = (
        listed("steel", "annex-1a", "annex-1b", "annex-3")
        | listed("aluminium", "annex-1a", "annex-1b", "annex-3")
        | listed("copper", "annex-1a", "annex-1b")
        | frozenset(removed)
    )
    old = listed("steel", "derivatives-june", "derivatives-august-outside") | listed(
        "aluminium", "derivatives-outside-76", "derivatives-august-outside"
    )
    cars = ledger.codes("us/s232/autos", ["@parts"]) | {"8703", "8704"}
    traded = Codes(load_us_imports().codes)
    left = ~traded.under(named)
    chapters = traded.under(frozenset({"72", "73", "76"}))
    derived = traded.under(old) & ~traded.under(frozenset(cars) | {"30"}) & ~chapters
    return {
        "budget-lab-derived": sorted(traded.text[left & derived].tolist()),
        "budget-lab-chapters": sorted(traded.text[left & chapters].tolist()),
    }


def main(folder: Path, exempt: Path) -> None:
    """Write every list."""
    lists = {name: codes(folder / file) for name, file in LISTS.items()}
    lists["budget-lab-exempt"] = beyond_law(exempt)
    lists |= outside_annexes(lists["waugh-removed"])
    with OUT.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["list", "codes"])
        for name, found in lists.items():
            for _, group in groupby(found, key=lambda code: code[:4]):
                writer.writerow([name, " ".join(group)])
            print(name, len(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
