"""WIOD's 2013 release: the world input-output tables of 1995 to 2011, 41 regions × 35 industries.

Two forms of the same table, in million USD. As xlsx (wiod.org, ``wiot11_row_sep12.xlsx``): one
sheet, two lines of title, four of labels (code, name, country, ``c1``), the same four as columns
on the left; industries ``c1`` to ``c35``, final demand ``c37``, ``c38``, ``c39``, ``c41``,
``c42``, output last; below the industries totals ``r60`` to ``r69``, of which the last is output.
As RData (R package wiod): a list with ``year``, ``countries``, ``industries``, ``inter``
(rows sell), ``final`` (five columns by country) and ``output``, regions before industries.

Source: Timmer, Dietzenbacher, Los, Stehrer and de Vries (2015), An Illustrated User Guide to the
World Input-Output Database, Review of International Economics 23(3).
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from surtax.errors import DataError, MissingExtraError
from surtax.world.elasticities import theta_of
from surtax.world.sources.assemble import Label
from surtax.world.sources.mrio import Mrio, axes, world_of
from surtax.world.world import World

if TYPE_CHECKING:
    import polars as pl

Array = NDArray[np.float64]

GOODS = tuple(f"c{n}" for n in range(1, 18))
PARTS = ("year", "countries", "industries", "inter", "final", "output")
HEAD, LEFT = 6, 4
"""Lines and columns of labels in the sheet."""
MEND = "Fetch the file again; the layout is that of the 2013 release."


def load(path: str | Path, *, elasticities: str = "central") -> World:
    """A year of the 2013 release as a balanced world, in million USD.

    Args:
        path: ``.RData`` or ``.xlsx``.
        elasticities: a named set.

    Raises:
        MissingExtraError: the library that reads the form is not installed.
        DataError: a file of another layout, with its place.
        WorldError: the table cannot be balanced.
    """
    path = Path(path)
    if not path.is_file():
        raise DataError("there is no such file.", where=str(path), mend="Check the path.")
    reader = from_xlsx if path.suffix.lower() == ".xlsx" else from_rdata
    table, year = reader(path)
    try:
        _, sectors = axes(table)
    except DataError as error:
        raise DataError(error.what, where=path.name, mend=error.mend) from None
    wrong = [s for s in sectors if not re.fullmatch(r"c([1-9]|[12]\d|3[0-5])", s)]
    if wrong:
        raise DataError(
            f"“{wrong[0]}” is no industry of the 2013 release.",
            where=path.name, mend="Industries are c1 to c35.",
        )  # fmt: skip
    label = Label(
        name=f"wiod13-{year}",
        currency="USD mn",
        basis=f"basic prices, {year}",
        sources=("World Input-Output Database, release of 2013, wiod.org.",),
    )
    notes = [
        "Value added includes taxes less subsidies on products, and transport margins. "
        f"Elasticities: {elasticities}."
    ]
    theta = theta_of(elasticities, [f"wiod13/{s}" for s in sectors])
    goods = np.array([s in GOODS for s in sectors])
    return world_of(table, label, theta=theta, traded=goods, notes=notes)


def from_rdata(path: Path) -> tuple[Mrio, int]:
    """The table and year of an RData file."""
    try:
        import rdata
    except ImportError:
        raise MissingExtraError(
            "reading RData needs a library that is not installed.",
            where=str(path), mend="Install it: pip install 'surtax[worlds]'.",
        ) from None  # fmt: skip
    plain = {**rdata.conversion.DEFAULT_CLASS_MAP, "iot": lambda value, _: value}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it guesses at what is no RData before it refuses
            parsed = rdata.parser.parse_file(path)
            holds = rdata.conversion.convert(parsed, plain)
    except Exception as error:  # the library raises whatever its parser meets first
        said = type(error).__name__
        raise DataError(
            f"this is not an RData file ({said}).", where=path.name, mend=MEND
        ) from None
    tables = [v for v in holds.values() if isinstance(v, dict) and set(PARTS) <= set(v)]
    if len(tables) != 1:
        have = ", ".join(str(k) for k in holds)
        raise DataError(
            f"it holds {have or 'nothing'}, and {len(tables)} tables of the layout expected.",
            where=path.name,
            mend=f"One list with {', '.join(PARTS)} is expected.",
        )
    return _of_parts(tables[0], path)


def _of_parts(parts: dict[str, Any], path: Path) -> tuple[Mrio, int]:
    """The table of the list in an RData file, its shapes checked."""
    countries = [str(c) for c in np.asarray(parts["countries"])]
    industries = [str(c) for c in np.asarray(parts["industries"])]
    cells = tuple((c, i) for c in countries for i in industries)
    size = len(cells)
    inter, final, output = (_numbers(parts[k], k, path) for k in ("inter", "final", "output"))
    shapes = (("inter", inter, (size, size)), ("output", output, (size,)))
    for name, array, shape in shapes:
        if array.shape != shape:
            raise DataError(
                f"“{name}” has the shape {array.shape}, {shape} expected.",
                where=path.name, mend=MEND,
            )  # fmt: skip
    if final.ndim != 2 or final.shape[0] != size or final.shape[1] % len(countries):
        raise DataError(
            f"“final” has the shape {final.shape}, {size} rows and the same number of columns for "
            f"each of {len(countries)} countries expected.",
            where=path.name, mend=MEND,
        )  # fmt: skip
    each = final.shape[1] // len(countries)
    buyers = tuple(c for c in countries for _ in range(each))
    year = int(np.asarray(parts["year"]).reshape(-1)[0])
    return Mrio(cells, cells, buyers, inter, final, output, output), year


def _numbers(value: Any, name: str, path: Path) -> Array:
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        array = np.array(np.nan)
    if not np.isfinite(array).all():
        raise DataError(f"“{name}” has cells that are not numbers.", where=path.name, mend=MEND)
    return array


def from_xlsx(path: Path) -> tuple[Mrio, int]:
    """The table and year of the first sheet of a workbook."""
    sheet = _sheet(path)
    country, code = sheet.top[HEAD - 2], sheet.top[HEAD - 1]
    rows = [(str(r[2] or ""), str(r[3] or "")) for r in sheet.left]
    body = [at for at in range(HEAD, len(rows)) if re.fullmatch(r"c\d+", rows[at][1])]
    last = [at for at in range(HEAD, len(rows)) if rows[at][1] == "r69"]
    uses: list[int] = []
    demand: list[int] = []
    for at in range(LEFT, len(code)):
        found = re.fullmatch(r"c(\d+)", str(code[at] or ""))
        if found and country[at] not in (None, "", "TOT"):
            (uses if int(found[1]) <= 35 else demand).append(at)
    total = len(code) - 1
    if not body or not uses or not demand or not last:
        missing = next(
            word
            for word, found in (
                ("row of an industry (c1 … in the fourth column)", body),
                ("column of an industry (c1 … in the sixth line)", uses),
                ("column of final demand (c37 …)", demand),
                ("row of output (r69)", last),
            )
            if not found
        )
        raise DataError(f"there is no {missing}.", where=path.name, mend=MEND)
    values = _numbers_of(sheet, [*body, last[0]], [*uses, *demand, total], path)
    U, D = len(uses), len(demand)
    title = " ".join(str(cell) for row in sheet.top[:2] for cell in row[:6] if cell)
    found = re.search(r"(19|20)\d\d", title)
    named = re.search(r"wiot(\d\d)", path.name.lower())
    if found:
        year = int(found[0])
    elif named:
        year = int(named[1]) + (1900 if named[1] > "50" else 2000)
    else:
        raise DataError(
            "no year is stated in its title or its name.",
            where=path.name, mend="Keep the name of the download, such as wiot11_row_sep12.xlsx.",
        )  # fmt: skip
    table = Mrio(
        sellers=tuple(rows[at] for at in body),
        users=tuple((str(country[at]), str(code[at])) for at in uses),
        buyers=tuple(str(country[at]) for at in demand),
        use=values[:-1, :U],
        final=values[:-1, U : U + D],
        output=values[-1, :U],
        sales=values[:-1, -1],
    )
    return table, year


@dataclass(frozen=True, eq=False)
class Sheet:
    """The first sheet of a workbook, its labels as text and its cells as numbers.

    Attributes:
        top: the lines of labels, whole.
        left: the columns of labels of every row.
        cells: numbers of the rows below the labels and of all columns, NaN where there is none.
        text: the same cells as text, read on request: what is no number.
    """

    top: list[tuple[Any, ...]]
    left: list[tuple[Any, ...]]
    cells: Array
    text: Callable[[], list[tuple[Any, ...]]]


def _sheet(path: Path) -> Sheet:
    """The first sheet; text and numbers are read apart, since as text numbers lose digits."""
    try:
        import fastexcel
    except ImportError:
        raise MissingExtraError(
            "reading xlsx needs a library that is not installed.",
            where=str(path), mend="Install it: pip install 'surtax[worlds]'.",
        ) from None  # fmt: skip
    try:
        if not zipfile.is_zipfile(path):
            raise DataError("this is not an xlsx file.", where=path.name, mend=MEND)
        book = fastexcel.read_excel(path)

        def read(kind: Any, **part: Any) -> pl.DataFrame:
            found: pl.DataFrame = book.load_sheet(0, header_row=None, dtypes=kind, **part
                                                  ).to_polars()  # fmt: skip
            return found

        top = read("string", n_rows=HEAD)
        left = read("string", use_columns=list(range(min(LEFT, top.width))))
        if left.height < HEAD + 2 or top.width < HEAD:
            raise DataError(
                f"the first sheet has {left.height} rows and {top.width} columns.",
                where=path.name, mend=MEND,
            )  # fmt: skip
        cells = read("float", skip_rows=HEAD).to_numpy()
    except fastexcel.FastExcelError as error:
        said = str(error).split("\n")[0].rstrip(".")
        raise DataError(
            f"the workbook cannot be read: {said}.", where=path.name, mend=MEND
        ) from None
    return Sheet(top.rows(), left.rows(), cells, lambda: read("string", skip_rows=HEAD).rows())


def _numbers_of(sheet: Sheet, rows: list[int], columns: list[int], path: Path) -> Array:
    """Numbers of chosen rows and columns; empty cells are zero."""
    out = sheet.cells[np.ix_([row - HEAD for row in rows], columns)]
    absent = ~np.isfinite(out)
    if absent.any():
        text = sheet.text()
        for i, j in np.argwhere(absent):
            cell = text[rows[i] - HEAD][columns[j]]
            if cell not in (None, "") or np.isinf(out[i, j]):
                raise DataError(
                    f"“{cell}” is not a number.",
                    where=f"{path.name}, row {rows[i] + 1}, column {columns[j] + 1}",
                    mend="Every cell is a number, or empty.",
                )
    return np.where(absent, 0.0, out)
