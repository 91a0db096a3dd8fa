"""Tiny made tables, written in the formats that statistical offices and authors publish."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import polars as pl

DEMAND = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
WIOD_DEMAND = ("c37", "c38", "c39", "c41", "c42")


@dataclass(frozen=True)
class Made:
    """A made inter-country table: rows and columns region-major, output equal both ways."""

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    use: np.ndarray  # (R*S, R*S)
    final: np.ndarray  # (R*S, R*C)
    taxes: np.ndarray  # (R*S,)

    @property
    def output(self) -> np.ndarray:
        return self.use.sum(axis=1) + self.final.sum(axis=1)

    @property
    def added(self) -> np.ndarray:
        return self.output - self.use.sum(axis=0) - self.taxes

    @property
    def cells(self) -> list[tuple[str, str]]:
        return [(r, s) for r in self.regions for s in self.sectors]

    def flow(self, seller: str, sector: str, buyer: str) -> float:
        """What one region buys from another, summed cell by cell."""
        row = self.cells.index((seller, sector))
        each = self.final.shape[1] // len(self.regions)
        spent = sum(
            self.use[row, at] for at, (region, _) in enumerate(self.cells) if region == buyer
        )
        first = self.regions.index(buyer) * each
        return float(spent + sum(self.final[row, first + c] for c in range(each)))

    def used(self, region: str, source: str, user: str) -> float:
        """What an industry uses of a sector, whatever its origin."""
        column = self.cells.index((region, user))
        return float(
            sum(
                self.use[at, column]
                for at, (_, sector) in enumerate(self.cells)
                if sector == source
            )
        )


def made(
    regions: tuple[str, ...], sectors: tuple[str, ...], categories: int, seed: int = 5
) -> Made:
    rng = np.random.default_rng(seed)
    n, cells = len(regions), len(regions) * len(sectors)
    use = rng.lognormal(0.0, 1.0, (cells, cells))
    final = rng.lognormal(2.0, 1.0, (cells, n * categories))
    use *= 0.4 * (use.sum(axis=1) + final.sum(axis=1)).min() / use.sum(axis=0)
    taxes = 0.02 * use.sum(axis=0)
    table = Made(regions, sectors, use, final, taxes)
    assert (table.added > 0).all()
    return table


def check_world(world, table: Made, *, tolerance: float = 1e-9) -> None:
    """A world holds the table: flows, uses and value added, cell by cell."""
    assert world.regions == table.regions
    assert world.sectors == table.sectors
    for s, sector in enumerate(table.sectors):
        for n, buyer in enumerate(table.regions):
            for i, seller in enumerate(table.regions):
                expected = table.flow(seller, sector, buyer)
                assert abs(world.flows[s, n, i] - expected) <= tolerance * expected
    for n, region in enumerate(table.regions):
        for k, user in enumerate(table.sectors):
            output = table.output[table.cells.index((region, user))]
            total = 0.0
            for s, source in enumerate(table.sectors):
                expected = table.used(region, source, user) / output
                total += expected
                assert abs(world.inputs[n, s, k] - expected) <= tolerance * expected
            assert abs(world.value_added[n, k] - (1.0 - total)) <= tolerance


# --- OECD ICIO -------------------------------------------------------------------------------


def icio_rows(table: Made, edition: int = 2023) -> list[list[str]]:
    """Cells of the CSV of an edition, header first."""
    labels = [f"{r}_{s}" for r, s in table.cells]
    demand = [f"{r}_{d}" for r in table.regions for d in DEMAND]
    value, total, out = ("VALU", "TOTAL", "OUTPUT") if edition == 2021 else ("VA", "OUT", "OUT")
    first = "" if edition == 2021 else "V1"
    rows = [[first, *labels, *demand, total]]
    values = np.concatenate([table.use, table.final, table.output[:, None]], axis=1)
    rows += [
        [name, *map(repr, map(float, line))] for name, line in zip(labels, values, strict=True)
    ]
    nothing = ["0"] * len(demand)
    if edition == 2021:
        for region in table.regions:
            part = table.taxes / len(table.regions)
            rows.append([f"{region}_TAXSUB", *map(repr, map(float, part)), *nothing, "0"])
    else:
        rows.append(["TLS", *map(repr, map(float, table.taxes)), *nothing, "0"])
    rows.append([value, *map(repr, map(float, table.added)), *nothing, "0"])
    rows.append([out, *map(repr, map(float, table.output)), *nothing, "0"])
    return rows


def write_rows(rows: list[list[str]], path: Path) -> Path:
    path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    return path


def write_icio(table: Made, path: Path, edition: int = 2023) -> Path:
    return write_rows(icio_rows(table, edition), path)


def extended(table: Made, whole: str, parts: tuple[str, str]) -> Made:
    """The same table with one region's production in two parts, its final demand whole."""
    regions = [r for r in table.regions for r in ((r, *parts) if r == whole else (r,))]
    share = {whole: 0.0, parts[0]: 0.3, parts[1]: 0.7}
    of = dict.fromkeys(parts, whole)
    cells = [(r, s) for r in regions for s in table.sectors]
    at = [table.cells.index((of.get(r, r), s)) for r, s in cells]
    weight = np.array([share.get(r, 1.0) for r, _ in cells])
    use = table.use[np.ix_(at, at)] * weight[:, None] * weight[None, :]
    return Made(
        tuple(regions), table.sectors, use, table.final[at] * weight[:, None],
        table.taxes[at] * weight,
    )  # fmt: skip


