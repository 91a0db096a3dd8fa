"""UN Comtrade: the CSV of its data portal, or of the older interface.

    reporterCode or reporterISO, partnerCode or partnerISO   codes of the United Nations, or ISO
    flowCode (M) or “Trade Flow” (Import)                    only imports are read
    cmdCode or “Commodity Code”                              TOTAL, AG2, AG4 and AG6 may be mixed
    primaryValue or “Trade Value (US$)”                      US$
    period or refYear or Year                                one year

Totals (partner World, commodity TOTAL) and the shorter codes beside longer ones are left out and
counted: they add up what the others say. Countries report imports with freight and insurance, which
a customs value into the United States does not have.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from surtax.errors import DataError
from surtax.trade.sources.tables import (
    AGAIN,
    check,
    check_amount,
    counted,
    find_column,
    once,
    one_year,
    read_csv,
)
from surtax.trade.sources.un import alpha3_to_code, numeric_to_code

if TYPE_CHECKING:
    import polars as pl

WORLD = ("0", "W00", "WLD")
IMPORTS = ("m", "import", "imports", "1")
MEND = "Ask UN Comtrade for a CSV of imports, by HS at six digits, with all columns."


def read_comtrade(path: str | Path, into: str) -> tuple[pl.DataFrame, list[str]]:
    """Imports of one place from a Comtrade file.

    Args:
        path: the CSV.
        into: the importing country's code.

    Returns:
        A frame with columns ``year``, ``hs6``, ``place`` and ``value`` (US$), and what was
        repaired, counted.

    Raises:
        DataError: as the shared readers; values that are no numbers, unknown partners, more than
            one year, the same flow twice, or no imports of that place.
    """
    import polars as pl

    file = Path(path)
    raw, repairs = read_csv(file)

    def column(*names: str) -> str:
        return find_column(raw, names, file, MEND)

    cells = {
        "reporter": column("reporterCode", "reporterISO", "Reporter Code", "Reporter ISO"),
        "partner": column("partnerCode", "partnerISO", "Partner Code", "Partner ISO"),
        "flow": column("flowCode", "Trade Flow", "flowDesc"),
        "product": column("cmdCode", "Commodity Code"),
        "amount": column("primaryValue", "Trade Value (US$)"),
        "period": column("refYear", "period", "Year"),
    }
    text = raw.select(**{k: pl.col(c).cast(pl.String).str.strip_chars() for k, c in cells.items()})
    codes = {**numeric_to_code(), **alpha3_to_code()}
    buyers = [n for n, code in codes.items() if code == into]
    mine = text.filter(
        pl.col("reporter").str.strip_chars_start("0").is_in([b.lstrip("0") for b in buyers])
        & pl.col("flow").str.to_lowercase().is_in(IMPORTS)
    )
    if not mine.height:
        raise DataError(
            f"no imports of {into} are in the file.",
            where=str(file),
            mend=f"The reporter must be {' or '.join(buyers)}, the flow imports.",
        )
    bare = pl.col("partner").str.strip_chars_start("0")
    world = pl.when(bare == "").then(pl.lit("0")).otherwise(pl.col("partner")).is_in(WORLD)
    kept = mine.filter(~world)
    repairs += counted(mine.height - kept.height, "rows of all partners together were left out")
    goods = kept.filter(pl.col("product") != "TOTAL")
    repairs += counted(kept.height - goods.height, "rows of all goods together were left out")
    six = goods.filter(pl.col("product").str.len_chars() == 6)
    if not six.height:
        raise DataError("no product has six digits.", where=f"{file}, column {cells['product']}",
                        mend="Ask for the HS at six digits (AG6).")  # fmt: skip
    repairs += counted(goods.height - six.height, "rows of headings and chapters were left out")
    frame = six.with_columns(
        year=pl.col("period").str.slice(0, 4).cast(pl.Int64, strict=False),
        value=pl.col("amount").cast(pl.Float64, strict=False),
        place=pl.col("partner").replace_strict(codes, default=None, return_dtype=pl.String),
    )
    check(frame, "product", ~pl.col("product").str.contains(r"^\d{6}$"),
          (file, cells["product"]), "six digits", AGAIN)  # fmt: skip
    check_amount(frame, "amount", (file, cells["amount"]), into="value")
    check(frame, "partner", pl.col("place").is_null(), (file, cells["partner"]),
          "a known country code", "Leave regions and “Areas, nes” out of the query.")  # fmt: skip
    one_year(frame, "period", (file, cells["period"]))
    once(frame, ["period", "partner", "product"], file)
    return frame.select("year", pl.col("product").alias("hs6"), "place", "value"), repairs
