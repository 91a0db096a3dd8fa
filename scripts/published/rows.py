"""The published figures: read, and set beside ours."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "published.csv"


@dataclass(frozen=True)
class Row:
    """One published figure.

    Attributes:
        id: the row's name. published: as printed. source: the table it was printed in.
        tolerance: largest difference accepted.
        why: what the difference comes from, where it is more than the last printed digit.

    A row whose tolerance is infinite stands apart: it is shown, not claimed.
    """

    id: str
    published: str
    source: str
    tolerance: float
    why: str

    @property
    def value(self) -> float:
        """The figure as a number."""
        return float(self.published)

    @property
    def apart(self) -> bool:
        """Whether the figure is shown beside ours and no agreement is claimed."""
        return self.tolerance == float("inf")

    @property
    def digits(self) -> int:
        """Decimals printed."""
        return len(self.published.partition(".")[2])

    def holds(self, ours: float) -> bool:
        """Whether ours is within the tolerance."""
        return abs(ours - self.value) <= self.tolerance


def published(model: str = "") -> list[Row]:
    """The rows whose id begins with ``model``.

    Without a tolerance of its own a row must agree to half a unit of its last printed digit,
    and a hundredth of that for the rounding of a tie; a tolerance in per cent is of the
    figure itself; ``apart`` claims nothing.
    """
    with FILE.open(encoding="utf-8") as file:
        rows = [
            Row(row["id"], row["published"], row["source"], _tolerance(row), row["why"])
            for row in csv.DictReader(file)
        ]
    return [row for row in rows if row.id.startswith(model)]


def _tolerance(row: dict[str, str]) -> float:
    given, figure = row["tolerance"], row["published"]
    if given == "apart":
        return float("inf")
    if given.endswith("%"):
        return abs(float(figure)) * float(given[:-1]) / 100.0
    return float(given) if given else 0.505 * 10.0 ** -len(figure.partition(".")[2])
