"""The README's lines run and say what the README says they say."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def test_the_eight_lines() -> None:
    text = README.read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.S)
    assert code
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(code.group(1), {})
    car, regions = said.getvalue().splitlines()
    assert car.startswith("5000.00 ")
    assert "Proclamation 10908, cl. 1" in car
    found = dict(re.findall(r"'(\w+)': (-?[\d.]+)", regions))
    for name, region in (("Ontario", "ON"), ("Alberta", "AB")):
        written = re.search(name + r"(?:'s real income changes by|'s by) −([\d.]+) %", text)
        assert written, name
        assert float(found[region]) == -float(written.group(1))


def test_both_commands_are_single_lines() -> None:
    text = README.read_text(encoding="utf-8")
    for mark in ("main command", "test command"):
        block = re.search(rf"<!-- {mark} -->\n```sh\n(.*?)\n```", text, re.S)
        assert block
        assert "\n" not in block.group(1)
        assert block.group(1).startswith("python3 ")


def test_linked_files_exist() -> None:
    for page in [README, *(README.parent / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"
