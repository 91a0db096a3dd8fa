"""Trade flows by statistical line: what the US buys from whom, what duty was collected on it.

The embedded tables are of 2024, the last year before the dispute. They keep all ten digits,
because annexes of the measures (parts of cars, 7616.99.51.60) tell lines apart by the last two:

    us_imports_2024          HS10 × partner: customs value and calculated duty (US Census Bureau)
    ca_imports_from_us_2024  estimate by Canadian tariff item on a list, and the rest by sector
    us_exports_to_canada_2024_hs6   value by HS6, the subheadings on Canada's lists of March 2025
    cn_imports_from_us_2024  US exports by HS6, even over the items of China's list of March 2025

``scripts/build_flows.py`` and ``scripts/build_ca_imports.py`` make them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from surtax.errors import DataError
from surtax.goods import sectors_of
from surtax.places import place as find_place

if TYPE_CHECKING:
    import polars as pl

Array = NDArray[np.float64]
Text = NDArray[np.str_]
Index = NDArray[np.int64]
Mask = NDArray[np.bool_]

SOURCE = "US Census Bureau, imports for consumption {year} by HS10 and country, customs value"
CANADA_SOURCE = (
    "estimate: imports of Canada from the United States 2024 by tariff item on Canada's lists, "
    "from Statistics Canada 12-10-0175-01, government totals and US Census exports by HS6"
)
CHINA_SOURCE = (
    "estimate: US exports to China 2024 by HS6 (US Census Bureau), each subheading whole and even "
    "over the items that China's list of March 2025 has of it; no other goods"
)
EXPORTS_SOURCE = "US Census Bureau, US exports to Canada 2024 by HS6"


@dataclass(frozen=True, eq=False)
class Flows:
    """Imports of one country in one year, a row for each statistical line and partner.

    Attributes:
        hs10: (rows,) statistical lines, ten digits.
        place: (rows,) codes of the partners; the European Union is "EU27".
        value: (rows,) customs value, in ``currency``.
        duty: (rows,) duty calculated on it; NaN where the source gives none.
        year: the calendar year.
        source: one sentence.
        into: the importing place.
        currency: the currency of value and duty.
        sector: (rows,) sectors, where the source gives them itself.
        notes: what was repaired or assumed when a person's own file was read.
    """

    hs10: Text
    place: Text
    value: Array
    duty: Array
    year: int
    source: str
    into: str = "US"
    currency: str = "USD"
    sector: Text | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.value)

    @cached_property
    def codes(self) -> Text:
        """(codes,) the lines that occur, each once, sorted."""
        return self._code_table[0]

    @cached_property
    def code_index(self) -> Index:
        """(rows,) place of each row's line in ``codes``."""
        return self._code_table[1]

    @cached_property
    def places_(self) -> Text:
        """(partners,) the partners that occur, each once, sorted."""
        return self._place_table[0]

    @cached_property
    def place_index(self) -> Index:
        """(rows,) place of each row's partner in ``places_``."""
        return self._place_table[1]

    @cached_property
    def _code_table(self) -> tuple[Text, Index]:
        return _unique(self.hs10)

    @cached_property
    def _place_table(self) -> tuple[Text, Index]:
        return _unique(self.place)

    @cached_property
    def hs8(self) -> Text:
        """(rows,) tariff line of each row: the first eight digits."""
        return self.codes.astype("U8")[self.code_index]

    def of(self, *places: str) -> Flows:
        """The rows of some partners, by code or name.

        Raises:
            UnknownNameError: a name that no place carries.
        """
        keep = np.isin(self.place, [find_place(p).code for p in places])
        return self.rows(keep)

    def with_duty(self) -> Flows:
        """The rows whose duty the source gives."""
        return self.rows(~np.isnan(self.duty))

    def rows(self, keep: Mask | Index) -> Flows:
        """Some of the rows, by mask or index."""
        return replace(
            self,
            hs10=self.hs10[keep],
            place=self.place[keep],
            value=self.value[keep],
            duty=self.duty[keep],
            sector=None if self.sector is None else self.sector[keep],
        )

    def sectors(self) -> Text:
        """(rows,) sector of each line; "UNS" where it belongs to none."""
        if self.sector is not None:
            return self.sector
        return self.code_sectors[self.code_index]

    @cached_property
    def code_sectors(self) -> Text:
        """(codes,) sector of each line in ``codes``, which eight digits tell."""
        eight, index = _unique(self.codes.astype("U8"))
        return sectors_of(eight.tolist())[index]

    def imports(self) -> float:
        """Customs value of all rows."""
        return float(self.value.sum())

    def rate(self) -> float:
        """Duty over value, a fraction, on the rows whose duty the source gives; NaN if none."""
        known = self.with_duty()
        total = known.imports()
        return float(known.duty.sum()) / total if total else float("nan")

    def frame(self) -> pl.DataFrame:
        """The rows as a Polars frame: hs10, place, value, duty (null where not given)."""
        import polars as pl

        return pl.DataFrame(
            {"hs10": self.hs10, "place": self.place, "value": self.value, "duty": self.duty}
        ).with_columns(pl.col("duty").fill_nan(None))


