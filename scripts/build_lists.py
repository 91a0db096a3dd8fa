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
    if lines[0].split(",")[0].replace(".", "").isdigit():
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


METALS = {"steel": "steel", "aluminum": "aluminium", "copper": "copper"}
PHARMA_OUT = """2922.19.0900 2934.99.4700 2937.22.0000 2941.90.3000 2941.90.5000 3004.31.0000
    3004.20.0083 3004.32.0060 3004.39.0055 3004.90.9225"""
PHARMA_IN = """2922.19.0910 2922.19.0990 2934.99.4720 2934.99.4730 2934.99.4740 2934.99.4790
    2937.22.0010 2937.22.0090 2941.90.3030 2941.90.3090 2941.90.5030 2941.90.5090 3004.31.0010
    3004.31.0090 3004.20.0042 3004.20.0058 3004.20.0073 3004.20.0074 3004.20.0078 3004.20.0085
    3004.32.0020 3004.32.0080 3004.39.0015 3004.39.0080 3004.90.9212 3004.90.9217 3004.90.9218
    3004.90.9226"""


def section_232(old: Path, new: Path) -> None:
    """Lists of section 232 from June 2025: derivatives, the annexes of 2026, other sectors."""
    folder = "us/s232/"
    august = "2025-08-18"
    derivatives = new / "s232_derivative_products.csv"
    chapters = rows(new / "s232_metal_chapter_products.csv")
    for metal, name, outside, inside in (("steel", "73", 357, 3), ("aluminum", "76", 117, 4)):

        def added(r: Row, metal: str = metal) -> bool:
            return r["derivative_type"] == metal and r["effective_date"] == august

        codes = pick(derivatives, "hts_prefix", added)
        stem = f"{folder}{METALS[metal]}-derivatives-august"
        write(f"{stem}-outside-{name}.csv", codes, outside)
        codes = [
            r["hts_prefix"]
            for r in chapters
            if r["metal_type"] == metal and r["effective_date"] == august
        ]
        write(f"{stem}.csv", codes, inside)

    annexes(old, new)
    write(f"{folder}copper.csv", pick(new / "s232_copper_products.csv", "hts10"), 80)
    write(f"{folder}truck-parts.csv", pick(new / "s232_mhd_parts.txt", "code"), 182)
    write(f"{folder}semiconductors.csv", pick(new / "s232_semi_products.csv", "hts10"), 10)
    pharma = {goods.hs(c) for c in pick(new / "s232_pharma_products.csv", "hts10")}
    write(f"{folder}pharmaceuticals-july.csv", pharma, 131)
    # 91 FR 60360: numbers split, ten taken out, 28 put in
    pharma -= {goods.hs(c) for c in PHARMA_OUT.split()}
    pharma |= {goods.hs(c) for c in PHARMA_IN.split()}
    write(f"{folder}pharmaceuticals-september.csv", pharma, 149)


def annexes(old: Path, new: Path) -> None:
    """Annexes I-A, I-B and III of Proclamation 11021 by metal, and what Proclamation 11032 moved.

    One transcription has the lists as the annex gives them, the other the metal of each number. In
    the metals' own chapters the chapter decides; elsewhere a number takes the metal of the same
    number there, or else of the nearest one above or below.
    """
    chapter = {"72": "steel", "73": "steel", "74": "copper", "76": "aluminium"}
    marked = rows(new / "s232_annex_products.csv")
    metals: dict[str, set[str]] = {}
    for r in marked:
        metals.setdefault(goods.hs(r["hts_prefix"]), set()).add(METALS[r["metal_type"]])

    def metal_of(code: str) -> set[str]:
        if code[:2] in chapter:
            return {chapter[code[:2]]}
        above = [p for p in metals if code.startswith(p)]
        below = [p for p in metals if p.startswith(code)]
        nearest = [max(above, key=len)] if above else below
        return {m for p in nearest for m in metals[p]}

    counts = {
        "1a": {"steel": 178, "aluminium": 25, "copper": 76},
        "1b": {"steel": 300, "aluminium": 88, "copper": 3},
        "3": {"steel": 35, "aluminium": 12},
    }
    for name, file in (("1a", "IA"), ("1b", "IB"), ("3", "III-temporary")):
        codes = {goods.hs(c) for c in pick(old / f"metals-annex-{file}.csv", "HTSUS")}
        codes -= {"9403999020"}  # in Annexes I-B and II of one transcription, in II of the other
        for metal, count in counts[name].items():
            kept = [c for c in codes if metal in metal_of(c)]
            write(f"us/s232/{metal}-annex-{name}.csv", kept, count)
    june = [r for r in marked if r["effective_date"] == "2026-06-08"]
    moved = [r for r in june if r["annex"] == "3"]
    for metal, count in (("steel", 34), ("aluminum", 5)):
        codes = [r["hts_prefix"] for r in moved if r["metal_type"] == metal]
        write(f"us/s232/{METALS[metal]}-annex-3-june.csv", codes, count)
    write("us/s232/metals-moved-june.csv", [r["hts_prefix"] for r in moved], 39)
    codes = [r["hts_prefix"] for r in june if r["annex"] == "1c"]
    write("us/s232/steel-annex-1c.csv", codes, 28)


