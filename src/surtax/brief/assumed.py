"""What the figures of a brief assume: shares, rates of threats, conventions; all with sources."""

from __future__ import annotations

from typing import Any

from surtax.economy.closure import CLOSURES
from surtax.economy.revenue import HOUSEHOLDS
from surtax.response.recycle import sharing
from surtax.scenario.run import Run
from surtax.trade.assumptions import assumptions
from surtax.trade.claims import CLAIMS_SOURCE
from surtax.units import exchange_rate
from surtax.world import households
from surtax.world.shock import rates

Row = dict[str, Any]


def assumed(run: Run) -> list[Row]:
    """Every assumption that a figure of the page rests on, with its range and source."""
    return [*_shares(run), *_threats(run), *_conventions(run)]


def _shares(run: Run) -> list[Row]:
    """Shares that bulk trade declares where a shipment would."""
    used = rates(run.ledger, run.signed, run.flows["US"]).assumed
    return [
        {
            "name": a.fact,
            "text": run.ledger.facts[a.fact].meaning,
            "value": a.value,
            "low": a.low,
            "high": a.high,
            "unit": run.ledger.facts[a.fact].unit,
            "source": a.source,
        }
        for a in assumptions()
        if a.fact in used
    ]


def _threats(run: Run) -> list[Row]:
    """Rates of threats that nobody published."""
    return [
        {
            "name": run.ledger.measure(one.provision.partition("#")[0]).title,
            "text": "rate of a threatened measure whose rate was not known",
            "value": middle,
            "low": low,
            "high": high,
            "unit": "ad valorem rate",
            "source": one.source,
        }
        for one in run.assumed
        for low, middle, high in [one.rates]
    ]


def _conventions(run: Run) -> list[Row]:
    """What is taken by convention: the exchange rate, claims, what counts as hit, who is paid."""
    fx, fx_source = exchange_rate("USD", "CAD", run.flows["US"].year)
    return [
        _said("exchange rate", f"C$ {fx} per US$, average of {run.flows['US'].year}", fx_source),
        _said("preference claims", "shares of 2024, line by line, before the dispute made more "
              "importers claim", CLAIMS_SOURCE),
        _said("workers hit", "jobs that rest directly on exports on which a duty is newly "
              "charged; exposure, not jobs lost",
              "embedded world's employment and flows; surtax.response.recycle"),
        _said("sharing of new duties", _sharing(run), "scenario"),
        _said("Canada's lists by item", "no public table of imports by tariff item was read; the "
              "split between items is an estimate, the totals are the government's",
              run.flows["CA"].source),
        _said("households", "private households, as the latest census counts them in every "
              "province", households.SOURCE),
    ]  # fmt: skip


def _sharing(run: Run) -> str:
    """Who is paid the player's new duties: the closure's own rule, else the case's."""
    own = CLOSURES[run.scenario.closure].revenue
    return sharing(run.case.sharing).text if own is HOUSEHOLDS else own.text


def _said(name: str, text: str, source: str) -> Row:
    return {"name": name, "text": text, "value": None, "low": None, "high": None, "unit": "",
            "source": source}  # fmt: skip