def extended_rows(table: Made, whole: str, parts: tuple[str, str]) -> list[list[str]]:
    """Rows of the extended CSV: the parts in production, final demand of the whole only."""
    wide = extended(table, whole, parts)
    rows = icio_rows(
        Made(wide.regions, wide.sectors, wide.use, np.zeros((len(wide.cells), 0)), wide.taxes)
    )
    head, body = rows[0], rows[1:]
    cells = len(wide.cells)
    demand = [f"{r}_{d}" for r in table.regions for d in DEMAND]
    out = [[*head[: cells + 1], *demand, head[-1]]]
    output = np.concatenate([wide.output, np.zeros(3)])
    for at, row in enumerate(body):
        if at < cells:
            tail = [*map(repr, map(float, wide.final[at])), repr(float(output[at]))]
        else:
            tail = ["0"] * (len(demand) + 1)
        out.append([*row[: cells + 1], *tail])
    out[-1][1 : cells + 1] = [repr(float(v)) for v in wide.output]
    added = wide.output - wide.use.sum(axis=0) - wide.taxes
    out[-2][1 : cells + 1] = [repr(float(v)) for v in added]
    return out


# --- WIOD ------------------------------------------------------------------------------------


def wiod_grid(table: Made, year: int = 2011) -> list[list[object]]:
    """Cells of the sheet of the 2013 release."""
    demand = [(r, c) for r in table.regions for c in WIOD_DEMAND]
    codes = [s for _, s in table.cells] + [c for _, c in demand] + ["c43"]
    homes = [r for r, _ in table.cells] + [r for r, _ in demand] + ["TOT"]
    blank: list[object] = [None] * 4
    empty: list[object] = [None] * len(codes)
    grid: list[list[object]] = [
        [f"Intercountry Input-Output Table in current prices, {year}", *blank[1:], *empty],
        [*blank, *empty],
        ["(industry-by-industry)", *blank[1:], *[f"code {c}" for c in codes]],
        ["(millions of US$)", *blank[1:], *[f"name {c}" for c in codes]],
        [*blank, *homes],
        [*blank, *codes],
    ]
    values = np.concatenate([table.use, table.final, table.output[:, None]], axis=1)
    for (region, sector), line in zip(table.cells, values, strict=True):
        grid.append([f"code {sector}", f"name {sector}", region, sector, *map(float, line)])
    rest = [0.0] * (len(demand) + 1)
    for code, name, line in (
        ("II_fob", "r60", table.use.sum(axis=0)),
        ("TXSP", "r99", table.taxes),
        ("VA", "r64", table.added),
        ("GO", "r69", table.output),
    ):
        grid.append([code, code, "TOT", name, *map(float, line), *rest])
    return grid


