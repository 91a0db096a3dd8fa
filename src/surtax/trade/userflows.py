"""Flows from a person's own files: which official format they are, and what had to be repaired.

    US Census Bureau, trade API          CSV or Parquet, one file or a folder; ten digits and duty
    US Census Bureau, merchandise files  IMDByymm.ZIP or IMP_DETL.TXT; ten digits and duty
    Statistics Canada, bulk files        CIMT-CICM_Imp_YYYY.zip or its CSV; ten or six digits, C$
    BACI                                 zip, folder or CSV of a year; six digits, no duty
    UN Comtrade                          CSV; six digits, no duty

The first two are of the United States, the third is of Canada, the others are of both. Six digits
are spread over the lines of each (`surtax.trade.sixdigits`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from surtax.errors import DataError, InputError
from surtax.trade.flows import Flows, by_hs10, flows_of
from surtax.trade.sixdigits import into_canada, into_us
from surtax.trade.sources.baci import is_zip_of_baci, read_baci
from surtax.trade.sources.census import UNION, read_census, read_merchandise, to_partners
from surtax.trade.sources.cimt import is_zip_of_imports, read_cimt
from surtax.trade.sources.comtrade import read_comtrade
from surtax.trade.sources.tables import BOM, read_bytes

if TYPE_CHECKING:
    import polars as pl

FORMATS = (
    "US Census Bureau (CON_VAL_YR, or IMDByymm.ZIP), Statistics Canada (YearMonth/AnnéeMois), "
    "BACI (t,i,j,k,v) or UN Comtrade (cmdCode)"
)
OF = {"merchandise": "US", "census": "US", "cimt": "CA"}
"""Formats that are of one importer alone."""
TITLES = {"baci": "BACI", "comtrade": "UN Comtrade"}


def read_flows(path: str | Path, into: str = "US", year: int | None = None) -> Flows:
    """Imports of one place from a person's own file or folder.

    Args:
        path: a file of one of the formats of this module, or a folder of Census files.
        into: the importing place: US or CA.
        year: the year of a Census API file, which does not always say; 2024 unless given. Of
            BACI, which of several.

    Returns:
        The flows; `notes` says what was repaired or assumed, counted.

    Raises:
        InputError: another importing place, or a file of another importer's imports.
        DataError: a file of no known format, or one that its reader refuses.
    """
    if into not in ("US", "CA"):
        raise InputError(
            f"flows into {into} cannot be read from a file.", where="--flows",
            mend="Files give imports of the United States or of Canada.",
        )  # fmt: skip
    root = Path(path)
    kind = _kind(root)
    if OF.get(kind, into) != into:
        raise InputError(
            f"the file has imports of {OF[kind]}.", where="--flows",
            mend=f"Ask for --into {OF[kind]}, or give a file of {into}.",
        )  # fmt: skip
    if kind == "merchandise":
        frame, found, notes = read_merchandise(root)
        return _ten(_some(frame, root), found, str(root), notes)
    if kind == "census":
        notes = [] if year else ["the year is taken as 2024; --year names another"]
        if root.suffix.lower() == ".csv" and read_bytes(root).startswith(BOM):
            notes.append("a byte order mark was taken off")
        return _ten(_some(read_census(root), root), year or 2024, str(root), notes)
    if kind == "cimt":
        return _canada(root)
    frame, notes = read_baci(root, into, year) if kind == "baci" else read_comtrade(root, into)
    _some(frame, root)
    if into == "US":
        return into_us(frame, TITLES[kind], notes)
    return into_canada(frame, TITLES[kind], "USD", notes)


def _kind(root: Path) -> str:
    """The format of a file or folder, by its name and its first line."""
    if root.is_dir():
        names = [p.name.upper() for p in root.iterdir()]
        if any(n.startswith("BACI_") for n in names):
            return "baci"
        return "merchandise" if any(n.startswith("IMDB") for n in names) else "census"
    if not root.exists():
        raise DataError("there is no such file.", where=str(root), mend="Check the path.")
    if is_zip_of_imports(root) or is_zip_of_baci(root):
        return "cimt" if is_zip_of_imports(root) else "baci"
    suffix = root.suffix.lower()
    if suffix in (".zip", ".txt"):
        return "merchandise"
    return "census" if suffix == ".parquet" else _of_header(root)


def _of_header(file: Path) -> str:
    """The format of a CSV by its header."""
    head = read_bytes(file)[:4096].decode("utf-8", "ignore").lstrip("\ufeff")
    first = head.splitlines()[0] if head.strip() else ""
    words = {w.strip().strip('"').casefold() for w in first.replace(";", ",").split(",")}
    if "yearmonth/annéemois" in words:
        return "cimt"
    if "ref_date" in words or any(w.startswith("période") for w in words):
        raise DataError(
            "this is a table of Statistics Canada by province, without tariff lines.",
            where=str(file),
            mend="Give it as --provinces with --by province.",
        )
    marks = {
        "baci": {"t", "i", "j", "k", "v"} <= words,
        "comtrade": bool(words & {"cmdcode", "commodity code"}),
        "census": bool(words & {"cty_code", "con_val_yr", "i_commodity", "hs10"}),
    }
    found = [kind for kind, is_one in marks.items() if is_one]
    if not found:
        raise DataError(
            f"the header “{first[:60]}” is that of no format that is known.",
            where=str(file),
            mend=f"Formats: {FORMATS}.",
        )
    return found[0]


def _some(frame: pl.DataFrame, root: Path) -> pl.DataFrame:
    """The frame, if its values come to anything."""
    if not frame["value"].sum():
        raise DataError("the file has no imports.", where=str(root), mend="Is it whole?")
    return frame


def _ten(frame: pl.DataFrame, year: int, source: str, notes: list[str]) -> Flows:
    """Flows by ten digits, the European Union as one partner, counted once."""
    whole = int(frame["value"].sum())
    folded = to_partners(frame, date(year, 12, 31))
    twice = whole - int(folded["value"].sum())
    if UNION in frame["place"] and twice:
        notes = [*notes, f"US$ {twice / 1e9:,.1f} bn of member states were left out beside the "
                 "European Union (0003), which has them already"]  # fmt: skip
    said = f"{source}, US Census Bureau, imports for consumption {year}"
    return replace(flows_of(by_hs10(folded), year, said), notes=tuple(notes))


def _canada(root: Path) -> Flows:
    """Imports of Canada by ten digits, or by six."""
    import polars as pl

    title = "Statistics Canada, imports by country"
    frame, notes, ten = read_cimt(root)
    year = int(_some(frame, root)["year"][0])
    if not ten:
        return into_canada(frame.rename({"code": "hs6"}), title, "CAD", notes)
    folded = to_partners(frame.select("code", "place", "value"), date(year, 12, 31))
    lines = folded.select("place", "value", hs10="code", duty=pl.lit(None, pl.Float64))
    made = flows_of(lines.sort("hs10", "place"), year, f"{title} {year}")
    return replace(made, into="CA", currency="CAD", notes=tuple(notes))
