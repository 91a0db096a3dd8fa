"""Build the embedded world ``can17x28``: tidy tables of four significant digits and a manifest.

Reads the estimate (arrays X[s, origin, destination], Z[region, input, user], F[s, region],
gamma[s, region], emp_prov[s, province]) and writes ``src/surtax/world/data/can17x28``. A file
``tariffs.csv`` that is already there is kept and listed. The same estimate gives the same bytes.

Usage: python scripts/build_world.py [can17x28.npz] [-o FOLDER]
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import yaml

from surtax.world.sources.manifest import FILE, Table
from surtax.world.sources.tables import sha256, tidy, write_table

HEADER = Path(__file__).with_name("can17x28.yaml")
OUT = Path(__file__).parents[1] / "src/surtax/world/data/can17x28"
DIGITS = 4
COMMAND = "python scripts/build_world.py can17x28.npz"


def rounded(array: np.ndarray, digits: int = DIGITS) -> np.ndarray:
    """Every number to so many significant digits; a positive number stays positive."""
    text = np.array([float(f"{x:.{digits}g}") for x in array.ravel()])
    return text.reshape(array.shape)


def tables_of(estimate: Path) -> dict[str, tuple[str, pl.DataFrame, str]]:
    """File, table and unit of each part of the pack."""
    with np.load(estimate) as arrays:
        s, r = arrays["sectors"].tolist(), arrays["regions"].tolist()
        flows, use, final = arrays["X"], arrays["Z"], arrays["F"]
        share, persons = arrays["gamma"], arrays["emp_prov"]
    trade = (("sector", s), ("origin", r), ("destination", r))
    users = (("region", r), ("input", s), ("user", s))
    by_region = (("sector", s), ("region", r))
    provinces = (("sector", s), ("region", r[: persons.shape[1]]))
    every = tidy(np.ones_like(persons), provinces, "persons")
    jobs = every.with_columns(pl.Series("persons", rounded(persons).ravel()).cast(pl.Int64))
    money = "C$ bn per year"
    return {
        "flows": ("flows.parquet", tidy(rounded(flows), trade, "value"), money),
        "use": ("use.parquet", tidy(rounded(use), users, "value"), money),
        "final": ("final.csv", tidy(rounded(final), by_region, "value"), money),
        "value_added": ("value_added.csv", tidy(rounded(share), by_region, "share"), "of output"),
        "employment": ("employment.csv", jobs, "persons"),
    }


def build(estimate: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    tables = {
        name: write_table(frame, out, file, unit)
        for name, (file, frame, unit) in tables_of(estimate).items()
    }
    duties = out / "tariffs.csv"
    if duties.is_file():
        rows = pl.read_csv(duties, infer_schema=False).height
        tables["tariffs"] = Table(duties.name, sha256(duties), rows, "fraction of flow value")
    made = {
        "tables": {name: msgspec.to_builtins(table) for name, table in tables.items()},
        "made_by": COMMAND,
        "made_from": {"file": estimate.name, "sha256": sha256(estimate)},
    }
    head = "".join(
        line
        for line in HEADER.read_text(encoding="utf-8").splitlines(keepends=True)
        if not line.startswith("# The part of the manifest")
    )
    text = head + yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=100)
    (out / FILE).write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    given = os.environ.get("SURTAX_TEST_DATA", "")
    default = Path(given) / "can17x28_derived/can17x28.npz" if given else None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("estimate", type=Path, nargs="?", default=default)
    parser.add_argument("-o", "--out", type=Path, default=OUT)
    options = parser.parse_args()
    if options.estimate is None or not options.estimate.is_file():
        parser.error("name the estimate, or set SURTAX_TEST_DATA to the folder that holds it")
    build(options.estimate, options.out)


if __name__ == "__main__":
    main()
