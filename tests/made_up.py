"""A copy of the law with made-up measures of a made-up authority beside it: data alone."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from surtax.ledger import Ledger
from surtax.ledger.load import LAW


def made_up(folder: Path, measures: Mapping[str, str]) -> Ledger:
    """The law in `folder` with the measures us/made-up/NAME added.

    Args:
        folder: a folder that does not exist yet.
        measures: by name, the provisions of one act as YAML, indented by six or more.
    """
    shutil.copytree(LAW, folder)
    with (folder / "ledger.yaml").open("a", encoding="utf-8") as manifest:
        manifest.write("  made-up: A made-up authority\n")  # authorities stand last
    with (folder / "instruments.yaml").open("a", encoding="utf-8") as instruments:
        instruments.write(
            "made-up-1: {title: Made-up Act, kind: order, issuer: nobody, signed: 2024-12-01,"
            ' url: "https://example.org/act", confidence: L}\n'
        )
    (folder / "us/made-up").mkdir()
    for name, provisions in measures.items():
        (folder / f"us/made-up/{name}.yaml").write_text(
            f"measure: us/made-up/{name}\ntitle: Made-up {name}\nimposer: US\n"
            f"authority: made-up\nacts:\n  - instrument: made-up-1\n    provisions:\n{provisions}",
            "utf-8",
        )
    return Ledger.load(folder)
