"""More of a brief, each from the room that makes it: days, horizons, jobs, platforms."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from surtax.economy.horizon import HORIZONS
from surtax.ledger.difference import difference
from surtax.response.recycle import exports_hit
from surtax.scenario.case import Case, spanned
from surtax.scenario.compare import compare
from surtax.scenario.platforms import Platform, available
from surtax.scenario.platforms import load as load_platform
from surtax.scenario.run import Run
from surtax.scenario.spec import on_day
from surtax.trade.daily import Daily, daily
from surtax.trade.difference import to_json, worth
from surtax.trade.trackers import figures, terms, trackers
from surtax.world.households import income_of_each

Row = dict[str, Any]


def days(run: Run) -> Daily:
    """The effective rate of every day, from before the dispute until all that is signed holds."""
    s = run.scenario
    return daily(run.ledger, s.before, max(s.signed_by, s.on), s.known)


def turns(found: Daily) -> list[Row]:
    """A row for each day on which the rate changes."""
    return [
        {"from": day.isoformat(), "rate": float(rate)}
        for day, rate in zip(found.turns, found.rates, strict=True)
    ]


def published(found: Daily, run: Run) -> list[Row]:
    """Rates that others publish, of days in the span, with ours of the same day.

    A check made afterwards: most were published later than the scenario's day of knowledge, which
    each row says; and what its publisher assumes of that day that the law as recorded does not say.
    """
    out = []
    for name, tracker in trackers().items():
        for one in figures(name):
            if found.since <= one.on <= min(found.until, run.scenario.known):
                ours = found.rate(one.on)
                assumed = dict.fromkeys(t.name for t in terms(name) if t.holds(one.on))
                out.append(
                    {"tracker": tracker.title, "on": one.on.isoformat(), "rate": one.rate,
                     "ours": ours, "gap": ours - one.rate, "published": one.published,
                     "otherwise": "; ".join(assumed), "source": one.source}
                )  # fmt: skip
    return sorted(out, key=lambda r: str(r["on"]))


def horizons(run: Run, case: Case) -> list[Row]:
    """Real income of the player and of its regions by horizon, over the sets of elasticities.

    Per head too: who moves stays within the player, whose own figure is the same per head.
    """
    world, own = run.world, run.world.members(run.scenario.player)
    out = []
    for name, one in HORIZONS.items():
        variants = [
            replace(run.headline, elasticities=e, closure=one.closure, horizon=name)
            for e in run.scenario.elasticities
        ]
        found = [run.solve(case, v) for v in variants]
        names = [world.regions[n] for n in own]
        whole = [s.group_real_income(names) for s in found]
        values = [(whole, whole)]
        values += [
            ([float(s.real_income[n] - 1.0) for s in found],
             [float(s.real_income_per_head[n] - 1.0) for s in found])
            for n in own
        ]  # fmt: skip
        out += [
            {"horizon": name, "region": region, "real_income": spanned(all_),
             "real_income_per_head": spanned(each)}
            for region, (all_, each) in zip([run.scenario.player, *names], values, strict=True)
        ]  # fmt: skip
    return out


def at_risk(run: Run, case: Case) -> list[Row]:
    """Persons whose jobs rest on exports newly charged, by region and sector; the largest first."""
    sold = exports_hit(run.world, run.shock(case), run.scenario.opponent)
    share = np.divide(sold, run.world.output, out=np.zeros_like(sold), where=run.world.output > 0)
    persons = np.nan_to_num(run.jobs.persons)
    rows = [
        {"region": run.world.regions[n], "sector": run.world.sectors[k],
         "jobs": float(persons[k, n] * share[k, n]), "share_of_jobs": float(share[k, n])}
        for n in run.world.members(run.scenario.player)
        for k in range(len(run.world.sectors))
        if persons[k, n] * share[k, n] >= 0.5
    ]  # fmt: skip
    return sorted(rows, key=lambda r: -r["jobs"])


def per_person(run: Run, case: Case) -> list[Row]:
    """Change of real income for each person in work, a year, in single units of the currency."""
    persons, unit = np.nan_to_num(run.jobs.persons).sum(axis=0), run.world.unit

    def of(n: int) -> Row:
        each = float(run.world.income[n]) * unit / float(persons[n])
        return run.range(case, lambda s: float(s.real_income_per_head[n] - 1.0) * each)

    own = run.world.members(run.scenario.player)
    return [{"region": run.world.regions[n], "amount": of(n)} for n in own if persons[n]]


def per_household(run: Run, case: Case) -> list[Row]:
    """Change of real income for each private household, a year, in single units of the currency.

    Empty where the census counts no households for some region of the player's.
    """
    each, own = income_of_each(run.world), run.world.members(run.scenario.player)

    def of(n: int) -> Row:
        before = each[run.world.regions[n]]
        return run.range(case, lambda s: float(s.real_income_per_head[n] - 1.0) * before)

    if not all(run.world.regions[n] in each for n in own):
        return []
    return [{"region": run.world.regions[n], "amount": of(n)} for n in own]


def _bundles(run: Run) -> list[Platform]:
    """The platforms of the run's scenario, told on its days."""
    told = run.scenario
    found = [load_platform(name, run.ledger) for name in available()]
    return [one for one, own in found if on_day(own, told.on, told.known) == told]


def _possible(run: Run, one: Platform) -> bool:
    """Whether the response of a platform could be made on the day."""
    return not one.response or one.response in [r.name for r in run.responses]


def platforms(run: Run) -> list[Row]:
    """Platforms side by side on the scenario's baseline; empty where fewer than two are."""
    names = [one.platform for one in _bundles(run) if _possible(run, one)]
    if len(names) < 2:
        return []
    keys = ("name", "title", "real_income", "opponent", "response")
    rows = compare(names, run=run, quiet=True)["rows"]
    return [{k: r[k] for k in keys} | {"received": r["revenue"]["received"]} for r in rows]


def left_out(run: Run) -> list[Row]:
    """Responses, and platforms, that rest on a measure of which no threat stood on the day."""
    rests = [(r.name, r.title, r) for r in run.left_out]
    by_name = {r.name: r for r in run.left_out}
    rests += [
        (one.platform, one.title, by_name[one.response])
        for one in _bundles(run)
        if not _possible(run, one)
    ]
    return [
        {
            "name": name,
            "title": title,
            "measures": list(r.measures),
            "why": f"no threat of {', '.join(r.measures)} stood on {run.scenario.known}",
        }
        for name, title, r in rests
    ]


def since(run: Run, day: date) -> Row:
    """What changed in US law since a day, as known then and as known now, on a year's imports."""
    old = run.ledger.at(day, day)
    new = run.ledger.at(run.scenario.on, run.scenario.known)
    found = difference(old, new, run.flows["US"].into)
    told = to_json(worth(found, flows=run.flows["US"]))
    titles = run.ledger.measure
    rows = [{**r, "title": titles(r["measure"]).title} for r in told["by_measure"]]
    keys = ("currency", "touched", "rate_before", "rate_after", "change", "duty")
    return {"day": day.isoformat(), **{k: told[k] for k in keys}, "rows": rows}
