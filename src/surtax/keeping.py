"""What is computed once and kept: with the object it follows from, or the latest of many."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

Owner = TypeVar("Owner")
More = ParamSpec("More")
Found = TypeVar("Found")
Key = TypeVar("Key")


def kept(
    make: Callable[Concatenate[Owner, More], Found],
) -> Callable[Concatenate[Owner, More], Found]:
    """A function computed once for each first argument, the owner, and the others.

    The answers stand in the owner's own dictionary: a cache beside the function would keep every
    owner alive as long as the process. The owner must not change; the others are hashable.
    """

    @wraps(make)
    def found(owner: Owner, /, *more: More.args, **named: More.kwargs) -> Found:
        held: dict[Any, Any] = owner.__dict__.setdefault("_kept", {})
        key = (make, more, tuple(sorted(named.items())))
        if key not in held:
            held[key] = make(owner, *more, **named)
        answer: Found = held[key]
        return answer

    return found


def room(held: dict[Key, Found], most: int) -> list[Found]:
    """Let the oldest go until one more has a place; what went."""
    gone = []
    while len(held) >= most:
        oldest = held.pop(next(iter(held)), None)
        if oldest is not None:
            gone.append(oldest)
    return gone
