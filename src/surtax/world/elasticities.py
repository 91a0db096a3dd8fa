"""Named sets of trade elasticities, one number per sector, each from published tables.

``theta`` is the trade elasticity of Caliendo and Parro (2015), sigma − 1 in Armington's terms:
positive, and a duty of 1 % lowers the trade it falls on by about theta per cent, other prices
given. Sets of short-run elasticities are not offered, since no source here supports one.

A sector's value is the simple mean of the published estimates that cover it, under the set's cap
if it has one. Sectors are those of the embedded worlds, divisions of ISIC Rev.4 (``isic4/10``)
and the industries of WIOD's 2013 release (``wiod13/c3``).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from statistics import fmean
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from surtax.errors import DataError, unknown

Array = NDArray[np.float64]

LEAST = 0.1
"""Draws are cut at this elasticity from below: at zero there is no response to solve for."""
SECTIONS = {
    "D": (35, 35), "E": (36, 39), "F": (41, 43), "G": (45, 47), "H": (49, 53), "I": (55, 56),
    "J": (58, 63), "K": (64, 66), "L": (68, 68), "M": (69, 75), "N": (77, 82), "O": (84, 84),
    "P": (85, 85), "Q": (86, 88), "R": (90, 93), "S": (94, 96), "T": (97, 98),
}  # fmt: skip
LAST_GOODS = 35
"""Last ISIC division that customs reach: electricity, gas and steam."""


@dataclass(frozen=True)
class Estimate:
    """A published estimate: its paper, the paper's sector, theta and standard error if known."""

    paper: str
    sector: str
    theta: float
    se: float | None


@dataclass(frozen=True)
class ElasticitySet:
    """Trade elasticities by sector.

    Attributes:
        name: the name it is asked for by.
        title: one line.
        citation: the publication.
        note: what was decided between the publication and the set.
        cap: upper bound applied to the published values, or none.
        theta: elasticity by sector.
        published: the same before the cap.
        parts: the estimates each sector's value is the mean of; several papers' sets have none.
    """

    name: str
    title: str
    citation: str
    note: str
    cap: float | None
    theta: MappingProxyType[str, float]
    published: MappingProxyType[str, float]
    parts: MappingProxyType[str, tuple[Estimate, ...]]

    def of(self, sectors: Sequence[str]) -> Array:
        """(s,) elasticities in the order of the sectors.

        Raises:
            UnknownNameError: a sector that the set does not cover.
        """
        for sector in sectors:
            if sector not in self.theta:
                raise unknown("sector", sector, self.theta, where=f"elasticity set {self.name}")
        return np.array([self.theta[sector] for sector in sectors], dtype=np.float64)

    def draw(self, rng: np.random.Generator, sectors: Sequence[str]) -> Array:
        """(s,) one draw: each estimate normal around its value, cut at ``LEAST`` and at the cap.

        Sectors that rest on one estimate move together. Estimates without a published standard
        error keep their value. The same generator gives the same draw.

        Raises:
            UnknownNameError: a sector that the set does not cover.
            DataError: a set that takes extremes over papers, which has no standard errors.
        """
        from scipy.special import ndtr, ndtri

        self.of(sectors)
        if not self.parts:
            raise DataError(
                "it takes extremes over papers and has no standard errors to draw from.",
                where=f"elasticity set {self.name}",
                mend="Draw from a paper's set, such as central or boc-2018-capped.",
            )
        used = sorted(
            {e for s in sectors for e in self.parts[s]}, key=lambda e: (e.paper, e.sector)
        )
        value = {}
        for estimate, level in zip(used, rng.random(len(used)), strict=True):
            value[estimate] = estimate.theta
            if estimate.se:
                floor = float(ndtr((LEAST - estimate.theta) / estimate.se))
                normal = float(ndtri(floor + level * (1.0 - floor)))
                value[estimate] = max(estimate.theta + estimate.se * normal, LEAST)
        drawn = np.array([np.mean([value[e] for e in self.parts[s]]) for s in sectors])
        return drawn if self.cap is None else np.minimum(drawn, self.cap)


