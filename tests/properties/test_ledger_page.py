"""The page for lawyers: its worked example is law that loads, lints clean and gives its cases."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from cases.test_cases import holds
from surtax.ledger import Ledger
from surtax.ledger.difference import difference
from surtax.ledger.lint import CHECKS, SEVERITIES, lint
from surtax.ledger.listing import timeline
from surtax.ledger.load import LAW
from surtax.units import parse_date

PAGE = Path(__file__).parents[2] / "docs" / "ledger.md"
BLOCKS = dict(re.findall(r"^```\w+ file=(\S+)\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S))
CASES = yaml.load(BLOCKS["case"], Loader=yaml.BaseLoader)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The law with the example's files added, as the page says."""
    root = Path(shutil.copytree(LAW, tmp_path_factory.mktemp("page") / "law"))
    for name in set(BLOCKS) - {"case"}:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        so_far = path.read_text("utf-8") if path.exists() else ""
        under = "authorities:\n" if name == "ledger.yaml" else so_far  # else at the end
        assert under in so_far
        path.write_text(so_far.replace(under, under + BLOCKS[name], 1) or BLOCKS[name], "utf-8")
    return root


@pytest.fixture(scope="module")
def ledger(folder: Path) -> Ledger:
    return Ledger.load(folder)


def test_the_example_is_data_alone(folder: Path) -> None:
    new = {
        p.relative_to(folder).as_posix()
        for p in folder.rglob("*.*")
        if not (LAW / p.relative_to(folder)).exists()
        or (LAW / p.relative_to(folder)).read_bytes() != p.read_bytes()
    }
    assert new == set(BLOCKS) - {"case"}
    assert all(name.endswith((".yaml", ".csv")) for name in new)


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_the_example_gives_its_cases(ledger: Ledger, case: dict[str, object]) -> None:
    holds(ledger, case)


def test_the_example_brings_no_finding(ledger: Ledger) -> None:
    plain = {(f.check, f.measure, f.message) for f in lint(Ledger.load()) if f.check != "stale"}
    found = {(f.check, f.measure, f.message) for f in lint(ledger) if f.check != "stale"}
    assert found == plain


def test_its_story_tells_signed_printed_and_effective(ledger: Ledger) -> None:
    rows = timeline(ledger, known=parse_date("2025-06-02"), measure="us/lamp-act")
    told = [(r["date"], r["kind"], r["provision"]) for r in rows]
    assert told == [
        ("2025-02-20", "signed", None),
        ("2025-02-25", "gazetted", None),
        ("2025-03-01", "effective", "lamps"),
        ("2025-03-01", "effective", "us-parts"),
        ("2025-03-12", "effective", "after-aluminium"),
        ("2025-04-15", "signed", None),
        ("2025-05-01", "effective", "lamps"),
    ]


def test_its_change_is_one_field(ledger: Ledger) -> None:
    first, second = (ledger.at(parse_date(d)) for d in ("2025-04-30", "2025-05-01"))
    found = difference(first, second, "US", "NO")
    (one,) = [c for c in found.changes if c.provision.measure == "us/lamp-act/lamps"]
    (field,) = one.fields
    assert (field.field, field.before, field.after) == ("rate", "12%", "8%")
    assert field.citation == "Lamp Amendment, cl. 1"


def test_the_page_names_every_check_and_severity() -> None:
    table = PAGE.read_text("utf-8").partition("## Lint")[2].partition("##")[0]
    for word in (*CHECKS, "stale", *SEVERITIES):
        assert word in table
