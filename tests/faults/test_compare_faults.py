"""Platforms that cannot be compared: one message with the place and the mend."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from surtax.cli import main
from surtax.economy.closure import closure
from surtax.errors import InputError
from surtax.scenario import platforms
from surtax.scenario.compare import compare

GOOD = (Path(platforms.__file__).parent / "platforms" / "force-and-pivot.yaml").read_text("utf-8")
BROKEN = {
    "unknown response": ("response: matching", "response: matchin", "matching"),
    "unknown rule": ("sharing: workers-hit", "sharing: workers-hurt", "workers-hit"),
    "unknown set": ("set: central", "set: centre", "central"),
    "too deep": ("cut: 10%", "cut: 110%", "more than there is"),
    "unknown sector": ("{cut: 2%}", "{cut: 2%, sectors: [OYL]}", "OIL"),
    "unknown partner": ("{cut: 2%}", "{cut: 2%, towards: [EU]}", "EU27"),
    "hindsight": ("said_on: 2025-03-28", "said_on: 2025-04-03", "after the day of knowledge"),
    "unknown scenario": ("scenario: spring-2025", "scenario: spring-2026", "spring-2025"),
    "unknown field": ("response: matching", "answer: matching", "answer"),
    "another name": ("platform: force-and-pivot", "platform: other", "Make the two the same"),
    "empty": (
        GOOD[GOOD.index("response:"):GOOD.index("assumed:")], "", "holds nothing",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", sorted(BROKEN))
def test_broken_files(fault: str, tmp_path: Path) -> None:
    old, new, says = BROKEN[fault]
    assert old in GOOD
    path = tmp_path / "force-and-pivot.yaml"
    path.write_text(GOOD.replace(old, new, 1), "utf-8")
    with pytest.raises(InputError) as caught:
        compare([str(path), "retaliate-and-build"])
    assert says in str(caught.value)


@pytest.mark.parametrize("asked", [{"closure": "own-share"}, {"threats": "high"}, {"world": "w"}])
def test_saved_answers_are_not_solved_again(asked: dict[str, str]) -> None:
    with pytest.raises(InputError, match="saved answers hold what they were solved under"):
        compare(["a.json", "b.json"], **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["force-and-pivot"], "cannot be compared"),
        (["force-and-pivot", "force-and-pivot"], "stands twice"),
        (["force-and-pivt", "retaliate-and-build"], "Nearest: force-and-pivot"),
        (["a.json", "retaliate-and-build"], "cannot stand in one table"),
        (["a.json", "b.json"], "no such file"),
    ],
)
def test_what_cannot_be_compared(names: list[str], says: str) -> None:
    with pytest.raises(InputError) as caught:
        compare(names)
    assert says in str(caught.value)


def test_insurance_needs_somebody_out_of_work(tmp_path: Path) -> None:
    path = tmp_path / "force-and-pivot.yaml"
    path.write_text(GOOD.replace("sharing: workers-hit", "sharing: employment-insurance"), "utf-8")
    with pytest.raises(InputError, match="nobody is out of work"):
        compare([str(path), "retaliate-and-build"], ranges=False)
    assert closure("wage-curve").wages.rule is not None
    told = compare([str(path), "retaliate-and-build"], closure="wage-curve", ranges=False)
    assert told["rows"][1]["revenue"]["sharing"] == "employment-insurance"


def test_other_scenarios_are_other_baselines(tmp_path: Path) -> None:
    spring = Path(platforms.__file__).parent / "scenarios" / "spring-2025.yaml"
    other = tmp_path / "later.yaml"
    text = spring.read_text("utf-8").replace("scenario: spring-2025", "scenario: later")
    other.write_text(text.replace("closure: own-share", "closure: world-share"), "utf-8")
    path = tmp_path / "force-and-pivot.yaml"
    path.write_text(GOOD.replace("scenario: spring-2025", f"scenario: {other}"), "utf-8")
    with pytest.raises(InputError, match="their baselines differ"):
        compare([str(path), "retaliate-and-build"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["compare", "force-and-pivot", "retaliate-and-bild"], "Nearest: retaliate-and-build"),
        (["compare", "a", "b", "--threats", "middling"], "--threats: unknown level"),
        (["sweep", "spring-2025", "--draws", "0"], "--draws: 0 draws cannot be swept"),
        (["sweep", "spring-2025", "--engine", "dusk"], "--engine: unknown engine"),
        (["offset", "spring-2025", "--by", "hope"], "--by: unknown offset"),
    ],
)
def test_commands_say_one_sentence(
    words: list[str],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["surtax", *words])
    with pytest.raises(SystemExit) as caught:
        main()
    out, err = capsys.readouterr()
    assert caught.value.code == 2
    assert out == ""
    assert says in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("words", [["--json"], []])
def test_compare_answers(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["force-and-pivot", "retaliate-and-insure"]
    monkeypatch.setattr("sys.argv", ["surtax", "compare", *names, "--no-ranges", *words])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 0
    out = capsys.readouterr().out
    if words:
        assert [row["name"] for row in json.loads(out)["rows"]] == ["baseline", *names]
    else:
        assert out.index("Assumed:") < out.index("real income, %")
        assert max(len(line) for line in out.splitlines()) <= 80
