"""Six-digit flows on the lines by which measures list goods.

Six digits are not enough for the lists of measures. Into the United States such values are spread
over the ten-digit lines of their subheading in the proportions of US imports of 2024 from the same
partner, or from all partners where that one sold none. Into Canada no imports by item are public
beside the estimate that is embedded: a subheading's value is spread over the items of it that lists
name, in the proportions of that estimate, or equally; a subheading of which a list names some items
is so taken as listed as a whole, and the value of these subheadings is said.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from surtax.ledger import Ledger
from surtax.trade.flows import Flows, flows_of, load_ca_imports, load_us_imports
from surtax.trade.sources.census import to_partners
from surtax.trade.sources.tables import counted
from surtax.units import percent

if TYPE_CHECKING:
    import polars as pl


def into_us(frame: pl.DataFrame, title: str, notes: list[str]) -> Flows:
    """Imports of the United States by six digits, spread over its lines.

    Args:
        frame: year, hs6, place and value, US$.
        title: where it comes from.
        notes: what was repaired.
    """
    import polars as pl

    year = int(frame["year"][0])
    members = to_partners(frame.select("hs6", "place", "value"), date(year, 12, 31))
    lines = load_us_imports().frame().filter(pl.col("value") > 0)
    lines = lines.with_columns(hs6=pl.col("hs10").str.slice(0, 6))
    own = lines.select(
        "hs6", "place", "hs10",
        share=pl.col("value") / pl.col("value").sum().over("hs6", "place"),
    )  # fmt: skip
    every = lines.group_by("hs6", "hs10").agg(pl.col("value").sum())
    every = every.select(
        "hs6", "hs10", all_share=pl.col("value") / pl.col("value").sum().over("hs6")
    )
    first = members.join(own, on=["hs6", "place"], how="inner")
    rest = members.join(own, on=["hs6", "place"], how="anti").join(every, on="hs6", how="left")
    unknown = rest.filter(pl.col("hs10").is_null())
    parts = pl.concat([
        first.select("hs10", "place", value=pl.col("value") * pl.col("share")),
        rest.filter(pl.col("hs10").is_not_null()).select(
            "hs10", "place", value=pl.col("value") * pl.col("all_share")),
        unknown.select(pl.col("hs6").alias("hs10"), "place", "value"),
    ]).with_columns(duty=pl.lit(None, pl.Float64))  # fmt: skip
    total = float(members["value"].sum())
    notes = [*notes, "values by six digits were spread over the ten-digit lines of 2024"]
    other = float(rest.filter(pl.col("hs10").is_not_null())["value"].sum())
    if other:
        notes.append(f"{percent(other / total)} of value is of goods that the partner did not sell "
                     "in 2024 and was spread as all partners' goods")  # fmt: skip
    notes += counted(unknown.height, "flows are of subheadings without US imports in 2024 (US$ "
                     f"{float(unknown['value'].sum()) / 1e6:,.1f} m)")  # fmt: skip
    order = parts.sort("hs10", "place")
    made = flows_of(order, year, f"{title} {year}, six digits; lines of 2024 by US Census Bureau")
    return replace(made, value=np.asarray(made.value, dtype=np.float64), notes=tuple(notes))


def into_canada(frame: pl.DataFrame, title: str, currency: str, notes: list[str]) -> Flows:
    """Imports of Canada by six digits, spread over the items that its lists name.

    Args:
        frame: year, hs6, place and value.
        title: where it comes from.
        currency: the currency of the values.
        notes: what was repaired.
    """
    import polars as pl

    year = int(frame["year"][0])
    members = to_partners(frame.select("hs6", "place", "value"), date(year, 12, 31))
    items = _items()
    parts = members.join(items, on="hs6", how="left").select(
        hs10=pl.coalesce("item", "hs6"),
        place="place",
        value=pl.col("value") * pl.col("share").fill_null(1.0),
        duty=pl.lit(None, pl.Float64),
    )
    total = float(members["value"].sum())
    named = float(members.join(items, on="hs6", how="semi")["value"].sum())
    made = flows_of(parts.sort("hs10", "place"), year, f"{title} {year}, six digits")
    said = (
        f"{percent(named / total)} of value is of subheadings of which a list names items, and is "
        "taken as theirs alone"
    )
    return replace(made, into="CA", currency=currency, notes=(*notes, said))


def _items() -> pl.DataFrame:
    """The items that Canada's lists name, by subheading, with the share of its value of each."""
    import polars as pl

    ledger = Ledger.load()
    listed = {
        code
        for measure in ledger.by_imposer["CA"]
        for _, paint in measure.paints()
        for goods in (paint.goods, paint.goods_except)
        if goods
        for code in ledger.codes(measure.measure, goods)
        if len(code) >= 8
    }
    known = load_ca_imports()
    value = dict(zip(known.hs10.tolist(), known.value.tolist(), strict=True))
    whole = sorted({code[:8] for code in listed})
    frame = pl.DataFrame({"item": whole, "value": [value.get(code, 0.0) for code in whole]})
    by = frame.with_columns(hs6=pl.col("item").str.slice(0, 6))
    total, count = pl.col("value").sum().over("hs6"), pl.len().over("hs6")
    share = pl.when(total > 0).then(pl.col("value") / total).otherwise(1.0 / count)
    return by.select("hs6", "item", share=share).filter(pl.col("share") > 0)
