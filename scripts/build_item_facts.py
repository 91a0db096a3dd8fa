"""Write what is known of single goods for the choice of lists: end use and substitutability.

    pip install rdata
    python scripts/build_item_facts.py FOLDER

FOLDER holds two tables of the R package *concordance* (Liao, Kim, Miyano and Zhang), as it ships
them: ``hs6_bec4.RData`` and ``sigma_hs0.RData``. What they carry is official or published:

- the end use of each subheading: United Nations Statistics Division, Classification by Broad
  Economic Categories, Rev. 4 (Statistical Papers, Series M, No. 53), and its correspondence with
  the Harmonized System; written as prefixes, a prefix only where it differs from the shorter one;
- elasticities of substitution between the origins of a good, by importer and three digits of the
  Harmonized System: Broda, Greenfield and Weinstein (2017), "From groundnuts to globalization: A
  structural estimate of trade and growth", Research in Economics 71(4).

``health.csv`` beside them is no output of a script. Its twelve prefixes were typed: the reference
list of the World Customs Organization and the World Health Organization (edition 3.01) is issued
as a document, and no copy in a format that a program reads was at hand. Nine rows cite it, and
were not held against it again. Three, goods for the sick and the disabled, rest on the text of
their own headings in the Harmonized System 2022.
"""

from __future__ import annotations

import csv
import sys
import warnings
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

OUT = Path(__file__).parents[1] / "src/surtax/response/data"
IMPORTERS = {"CAN": "CA", "USA": "US"}


def prefixes(of_code: dict[str, str]) -> list[tuple[str, str]]:
    """The shortest table of prefixes from which every code's value follows by the longest one."""
    rows: list[tuple[str, str]] = []

    def cut(prefix: str, codes: list[str], inherited: str) -> None:
        if not codes:
            return
        values = Counter(of_code[c] for c in codes)
        own = inherited
        if prefix and (inherited == "" or len(values) == 1):
            own = max(sorted(values), key=values.__getitem__)
        if own != inherited:
            rows.append((prefix, own))
        if set(values) == {own}:
            return
        width = len(prefix) + 2
        for longer in sorted({c[:width] for c in codes}):
            cut(longer, [c for c in codes if c[:width] == longer], own)

    cut("", sorted(of_code), "")
    return rows


def write(name: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """One table."""
    with (OUT / name).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def main(folder: Path) -> None:
    """Write both tables and say how many rows they have."""
    import rdata

    warnings.simplefilter("ignore")
    uses = rdata.read_rda(str(folder / "hs6_bec4.RData"))["hs6_bec4"]
    of_code = {str(r.HS6_6d): str(r.BEC4_3d).rstrip("0") for r in uses.itertuples()}
    rows = prefixes(of_code)
    for code, value in of_code.items():
        found = max((p for p, _ in rows if code.startswith(p)), key=len)
        assert dict(rows)[found] == value, code
    write("end_use.csv", ("prefix", "bec"), rows)
    sigma = rdata.read_rda(str(folder / "sigma_hs0.RData"))["sigma_hs0"]
    kept = sorted(
        (IMPORTERS[str(r.iso3c)], str(r.HS0_3d), f"{float(r.sigma):.4g}")
        for r in sigma.itertuples()
        if str(r.iso3c) in IMPORTERS
    )
    write("sigma.csv", ("importer", "prefix", "sigma"), kept)
    print(f"{len(of_code)} subheadings in {len(rows)} prefixes, {len(kept)} elasticities")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
