"""Options that commands share, and how they are read."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
On = Annotated[str | None, typer.Option("--on", help="Day of law, such as 2025-03-28.")]
Known = Annotated[str | None, typer.Option("--known", help="Day of knowledge.")]
Into = Annotated[str | None, typer.Option("--into", help="Importing place.")]
From = Annotated[str | None, typer.Option("--from", help="Place of origin.")]
Answers = Annotated[
    str, typer.Option("--answers", help="Other governments whose duties count too: CN,MX.")
]
Include = Annotated[
    str | None,
    typer.Option("--include", help="“threatened”: count threats with a known rate."),
]


def show(value: Any) -> None:
    """Print an answer as one JSON object."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False))


def refuse_idle(
    context: typer.Context, looks: Mapping[str, Collection[str]], question: str
) -> None:
    """Refuse an option that was given and that the question does not look at.

    Args:
        context: the command as it was typed.
        looks: for each question of the command the parameters that count; --json always does.
        question: the one that is asked.
    """
    from surtax.errors import InputError

    for one in context.command.params:
        name, option = str(one.name), one.opts[-1]
        source = context.get_parameter_source(name)
        if source is None or source.name != "COMMANDLINE" or name in {*looks[question], "json"}:
            continue
        others = " or ".join(q for q, counts in looks.items() if name in counts)
        raise InputError(
            f"{question} does not look at {option}, which belongs to {others}.",
            where=str(context.info_name), mend="Leave it out, or ask the other question.",
        )  # fmt: skip


def names(text: str) -> list[str]:
    """The names of an option, parted by commas."""
    return [part for part in text.split(",") if part]


def day(text: str | None, where: str) -> date | None:
    """The day of an option, or None where it is not given."""
    from surtax.units import parse_date

    return None if text is None else parse_date(text, where=where)


def threatened(include: str | None) -> bool:
    """Whether --include names threats; any other word is an error."""
    from surtax.errors import unknown

    if include not in (None, "threatened"):
        raise unknown("status", str(include), ["threatened"], where="--include")
    return include == "threatened"
