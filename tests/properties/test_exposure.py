"""What rests on another market: the identities it must keep, and what measures hit."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from surtax.errors import InputError, UnknownNameError
from surtax.ledger import Ledger
from surtax.trade.effective import effective
from surtax.trade.hits import hits
from surtax.views.files import write_rows
from surtax.world import load
from surtax.world.carry import carried
from surtax.world.employment import jobs
from surtax.world.exposure import by_sector, exposure, members, needed, whole
from surtax.world.exposure_law import ask
from surtax.world.sources.pack_out import write_pack
from surtax.world.split import split_region
from surtax.world.world import World


@pytest.fixture(scope="module")
def world() -> World:
    return load.load("can17x28")


def test_all_sales_together_need_all_output(world: World) -> None:
    """Sales abroad and final sales at home take, suppliers included, exactly what is made."""
    home = members(world, "CA")
    at = list(home)
    abroad = [k for k in range(len(world.regions)) if k not in home]
    sold = world.flows[:, abroad, :][:, :, at].sum(axis=1)
    basic = (world.shares / (1.0 + world.tariffs))[:, at, :][:, :, at]
    sold = sold + np.einsum("sn,sni->si", world.final_demand[:, at], basic)
    made = world.output[:, at]
    # one linear system of 280 unknowns in double precision
    np.testing.assert_allclose(needed(world, home, sold), made, rtol=1e-9, atol=1e-9)


def test_markets_add_up(world: World) -> None:
    parts = [exposure(world, "CA", m) for m in ("US", "MX", "CN", "EU27", "JP", "GB", "ROW")]
    one = exposure(world, "CA", "US")
    assert (one.total >= one.direct - 1e-9).all()
    assert (one.total <= one.output + 1e-9).all()
    together = sum(p.total for p in parts)
    assert (together <= one.output * (1 + 1e-9) + 1e-9).all()


def test_direct_sales_are_the_worlds_flows(world: World) -> None:
    found = exposure(world, "ON", "US")
    usa, ontario = world.region("USA"), world.region("ON")
    np.testing.assert_array_equal(found.direct[:, 0], world.flows[:, usa, ontario])
    alone = whole(found)
    country = whole(exposure(world, "CA", "US", jobs("can17x28")))
    assert 0 < alone["total_share"] < 1
    assert 0 < country["jobs_share"] < country["total_share"]  # exports use fewer hands


def test_jobs_are_those_of_the_world_that_is_asked(world: World, tmp_path: Path) -> None:
    """Half of Ontario has half of its jobs, and the provinces after it keep their own."""
    made = split_region(world, "ON", {"ONA": 0.5, "ONB": 0.5})
    people = jobs("can17x28")
    parts = {"ONA": ["ON"], "ONB": ["ON"]}
    write_pack(made, tmp_path / "w", jobs=carried(people, made, parts, {}))
    rows = {r["region"]: r for r in ask("CA", "US", "province", world=str(tmp_path / "w"))["rows"]}
    whole_rows = {r["region"]: r for r in ask("CA", "US", "province", world="can17x28")["rows"]}
    assert rows["ONA"]["jobs"] == pytest.approx(whole_rows["ON"]["jobs"] / 2)
    for name in ("MB", "SK", "AB", "BC"):
        assert rows[name]["jobs"] == pytest.approx(whole_rows[name]["jobs"])
    write_pack(made, tmp_path / "none")
    assert ask("CA", "US", "province", world=str(tmp_path / "none"))["total"]["jobs"] is None


def test_ranks_and_both_sides(world: World) -> None:
    rows = by_sector(exposure(world, "CA", "US"))
    shares = [r["total_share"] for r in rows]
    assert shares == sorted(shares, reverse=True)
    assert [r["rank"] for r in rows] == list(range(1, len(rows) + 1))
    other = whole(exposure(world, "US", "CA"))
    assert other["total_share"] < 0.05  # the United States sells little of its output to Canada
    assert other["jobs"] is None  # the world counts jobs in provinces only
    told = ask("US", None, "sector")
    assert told["jobs_year"] is None
    assert ask("CA", None, "sector")["jobs_year"] == "2021"


def test_what_a_measure_hits_is_what_the_rates_say() -> None:
    ledger, on = Ledger.load(), date(2025, 5, 20)
    found = hits(ledger, on, measures=["us/s232/autos"])
    rates = effective(ledger, on)
    mine = [k for k, r in enumerate(rates.rules) if r.measure == "us/s232/autos"]
    np.testing.assert_allclose(found.duty.sum(), rates.duty[:, mine].sum(), rtol=1e-12)
    assert found.measures == ("us/s232/autos",)
    assert found.value.sum() <= rates.imports.sum()
    lines = found.lines("CA")
    cars = found.flows.place == "CA"
    assert sum(lines.values()) == len(np.unique(found.flows.hs10[found.reached & cars]))


def test_measures_named_are_those_that_charge_the_seller() -> None:
    """The orders on China, Mexico and Canada each charge goods of that country and no other."""
    ledger, on = Ledger.load(), date(2025, 3, 10)
    found = hits(ledger, on, measures=["us/ieepa"])
    only = {c: f"us/ieepa/fentanyl-{c.lower()}" for c in ("CN", "MX", "CA")}
    assert set(only.values()) <= set(found.measures)
    for country, measure in only.items():
        assert found.charging(country) == [measure]
    assert found.charging("DE") == []
    answer = ask("CA", None, "sector", measures=["us/ieepa"], on=on)
    assert answer["measures"] == ["us/ieepa/fentanyl-ca"]


@pytest.mark.parametrize("name", ["PE", "NL", "SK", "ON"])
def test_a_province_whose_code_is_a_country_too(name: str) -> None:
    """The codes of three provinces are Peru's, the Netherlands' and Slovakia's elsewhere."""
    assert [row["region"] for row in ask(name, None, "province")["rows"]] == [name]


