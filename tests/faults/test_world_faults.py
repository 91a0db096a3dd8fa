"""Bad worlds: one clear message with the place and the mend, never a traceback or a wrong world."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from surtax.errors import DataError, UnknownNameError, WorldError
from surtax.world.balance import rebalance
from surtax.world.check import check, require
from surtax.world.load import load
from surtax.world.sources.pack import read_pack, write_pack
from world_packs import copy_of, edit_manifest, edit_table, list_table

NAME = "can17x28"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return copy_of(NAME, tmp_path / "pack")


def refused(folder: Path, kind: type[Exception], *words: str) -> None:
    with pytest.raises(kind) as caught:
        read_pack(folder)
    error = caught.value
    assert error.exit_code == 2
    assert error.where
    assert error.mend
    for word in words:
        assert word in str(error)


def test_missing_folder(tmp_path: Path):
    refused(tmp_path / "nowhere", DataError, "nowhere")
    with pytest.raises(DataError):
        load(str(tmp_path / "nowhere"))


def test_folder_without_manifest(tmp_path: Path):
    refused(tmp_path, DataError, "manifest.yaml")


def test_missing_file(pack: Path):
    (pack / "flows.parquet").unlink()
    refused(pack, DataError, "flows.parquet")


def test_altered_file(pack: Path):
    path = pack / "final.csv"
    path.write_text(path.read_text("utf-8").replace("1", "2", 1), encoding="utf-8")
    refused(pack, DataError, "final.csv", "SHA-256")


def test_truncated_parquet_with_its_own_hash(pack: Path):
    from surtax.world.sources.tables import sha256

    path = pack / "flows.parquet"
    path.write_bytes(path.read_bytes()[:1000])
    edit_manifest(pack, lambda raw: raw["tables"]["flows"].update(sha256=sha256(path)))
    refused(pack, DataError, "flows.parquet", "cannot be read")


def test_manifest_that_is_not_yaml(pack: Path):
    (pack / "manifest.yaml").write_text("regions: [", encoding="utf-8")
    refused(pack, DataError, "manifest.yaml:2", "not valid YAML")


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n"])
def test_manifest_of_another_layout(pack: Path, text: str):
    (pack / "manifest.yaml").write_text(text, encoding="utf-8")
    refused(pack, DataError, "manifest.yaml:1")


def test_manifest_with_a_misspelt_field(pack: Path):
    edit_manifest(pack, lambda raw: raw["regions"][3].update(tresury="CAN"))
    text = (pack / "manifest.yaml").read_text("utf-8").splitlines()
    line = next(n for n, words in enumerate(text, start=1) if "tresury" in words)
    refused(pack, DataError, f"manifest.yaml:{line}", "“tresury”")


def test_manifest_with_a_region_twice(pack: Path):
    edit_manifest(pack, lambda raw: raw["regions"][1].update(name="NL"))
    refused(pack, DataError, "NL", "twice")


def test_table_not_listed(pack: Path):
    edit_manifest(pack, lambda raw: raw["tables"].pop("use"))
    refused(pack, DataError, "use")


def test_missing_column(pack: Path):
    edit_table(pack, "flows", lambda t: t.rename({"origin": "from"}))
    refused(pack, DataError, "origin", "flows.csv")


def test_unknown_region_in_a_row(pack: Path):
    def change(table: pl.DataFrame) -> pl.DataFrame:
        row = pl.int_range(pl.len()) == 4
        name = pl.when(row).then(pl.lit("EU28")).otherwise("destination").alias("destination")
        return table.with_columns(name)

    edit_table(pack, "flows", change)
    refused(pack, DataError, "EU28", "line 6", "column destination", "EU27")


def at_row(column: str, row: int, value: object):
    here = pl.int_range(pl.len()) == row
    return lambda t: t.with_columns(
        pl.when(here).then(pl.lit(value)).otherwise(column).alias(column)
    )


def test_negative_flow(pack: Path):
    edit_table(pack, "flows", at_row("value", 9, -1.0))
    refused(pack, WorldError, "negative", "line 11", "column value")


@pytest.mark.parametrize("bad", ["n/a", "", "1,5", "NaN", "inf"])
def test_not_a_number(pack: Path, bad: str):
    edit_table(pack, "final", lambda t: at_row("value", 2, bad)(t.cast({"value": pl.String})))
    refused(pack, DataError, f"“{bad}” is not a number" if bad else "the cell is empty", "line 4")


@pytest.mark.parametrize("theta", [0.0, -9.0])
def test_elasticity_that_is_not_above_zero(pack: Path, theta: float):
    world = read_pack(pack)
    given = np.where(np.arange(len(world.sectors)) == 2, theta, world.theta)
    table = pl.DataFrame({"sector": world.sectors, "theta": given})
    table.write_csv(pack / "elasticities.csv")
    list_table(pack, "elasticities", "elasticities.csv")
    refused(pack, WorldError, world.sectors[2], f"{theta:g}", "above zero")


def test_a_cell_twice(pack: Path):
    edit_table(pack, "final", lambda t: pl.concat([t, t.head(1)]))
    refused(pack, DataError, "twice", "line 478")


def test_share_above_one(pack: Path):
    edit_table(pack, "value_added", at_row("share", 0, 1.2))
    refused(pack, WorldError, "1.2", "above one", "NL, AGR")


def test_share_missing(pack: Path):
    edit_table(pack, "value_added", lambda t: t.slice(1))
    refused(pack, DataError, "NL, AGR")


def test_row_count_differs(pack: Path):
    edit_manifest(pack, lambda raw: raw["tables"]["final"].update(rows="1"))
    refused(pack, DataError, "476", "final.csv")


def test_unknown_elasticity_set(pack: Path):
    edit_manifest(pack, lambda raw: raw.update(elasticities="centrl"))
    with pytest.raises(UnknownNameError, match="central"):
        read_pack(pack)


def test_no_elasticities(pack: Path):
    edit_manifest(pack, lambda raw: raw.pop("elasticities"))
    refused(pack, DataError, "elasticities")


def test_use_without_prior(pack: Path):
    edit_table(
        pack, "use", lambda t: t.filter((pl.col("region") != "SK") | (pl.col("user") != "MIN"))
    )
    refused(pack, WorldError, "SK, MIN")


def test_inputs_above_spending(pack: Path):
    edit_table(
        pack,
        "flows",
        lambda t: t.with_columns(
            pl.when((pl.col("destination") == "AB") & (pl.col("origin") == "AB"))
            .then(pl.col("value") * 0.01)
            .otherwise("value")
            .alias("value")
        ),
    )
    edit_table(
        pack,
        "value_added",
        lambda t: t.with_columns(
            pl.when(pl.col("region") == "AB").then(0.0).otherwise("share").alias("share")
        ),
    )
    refused(pack, WorldError, "AB")


def duties(pack: Path, *rows: str) -> Path:
    text = "\n".join(("sector,origin,destination,rate", *rows, ""))
    (pack / "tariffs.csv").write_text(text, encoding="utf-8")
    return list_table(pack, "tariffs", "tariffs.csv")


def test_duty_on_an_unknown_place(pack: Path):
    refused(duties(pack, "MTV,CAN,USA,0.1", "MTV,CND,USA,0.1"), DataError, "CND", "line 3", "CAN")


def test_negative_duty(pack: Path):
    refused(duties(pack, "MTV,CAN,USA,-0.1"), WorldError, "negative", "line 2")


def test_duty_given_twice(pack: Path):
    refused(duties(pack, "MTV,CAN,USA,0.1", "MTV,ON,USA,0.2"), DataError, "twice", "line 3")


def test_duty_between_provinces(pack: Path):
    refused(duties(pack, "MTV,ON,QC,0.1"), WorldError, "one treasury", "MTV, QC, ON")


def test_duty_on_a_service_is_a_warning(pack: Path):
    found = check(read_pack(duties(pack, "FIN,ON,USA,0.1")))
    assert [f.where for f in found if f.severity == "warning"] == ["FIN, USA, ON"]


def test_shares_as_stated_must_add_to_one(pack: Path):
    def change(raw: dict) -> None:
        raw["sharing"] = "as stated"
        for region in raw["regions"]:
            region["share"] = "0.2"

    edit_manifest(pack, change)
    refused(pack, WorldError, "CAN", "2")


def test_world_out_of_balance_names_its_cell():
    world = load(NAME)
    inputs = world.inputs.copy()
    inputs[world.region("AB"), world.sector("OIL"), world.sector("PET")] += 0.01
    with pytest.raises(WorldError, match="AB, PET"):
        require(replace(world, inputs=inputs))


def test_world_with_negative_and_missing_cells():
    world = load(NAME)
    flows = world.flows.copy()
    flows[world.sector("OIL"), world.region("USA"), world.region("AB")] = -1.0
    with pytest.raises(WorldError, match="OIL, USA, AB"):
        require(replace(world, flows=flows))
    flows[world.sector("OIL"), world.region("USA"), world.region("AB")] = np.nan
    with pytest.raises(WorldError, match="OIL, USA, AB"):
        require(replace(world, flows=flows))
    for theta in (0.0 * world.theta, np.full_like(world.theta, np.inf)):
        with pytest.raises(WorldError, match="elasticity"):
            require(replace(world, theta=theta))
    for bad in (np.nan, -1.1):
        taxes = np.zeros_like(flows)
        taxes[world.sector("OIL"), world.region("USA"), world.region("AB")] = bad
        with pytest.raises(WorldError, match="OIL, USA, AB"):
            require(replace(world, export_taxes=taxes))
    shares = world.treasury_shares.copy()
    shares[world.region("AB")] += 1e-6
    with pytest.raises(WorldError, match=r"shares of CAN's duties add to 1\.000001"):
        require(replace(world, treasury_shares=shares))
    ratio = np.full(flows.shape[1:], np.nan)
    require(replace(world, customs_to_basic=ratio))
    ratio[world.region("USA"), world.region("AB")] = np.inf
    with pytest.raises(WorldError, match="USA, AB"):
        require(replace(world, customs_to_basic=ratio))


def test_export_taxes_are_not_lost_in_a_folder(tmp_path: Path):
    world = load(NAME)
    taxed = replace(world, export_taxes=np.full_like(world.flows, 0.01))
    with pytest.raises(WorldError, match="export taxes"):
        write_pack(taxed, tmp_path / "w")
    assert not (tmp_path / "w").exists()


def test_uses_above_purchases_name_the_cell():
    world = load(NAME)
    flows = world.flows.copy()
    oil, ab = world.sector("OIL"), world.region("AB")
    flows[oil, world.region("USA"), ab] += flows[oil, ab, ab]
    flows[oil, ab, ab] = 0.0
    found = [f for f in check(replace(world, flows=flows)) if f.severity == "fault"]
    assert found[0].check == "uses meet expenditure"
    assert found[0].where == "AB, OIL"


def test_zero_pattern_that_cannot_balance():
    flows = np.array([[[2.0]], [[1.0]]])
    use = np.array([[[0.0, 0.0], [1.0, 1.0]]])
    final = np.array([[1.0], [0.0]])
    with pytest.raises(WorldError, match="does not balance"):
        rebalance(flows, use, final, np.array([[0.2, 0.2]]), limit=500)


def test_writing_leaves_other_folders_alone(tmp_path: Path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(DataError, match="left alone"):
        write_pack(load(NAME), tmp_path / "mine")
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from surtax.world.sources import pack_out

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(pack_out, "write_manifest", fail)
    with pytest.raises(OSError, match="disk full"):
        write_pack(load(NAME), tmp_path / "pack")
    assert list(tmp_path.iterdir()) == []
