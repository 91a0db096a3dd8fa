"""Trade flows by tariff line: what the US buys from whom, what duty was collected on it.

The embedded tables are of 2024, the last year before the dispute:

    us_imports_2024          HS8 × partner: customs value and calculated duty (US Census Bureau)
    usmca_claims_2024        HS8 × {CA, MX}: share of value entered under USMCA (USITC DataWeb)
    us_exports_to_canada_2024_hs6   value by HS6, the subheadings on Canada's lists of March 2025

``scripts/build_flows.py`` makes them from the official files.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from surtax.errors import DataError
from surtax.goods import sectors_of
from surtax.places import place as find_place
from surtax.trade.sources.census import read_census, to_partners

if TYPE_CHECKING:
    import polars as pl

Array = NDArray[np.float64]
Text = NDArray[np.str_]

SOURCE = "US Census Bureau, imports for consumption {year} by HS10 and country, customs value"
CLAIMS_SOURCE = "USITC DataWeb, imports for consumption 2024 by import programme (S, S+)"
EXPORTS_SOURCE = "US Census Bureau, US exports to Canada 2024 by HS6"


@dataclass(frozen=True, eq=False)
class Flows:
    """Imports of one country in one year, a row for each tariff line and partner.

    Attributes:
        hs8: (rows,) tariff lines, eight digits.
        place: (rows,) codes of the partners; the European Union is "EU27".
        value: (rows,) customs value, US$.
        duty: (rows,) duty calculated on it, US$; NaN where the source gives none.
        year: the calendar year.
        source: one sentence.
    """

    hs8: Text
    place: Text
    value: Array
    duty: Array
    year: int
    source: str

    def __len__(self) -> int:
        return len(self.value)

    def of(self, *places: str) -> Flows:
        """The rows of some partners, by code or name.

        Raises:
            UnknownNameError: a name that no place carries.
        """
        keep = np.isin(self.place, [find_place(p).code for p in places])
        return self._rows(keep)

    def with_duty(self) -> Flows:
        """The rows whose duty the source gives."""
        return self._rows(~np.isnan(self.duty))

    def _rows(self, keep: NDArray[np.bool_]) -> Flows:
        return Flows(
            self.hs8[keep],
            self.place[keep],
            self.value[keep],
            self.duty[keep],
            self.year,
            self.source,
        )

    def sectors(self) -> Text:
        """(rows,) sector of each line; "UNS" where it belongs to none."""
        lines, back = np.unique(self.hs8, return_inverse=True)
        return sectors_of(lines.tolist())[back]

    def imports(self) -> float:
        """Customs value of all rows, US$."""
        return float(self.value.sum())

    def rate(self) -> float:
        """Duty over value, a fraction, on the rows whose duty the source gives; NaN if none."""
        known = self.with_duty()
        total = known.imports()
        return float(known.duty.sum()) / total if total else float("nan")

    def frame(self) -> pl.DataFrame:
        """The rows as a Polars frame: hs8, place, value, duty (null where not given)."""
        import polars as pl

        return pl.DataFrame(
            {"hs8": self.hs8, "place": self.place, "value": self.value, "duty": self.duty}
        ).with_columns(pl.col("duty").fill_nan(None))


@dataclass(frozen=True, eq=False)
class Claims:
    """Shares of import value that entered under a trade agreement.

    Attributes:
        hs8: (rows,) tariff lines, eight digits.
        place: (rows,) partner, "CA" or "MX".
        share: (rows,) claimed share of customs value, a fraction.
        year: the calendar year.
        source: one sentence.
    """

    hs8: Text
    place: Text
    share: Array
    year: int
    source: str

    def aligned(self, flows: Flows) -> Array:
        """(rows of flows,) the share of each flow; NaN where no share is known."""
        table = dict(zip(zip(self.hs8, self.place, strict=True), self.share, strict=True))
        pairs = zip(flows.hs8, flows.place, strict=True)
        return np.array([table.get(pair, np.nan) for pair in pairs], dtype=np.float64)


def _table(name: str) -> pl.DataFrame:
    import polars as pl

    found = resources.files("surtax.trade").joinpath("data", name)
    if not found.is_file():
        raise DataError("the embedded table is missing.", where=name, mend="Reinstall surtax.")
    with resources.as_file(found) as path:
        if name.endswith(".parquet"):
            return pl.read_parquet(path)
        return pl.read_csv(path, schema={"hs6": pl.String, "value_usd": pl.Int64})


def _flows(frame: pl.DataFrame, year: int, source: str) -> Flows:
    import polars as pl

    return Flows(
        hs8=frame["hs8"].cast(pl.String).to_numpy().astype("U8"),
        place=frame["place"].cast(pl.String).to_numpy().astype("U5"),
        value=frame["value"].cast(pl.Float64).to_numpy(),
        duty=frame["duty"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        year=year,
        source=source,
    )


@cache
def load_us_imports() -> Flows:
    """US imports for consumption in 2024 by HS8 and partner, from the embedded table.

    Partners without a country file of their own have a value and no duty (NaN), and lack the
    lines of chapters 98 and 99.
    """
    frame = _table("us_imports_2024.parquet").rename({"value_usd": "value", "duty_usd": "duty"})
    return _flows(frame, 2024, SOURCE.format(year=2024))


@cache
def load_usmca_claims() -> Claims:
    """Shares of US imports from Canada and Mexico that claimed USMCA in 2024, by HS8."""
    import polars as pl

    frame = _table("usmca_claims_2024.parquet")
    return Claims(
        hs8=frame["hs8"].cast(pl.String).to_numpy().astype("U8"),
        place=frame["place"].cast(pl.String).to_numpy().astype("U5"),
        share=frame["share"].cast(pl.Float64).to_numpy(),
        year=2024,
        source=CLAIMS_SOURCE,
    )


@cache
def load_us_exports_to_canada() -> dict[str, int]:
    """HS6 → US exports to Canada in 2024, US$: the subheadings on Canada's March 2025 lists."""
    return dict(_table("us_exports_to_canada_2024_hs6.csv").iter_rows())


def from_census(path: str | Path, *, year: int) -> Flows:
    """Flows from a person's own Census files, by HS8, the European Union as one partner.

    Args:
        path: a CSV or Parquet file, or a folder of them, as ``read_census`` takes it.
        year: the calendar year of the files.

    Raises:
        DataError: as ``read_census``.
    """
    return _flows(by_hs8(to_partners(read_census(path), date(year, 12, 31))), year,
                  SOURCE.format(year=year))  # fmt: skip


def by_hs8(frame: pl.DataFrame) -> pl.DataFrame:
    """A Census frame added up to hs8 × place; lines with neither value nor duty are dropped."""
    import polars as pl

    return (
        frame.group_by(pl.col("hs10").str.slice(0, 8).alias("hs8"), "place")
        .agg(pl.col("value").sum(), pl.col("duty").sum())
        .filter((pl.col("value") != 0) | (pl.col("duty") != 0))
        .sort("hs8", "place")
    )
