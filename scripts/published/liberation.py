"""Ignatenko et al. (2025): the tables, computed from their inputs and description.

Three things follow their program rather than their text, since the printed figures do: the
transfer that calibrates domestic sales weighs both directions of trade by the seller's
1 - nu; the retaliation's formula divides by the rest of the world's net sales to the United
States instead of its imports; and revenue is divided by spending before the change. The page
prints the text's version beside each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from published.data import Array, Liberation
from published.data import liberation as read
from surtax.economy.variants import market_access as model
from surtax.economy.variants import market_access_tariffs as worth
from surtax.economy.variants.access import Access, variety_pass_through

EU = (
    "AUT", "BEL", "BGR", "CYP", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HRV", "HUN",
    "IRL", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVN", "SWE",
)  # fmt: skip
"""As their program lists it: without Czechia and Slovakia."""
SHARES = (0.12, 0.26)
"""Selling costs over sales, of firms outside and inside the United States (appendix F.4)."""
VALUE_ADDED = 0.49
"""Share of wages in cost with roundabout inputs, from their program."""


class Setting:
    """The calibrated models and the tariffs of the tables.

    ``transfer`` is how domestic sales are calibrated: as their ``program`` has it, as the
    ``text`` has it (eq. 8), or as a public ``port`` to Python has it in its regional table,
    with the sums over sellers and buyers interchanged.
    """

    def __init__(self, raw: Liberation, transfer: str = "program") -> None:
        self.raw = raw
        self.us = raw.regions.index("USA")
        self.abroad = np.arange(len(raw.regions)) != self.us
        nu = self._local()
        self.local = np.where(self.abroad, nu[0], nu[1])
        imports, kept = raw.trade.sum(axis=0), 1.0 - self.local
        received = {
            "text": kept * imports - raw.trade @ kept,
            "program": kept * (imports - raw.trade @ kept),
            "port": kept * (raw.trade.sum(axis=1) - kept * imports),
        }[transfer]
        trade = raw.trade.copy()
        np.fill_diagonal(trade, np.maximum(raw.gdp + received - imports, 0.0))
        self.base = Access(
            raw.regions,
            np.ascontiguousarray(trade.T),
            self.local,
            variety_pass_through(self.local, 0.67 / 4.0),
        )
        own = np.diag_indices(len(raw.regions))
        trade[own] /= VALUE_ADDED
        self.inputs = replace(
            self.base, flows=np.ascontiguousarray(trade.T), value_added=VALUE_ADDED
        )
        self.ustr = self.into_us(np.maximum(0.1, raw.rates))

    def _blocs(self, trade: Array) -> Array:
        """(2, 2) seller by buyer: the rest of the world, the United States."""
        group = np.stack([self.abroad, ~self.abroad]).astype(float)
        return group @ trade @ group.T

    def _local(self) -> Array:
        """nu of the rest of the world and of the United States, from `SHARES` of sales."""
        from scipy.optimize import root

        X = self._blocs(self.raw.trade)
        gdp = np.array([self.raw.gdp[self.abroad].sum(), self.raw.gdp[self.us]])

        def gaps(nu: Array) -> Array:
            spent = gdp + (1.0 - nu) * (X.sum(axis=0) - X @ (1.0 - nu))
            own = spent - np.array([X[1, 0], X[0, 1]])
            at_home = own / (own + np.array([X[0, 1], X[1, 0]]))
            return at_home * nu + (1.0 - at_home) * nu[::-1] - np.array(SHARES)

        return root(gaps, [0.1, 0.24], tol=1e-14).x

    def into_us(self, rates: Array | float, back: Array | float = 0.0) -> Array:
        """(n, i) tariffs: the United States' on all others, and all others' on it."""
        t = np.zeros_like(self.base.flows)
        t[self.us], t[:, self.us] = rates, back
        t[self.us, self.us] = 0.0
        return t

    def block_formula(self, a: Access, *, as_text: bool) -> float:
        """The rest of the world's best common tariff on the United States, at benchmark shares."""
        X = self._blocs(a.flows.T)
        n0, n1 = self.local[self.abroad][0], self.local[self.us]
        sold = (1.0 - n1) * X[0, 1] * (1.0 - X[0, 1] / X[:, 1].sum())
        over = X[1, 0] if as_text else a.labour[self.abroad].sum() - X[0, 0]
        power = a.elasticity * sold / ((1.0 - n0) * over)
        return float(1.0 / ((1.0 + power) * a.pass_through[self.abroad][0] - 1.0))

    def own_formula(self, a: Access) -> float:
        """The United States' optimum as the program has it where others retaliate optimally."""
        sold = a.flows[self.abroad, self.us] / a.spending[self.abroad]
        sold = ((1.0 - self.local) * a.flows[:, self.us])[self.abroad] @ (1.0 - sold)
        over = (1.0 - self.local[self.us]) * (a.labour[self.us] - a.flows[self.us, self.us])
        power = a.elasticity * sold / over
        return float(1.0 / ((1.0 + power) * a.pass_through[self.us] - 1.0))


