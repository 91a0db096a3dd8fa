"""Bad input and what is said of it, word for word: ``messages.yaml``, over the small law beside it.

Each fault is a change to one file of the law (`was` becomes `becomes`), or an entry that differs
from a good one. To change messages, run with SURTAX_REVIEW=1, which writes the file anew, and read
what it says now.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from surtax.duty.entry import make_entry
from surtax.duty.rate import rate
from surtax.errors import InputError
from surtax.ledger import Ledger
from surtax.units import parse_date

HERE = Path(__file__).parent
LAW = HERE / "law"
REVIEW = HERE / "messages.yaml"
GOOD = {"goods": "7308.90.30.00", "from": "MX", "into": "US", "value": "1000", "on": "2025-05-01"}
FAULTS: list[dict[str, Any]] = yaml.load(REVIEW.read_text("utf-8"), Loader=yaml.BaseLoader)


def said(fault: dict[str, Any], folder: Path) -> str:
    """The message of a fault, with places within the folder alone; empty if there is none."""
    try:
        if "entry" in fault:
            enter({**GOOD, **fault["entry"]})
        else:
            change(shutil.copytree(LAW, folder), fault)
            enter(GOOD | {"goods": "4407.11.00.01", "from": "CA"}, Ledger.load(folder))
    except InputError as error:
        code = "" if error.exit_code == 2 else f"exit code {error.exit_code}: "
        return code + str(error).replace(f"{folder}/", "")
    return ""


def change(folder: Path, fault: dict[str, Any]) -> None:
    path = folder / fault["file"]
    if "was" not in fault:
        path.unlink()
        return
    text = path.read_text("utf-8")
    assert fault["was"] in text, f"{fault['file']} has no {fault['was']!r}"
    path.write_text(text.replace(fault["was"], fault["becomes"], 1), encoding="utf-8")


def enter(asked: dict[str, Any], ledger: Ledger | None = None) -> None:
    law = ledger or Ledger.load(LAW)
    entry = make_entry(
        law, asked["goods"], origin=asked["from"], into=asked["into"], value=asked["value"],
        claims=asked.get("claims", []), facts=asked.get("facts", {}),
        quantity=asked.get("quantity"), unit=asked.get("unit", ""),
    )  # fmt: skip
    rate(law, entry, parse_date(asked["on"], where="--on"),
         threatened=asked.get("threatened", False))  # fmt: skip


@pytest.mark.skipif("SURTAX_REVIEW" in os.environ, reason="messages are written anew")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["fault"])
def test_the_message_is_the_reviewed_one(fault: dict[str, Any], tmp_path: Path) -> None:
    assert said(fault, tmp_path / "law") == fault["says"]


@pytest.mark.skipif("SURTAX_REVIEW" not in os.environ, reason="only to review messages")
def test_write_the_messages_anew(tmp_path: Path) -> None:
    top = REVIEW.read_text("utf-8").partition("- fault:")[0]
    out = [top.rstrip("\n") + "\n" if top else ""]
    for n, fault in enumerate(FAULTS):
        fault["says"] = said(fault, tmp_path / str(n))
        rows = [f"{k}: {json.dumps(v, ensure_ascii=False)}" for k, v in fault.items()]
        out.append("- " + "\n  ".join(rows) + "\n")
    REVIEW.write_text("".join(out), encoding="utf-8")


def test_every_message_is_one_line_that_says_how_to_mend() -> None:
    assert len(FAULTS) >= 40
    assert len({fault["fault"] for fault in FAULTS}) == len(FAULTS)
    for fault in FAULTS:
        assert fault["says"], fault["fault"]
        assert "\n" not in fault["says"]
        assert fault["says"].endswith("."), fault["says"]
        assert "`" not in fault["says"], fault["says"]
        assert not {"Traceback", "None", "Object", "object"} & set(fault["says"].split())


def test_the_small_law_is_sound() -> None:
    law = Ledger.load(LAW)
    assert len(law.measures) == 3
    enter(GOOD, law)


def test_scalars_mean_what_they_say(tmp_path: Path) -> None:
    """Norway is no “no”, a leading zero is no octal, a day stays text until it is one."""
    folder = shutil.copytree(LAW, tmp_path / "law")
    wood = folder / "us/act/wood.yaml"
    text = wood.read_text("utf-8")
    text = text.replace('origins: [CA], goods: ["4407"]', "origins: [NO], goods: [0101, 0407.11]")
    wood.write_text(text, encoding="utf-8")
    sawn = Ledger.load(folder).measures["us/act/wood"].acts[0].provisions["sawn"]
    assert sawn.origins == ["NO"]
    assert sawn.goods == ["0101", "0407.11"]
