"""Private households by province and territory, as the census counted them."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from surtax.world.world import World

SOURCE = (
    "Statistics Canada, Census of Population 2021, private households by province and territory, "
    "as the Canada Mortgage and Housing Corporation's Housing Market Information Portal publishes "
    "them (household size, total; rounded to 5)"
)


@cache
def households() -> dict[str, int]:
    """Private households by the code of a province or territory."""
    text = resources.files("surtax.world").joinpath("data", "households.csv").read_text("utf-8")
    return {r["region"]: int(r["households"]) for r in csv.DictReader(text.splitlines())}


def income_of_each(world: World) -> dict[str, float]:
    """Benchmark income for each private household, in single units of the world's currency.

    By region, of those that the census counts.
    """
    counted = households()
    return {
        region: float(world.income[n]) * world.unit / counted[region]
        for n, region in enumerate(world.regions) if region in counted
    }  # fmt: skip