class Read:
    """One outcome in the units of the tables.

    Nominal figures are relative to the world price level (spending weights), or to world
    wages with inputs, as the two programs have it.
    """

    def __init__(self, s: Setting, o: model.Equilibrium) -> None:
        a = o.access
        with_inputs = a.value_added < 1.0
        level = (o.wages @ a.labour) / a.labour.sum()
        if not with_inputs:
            level = (o.prices @ a.spending) / a.spending.sum()
        off = 1.0 - np.eye(len(a.local))
        new, old = o.flows / level * off, a.flows * off
        deficit = old.sum(axis=1) - old.sum(axis=0)
        now = new.sum(axis=1) - new.sum(axis=0)
        income = o.labour / level / a.labour
        self.s, self.o = s, o
        self.weights = s.raw.gdp if with_inputs else a.spending
        self.columns = {
            "welfare": 100.0 * (worth.welfare(o) - 1.0),
            "deficit": 100.0 * (now - deficit) / np.abs(deficit),
            "exports": 100.0 * (new.sum(axis=0) / old.sum(axis=0) / income - 1.0),
            "imports": 100.0 * (new.sum(axis=1) / old.sum(axis=1) / income - 1.0),
            "employment": 100.0 * (o.work - 1.0),
            "prices": 100.0 * (o.prices / level - 1.0),
        }
        self.revenue = 100.0 * float((o.collected / level / a.spending)[s.us])
        self.revenue_of_gdp = 100.0 * float((o.collected / o.labour)[s.us])
        self.utility = 100.0 * float(worth.utility(o)[s.us] - 1.0)
        duties = new * (1.0 + o.tariffs)
        self.trade = 100.0 * (duties.sum() / old.sum() / (o.labour.sum() / level / a.world) - 1.0)
        self.world_employment = 100.0 * float((o.work - 1.0) @ a.labour / a.world)

    def of(self, who: str, column: str) -> float:
        """A column for the US, China, the EU or all others, averaged as their programs do."""
        v, s = self.columns[column], self.s
        regions = s.raw.regions
        if who in regions:
            return float(v[regions.index(who)])
        at = s.abroad if who == "others" else np.isin(regions, EU)
        return float(self.weights[at] @ v[at] / self.weights[at].sum())

    def rows(self, name: str, *who: str) -> dict[str, float]:
        """All columns of some places, by row id."""
        return {f"{name}.{w}.{c}": self.of(w, c) for w in who for c in self.columns}


def element(s: Setting, exports: float) -> float:
    """The common US rate under which its exports over GDP change by ``exports`` per cent.

    Their optimum with inputs applies one element of a vector of tariffs to all partners and
    does not print it; it is recovered from the exports it prints, and the other columns test it.
    """
    from scipy.optimize import brentq

    def gap(rate: float) -> float:
        o = model.solve(s.inputs, s.into_us(rate))
        return Read(s, o).of("USA", "exports") - exports

    return float(brentq(gap, 0.05, 0.5, xtol=1e-6))


def best_values(s: Setting) -> dict[str, float]:
    """True optima of the printed welfare, with and without inputs."""
    N = len(s.raw.regions)
    out: dict[str, float] = {}
    into, back = np.zeros((N, N), dtype=bool), np.zeros((N, N), dtype=bool)
    into[s.us], back[:, s.us] = True, True
    into[s.us, s.us] = back[s.us, s.us] = False
    us = np.where(s.abroad, 0.0, 1.0)
    for name, a in (("liberation", s.base), ("liberation.io", s.inputs)):
        for kind, uniform in (("best", False), ("best-uniform", True)):
            b = worth.best(a, s.into_us(0.15), into, us, uniform=uniform)
            rates, bought = b.tariffs[into], a.flows[into]
            out[f"{name}.{kind}.tariff"] = float(rates @ bought / bought.sum())
            out[f"{name}.{kind}.USA.welfare"] = Read(s, b.outcome).of("USA", "welfare")
            if not uniform:
                out[f"{name}.{kind}.lowest"] = float(rates.min())
                out[f"{name}.{kind}.highest"] = float(rates.max())
        others = np.where(s.abroad, a.labour, 0.0) / a.labour[s.abroad].sum()
        start = s.into_us(np.maximum(0.1, s.raw.rates), 0.15)
        for kind, uniform in (("best-retaliation", False), ("best-retaliation-uniform", True)):
            b = worth.best(a, start, back, others, uniform=uniform)
            rates, sold = b.tariffs[back], a.flows[back]
            out[f"{name}.{kind}.tariff"] = float(rates @ sold / sold.sum())
            out |= Read(s, b.outcome).rows(f"{name}.{kind}", "USA", "others")
    return out


