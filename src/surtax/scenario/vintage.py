"""Vintage: what a result was made of, so that the same command gives the same figures."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from inspect import signature
from pathlib import Path
from typing import Any

import msgspec

from surtax._version import __version__
from surtax.ledger import Ledger
from surtax.scenario.spec import Scenario

ROOMS = ("data", "ledger/data", "trade/data", "world/data", "response/data")
REPEATED = ("instruments", "measures")
"""Arguments whose option is given once for each."""


@cache
def data_digest() -> str:
    """SHA-256 over every embedded data file, in order of path."""
    root = Path(str(files("surtax")))
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted(p for p in (root / room).rglob("*") if p.is_file()):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def vintage(
    ledger: Ledger, scenario: Scenario, *, known: date | None = None, **more: Any
) -> dict[str, Any]:
    """Hashes of ledger, data and scenario, model version, verified-to date, and the caller's."""
    return {
        "model": __version__,
        "ledger": ledger.digest,
        "data": data_digest(),
        "scenario": hashlib.sha256(msgspec.json.encode(scenario, order="sorted")).hexdigest(),
        "verified_to": ledger.verified_to.isoformat(),
        "known": (known or ledger.verified_to).isoformat(),
        "seed": None,
        **more,
    }


def option(name: str) -> str:
    """The option of the command line that gives an argument."""
    return "--list" if name == "measures" else "--" + name.replace("_", "-")


def command_of(verb: str, given: Sequence[str], asked: Callable[..., Any], **options: Any) -> str:
    """The command that asks the same.

    Args:
        verb, given: the command, and what it is asked of. asked: whose defaults go unsaid.
        options: its arguments that the answer rests on, by name.
    """
    defaults = signature(asked).parameters
    said = ["surtax", verb, *map(str, given)]
    for name, value in options.items():
        several = None if isinstance(value, str) or not isinstance(value, Sequence) else value
        if defaults[name].default == (value if several is None else tuple(several)):
            continue
        if isinstance(value, bool):
            said.append(option(name) if value else f"--no-{option(name)[2:]}")
        elif several is None:
            said += [option(name), str(value)]
        elif name in REPEATED:
            said += [part for one in several for part in (option(name), str(one))]
        else:
            said += [option(name), ",".join(several)]
    return shlex.join(said)