def available() -> list[str]:
    """Names of the sets, the default's first."""
    return list(_sets())


def load(name: str) -> ElasticitySet:
    """A set by name.

    Raises:
        UnknownNameError: no set is called so; names the nearest.
    """
    if name not in _sets():
        raise unknown("elasticity set", name, _sets())
    return _sets()[name]


def theta_of(name: str, sectors: Sequence[str]) -> Array:
    """(s,) elasticities of a named set, in the order of the sectors.

    Raises:
        UnknownNameError: no such set, or a sector that the set does not cover.
    """
    return load(name).of(sectors)


def theta_of_isic(name: str, codes: Sequence[str]) -> tuple[Array, NDArray[np.bool_]]:
    """(s,) elasticities and (s,) whether customs reach it, for industries coded by ISIC Rev.4.

    Codes are those of the OECD's tables: ``C10T12``, ``A01_02``, ``10T12``, ``D``, ``C302T309``.
    An industry of several divisions takes the simple mean over them.

    Raises:
        UnknownNameError: no such set.
        DataError: a code that names no division.
    """
    theta, goods = [], []
    for code in codes:
        divisions = divisions_of(code)
        theta.append(theta_of(name, [f"isic4/{d:02d}" for d in divisions]).mean())
        goods.append(divisions[0] <= LAST_GOODS)
    return np.array(theta), np.array(goods)


def divisions_of(code: str) -> list[int]:
    """Divisions of ISIC Rev.4 that a code of the OECD's tables covers.

    Raises:
        DataError: a code that names none.
    """
    found = re.fullmatch(r"[A-U]?(\d\d)\d?[A-Z]?(?:(T|_)(\d\d)\d?)?", code)
    if found:
        first, last = int(found[1]), int(found[3] or found[1])
    elif code in SECTIONS:
        first, last = SECTIONS[code]
    else:
        first, last = 0, 0
    if not 1 <= first <= last <= 99:
        raise DataError(
            f"the industry “{code}” names no division of ISIC Rev.4.",
            mend="Codes are such as C10T12, A01_02, 35 or D.",
        )
    return list(range(first, last + 1))


@cache
def _sets() -> dict[str, ElasticitySet]:
    estimates = {
        (row["paper"], row["estimate"]): Estimate(
            row["paper"],
            row["estimate"],
            float(row["theta"]),
            float(row["se"]) if row["se"] else None,
        )
        for row in _rows("elasticities.csv")
    }
    parts: dict[str, dict[str, tuple[Estimate, ...]]] = {}
    for row in _rows("elasticity_sectors.csv"):
        paper = parts.setdefault(row["paper"], {})
        estimate = estimates[row["of"], row["estimate"]]
        paper[row["sector"]] = (*paper.get(row["sector"], ()), estimate)
    means = {
        paper: {s: round(fmean(e.theta for e in of), 4) for s, of in sectors.items()}
        for paper, sectors in parts.items()
    }
    return {row["set"]: _made(row, parts, means) for row in _rows("elasticity_sets.csv")}


def _made(
    row: dict[str, str],
    parts: dict[str, dict[str, tuple[Estimate, ...]]],
    means: dict[str, dict[str, float]],
) -> ElasticitySet:
    """A set by its rule: a paper's means, or the least or the most over all papers."""
    rule, cap = row["rule"], float(row["cap"]) if row["cap"] else None
    if rule in means:
        published = means[rule]
    else:
        choose = {"least": min, "most": max}[rule]
        common = [s for s in means["caliendo-parro-2015"] if all(s in m for m in means.values())]
        published = {s: choose(m[s] for m in means.values()) for s in common}
    theta = {s: v if cap is None else min(v, cap) for s, v in published.items()}
    return ElasticitySet(
        name=row["set"],
        title=row["title"],
        citation=row["citation"],
        note=row["note"],
        cap=cap,
        theta=MappingProxyType(theta),
        published=MappingProxyType(published),
        parts=MappingProxyType(parts.get(rule, {})),
    )


def _rows(file: str) -> list[dict[str, str]]:
    text = (files("surtax.world") / "data" / file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