def values(folder: Path, say: Callable[[str], None] = lambda _: None) -> dict[str, float]:
    """Per cent by row id; tariffs as fractions."""
    raw = read(folder / "baci2023_aggregate")
    s, text, port = Setting(raw), Setting(raw, "text"), Setting(raw, "port")
    a, io, ustr = s.base, s.inputs, s.ustr
    rates = np.maximum(0.1, raw.rates)
    back = rates  # what each was charged, charged back: row by buyer
    say("Ignatenko et al. (2025): tables 1 to 3")
    best, reply = worth.formula(a, s.us), s.block_formula(a, as_text=False)
    own = s.own_formula(a)
    read_ = {
        "ustr": model.solve(a, ustr),
        "lump-sum": model.solve(a, ustr, relief=False),
        "optimal": model.solve(a, s.into_us(best)),
        "reciprocal": model.solve(a, s.into_us(rates, back)),
        "retaliation": model.solve(a, s.into_us(rates, reply)),
        "optimal-both": model.solve(a, s.into_us(own, reply)),
    }
    tables = {name: Read(s, o) for name, o in read_.items()}
    out = {"liberation.optimal.tariff": best, "liberation.retaliation.tariff": reply}
    out["liberation.retaliation.tariff-as-text"] = s.block_formula(a, as_text=True)
    out["liberation.optimal-both.tariff"] = own
    for name, t in tables.items():
        out |= t.rows(f"liberation.{name}", "USA", "CHN", "EU", "others")
        out[f"liberation.{name}.revenue"] = t.revenue
        out[f"liberation.{name}.revenue-of-gdp"] = t.revenue_of_gdp
        out[f"liberation.{name}.USA.utility"] = t.utility
    out["liberation.ustr.USA.welfare-as-text"] = Read(s, model.solve(text.base, ustr)).of(
        "USA", "welfare"
    )
    say("Ignatenko et al. (2025): inputs")
    with_inputs = {
        "ustr": Read(s, model.solve(io, ustr)),
        "reciprocal": Read(s, model.solve(io, s.into_us(rates, back))),
    }
    one = element(s, -39.2)
    with_inputs["element"] = Read(s, model.solve(io, s.into_us(one)))
    out["liberation.io.element.tariff"] = one
    for name, t in with_inputs.items():
        out |= t.rows(f"liberation.io.{name}", "USA", "others")
        out[f"liberation.io.{name}.USA.utility"] = t.utility
    for key, t in (("", tables), ("io-", with_inputs)):
        for after, case in (("", "ustr"), ("-after", "reciprocal")):
            out[f"liberation.global.{key}trade{after}"] = t[case].trade
            out[f"liberation.global.{key}employment{after}"] = t[case].world_employment
    say("Ignatenko et al. (2025): other models and regions")
    firm = variety_pass_through(s.local, a.scale, 0.25)
    none = replace(a, local=np.zeros_like(s.local), pass_through=np.ones_like(s.local))
    for name, other_model in (
        ("pass-through", replace(a, pass_through=firm)),
        ("elasticity", replace(a, elasticity=2.0 * a.elasticity)),
        ("eaton-kortum", none),
    ):
        o = model.solve(other_model, ustr)
        out[f"liberation.alternative.{name}"] = Read(s, o).of("USA", "welfare")
    answered = Read(s, model.solve(none, s.into_us(rates, 1.0 / none.elasticity)))
    out["liberation.alternative.eaton-kortum-answered"] = answered.of("USA", "welfare")
    china = np.array([r == "CHN" for r in raw.regions])
    bloc = china | np.isin(raw.regions, EU)
    for name, at, rate in (
        ("EU-and-China", bloc, rates),
        ("China", china, rates),
        ("China-108", china, np.full_like(rates, 1.08)),
    ):
        t = np.where(at, rate, 0.1)
        for key, one in (("", s), ("port.", port)):
            r = Read(one, model.solve(one.base, one.into_us(t, t)))
            out[f"liberation.regional.{key}{name}"] = r.of("USA", "welfare")
    say("Ignatenko et al. (2025): true optima")
    return out | best_values(s)
