"""Named sets of trade elasticities, one number per sector, each from a published table.

``theta`` is the trade elasticity of Caliendo and Parro (2015), sigma − 1 in Armington's terms:
positive, and a duty of 1 % lowers the trade it falls on by about theta per cent, other prices
given. Sets of short-run elasticities are not offered, since no source here supports one.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from surtax.errors import unknown


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
    """

    name: str
    title: str
    citation: str
    note: str
    cap: float | None
    theta: MappingProxyType[str, float]
    published: MappingProxyType[str, float]


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


def theta_of(name: str, sectors: Sequence[str]) -> NDArray[np.float64]:
    """(s,) elasticities of a named set, in the order of the sectors.

    Raises:
        UnknownNameError: no such set, or a sector that the set does not cover.
    """
    theta = load(name).theta
    for sector in sectors:
        if sector not in theta:
            raise unknown("sector", sector, theta, where=f"elasticity set {name}")
    return np.array([theta[sector] for sector in sectors], dtype=np.float64)


@cache
def _sets() -> dict[str, ElasticitySet]:
    values: dict[str, tuple[dict[str, float], dict[str, float]]] = {}
    for row in _rows("elasticities.csv"):
        theta, published = values.setdefault(row["set"], ({}, {}))
        theta[row["sector"]] = float(row["theta"])
        published[row["sector"]] = float(row["published"])
    return {
        row["set"]: ElasticitySet(
            name=row["set"],
            title=row["title"],
            citation=row["citation"],
            note=row["note"],
            cap=float(row["cap"]) if row["cap"] else None,
            theta=MappingProxyType(values[row["set"]][0]),
            published=MappingProxyType(values[row["set"]][1]),
        )
        for row in _rows("elasticity_sets.csv")
    }


def _rows(file: str) -> list[dict[str, str]]:
    text = (files("surtax.world") / "data" / file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
