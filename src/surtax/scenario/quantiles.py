"""What a sweep says: quantiles of the figures, rank correlations with what was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from surtax.world.world import Array

AT = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles that are told."""

OUTCOMES = ("real income", "revenue")
"""Columns that are figures; the others were drawn."""


def figures(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Names of the figures of solved draws."""
    solved = next((row for row in rows if row["solved"]), {})
    return [name for name in solved if name.startswith(OUTCOMES)]


def quantiles(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a figure: mean, standard deviation and quantiles over the solved draws."""
    kept = [row for row in rows if row["solved"]]
    out = []
    for name in figures(rows):
        values = np.array([row[name] for row in kept])
        found = np.quantile(values, AT)
        out.append(
            {"figure": name, "mean": float(values.mean()), "sd": float(values.std())}
            | {f"p{round(100 * q):02d}": float(v) for q, v in zip(AT, found, strict=True)}
        )
    return out


def correlations(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Spearman's rank correlation of each figure with each input that varies, largest first.

    A name that was chosen (a closure, a set of barriers) counts one where chosen, else zero.
    """
    kept = [row for row in rows if row["solved"]]
    if len(kept) < 3:
        return []
    made: dict[str, Array] = {}
    for name in kept[0]:
        if name in ("draw", "solved", "status") or name.startswith(OUTCOMES):
            continue
        values = [row[name] for row in kept]
        if isinstance(values[0], str):
            for choice in sorted(set(values)):
                made[f"{name} {choice}"] = np.array([float(v == choice) for v in values])
        else:
            made[name] = np.array(values)
    out = []
    for figure in figures(rows):
        target = _ranks(np.array([row[figure] for row in kept]))
        for name, drawn in made.items():
            rho = _correlation(_ranks(drawn), target)
            if rho is not None:
                out.append({"figure": figure, "input": name, "rho": rho})
    order = {name: k for k, name in enumerate(figures(rows))}
    return sorted(out, key=lambda r: (order[r["figure"]], -abs(r["rho"]), r["input"]))


def _ranks(values: Array) -> Array:
    from scipy.stats import rankdata

    return np.asarray(rankdata(values), dtype=float)


def _correlation(a: Array, b: Array) -> float | None:
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > 0 else None
