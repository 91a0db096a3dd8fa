"""Vintage: what a result was made of, so that the same command gives the same figures."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from surtax._version import __version__
from surtax.ledger import Ledger
from surtax.scenario.spec import Scenario

ROOMS = ("data", "ledger/data", "trade/data", "world/data", "response/data")


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