def _unique(text: Text) -> tuple[Text, Index]:
    """The words that occur, sorted, and the index of each row's word."""
    if (text[1:] < text[:-1]).any():
        words, index = np.unique(text, return_inverse=True)
        return words, index.astype(np.int64)
    new = np.ones(len(text), dtype=np.bool_)  # sorted already, as lines are in every table
    new[1:] = text[1:] != text[:-1]
    return text[new], np.cumsum(new, dtype=np.int64) - 1


def find_in(table: NDArray[Any], wanted: NDArray[Any]) -> Index:
    """Index of each wanted item in a sorted table; −1 where it is not there."""
    if not len(table):
        return np.full(len(wanted), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(table, wanted), len(table) - 1)
    return np.where(table[at] == wanted, at, -1).astype(np.int64)


def table(name: str) -> pl.DataFrame:
    """A table of ``trade/data`` by the name of its file.

    Raises:
        DataError: it is missing.
    """
    import polars as pl

    found = resources.files("surtax.trade").joinpath("data", name)
    if not found.is_file():
        raise DataError("the embedded table is missing.", where=name, mend="Reinstall surtax.")
    with resources.as_file(found) as path:
        if name.endswith(".parquet"):
            return pl.read_parquet(path)
        text = dict.fromkeys(("hs6", "item", "sector"), pl.String)
        return pl.read_csv(path, schema_overrides=text)


def text_column(column: pl.Series, width: int) -> Text:
    """(rows,) a text column as fixed-width text; each distinct word is converted once."""
    words, index = _words_of(column, width)
    return words[index]


def _words_of(column: pl.Series, width: int) -> tuple[Text, Index]:
    """The words of a text column as fixed-width text, sorted, and the index of each row's."""
    import polars as pl

    words = column.unique().sort()
    index = column.cast(pl.Enum(words)).to_physical().to_numpy()
    return words.to_numpy().astype(f"U{width}"), index.astype(np.int64)


def flows_of(frame: pl.DataFrame, year: int, source: str) -> Flows:
    """Flows from a frame of hs10, place, value, duty."""
    import polars as pl

    places, index = _words_of(frame["place"], 5)
    found = Flows(
        hs10=text_column(frame["hs10"], 10),
        place=places[index],
        value=frame["value"].cast(pl.Float64).to_numpy(),
        duty=frame["duty"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        year=year,
        source=source,
    )
    vars(found)["_place_table"] = places, index  # as it would be found again, at some price
    return found


@cache
def load_us_imports() -> Flows:
    """US imports for consumption in 2024 by HS10 and partner, from the embedded table.

    Partners without a country file of their own have a value and no duty (NaN), and lack the
    lines of chapters 98 and 99.
    """
    frame = table("us_imports_2024.parquet").rename({"value_usd": "value", "duty_usd": "duty"})
    return flows_of(frame, 2024, SOURCE.format(year=2024))


@cache
def load_us_exports_to_canada() -> dict[str, int]:
    """HS6 → US exports to Canada in 2024, US$: the subheadings on Canada's March 2025 lists."""
    return dict(table("us_exports_to_canada_2024_hs6.csv").iter_rows())


def by_hs10(frame: pl.DataFrame) -> pl.DataFrame:
    """A Census frame added up to hs10 × place; lines with neither value nor duty are dropped."""
    return _added_up(frame, "hs10", 10)


def by_hs8(frame: pl.DataFrame) -> pl.DataFrame:
    """A Census frame, or ``Flows.frame()``, added up to hs8 × place, as ``by_hs10``.

    A duty is null where the source gives none for one of the lines added up.
    """
    return _added_up(frame, "hs8", 8)


def _added_up(frame: pl.DataFrame, name: str, digits: int) -> pl.DataFrame:
    import polars as pl

    duty = pl.col("duty")
    return (
        frame.group_by(pl.col("hs10").str.slice(0, digits).alias(name), "place")
        .agg(pl.col("value").sum(), pl.when(duty.null_count() == 0).then(duty.sum()))
        .filter((pl.col("value") != 0) | (duty != 0))
        .sort(name, "place")
    )


@cache
def load_ca_imports() -> Flows:
    """Imports of Canada from the United States in 2024, C$: an estimate by listed tariff item.

    Items have eight digits; the part of a sector on no list is one row without a code.

    Raises:
        DataError: the table is missing.
    """
    items = table("ca_imports_from_us_2024.csv")
    n = len(items)
    return Flows(
        hs10=items["item"].fill_null("").to_numpy().astype("U10"),
        place=np.full(n, "US"),
        value=items["value_cad_thousand"].to_numpy().astype(np.float64) * 1e3,
        duty=np.full(n, np.nan),
        year=2024,
        source=CANADA_SOURCE,
        into="CA",
        currency="CAD",
        sector=items["sector"].to_numpy().astype("U3"),
    )


@cache
def load_cn_imports() -> Flows:
    """Imports of China from the United States in 2024, US$: an estimate for one list's items.

    Values are those of the exporter, free alongside ship. Goods that are not on China's list of
    March 2025 are not in it.

    Raises:
        DataError: the table is missing.
    """
    items = table("cn_imports_from_us_2024.csv")
    n = len(items)
    return Flows(
        hs10=items["item"].to_numpy().astype("U10"),
        place=np.full(n, "US"),
        value=items["value_usd"].to_numpy().astype(np.float64),
        duty=np.full(n, np.nan),
        year=2024,
        source=CHINA_SOURCE,
        into="CN",
    )
