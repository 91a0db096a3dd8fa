"""Steps of a long search that may be kept, so that one that was stopped goes on where it was.

A step has a name, the same in every run of the same search, and finds plain values: numbers,
text and lists, which JSON gives back bit by bit. Who runs the search may keep what a step found
and give it back in place of doing it again. No step rests on what an earlier one left in memory,
so a search that was stopped ends where it would have ended.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Found = dict[str, Any]
Keep = Callable[[str, Callable[[], Found]], Found]
"""Given a step's name and what does it: what it found, now or before."""


def afresh(_: str, make: Callable[[], Found]) -> Found:
    """Keep nothing: every step is done."""
    return make()