def write_xlsx(grid: list[list[object]], path: Path) -> Path:
    """A workbook of one sheet, as little as the format allows."""
    rows = []
    for r, line in enumerate(grid, start=1):
        cells = []
        for c, value in enumerate(line):
            name = f"{_column(c)}{r}"
            if isinstance(value, float | int):
                cells.append(f'<c r="{name}"><v>{value!r}</v></c>')
            elif value is not None:
                text = escape(str(value))
                cells.append(f'<c r="{name}" t="inlineStr"><is><t>{text}</t></is></c>')
        rows.append(f'<row r="{r}">{"".join(cells)}</row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="WIOT" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(rows)}'
        "</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>\n' + text)
    return path


def _column(at: int) -> str:
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def wiod_parts(table: Made, year: int = 2011) -> dict[str, object]:
    return {
        "year": np.array([year], dtype=np.int32),
        "countries": np.array(table.regions),
        "industries": np.array(table.sectors),
        "final": table.final,
        "output": table.output,
        "inter": table.use,
    }


def write_rdata(parts: object, path: Path, name: str = "wiot_2011") -> Path:
    import rdata

    rdata.write_rda(path, {name: parts})
    return path


# --- others ----------------------------------------------------------------------------------


def write_cp2015(folder: Path, seed: int = 7) -> dict[str, np.ndarray]:
    """The replication tables of Caliendo and Parro filled with made numbers."""
    rng = np.random.default_rng(seed)
    n, s, t = 31, 40, 20
    folder.mkdir()
    trade = rng.lognormal(0.0, 1.0, (t, n, n))
    trade[:, np.arange(n), np.arange(n)] = 0.0
    gross = rng.uniform(100.0, 200.0, (s, n)) * 1e3
    added = rng.uniform(0.4, 0.8, (s, n))
    recipe = rng.uniform(0.1, 1.0, (n, s, s))
    recipe /= recipe.sum(axis=1)[:, None, :]
    theta = rng.uniform(2.0, 9.0, (t, 1))
    tables = {
        "xbilat1993": trade.reshape(t * n, n), "GO": gross, "B": added,
        "IO": recipe.reshape(n * s, s), "T": theta,
        "tariffs1993": rng.uniform(0.0, 20.0, (t * n, n)),
        "tariffs2005": rng.uniform(0.0, 20.0, (t * n, n)),
    }  # fmt: skip
    for name, array in tables.items():
        lines = ("\t".join(repr(float(v)) for v in row) for row in array)
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="ascii")
    return tables


def write_baci(
    folder: Path, names: list[str], trade: np.ndarray, gdp: np.ndarray, year: int = 2023
) -> tuple[Path, Path]:
    """A year of BACI in two products (thousand USD, exporter by importer), and GDP in USD."""
    folder.mkdir()
    code = {name: str(100 + at) for at, name in enumerate(names)}
    lines = ["t,i,j,k,v,q"]
    for i, seller in enumerate(names):
        for j, buyer in enumerate(names):
            value = float(trade[i, j])
            if i != j and value > 0:
                for k, part in (("010121", 0.25), ("870323", 0.75)):
                    lines.append(f"{year},{code[seller]},{code[buyer]},{k},{value * part!r},  NA")
    (folder / f"BACI_HS22_Y{year}_V202501.csv").write_text("\n".join(lines) + "\n", "utf-8")
    head = "country_code,country_name,country_iso2,country_iso3"
    rows = [f"{code[name]},{name} land,{name[:2]},{name}" for name in names]
    (folder / "country_codes_V202501.csv").write_text("\n".join([head, *rows]) + "\n", "utf-8")
    table = folder / "gdp.csv"
    rows = [f"{name},{float(v)!r}" for name, v in zip(names, gdp, strict=True)]
    table.write_text("\n".join(["iso3,gdp", *rows]) + "\n", encoding="utf-8")
    return folder, table