AUGUST_NAMES = {
    "BOLIVIA": "BO", "BRUNEI": "BN", "CÔTE D`IVOIRE": "CI", "LAOS": "LA", "MOLDOVA": "MD",
    "DEMOCRATIC REPUBLIC OF THE CONGO": "CD", "FALKLAND ISLANDS": "FK", "MYANMAR (BURMA)": "MM",
    "NORTH MACEDONIA": "MK", "SOUTH KOREA": "KR", "SYRIA": "SY", "TAIWAN": "TW", "TURKEY": "TR",
    "UNITED KINGDOM": "GB", "VENEZUELA": "VE", "VIETNAM": "VN",
}  # fmt: skip


def annex_one_august(path: Path, count: int) -> None:
    """Annex I of Executive Order 14326: a rate per country; the European Union stands apart."""
    names = {p.name.upper(): p.code for p in places.places()} | AUGUST_NAMES
    body = sorted([names[r["country_name"]], f"{float(r['rtariff-aug']):g}%"] for r in rows(path))
    if len(body) != count:
        raise SystemExit(f"{path.name}: {len(body)} countries, expected {count}")
    _csv(LAW / "us/ieepa/reciprocal-annex-i-august.csv", ["origin", "rate"], body)


def emergency(old: Path, new: Path) -> None:
    """Lists of the emergency and balance-of-payments duties from June 2025 on."""
    annex_one_august(old / "clean-august-7-tariffs.csv", 68)
    annex2 = new / "annex_ii_first_appearance.csv"
    for column, day, name, count in (
        ("end_effective_date", "2025-07-31", "annex-ii-copper", 76),
        ("end_effective_date", "2025-09-07", "annex-ii-september-out", 8),
        ("end_effective_date", "2025-10-13", "annex-ii-timber", 158),
        ("first_effective_date", "2025-09-08", "annex-ii-september-in", 39),
        ("first_effective_date", "2025-11-13", "annex-ii-farm", 237),
    ):
        found = pick(annex2, "prefix", lambda r, c=column, d=day: r[c] == d)
        # the order names one statistical number of this line, not the line
        found = ["8505.11.00.70" if c == "85051100" else c for c in found]
        write(f"us/ieepa/reciprocal-{name}.csv", found, count)

    write("us/ieepa/brazil-annex-i.csv", pick(old / "brazil-non-airplane-exemptions.csv", "HTSUS"),
          129)  # fmt: skip
    planes = pick(old / "brazil-airplane-exemptions.csv", "HTSUS")
    write("us/ieepa/brazil-annex-i-aircraft.csv", planes, 565)
    path = new / "country_eo_exempt_products.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        orders = list(csv.DictReader(line for line in handle if not line.startswith("#")))
    farm = [r["hts10"] for r in orders if r["effective_date_start"] == "2025-11-13"]
    # the transcription names headings of chapter 99 among the goods
    farm = [c for c in farm if not c.startswith("9903")]
    write("us/ieepa/brazil-farm.csv", farm, 249)

    floors = rows(new / "floor_exempt_products.csv")
    for category, group, name, count in (
        ("civil_aircraft", "korea", "deal-aircraft", 554),
        ("ptaap", "eu", "deal-eu", 219),
        ("ptaap", "swiss", "deal-swiss", 321),
        ("pharma", "eu", "deal-generic-drugs", 807),
    ):
        listed = [
            r["hts8"] for r in floors if (r["category"], r["country_group"]) == (category, group)
        ]
        write(f"us/ieepa/reciprocal-{name}.csv", listed, count)
        if name == "deal-aircraft":
            write("us/s232/civil-aircraft.csv", listed, count)

    for part, name, count in (("product", "annex-ii", 1098), ("aircraft", "aircraft", 546)):
        codes = pick(old / f"section122-{part}-exemptions.csv", "hts_code")
        write(f"us/s122/import-surcharge-{name}.csv", codes, count)


