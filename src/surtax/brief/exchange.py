"""What is traded and made: who pays the duties, trade by partner, energy, production by sector.

Every figure is told with its range over the run's variants, as the real incomes are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from surtax.economy.incidence import incidence
from surtax.economy.indices import abroad, diversion
from surtax.economy.results import Solution
from surtax.scenario.case import Case, spanned
from surtax.scenario.run import Run

Row = dict[str, Any]
Figures = Mapping[str, Mapping[str, float]]
ENERGY = ("OIL", "PET", "UTL")


def _ranged(run: Run, case: Case, of: Callable[[Solution], Figures]) -> dict[str, Row]:
    """By row, its figures with their ranges; the rows are those of the headline."""
    found = [of(run.solve(case, variant)) for variant in run.variants]
    return {
        name: {key: spanned([one[name][key] for one in found if name in one]) for key in figures}
        for name, figures in found[0].items()
    }


def who_pays(run: Run, case: Case) -> list[Row]:
    """What new duties take, and who bears them: foreign sellers, households, firms; by importer."""
    keys = ("taxes", "foreign_exporters", "households", "firms")
    treasury = dict(zip(run.world.regions, run.world.treasuries, strict=True))
    unit = run.world.unit

    def borne(solution: Solution) -> Figures:
        total: dict[str, dict[str, float]] = {}
        for row in incidence(solution).by_region():
            held = total.setdefault(treasury[str(row["region"])], dict.fromkeys(keys, 0.0))
            for key in keys:
                held[key] += float(row[key]) * unit
        return {
            name: {**held, "exporters_share": held["foreign_exporters"] / held["taxes"]}
            for name, held in total.items()
            if held["taxes"] > 0
        }

    return [{"region": name, **row} for name, row in _ranged(run, case, borne).items()]


def trade(run: Run, case: Case) -> list[Row]:
    """The player's exports and imports by partner, before and after, in the world's currency."""
    own, unit = run.world.members(run.scenario.player), run.world.unit
    partners = [(i, name) for i, name in enumerate(run.world.regions) if i not in own]
    before = diversion(run.solve(case)).before

    def moved(solution: Solution) -> Figures:
        d = diversion(solution)
        change = (d.after - d.before) * unit
        return {
            name: {
                "exports_change": float(change[i, own].sum()),
                "imports_change": float(change[own, i].sum()),
            }
            for i, name in partners
        }

    found = _ranged(run, case, moved)
    rows = [
        {
            "region": name,
            "exports_before": float(before[i, own].sum()) * unit,
            "exports_change": found[name]["exports_change"],
            "imports_before": float(before[own, i].sum()) * unit,
            "imports_change": found[name]["imports_change"],
        }
        for i, name in partners
    ]
    return sorted(rows, key=lambda r: -abs(r["exports_change"]["value"]))


def energy(run: Run, case: Case) -> list[Row]:
    """Energy apart: the player's exports to the opponent and what is charged on customs value."""
    world, own = run.world, run.world.members(run.scenario.player)
    buyer = world.region(run.scenario.opponent)
    customs = 1.0 / np.nan_to_num(world.customs_ratios[buyer, own], nan=1.0)
    base = {
        name: world.flows[world.sector(name), buyer, own]
        for name in ENERGY
        if name in world.sectors
    }

    def sold(solution: Solution) -> Figures:
        out = {}
        for name, old in base.items():
            k, total, worth = world.sector(name), float(old.sum()), float((old * customs).sum())
            paid = float((solution.tariffs[k, buyer, own] * old).sum())
            new = float(solution.flows[k, buyer, own].sum())
            out[name] = {
                "rate": paid / worth if worth else 0.0,
                "exports": new / total - 1.0 if total else 0.0,
            }
        return out

    found = _ranged(run, case, sold)
    return [
        {"sector": name, "exports_before": float(old.sum()) * world.unit, **found[name]}
        for name, old in base.items()
    ]


def sectors(run: Run, case: Case) -> list[Row]:
    """The player's production at the benchmark's prices, exports and workers, by sector.

    Sectors that make something; the largest fall of production first.
    """
    world, own = run.world, run.world.members(run.scenario.player)
    persons = np.nan_to_num(run.jobs.persons[:, own])
    made = world.output[:, own].sum(axis=1)

    def of(solution: Solution) -> Figures:
        s, outside = solution, abroad(solution)
        volume = (s.output[:, own] / s.costs[:, own]).sum(axis=1)
        sold, was = (
            (flows * outside)[:, :, own].sum(axis=(1, 2)) for flows in (s.flows, world.flows)
        )
        work = (persons * s.employment[:, own]).sum(axis=1)
        return {
            name: {
                "output": float(volume[k] / made[k] - 1.0),
                "exports": float(sold[k] / was[k] - 1.0) if was[k] else 0.0,
                "jobs": float(work[k] / persons[k].sum() - 1.0) if persons[k].any() else 0.0,
            }
            for k, name in enumerate(world.sectors)
            if made[k] > 0
        }

    rows = [{"sector": name, **row} for name, row in _ranged(run, case, of).items()]
    return sorted(rows, key=lambda r: r["output"]["value"])
