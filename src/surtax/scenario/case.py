"""Cases and variants: which future is solved and under which assumptions; a figure over several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surtax.economy.horizon import horizon
from surtax.response import costs, recycle
from surtax.response.costs import Cuts


@dataclass(frozen=True)
class Variant:
    """One set of assumptions.

    Attributes:
        elasticities: the set's name.
        closure: the closure's name.
        facts: the assumed shares of content: central, low or high.
        horizon: short, medium or long, whose factor the elasticities take; none unless named.
    """

    elasticities: str
    closure: str
    facts: str = "central"
    horizon: str = ""

    @property
    def factor(self) -> float:
        """What the horizon makes of every trade elasticity."""
        return horizon(self.horizon).factor if self.horizon else 1.0

    @property
    def step(self) -> str:
        """What a search that tries it says, and keeps what it found as."""
        return f"under {self.elasticities}, {self.closure}, contents {self.facts}"


@dataclass(frozen=True)
class Case:
    """One future: which threats are carried out, and which response answers.

    Attributes:
        response: the response's name, or `NO_ANSWER`.
        threats: none, or low, central or high for the assumed rates.
        sharing: who is paid the player's new duties, a rule of `response.recycle`.
        cuts: costs of trade that fall as well.
    """

    response: str
    threats: str = ""
    sharing: str = recycle.DEFAULT
    cuts: Cuts = costs.NONE


def spanned(values: Sequence[float]) -> dict[str, float]:
    """A figure with its range; the headline's is the first."""
    return {"value": values[0], "low": min(values), "high": max(values)}
