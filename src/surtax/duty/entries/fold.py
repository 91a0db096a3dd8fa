"""Files in which every tariff number of an entry line stands on a line of its own.

The report ES-003 prints the numbers of chapter 99 and those of the goods of one entry line one
under the other. Here they become one line again: the goods, with the headings of chapter 99 in
``filed`` and what was paid under each in ``paid.<heading>``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

import polars as pl

from surtax.duty.entries.headers import ENTRY_LINE, PAID
from surtax.duty.entries.repair import money

FOLDED = "numbers of chapter 99 joined to the goods of their entry line"
GENERAL = "general"
"""What is paid under the number of the goods themselves."""
KEY = ("entry", ENTRY_LINE)
_DIGITS = "\0digits"
_FIRST = "\0first"


def folds(columns: list[str]) -> bool:
    """Whether lines can be joined: they carry the number of their entry and of the line in it."""
    return set(KEY) <= set(columns) and "goods" in columns


def cut(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A block's lines without its last entry line, and that line, which the next may carry on."""
    if frame.is_empty():
        return frame, frame
    last = frame.select(KEY).row(-1)
    same = frame.select(
        pl.all_horizontal(
            pl.col(name).eq_missing(pl.lit(x)) for name, x in zip(KEY, last, strict=True)
        ).alias("same")
    )["same"]
    other = (~same).arg_true()
    kept = int(other[-1]) + 1 if len(other) else 0
    return frame.head(kept), frame.tail(len(frame) - kept)


def join(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[tuple[int, str]], int]:
    """The lines of goods with their headings of chapter 99.

    Args:
        frame: raw lines in canonical names, all numbers of an entry line among them.

    Returns:
        The lines; those of chapter 99 that belong to no goods, with the reason; and how many were
        joined.
    """
    frame = frame.with_columns(
        pl.col("goods").cast(pl.String).str.replace_all(r"[^0-9]", "").alias(_DIGITS)
    )
    special = frame.filter(pl.col(_DIGITS).str.starts_with("99"))
    goods = frame.filter(~pl.col(_DIGITS).str.starts_with("99")).drop(_DIGITS)
    if special.is_empty():
        return _general(goods), [], 0
    first = goods.select(*KEY, pl.col("line").alias(_FIRST)).unique(KEY, keep="first")
    special = special.join(first, on=KEY, how="left", nulls_equal=True)
    lost = special.filter(pl.col(_FIRST).is_null())["line"].to_list()
    bad = [(n, "a number of chapter 99 without the goods it belongs to") for n in lost]
    told = special.filter(pl.col(_FIRST).is_not_null()).sort("line")
    heads = told.group_by(_FIRST, maintain_order=True).agg(
        pl.col(_DIGITS).str.join(";").alias("\0filed")
    )
    out = goods.join(heads, left_on="line", right_on=_FIRST, how="left", maintain_order="left")
    have = pl.col("filed").cast(pl.String) if "filed" in out.columns else pl.lit(None, pl.String)
    out = out.with_columns(
        pl.concat_str([have, pl.col("\0filed")], separator=";", ignore_nulls=True)
        .replace("", None)
        .alias("filed")
    ).drop("\0filed")
    if "paid" in frame.columns:
        out = _paid(out, told)
    return _general(out), bad, len(told)


def _paid(out: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """What was paid under each heading, on the line of the goods."""
    for (heading,), rows in told.group_by(_DIGITS, maintain_order=True):
        name = f"{PAID}{heading}"
        paid = rows.group_by(_FIRST, maintain_order=True).agg(pl.col("paid").alias(name))
        paid = paid.with_columns(pl.Series(name, map(_sum, paid[name]), dtype=rows["paid"].dtype))
        out = out.join(paid, left_on="line", right_on=_FIRST, how="left", maintain_order="left")
    return out


def _sum(amounts: pl.Series) -> Any:
    """What was paid under a heading that an entry line names more than once; a bad amount as is."""
    told = amounts.drop_nulls()
    if len(told) < 2:
        return told[0] if len(told) else None
    if told.dtype != pl.String:
        return told.sum()
    cells = [(text, money(text)) for text in told if text.strip()]
    bad = [text for text, cell in cells if cell.refused]
    return bad[0] if bad else str(sum(cast(Decimal, cell.value) for _, cell in cells))


def _general(goods: pl.DataFrame) -> pl.DataFrame:
    """What was paid under the goods' own number is the general duty, not the whole."""
    if "paid" not in goods.columns:
        return goods
    return goods.rename({"paid": PAID + GENERAL})
