"""Effective rates in the states of the law: what stood, what was signed, what was threatened."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surtax import places
from surtax.scenario.run import Run
from surtax.scenario.steered import contents
from surtax.trade.effective import BASE, BASE_TITLE, Effective
from surtax.units import percent
from surtax.world.load import available, describe
from surtax.world.shock import Point, rates

ASSUMED = "Threats are counted with an assumption, since no rate was published"


def _states(run: Run) -> list[tuple[str, str, Point]]:
    return [
        ("before", "Before the dispute", run.before),
        ("in_force", "In force", run.in_force),
        ("signed", "With what was signed", run.signed),
        ("threatened", "If the threats were carried out", run.threatened("central")),
    ] if run.threats else [
        ("before", "Before the dispute", run.before),
        ("in_force", "In force", run.in_force),
        ("signed", "With what was signed", run.signed),
    ]  # fmt: skip


def etr(run: Run) -> dict[str, Any]:
    """Effective rates by state of the law, partner, sector and authority, as `surtax etr` gives."""
    flows = run.flows["US"]
    states = [(s, label, p, rates(run.ledger, p, flows)) for s, label, p in _states(run)]
    first = states[0][3]
    mine = first.place == run.scenario.against
    worlds = (*available(), run.world.name)  # goods are told apart finer than some worlds do
    sectors = {s.name: s.title for name in worlds for s in describe(name).sectors}
    sectors["UNS"] = "Returned and low-value goods, art"
    authorities = {
        **run.ledger.manifest.authorities,
        BASE: BASE_TITLE.format(year=first.year),
    }
    assumed = "; ".join(
        f"{run.ledger.measure(r.provision.partition('#')[0]).title} at {percent(middle, 0)} "
        f"({percent(low, 0)} to {percent(high, 0)})"
        for r in run.assumed
        for low, middle, high in [r.rates]
    )
    found = {s: e for s, _, _, e in states}
    everything = np.ones(len(first.place), dtype=bool)
    partners = _largest(first.place, first.imports, 12)
    names = {"EU27": "European Union"}
    standing = found["in_force"]
    return {
        "into": "US",
        "on": run.scenario.on.isoformat(),
        "known": run.scenario.known.isoformat(),
        "rate": standing.rate,
        "duty": float(standing.total.sum()),
        "rows": standing.table(["partner"]),
        "imports": float(first.imports.sum()),
        "currency": first.currency,
        "year": first.year,
        "states": [
            {"state": s, "label": label, "on": p.on.isoformat(), "rate": e.rate,
             "duty": float(e.total.sum()), **_span(run, s, p, e.rate)}
            for s, label, p, e in states
        ],
        "by_partner": [
            {"partner": k, "name": names.get(k) or places.place(k).name,
             **_row(found, first.place == k)}
            for k in partners
        ],
        "by_sector": _by_sector(found, first, everything, sectors),
        "canada_by_sector": _by_sector(found, first, mine, sectors),
        "by_authority": [
            {"authority": a, "name": authorities[a], "imports": float(first.imports.sum()),
             **{s: float(e.by_authority[a].sum() / e.imports.sum())
                if a in e.by_authority else 0.0 for s, e in found.items()}}
            for a in dict.fromkeys(a for e in found.values() for a in e.by_authority)
        ],
        "assumed": [
            {"provision": r.provision,
             "title": run.ledger.measure(r.provision.partition("#")[0]).title,
             "low": low, "value": middle, "high": high}
            for r in run.assumed
            for low, middle, high in [r.rates]
        ],
        "note": f"{ASSUMED}: {assumed}." if assumed else "",
    }  # fmt: skip


def _span(run: Run, state: str, point: Point, rate: float) -> dict[str, float]:
    """Low and high of a rate over the assumed shares of content and, for threats, rates."""
    points = [replace(point, facts=contents(level)) for level in ("low", "high")]
    if state == "threatened":
        points += [run.threatened(level) for level in ("low", "high")]
    found = [rate, *(rates(run.ledger, p, run.flows["US"]).rate for p in points)]
    return {"low": min(found), "high": max(found)}


def _largest(names: NDArray[Any], weight: NDArray[Any], top: int) -> list[str]:
    keys, index = np.unique(names, return_inverse=True)
    total = np.bincount(index, weight)
    return [str(keys[i]) for i in np.argsort(-total)[:top]]


def _row(found: dict[str, Effective], mask: NDArray[Any]) -> dict[str, float]:
    imports = float(next(iter(found.values())).imports[mask].sum())
    return {
        "imports": imports,
        **{s: float(e.total[mask].sum()) / imports if imports else 0.0 for s, e in found.items()},
    }


def _by_sector(
    found: dict[str, Effective],
    first: Effective,
    mask: NDArray[Any],
    titles: dict[str, str],
) -> list[dict[str, Any]]:
    return [
        {"sector": s, "name": titles[s], **_row(found, mask & (first.sector == s))}
        for s in _largest(first.sector[mask], first.imports[mask], 99)
    ]
