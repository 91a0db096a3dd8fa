"""The commands on worlds write what the functions make, and say what they did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import world_formats as f
from surtax.cli import app
from surtax.economy.solve import solve
from surtax.errors import InputError, SurtaxError
from surtax.world.aggregate import aggregate
from surtax.world.employment import jobs
from surtax.world.load import describe, load
from surtax.world.published import read_targets
from surtax.world.sources.formats import FORMATS
from surtax.world.split import split_sector
from surtax.world.update import update

PARTS = ("flows", "tariffs", "inputs", "value_added", "theta", "treasury_shares")


def run(*words: str | Path) -> str:
    """Standard output of a command that ends well; its own error otherwise."""
    done = CliRunner().invoke(app, [str(w) for w in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def answer(*words: str | Path) -> dict[str, Any]:
    return json.loads(run(*words, "--json"))


def same(folder: Path, world: Any) -> None:
    made = load(folder)
    for part in PARTS:
        np.testing.assert_allclose(
            getattr(made, part), getattr(world, part), rtol=1e-9, atol=1e-15, err_msg=part
        )


def test_list_names_every_format():
    said = answer("world", "list")
    assert [row["format"] for row in said["formats"]] == list(FORMATS)
    assert "can17x28" in [row["name"] for row in said["worlds"]]
    text = run("world", "list")
    assert "icio" in text
    assert "--gdp" in text


def test_import_of_every_made_sample(tmp_path: Path):
    table = f.made(("CAN", "MEX", "USA"), ("A01_02", "C29", "G"), len(f.DEMAND))
    f.write_icio(table, tmp_path / "2018.csv")
    sheet = f.made(("CAN", "USA"), ("c1", "c18"), len(f.WIOD_DEMAND))
    f.write_xlsx(f.wiod_grid(sheet), tmp_path / "wiot11.xlsx")
    trade = np.full((3, 3), 1000.0)
    f.write_baci(tmp_path / "baci", ["AAA", "BBB", "CCC"], trade, np.array([1e9, 2e9, 3e9]))
    f.write_ossa(tmp_path / "ossa")
    f.write_us_china(tmp_path / "case")
    f.write_qge(tmp_path / "qge")
    f.write_cp2015(tmp_path / "cp")
    samples = {
        "icio": ("2018.csv", "--elasticities", "boc-2018-capped"),
        "wiod13": ("wiot11.xlsx",),
        "baci": ("baci", "--gdp", tmp_path / "baci" / "gdp.csv", "--theta", "5"),
        "ossa2014": ("ossa",),
        "us-china-2017": ("case",),
        "qge": ("qge", "--currency", "USD mn"),
        "cp2015": ("cp",),
    }
    assert {*samples, "pack"} == set(FORMATS)
    for form, (path, *options) in samples.items():
        out = tmp_path / "made" / form
        said = answer("world", "import", form, tmp_path / path, *options, "-o", out, "--name", "my")
        world = load(out)
        assert said["world"] == world.name == "my"
        assert said["regions"] == len(world.regions)
        assert said["notes"]
        assert said["findings"]["fault"] == 0
        assert answer("world", "check", out)["counts"]["fault"] == 0
        still = solve(world, world.tariffs)  # no shock gives the benchmark back
        np.testing.assert_allclose(still.real_income, 1.0, rtol=1e-9)
    again = tmp_path / "made" / "again"
    run("world", "import", "pack", tmp_path / "made" / "qge", "-o", again)
    same(again, load(tmp_path / "made" / "qge"))
    assert load(tmp_path / "made" / "baci").theta.tolist() == [5.0]


def test_aggregate_split_and_update(tmp_path: Path):
    world = load("can17x28")
    run("world", "aggregate", "can17x28", "--region", "WEST=BC,AB,SK,MB", "--sector",
        "MFG=FOD, TEX", "-o", tmp_path / "a")  # fmt: skip
    groups = {"WEST": ["BC", "AB", "SK", "MB"]}
    same(tmp_path / "a", aggregate(world, regions=groups, sectors={"MFG": ["FOD", "TEX"]}))
    text = run("world", "split", "can17x28", "--sector", "MIN", "--into", "POT=0.3", "--into",
               "ORE=70%", "-o", tmp_path / "s")  # fmt: skip
    same(tmp_path / "s", split_sector(world, "MIN", {"POT": 0.3, "ORE": 0.7}))
    assert "MIN split by shares" in text
    assert "potash" not in text  # notes that the world had before are not told again
    path = tmp_path / "targets.csv"
    path.write_text("item,sector,origin,destination,value\nflow,MIN,SK,USA,4.2\n", "utf-8")
    run("world", "update", "can17x28", path, "--method", "least-squares", "-o", tmp_path / "u")
    same(tmp_path / "u", update(world, read_targets(path), method="least-squares"))
    assert load(tmp_path / "u").notes[: len(world.notes)] != ()
    said = answer("world", "check", "can17x28", "--against", path)
    gaps = [row for row in said["findings"] if row["check"] == "published number"]
    assert gaps[0]["severity"] == "warning"
    assert said["counts"]["warning"] == 1
    text = run("world", "check", tmp_path / "u", "--against", path)
    assert "balances" in text
    assert max(len(line) for line in text.splitlines()) <= 80
    manifest = describe(tmp_path / "u")
    assert list(manifest.made_from) == ["manifest.yaml", "targets.csv"]
    assert (manifest.name, describe(tmp_path / "s").name) == ("u", "s")  # no longer that world
    assert manifest.made_by.startswith("surtax")


def test_what_goes_with_a_world(tmp_path: Path):
    """Titles, ratios of customs values and jobs survive each step."""
    world, counted = load("can17x28"), jobs("can17x28")
    path = tmp_path / "targets.csv"
    path.write_text("item,sector,origin,destination,value\nflow,MIN,SK,USA,4.2\n", "utf-8")
    run("world", "update", "can17x28", path, "-o", tmp_path / "u")
    np.testing.assert_array_equal(load(tmp_path / "u").customs_to_basic, world.customs_to_basic)
    assert describe(tmp_path / "u").regions[4].title == "Quebec"
    np.testing.assert_allclose(jobs(tmp_path / "u").persons, counted.persons, rtol=1e-9)
    run("world", "split", "can17x28", "--region", "USA", "--into", "E=0.5", "--into", "W=0.5",
        "-o", tmp_path / "s")  # fmt: skip
    halves = load(tmp_path / "s")
    e, on, usa = halves.region("E"), halves.region("ON"), world.region("USA")
    assert halves.customs_to_basic[e, on] == world.customs_to_basic[usa, on]
    assert np.isnan(halves.customs_to_basic[e, e + 1])
    run("world", "aggregate", "can17x28", "--region", "MAR=NS,NB,PE", "--sector", "CAR=MTV,OTE",
        "-o", tmp_path / "a")  # fmt: skip
    made, people = load(tmp_path / "a"), jobs(tmp_path / "a")
    mar, car = made.region("MAR"), made.sector("CAR")
    old = [world.region(r) for r in ("NS", "NB", "PE")]
    cars = [world.sector(s) for s in ("MTV", "OTE")]
    expected = counted.persons[np.ix_(cars, old)].sum()
    assert people.persons[car, mar] == pytest.approx(expected, rel=1e-9)
    assert np.isnan(people.persons[:, made.region("USA")]).all()
    goods = world.flows[world.traded][:, usa, old].sum(axis=0)
    mean = goods.sum() / (goods / world.customs_to_basic[usa, old]).sum()
    assert made.customs_to_basic[made.region("USA"), mar] == pytest.approx(mean, rel=1e-9)


FAULTS = {
    "an unknown format": (["import", "icios", "x.csv", "-o", "OUT"], "Nearest: icio"),
    "no such file": (["import", "icio", "none.csv", "-o", "OUT"], "none.csv"),
    "an option of another format": (
        ["import", "icio", "x.csv", "--gdp", "g.csv", "-o", "OUT"], "--gdp"),
    "a set that is none": (
        ["import", "icio", "SAMPLE", "--elasticities", "centre", "-o", "OUT"], "central"),
    "a group without members": (["aggregate", "can17x28", "--region", "WEST", "-o", "OUT"], "="),
    "no group": (["aggregate", "can17x28", "-o", "OUT"], "at least one group"),
    "a place below a file": (
        ["aggregate", "can17x28", "--region", "W=BC,AB", "-o", "TARGETS/w"], "no folder can be"),
    "an unknown member": (
        ["aggregate", "can17x28", "--region", "W=BC,ALB", "-o", "OUT"], "Nearest: AB"),
    "a part of a treasury with another": (
        ["aggregate", "can17x28", "--region", "W=BC,USA", "-o", "OUT"], "Take all of it"),
    "a member in two groups": (
        ["aggregate", "can17x28", "--region", "A=BC", "--region", "B=BC,AB", "-o", "OUT"],
        "Name it once"),
    "a group of a taken name": (
        ["aggregate", "can17x28", "--region", "ON=BC,AB", "-o", "OUT"], "among its members"),
    "nothing to split": (["split", "can17x28", "--into", "A=1", "-o", "OUT"], "--region, --sector"),
    "one part": (["split", "can17x28", "--sector", "MIN", "--into", "A=1", "-o", "OUT"], "two"),
    "shares that miss one": (
        ["split", "can17x28", "--sector", "MIN", "--into", "A=0.4", "--into", "B=0.5", "-o", "OUT"],
        "add to 0.9"),
    "a share in words": (
        ["split", "can17x28", "--sector", "MIN", "--into", "A=half", "--into", "B=0.5", "-o",
         "OUT"], "--into A"),
    "a name that is taken": (
        ["split", "can17x28", "--sector", "MIN", "--into", "AGR=0.5", "--into", "B=0.5", "-o",
         "OUT"], "taken"),
    "an unknown method": (
        ["update", "can17x28", "TARGETS", "--method", "rsa", "-o", "OUT"], "Nearest: ras"),
    "targets that contradict": (["update", "can17x28", "CONTRARY", "-o", "OUT"], "contradict"),
    "a target of no trade": (["update", "can17x28", "SILENT", "-o", "OUT"], "no such trade"),
    "no targets": (["update", "can17x28", "none.csv", "-o", "OUT"], "none.csv"),
    "a folder that is no world": (["check", "FOLDER"], "manifest.yaml"),
    "published numbers of nobody": (["check", "can17x28", "--against", "STRANGE"], "Nearest"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_faults(name: str, tmp_path: Path):
    head = "item,sector,origin,destination,value\n"
    texts = {
        "TARGETS": "flow,MIN,SK,USA,4.2",
        "CONTRARY": "flow,MIN,SK,USA,4.2\nflow,MIN,CAN,USA,4.0",
        "STRANGE": "flow,MIN,SASK,USA,4.2",
    }
    world = load("can17x28")
    sector, buyer, seller = np.argwhere(world.flows == 0)[0]
    names = world.sectors[sector], world.regions[seller], world.regions[buyer]
    texts["SILENT"] = f"flow,{','.join(names)},3"
    for file, rows in texts.items():
        (tmp_path / file).write_text(head + rows + "\n", encoding="utf-8")
    table = f.made(("CAN", "USA"), ("A01_02", "C29"), len(f.DEMAND))
    f.write_icio(table, tmp_path / "SAMPLE")
    (tmp_path / "FOLDER").mkdir()
    words, said = FAULTS[name]
    files = {*texts, "OUT", "SAMPLE", "FOLDER"}
    words = [str(tmp_path / w) if w.split("/")[0] in files else w for w in words]
    with pytest.raises(SurtaxError) as caught:
        run("world", *words)
    assert isinstance(caught.value, InputError)
    assert said in str(caught.value)
    assert not (tmp_path / "OUT").exists()