def chinese(root: Path) -> None:
    """Farm goods of Announcement No. 2 of 2025, from transcriptions without a header line.

    The longer one lacks rows 466 to 485 of the annex's 711, and prints the number of row 253 on
    row 252 as well; row 252, live rock lobsters, is 0306.31.90 in the Chinese tariff.
    """
    for share, count in (("15", 29), ("10", 691)):
        path = root / f"china-{share}-percent-030425.csv"
        with path.open(encoding="utf-8-sig", newline="") as handle:
            listed = {int(r[0]): r[1].zfill(8) for r in csv.reader(handle) if r}
        if share == "10":
            listed[252] = "03063190"
        write(f"cn/countermeasures/us-farm-goods-{share}.csv", listed.values(), count)


ALCOHOL_IN = """0406.10.64 0406.10.84 0406.10.88 0406.10.95 0406.20.33 0406.20.53 0406.30.81
    0406.30.91 0406.30.95 0406.40.40 0406.40.54 0406.40.70 0406.90.08 0406.90.12 0406.90.18
    0406.90.42 0406.90.48 0406.90.56 0406.90.59 0406.90.78 0406.90.88 0406.90.95 0406.90.97
    1518.00.40 2208.30.6020 2208.30.6040 2208.30.6055 2208.30.6065 2208.30.6075 2208.70.0030
    4101.50.10 4101.90.10 4107.11.50 4301.60.60 4302.19.30 4302.19.45 4302.19.60 8903.31.00
    8903.32.00 8903.93.20"""
ALCOHOL_OUT = "2208.30.60 2208.70.00"
VEHICLES_IN = """0406.90.99 4802.61.10 4802.61.20 4802.61.60 4802.62.10 4802.62.20 4802.62.30
    4802.62.61 4802.69.10 4802.69.20 4802.69.30 4818.90.0020 7308.90.30 7308.90.60 7308.90.95
    7604.10.10 7604.10.30 7604.10.50 7604.21.00 7604.29.10 7604.29.30 7604.29.50 7608.10.00
    7608.20.00 8307.10.30 8307.90.30 8308.10.00 8308.20.30 8308.20.60 8308.90.30 8308.90.60
    8308.90.90 8309.10.00 8310.00.00 8311.10.00 8311.20.00 8311.30.30 8311.30.60 8537.10.9130
    8537.10.9150 8537.10.9160 8537.10.9170 8703.10.50 8703.21.01 8903.99.21 9401.41.00 9401.49.00
    9401.52.00 9401.53.00 9401.59.00 9401.61.20 9401.69.20 9401.69.40 9401.69.80 9401.80.20
    9401.80.40 9401.80.60 9401.91.15 9401.91.20 9401.99.25 9401.99.35 9401.99.90 9403.30.40
    9403.40.40 9403.40.60 9403.60.40 9403.70.40 9403.82.00 9403.83.00 9403.89.30 9403.89.60
    9404.10.00 9404.21.00 9404.29.10 9404.29.90 9405.21.40 9405.21.60 9405.21.80 9405.29.40
    9405.29.60 9405.29.80 9507.10.0040"""
VEHICLES_OUT = """2501.00.00 2523.29.00 2940.00.60 4803.00.40 4818.90.00 7801.10.00 8537.10.91
    9507.10.00"""
BANNED = """2204.21.20 2204.21.30 2204.21.50 2204.21.60 2204.21.80 2204.22.20 2204.22.40 2205.10.30
    2208.20.20 2208.20.30 2208.20.40 2208.30.6020 2208.30.6055 2208.30.6065 2208.40.20 2208.40.40
    2208.60.10 2208.60.20 2208.70.0030 2208.90.12 2208.90.20 2208.90.25 2208.90.30 2208.90.50
    2208.90.72"""