def test_provinces_share_what_is_hit() -> None:
    answer = ask("CA", None, "province", measures=["us/s232/autos"], on=date(2025, 5, 20))
    parts = sum(r["hit"] for r in answer["rows"])
    # the three territories are in no region of the world
    assert parts == pytest.approx(answer["hit"], rel=2e-3)
    assert max(answer["rows"], key=lambda r: r["hit"])["region"] == "ON"
    sectors = ask("CA", None, "sector", measures=["us/s232/autos"], on=date(2025, 5, 20))
    named = sum(r["hit"] or 0.0 for r in sectors["rows"])
    assert named == pytest.approx(answer["hit"], rel=1e-12)
    assert answer["lines"] == sum(r["lines"] or 0 for r in sectors["rows"])


def test_into_canada_too(tmp_path) -> None:
    answer = ask("US", None, "sector", measures=["ca/surtax/united-states-2025-1"],
                 on=date(2025, 5, 3))  # fmt: skip
    assert (answer["market"], answer["hit_currency"]) == ("CA", "CAD")
    assert answer["hit"] == pytest.approx(30e9, rel=1e-3)  # the government's total of the list
    write_rows(answer["rows"], tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(newline="") as handle:
        kept = list(csv.DictReader(handle))
    assert [r["sector"] for r in kept] == [r["sector"] for r in answer["rows"]]


def test_bad_questions(world: World, tmp_path) -> None:
    with pytest.raises(UnknownNameError, match="unknown way"):
        ask("CA", None, "town")
    with pytest.raises(UnknownNameError, match="unknown region"):
        ask("FR", None, "sector")
    with pytest.raises(InputError, match="not two places"):
        exposure(world, "ON", "CA")
    with pytest.raises(UnknownNameError, match="unknown measure"):
        ask("CA", None, "sector", measures=["us/s999"])
    with pytest.raises(InputError, match="no measure of US"):
        ask("CA", None, "sector", measures=["ca/surtax"])
    with pytest.raises(InputError, match="kind of file"):
        write_rows([{}], tmp_path / "rows.xls")
