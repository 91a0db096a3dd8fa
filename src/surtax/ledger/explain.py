"""What the schema refuses, in the words of this project: what is wrong, where, and the mend."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from surtax.errors import unknown

Trail = tuple[str | int, ...]
"""The way to a value: keys, and places in lists."""

_TYPES = {
    "int": "a whole number",
    "str": "one text",
    "array": "a list",
    "object": "a set of fields",
    "null": "nothing",
}


class Said(NamedTuple):
    """A message: what is wrong, how to mend it, and the way to the value."""

    what: str
    mend: str
    trail: Trail


def explain(message: str, tree: Any, into: Any) -> Said:
    """A refusal of the schema, explained.

    Args:
        message: what msgspec said.
        tree: the file, its scalars as text.
        into: the type that it was to become.
    """
    what, _, at = message.partition(" - at `")
    trail = _pinned(message, at.rstrip("`"), tree, into)
    value = _value(tree, trail)
    shown = f"“{value}”" if isinstance(value, str) and value else "what stands here"
    if match := re.search(r"unknown field `(.+)`", what):
        near = unknown("field", match[1], _inside(into)).mend
        return Said(f"there is no field “{match[1]}”.", near, (*trail, match[1]))
    if match := re.search(r"missing required field `(.+)`", what):
        holder = f" of “{trail[-1]}”" if trail and isinstance(trail[-1], str) else ""
        return Said(f"the field “{match[1]}”{holder} is missing.", "Add it.", trail)
    if match := re.fullmatch(r"Expected `(.+)`, got `(.+)`", what):
        return Said(*_other_type(match[1], match[2], value, empty=not tree), trail)
    if "RFC3339" in what:
        said = f"{shown} is not a day.", "Write a day that exists, as 2025-03-28."
    elif "enum value" in what:
        field = str(trail[-1]) if trail else ""
        choices = ", ".join(sorted(_choices(into).get(field, set())))
        said = f"“{field}” cannot be {shown}.", f"Write one of: {choices}."
    else:
        said = f"{what}.", "Write a value of that type."
    return Said(*said, trail)


def _other_type(wanted: str, got: str, value: Any, *, empty: bool) -> tuple[str, str]:
    """What is said of a value of another type than the schema's, and the mend."""
    if empty:
        return "the file is empty.", "Write it, or take it away."
    types = " or ".join(_TYPES.get(one, one) for one in wanted.split(" | ") if one != "null")
    shown = f"“{value}”" if isinstance(value, str) and value else _TYPES.get(got, got)
    example = f": [{value}]" if types == "a list" and isinstance(value, str) else ""
    return f"{shown} stands where {types} belongs.", f"Write {types}{example}."


def _pinned(message: str, at: str, tree: Any, into: Any) -> Trail:
    """The trail of a message, where “[...]” does not say which of the keys it is about."""
    import msgspec

    trail: list[str | int] = []
    for name, index in re.findall(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]", at):
        if index != "...":
            trail.append(name or int(index))
            continue
        here = _value(tree, tuple(trail))
        for key in here if isinstance(here, dict) else ():
            try:
                msgspec.convert(_with(tree, tuple(trail), {key: here[key]}), into, strict=False)
            except msgspec.ValidationError as error:
                if str(error) == message:
                    trail.append(key)
                    break
    return tuple(trail)


def _value(tree: Any, trail: Trail) -> Any:
    """The value at a trail; None where it leads nowhere."""
    for step in trail:
        try:
            tree = tree[step]
        except (KeyError, IndexError, TypeError):
            return None
    return tree


def _with(tree: Any, trail: Trail, value: Any) -> Any:
    """The tree with another value at a trail."""
    if not trail:
        return value
    copy: Any = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[trail[0]] = _with(tree[trail[0]], trail[1:], value)
    return copy


def _choices(into: Any) -> dict[str, set[str]]:
    """The words that each field may hold, where they are a closed list."""
    out: dict[str, set[str]] = {}
    for name, kinds in _inside(into).items():
        for kind in kinds:
            for one in getattr(kind, "types", (kind,)):
                out.setdefault(name, set()).update(getattr(one, "values", ()))
    return out


def _inside(into: Any) -> dict[str, list[Any]]:
    """The types of every field of a type and of the types inside it, by name."""
    import msgspec

    found: dict[str, list[Any]] = {}
    seen: set[type] = set()

    def visit(kind: Any) -> None:
        if getattr(kind, "cls", None) in seen:
            return
        if hasattr(kind, "fields"):
            seen.add(kind.cls)
        for field in getattr(kind, "fields", ()):
            found.setdefault(field.encode_name, []).append(field.type)
            visit(field.type)
        for inner in ("item_type", "key_type", "value_type"):
            if hasattr(kind, inner):
                visit(getattr(kind, inner))
        for one in getattr(kind, "types", ()):
            visit(one)

    visit(msgspec.inspect.type_info(into))
    return found