BANNED_PACKAGED = """2203.00.00 2204.10.00 2204.22.60 2204.22.80 2204.29.61 2204.29.81 2206.00.15
    2206.00.30 2206.00.45 2206.00.60 2206.00.90 2207.10.30 2208.20.10 2208.20.50 2208.20.60
    2208.30.30 2208.30.6040 2208.30.6075 2208.40.60 2208.40.80 2208.50.00 2208.60.50 2208.90.10
    2208.90.14 2208.90.15 2208.90.35 2208.90.40 2208.90.75"""
BANNED_DAIRY = """0404.10.05 0404.10.08 0404.10.11 0404.10.15 0404.10.20 0404.10.48 0404.10.50
    0404.10.90 1702.90.35 1703.10.30 1703.10.50 1703.90.30 1703.90.50 2202.91.00"""


def section_338(old: Path) -> None:
    """Lists of section 338 on Canada: U.S. note 51 in July and September 2026, and the bans."""
    folder = "us/s338/"

    def codes(text: str) -> set[str]:
        return {goods.hs(c) for c in text.split()}

    alcohol = {goods.hs(c) for c in pick(old / "canada-338-alcohol.csv", "HTSUS")}
    vehicles = {goods.hs(c) for c in pick(old / "canada-338-autos.csv", "HTSUS")}
    if not (codes(ALCOHOL_OUT) <= alcohol and codes(VEHICLES_OUT) <= vehicles):
        raise SystemExit("section 338: what leaves a list in September was not on it")
    write(f"{folder}alcohol.csv", alcohol, 63)
    write(f"{folder}dairy.csv", pick(old / "canada-338-dairy.csv", "HTSUS"), 52)
    write(f"{folder}motor-vehicles.csv", vehicles, 439)
    write(f"{folder}aircraft.csv", pick(old / "canada-338-aircraft-exempt.csv", "HTSUS"), 554)
    later = alcohol - codes(ALCOHOL_OUT) | codes(ALCOHOL_IN)
    write(f"{folder}alcohol-september.csv", later, 101)
    later = vehicles - codes(VEHICLES_OUT) | codes(VEHICLES_IN)
    write(f"{folder}motor-vehicles-september.csv", later, 513)
    write(f"{folder}alcohol-banned.csv", codes(BANNED), 25)
    write(f"{folder}alcohol-banned-packaged.csv", codes(BANNED_PACKAGED), 28)
    write(f"{folder}dairy-banned.csv", codes(BANNED_DAIRY), 14)


def section_301(old: Path, new: Path) -> None:
    """Lists of section 301: China's with their exclusions, Brazil's, and two proposals."""
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

    # a claim needs the description, which itself names the statistical number: lines will do
    lines = rows(new / "s301_exclusion_lines.csv")
    excluded = {r["hts10"][:8] for r in lines if r["ch99_code"] == "9903.88.69"}
    write("us/s301/china-exclusions.csv", excluded, 114)

    brazil = old / "brazil-301-exemptions.csv"
    for category, name, count in (
        ("flat", "listed", 864),
        ("named", "described", 11),
        ("aircraft", "aircraft", 546),
        ("pharma", "drug-inputs", 705),
    ):
        codes = pick(brazil, "HTSUS", lambda r, c=category: r["category"] == c)
        write(f"us/s301/brazil-{name}.csv", codes, count)
    for name, action, count in (("s301_brazil", "brazil", 1698), ("s301fl", "forced-labour", 1632)):
        codes = pick(new / f"{name}_exempt_products.csv", "hts8")
        write(f"us/s301/{action}-proposed.csv", codes, count)


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

    emergency(old, new)
    chinese(old)
    section_338(old)

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
    section_232(old, new)
    section_301(old, new)
    write("ca/surtax/united-states-2025-1.csv", pick(old / "canada-march-list.csv", "code"), 1270)
    write("ca/surtax/steel-and-aluminum-2025.csv", pick(old / "canada-steel-list.csv", "code"), 539)
    write("ca/surtax/second-list.csv", pick(old / "canada-125b-list.csv", "code"), 4416)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
