"""Build the trade tables of ``src/surtax/trade/data``.

Reads official layouts:
  * US Census Bureau, imports for consumption 2024: a folder with one file per country
    (CON_VAL_YR, CAL_DUT_YR, I_COMMODITY, CTY_CODE), 0003 being the European Union;
  * US Census Bureau, imports for consumption 2024 of every country (hs10, cty_code, imports), for
    the partners that have no file of their own: a value, no duty, chapters 98 and 99 left out;
  * USITC DataWeb, share of imports that claimed USMCA in a year (hts10, cty_code, usmca_share) or
    in a month (the same with total_value, usmca_value);
  * US Census Bureau, US exports to Canada 2024 by HS6 (hs-code, exports), for the subheadings of
    Canada's lists of 4 and 13 March 2025; the same to China, of China's list of 4 March 2025.

Usage: python scripts/build_flows.py RAW [-o OUT], where RAW holds the folders us_imports_2024,
usmca_shares and tariff_lists.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import polars as pl

from surtax.goods import hs
from surtax.ledger import Ledger
from surtax.places import census_to_code
from surtax.trade.flows import by_hs10
from surtax.trade.sources.census import read_census, to_partners

OUT = Path(__file__).parents[1] / "src/surtax/trade/data"
YEAR_END = date(2024, 12, 31)
LATER = ("2025", "2025-03", "2025-12", "2026-02")
LISTS = ("canada-US-exports-030425.parquet", "canada-steel-US-exports-031225.parquet")
CHINA = ("china-15-percent-US-exports-030425.parquet", "china-10-percent-US-exports-030425.parquet")
CHINA_LIST = "cn/countermeasures/us-farm-goods"


def us_imports(folder: Path, every_country: Path) -> pl.DataFrame:
    """HS10 × partner: hs10, place, value_usd, duty_usd (null for partners without a file)."""
    filed = to_partners(read_census(folder), YEAR_END)
    rest = (
        pl.read_parquet(every_country)
        .select(
            "hs10",
            place=pl.col("cty_code").replace_strict(census_to_code(), return_dtype=pl.String),
            value=pl.col("imports").round().cast(pl.Int64),
        )
        .pipe(to_partners, YEAR_END)
        .filter(~pl.col("place").is_in(filed["place"].unique().to_list()))
        .with_columns(duty=pl.lit(None, pl.Int64))
    )
    both = by_hs10(
        pl.concat([frame.select("hs10", "place", "value", "duty") for frame in (filed, rest)])
    )
    return both.rename({"value": "value_usd", "duty": "duty_usd"})


def usmca_claims(shares: Path) -> pl.DataFrame:
    """HS10 × {CA, MX}: hs10, place, share of value that claimed USMCA, as published.

    Float64 keeps them so: of the shares between 0 and 1, Float32 would change nearly all, and
    would save 30 kB of 153.
    """
    codes = census_to_code()
    return (
        pl.read_csv(shares, schema_overrides={"hts10": pl.String, "cty_code": pl.String})
        .select(
            hs10="hts10",
            place=pl.col("cty_code").replace_strict(codes, return_dtype=pl.String),
            share=pl.col("usmca_share").cast(pl.Float64),
        )
        .sort("hs10", "place")
    )


def later_claims(folder: Path) -> pl.DataFrame:
    """Period × HS10 × {CA, MX}: the shares since 2024, to four decimals.

    A line that was not imported in a month has no row of that month.
    """
    found = []
    for period in LATER:
        shares = folder / f"usmca_product_shares_{period.replace('-', '_')}.csv"
        frame = pl.read_csv(shares, infer_schema=False)
        if "total_value" in frame.columns:
            frame = frame.filter(pl.col("total_value").cast(pl.Float64) > 0)
        place = pl.col("cty_code").replace_strict(census_to_code(), return_dtype=pl.String)
        found.append(
            frame.select(
                period=pl.lit(period),
                hs10="hts10",
                place=place,
                share=pl.col("usmca_share").cast(pl.Float64).round(4),
            ).sort("hs10", "place")
        )
    return pl.concat(found)


def exports_to_canada(folder: Path) -> pl.DataFrame:
    """HS6: hs6, value_usd, for the subheadings of the two lists."""
    both = pl.concat(
        [
            pl.read_parquet(folder / name).select(
                hs6="hs-code", value_usd=pl.col("exports").fill_null(0).round().cast(pl.Int64)
            )
            for name in LISTS
        ]
    ).unique()
    if both["hs6"].is_duplicated().any():
        raise ValueError("the two lists give different exports for one subheading")
    return both.sort("hs6")


def imports_of_china(folder: Path) -> pl.DataFrame:
    """Item, value: US exports to China by HS6, even over the items that China's list has of each.

    A subheading counts whole, though the list may name a part of it.
    """
    listed = sorted(hs(c) for c in Ledger.load().codes(CHINA_LIST, ["@fifteen", "@ten"]))
    exports = pl.concat(
        [pl.read_parquet(folder / name).select(hs6="hs-code", value="exports") for name in CHINA]
    ).unique()
    if exports["hs6"].is_duplicated().any():
        raise ValueError("the two parts of the list give different exports for one subheading")
    items = pl.DataFrame({"item": listed}).with_columns(hs6=pl.col("item").str.slice(0, 6))
    joined = items.join(exports, on="hs6", how="inner").with_columns(many=pl.len().over("hs6"))
    missed = exports.filter(~pl.col("hs6").is_in(joined["hs6"].to_list()))["value"].sum()
    print(f"China's list: US$ {missed / 1e9:.3f} bn in subheadings of which it has no item")
    value = (pl.col("value") / pl.col("many")).round().cast(pl.Int64)
    return joined.select("item", value_usd=value).filter(pl.col("value_usd") > 0).sort("item")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("raw", type=Path)
    parser.add_argument("-o", "--out", type=Path, default=OUT)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    census = args.raw / "us_imports_2024/hs10_country_parquet"
    every = args.raw / "us_imports_2024/import_weights_hs10_country_2024.parquet"
    imports = us_imports(census, every)
    imports.write_parquet(
        args.out / "us_imports_2024.parquet", compression="zstd", compression_level=19
    )
    claims = usmca_claims(args.raw / "usmca_shares/usmca_product_shares_2024.csv")
    claims.write_parquet(
        args.out / "usmca_claims_2024.parquet", compression="zstd", compression_level=19
    )
    later = later_claims(args.raw / "usmca_shares")
    later.write_parquet(
        args.out / "usmca_claims_later.parquet", compression="zstd", compression_level=19
    )
    exports = exports_to_canada(args.raw / "tariff_lists")
    exports.write_csv(args.out / "us_exports_to_canada_2024_hs6.csv")
    china = imports_of_china(args.raw / "tariff_lists")
    china.write_csv(args.out / "cn_imports_from_us_2024.csv")
    total = imports["value_usd"].sum()
    without = imports.filter(pl.col("duty_usd").is_null())["value_usd"].sum()
    print(f"US imports: {imports.height} rows, US$ {total / 1e9:.3f} bn,", end=" ")
    print(f"of which {without / 1e9:.3f} bn without a duty figure")
    print(f"USMCA claims: {claims.height} rows of 2024, {later.height} later;", end=" ")
    print(f"exports to Canada: {exports.height} rows")


if __name__ == "__main__":
    main()
