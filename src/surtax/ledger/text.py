"""YAML and CSV read without guessing: every scalar a string, every error with its place."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any, TypeVar

from surtax.errors import LedgerError, unknown

T = TypeVar("T")


def read_yaml(path: Path, into: type[T]) -> T:
    """A YAML file as a typed value.

    Scalars stay strings until the schema types them, so that ``0101``, ``7208.10``, ``NO`` and
    ``25%`` mean what they say.

    Raises:
        LedgerError: the file is missing, is not YAML, or does not follow the schema; the place
            names the file, the line and the path of the value.
    """
    import msgspec
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerError(
            f"cannot be read: {error}.", where=str(path), mend="Put the file there, as UTF-8 text."
        ) from None
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        node = yaml.compose(text, Loader=loader)
        tree = yaml.load(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise LedgerError(
            f"is not valid YAML: {getattr(error, 'problem', error)}.",
            where=f"{path}{line}",
            mend="Check the indentation, the quotes and the brackets of that line.",
        ) from None
    _refuse_duplicates(node, path)
    try:
        return msgspec.convert(tree, into, strict=False)
    except msgspec.ValidationError as error:
        what, _, at = str(error).partition(" - at `")
        trail = at.rstrip("`")
        alien = re.search(r"unknown field `(.+)`", what)
        row = _line_of(node, f"{trail}.{alien.group(1)}" if alien else trail)
        raise LedgerError(
            f"{what}{f' (at {trail})' if trail else ''}.",
            where=f"{path}:{row}",
            mend=_mend(what, into),
        ) from None


def line_holding(path: Path, what: str, *, act: int = 0, provision: str = "") -> str:
    """The file and the line that holds a quoted word of a message, whole if it can be.

    Args:
        path: the file.
        what: the message.
        act: position of the act that it speaks of.
        provision: the provision of that act, if it speaks of one; the search keeps to its lines.
    """
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    first, last = _lines_of(text, act, provision) if provision else (1, len(lines))
    words = "|".join(re.escape(word) for word in re.findall(r"“([^”]+)”", what))
    for pattern in (rf"(?<![\w.%-])({words})(?![\w.%-])", words):
        for number in range(first, last + 1):
            if words and re.search(pattern, lines[number - 1]):
                return f"{path}:{number}"
    return f"{path}:{first}" if provision else str(path)


def _lines_of(text: str, act: int, provision: str) -> tuple[int, int]:
    """First and last line of a provision of an act."""
    import yaml

    acts = dict(_pairs(yaml.compose(text, Loader=yaml.BaseLoader)))["acts"]
    said = dict(_pairs(dict(_pairs(acts.value[act]))["provisions"]))[provision]
    end = said.end_mark.line if said.end_mark.column == 0 else said.end_mark.line + 1
    return said.start_mark.line + 1, max(end, said.start_mark.line + 1)


def _pairs(node: Any) -> list[tuple[str, Any]]:
    return [(key.value, value) for key, value in node.value]


def _mend(message: str, into: Any) -> str:
    """How to mend what the schema refused."""
    if "RFC3339" in message:
        return "Write a day that exists, as 2025-03-28."
    field = re.search(r"unknown field `(.+)`", message)
    if field:
        return unknown("field", field.group(1), _fields(into)).mend
    if "missing required field" in message:
        return "Add the field."
    return "Write a value of that type."


def _fields(into: Any) -> set[str]:
    """Names of all fields of a type and of the types inside it."""
    import msgspec

    names: set[str] = set()

    def visit(kind: Any) -> None:
        for field in getattr(kind, "fields", ()):
            if field.encode_name not in names:
                names.add(field.encode_name)
                visit(field.type)
        for inner in ("item_type", "key_type", "value_type"):
            if hasattr(kind, inner):
                visit(getattr(kind, inner))
        for one in getattr(kind, "types", ()):
            visit(one)

    visit(msgspec.inspect.type_info(into))
    return names


def _refuse_duplicates(node: Any, path: Path) -> None:
    """YAML lets a later key win silently; here it is an error."""
    stack = [node] if node is not None else []
    while stack:
        here = stack.pop()
        if isinstance(here.value, list):
            seen: set[str] = set()
            for child in here.value:
                if isinstance(child, tuple):
                    key, value = child
                    if key.value in seen:
                        raise LedgerError(
                            f"the key “{key.value}” stands twice.",
                            where=f"{path}:{key.start_mark.line + 1}",
                            mend="Keep one of the two.",
                        )
                    seen.add(key.value)
                    stack.append(value)
                else:
                    stack.append(child)


def _line_of(node: Any, trail: str) -> int:
    """The line on which the value at a msgspec path stands, or the nearest above it."""
    here = node
    for part in re.findall(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]", trail):
        name, index = part
        found = None
        if here is not None and isinstance(here.value, list):
            if name:
                found = next(
                    (
                        c[1]
                        for c in here.value
                        if isinstance(c, tuple) and c[0].value.replace("-", "_") == name
                    ),
                    None,
                )
            elif index.isdigit() and int(index) < len(here.value):
                child = here.value[int(index)]
                found = child[1] if isinstance(child, tuple) else child
        if found is None:
            break
        here = found
    return int(here.start_mark.line) + 1 if here is not None else 1


def read_annex(path: Path, column: str) -> list[dict[str, str]]:
    """The rows of an annex, whose first column must be `column`; line numbers in errors."""
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerError(
            f"the annex cannot be read: {error}.",
            where=str(path),
            mend="Put the CSV beside the measure that names it.",
        ) from None
    if not rows or next(iter(rows[0])) != column:
        raise LedgerError(
            f"the first column must be “{column}”.",
            where=f"{path}:1",
            mend=f"Start the file with a header line that begins with {column}.",
        )
    seen: dict[str, int] = {}
    for line, row in enumerate(rows, start=2):
        key = row[column]
        if not key or None in row.values():
            raise LedgerError("the row is not complete.", where=f"{path}:{line}", mend="Fill it.")
        if key in seen:
            raise LedgerError(
                f"“{key}” stands twice, first in line {seen[key]}.",
                where=f"{path}:{line}",
                mend="Remove one of the two.",
            )
        seen[key] = line
    return rows