def write_ossa(folder: Path, seed: int = 9) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Trade and tariffs by (sector, exporter, importer), and elasticities of substitution."""
    rng = np.random.default_rng(seed)
    folder.mkdir()
    s, n = 33, 7
    trade = rng.lognormal(0.0, 1.0, (s, n, n))
    trade[:, np.arange(n), np.arange(n)] += 20.0
    rates = rng.uniform(0.0, 0.5, (s, n, n))
    rates[:, np.arange(n), np.arange(n)] = 0.0
    sigma = rng.uniform(2.0, 9.0, (s, 5))
    tables = {"trade_ijs": trade.reshape(s * n, n), "tariff_ijs": rates.reshape(s * n, n),
              "sigma_s": sigma}  # fmt: skip
    for name, array in tables.items():
        lines = (",".join(repr(float(v)) for v in row) for row in array)
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    labels = "\n".join(f'"g{k}"' for k in range(s))
    (folder / "labels.csv").write_text(labels + "\n", encoding="utf-8")
    return trade, rates, sigma


def write_us_china(folder: Path, seed: int = 4) -> dict[str, np.ndarray]:
    """The case of 2017 filled with made numbers whose final use is what the identities leave."""
    from surtax.world.sources.us_china_2017 import REGIONS, SECTORS

    rng = np.random.default_rng(seed)
    folder.mkdir()
    n, s = len(REGIONS), len(SECTORS)
    flows = rng.lognormal(0.0, 1.0, (s, n, n))  # sector, buyer, seller
    own = np.arange(n)
    flows[:, own, own] += 60.0
    rates = rng.uniform(0.0, 0.2, (s, n, n))
    rates[22:] = 0.0
    rates[:, own, own] = 0.0
    added = rng.uniform(0.6, 0.8, (n, s))
    recipe = rng.uniform(0.5, 1.5, (n, s, s))
    recipe /= recipe.sum(axis=1)[:, None, :]
    spent = (flows * (1 + rates)).sum(axis=2)
    used = np.einsum("nsk,nk,kn->sn", recipe, 1 - added, flows.sum(axis=1))
    final = spent - used
    assert (final > 0).all()
    final /= final.sum(axis=0)
    theta = rng.uniform(2.0, 9.0, s)

    def write(name: str, head: str, rows: list[str]) -> None:
        (folder / name).write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")

    trade = [(a, b, k) for k in range(s) for b in range(n) for a in range(n)]
    write(
        "TradeFlow2017.csv",
        "iso_o,iso_d,indcode,tradevalue",
        [f"{REGIONS[a]},{REGIONS[b]},{k + 1},{float(flows[k, b, a])!r}" for a, b, k in trade],
    )
    write(
        "tariff_prewar2017.csv",
        "iso_o,iso_d,indcode,AHS_simple",
        [f"{REGIONS[a]},{REGIONS[b]},{k + 1},{float(rates[k, b, a])!r}" for a, b, k in trade],
    )
    cells = [(a, k) for a in range(n) for k in range(s)]
    write(
        "vashare.csv",
        "iso_o,indcode,vashare",
        [f"{REGIONS[a]},{k + 1},{float(added[a, k])!r}" for a, k in cells],
    )
    write(
        "finalshare.csv",
        "iso_o,input_ind,finalshare",
        [f"{REGIONS[a]},{k + 1},{float(final[k, a])!r}" for a, k in cells],
    )
    write(
        "IOshare.csv",
        "iso_o,input_ind,output_ind,valueshare",
        [
            f"{REGIONS[a]},{j + 1},{k + 1},{float(recipe[a, j, k])!r}"
            for a in range(n)
            for j in range(s)
            for k in range(s)
        ],
    )
    write(
        "cal_elasticities.csv",
        "industry,\\theta,\\psi",
        [f"{k + 1},{float(theta[k])!r} ,0.1 " for k in range(s)],
    )
    for side, column in (("Trump", "trump_tariff_wave5"), ("China", "China_tariff_wave5")):
        write(f"tariff_{side}.csv", f"indcode,{column}", [f"{k},0.25" for k in range(1, 23)])
    return {"flows": flows, "rates": rates, "added": added, "final": final, "theta": theta,
            "inputs": recipe * (1 - added)[:, None, :]}  # fmt: skip


def write_qge(folder: Path, seed: int = 2) -> dict[str, np.ndarray]:
    """Two states, one country apart, and three sectors, in the layout of qge."""
    rng = np.random.default_rng(seed)
    folder.mkdir()
    regions, sectors = ("Ohio", "Utah", "France"), ("Wood", "Machinery", "Retail Trade")
    n = s = 3
    flows = rng.uniform(1.0, 2.0, (s, n, n))
    flows[:, np.arange(n), np.arange(n)] += 9.0
    added = rng.uniform(0.5, 0.8, (n, s))
    recipe = rng.uniform(0.5, 1.5, (2, s, s))
    recipe /= recipe.sum(axis=1)[:, None, :]
    theta = np.array([4.0, 2.5, 5.0])
    trade = [(sectors[k], regions[b], regions[a], float(flows[k, b, a]))
             for k in range(s) for b in range(n) for a in range(n)]  # fmt: skip
    _parquet(folder / "bilateral_trade.parquet", ("sector", "destination", "source"), trade)
    rows = [(sectors[k], regions[a], float(added[a, k])) for k in range(s) for a in range(n)]
    _parquet(folder / "value_added_share.parquet", ("sector", "region"), rows)
    rows = [(sectors[k], float(1 / theta[k])) for k in range(s)]
    _parquet(folder / "sectoral_dispersion.parquet", ("sector",), rows)
    rows = [(c, sectors[j], sectors[k], float(recipe[at, j, k]))
            for at, c in enumerate(("United States", "France"))
            for j in range(s) for k in range(s)]  # fmt: skip
    names = ("country", "source_sector", "dest_sector")
    _parquet(folder / "io_coefficients.parquet", names, rows)
    inputs = recipe[[0, 0, 1]] * (1 - added)[:, None, :]
    return {"flows": flows, "added": added, "inputs": inputs, "theta": theta}


def _parquet(path: Path, names: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    pl.DataFrame(rows, schema=[*names, "value"], orient="row").write_parquet(path)


# --- Statistics Canada: the columns of the full-table download, in English and French ---------

COMMON = (
    ("REF_DATE", "PÉRIODE DE RÉFÉRENCE"), ("GEO", "GÉO"), ("DGUID", "DGUID"), ("", ""),
    ("UOM", "UNITÉ DE MESURE"), ("UOM_ID", "IDENTIFICATEUR D'UNITÉ DE MESURE"),
    ("SCALAR_FACTOR", "FACTEUR SCALAIRE"), ("SCALAR_ID", "IDENTIFICATEUR SCALAIRE"),
    ("VECTOR", "VECTEUR"), ("COORDINATE", "COORDONNÉE"), ("VALUE", "VALEUR"), ("STATUS", "STATUT"),
    ("SYMBOL", "SYMBOLE"), ("TERMINATED", "TERMINÉ"), ("DECIMALS", "DÉCIMALES"),
)  # fmt: skip
TITLES = {
    "ON": ("Ontario", "Ontario"), "QC": ("Quebec", "Québec"),
    "NB": ("New Brunswick", "Nouveau-Brunswick"), "YT": ("Yukon", "Yukon"),
    "CA": ("Canada", "Canada"),
}  # fmt: skip
ESTIMATES = (
    ("Gross domestic product at market prices", "Produit intérieur brut aux prix du marché"),
    ("Taxes less subsidies on products and imports",
     "Impôts moins les subventions sur les produits et les importations"),
    ("Taxes less subsidies on production", "Impôts moins les subventions sur la production"),
)  # fmt: skip
DIRECTIONS = {"export": ("Domestic export", "Exportation nationale"), "import": ("Import",) * 2}
SECTIONS = (
    ("Motor vehicles and parts", "Véhicules automobiles et leurs pièces"),
    ("Special transactions trade", "Transactions spéciales"),
)


def statcan_text(
    dimensions: list[tuple[str, str]],
    rows: list[tuple[str, str, list[tuple[str, str]], float | None]],
    scale: tuple[int, str, str],
    *,
    french: bool,
) -> str:
    """The CSV of a full-table download: rows of date, place, words and value."""
    mark, point = (";", ",") if french else (",", ".")
    names = [n for c in COMMON for n in (dimensions if c == ("", "") else [c])]
    lines = ["\ufeff" + mark.join(f'"{name[french]}"' for name in names)]
    for at, (date, place, words, value) in enumerate(rows):
        text = "" if value is None else repr(value).replace(".", point)
        row = [date, TITLES[place][french], "2016A000011124", *(w[french] for w in words)]
        row += ["Dollars", "81", scale[1 + french], str(scale[0]), f"v{at}", f"1.{at}", text]
        row += ["" if text else "..", "", "", "1"]
        lines.append(mark.join(f'"{cell}"' for cell in row))
    return "\n".join(lines) + "\n"


def statcan_gdp(values: dict[str, tuple[float, float]], *, french: bool = False) -> str:
    """Table 36-10-0221: GDP and taxes on products by province, C$ mn, and rows of other things."""
    rows: list[tuple[str, str, list[tuple[str, str]], float | None]] = []
    for place, (market, taxes) in values.items():
        parts = zip(ESTIMATES, (market, taxes, 999.0), strict=True)
        rows += [("2023", place, [item], value) for item, value in parts]
    rows += [("2023", "CA", [item], 1e6) for item in ESTIMATES]
    rows += [("2022", "ON", [item], None) for item in ESTIMATES]
    return statcan_text([("Estimates", "Estimations")], rows, (6, "millions", "millions"),
                        french=french)  # fmt: skip


def statcan_trade(values: dict[tuple[str, str], float], *, french: bool = False) -> str:
    """Table 12-10-0175 by year: goods by province and direction, C$ thousand, and other rows."""
    usa = ("United States", "États-Unis")
    rows: list[tuple[str, str, list[tuple[str, str]], float | None]] = [
        ("2024", place, [DIRECTIONS[flow], usa, SECTIONS[0]], value)
        for (place, flow), value in values.items()
    ]
    rows.append(("2024", "ON", [DIRECTIONS["export"], usa, SECTIONS[1]], 77.0))
    rows.append(("2024", "YT", [DIRECTIONS["export"], usa, SECTIONS[0]], 88.0))
    rows.append(("2024", "ON", [DIRECTIONS["export"], ("China", "Chine"), SECTIONS[0]], 99.0))
    rows.append(("2024", "CA", [DIRECTIONS["export"], usa, SECTIONS[0]], 111.0))
    names = [
        ("Trade", "Commerce"),
        ("Principal trading partners", "Principaux partenaires commerciaux"),
        ("North American Product Classification System (NAPCS)",
         "Système de classification des produits de l'Amérique du Nord (SCPAN)"),
    ]  # fmt: skip
    return statcan_text(names, rows, (3, "thousands", "milliers"), french=french)


def write_statcan(path: Path, text: str, name: str = "12100175") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.csv", text)
        archive.writestr(f"{name}_MetaData.csv", '"Cube Title"\n"Trade"\n')
    return path
