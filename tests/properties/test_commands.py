"""The command that an answer records asks what was asked: the same request, option by option."""

from __future__ import annotations

import importlib
import shlex
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from surtax import api
from surtax.cli import app
from surtax.scenario import ask

FULL = {
    "solve": (
        "'my own.yaml' --world can19x34 --closure own-share --horizon short --response full-155 "
        "--threats high --elasticities central --contents low --by pair --answers CN,MX"
    ),
    "sweep": (
        "'my own.yaml' --draws 30 --seed 7 --platform 'a bundle.yaml' --response full-155 "
        "--no-threats --world can19x34 --answers CN,MX"
    ),
    "compare": (
        "'a bundle.yaml' retaliate-and-insure --threats low --world can19x34 "
        "--closure own-share --no-ranges --answers CN,MX"
    ),
    "offset": (
        "'my own.yaml' --by partners --region ON --response full-155 --threats central "
        "--sectors OIL,PRT --towards EU27,JPN --world can19x34 --closure own-share --answers CN,MX"
    ),
    "respond": (
        "'my own.yaml' --player CAN+MEX --mode bargain --against USA,CHN "
        "--objective 'real-income - 0.5*jobs:MTV' --instruments tariff:MTV:USA "
        "--instruments quota --sectors MTV,OIL --lower 0.1 --upper 0.5 --limit 1e9 "
        "--limit-on duty --rate 0.1 --least-harm 1e8 --payments 2e9 --authority section-338 "
        "--ground haste --response full-155 --world can19x34 --closure own-share --starts 2 "
        "--seed 7 --order sequential --damping 0.5 --points 3 --no-ranges --without 0201,0202 "
        "--list ca/a --list ca/b --answers CN,MX"
    ),
}
"""Every option of a command on which its answer rests, none as it is by default."""
ROOMS = {"solve": "solved", "sweep": "sweep", "compare": "compare", "offset": "offset"}
ELSEWHERE = {"json", "out", "engine", "workers", "address"}
"""Options that say who does the work and where it goes; the figures are the same."""


class ToldError(Exception):
    """A command that was recorded: nothing is solved after it."""


def requested(words: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the command line asks the Python face for, lists as tuples."""
    verb = shlex.split(words)[1]
    asked: dict[str, Any] = {}

    def take(*names: Any, **options: Any) -> None:
        asked.update(options, names=names)
        raise ToldError

    with monkeypatch.context() as patched:
        patched.setattr(api, verb, take)
        result = CliRunner().invoke(app, [*shlex.split(words)[1:], "--json"])
    assert isinstance(result.exception, ToldError), result.output
    return {k: tuple(v) if isinstance(v, list) else v for k, v in asked.items()}


def recorded(verb: str, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> str:
    """The command that the answer to a request would record; nothing is loaded or solved."""
    options = {k: v for k, v in asked.items() if k != "names"}
    if verb == "respond":
        made: list[str] = []

        def take(question: ask.Question) -> None:
            made.append(question.command)
            raise ToldError

        with monkeypatch.context() as patched:
            patched.setattr(ask, "asked", take)
            with pytest.raises(ToldError):
                api.respond(*asked["names"], **options)
        return made[0]
    room = importlib.import_module(f"surtax.scenario.{ROOMS[verb]}")
    plain = room.command_of

    def tell(*given: Any, **more: Any) -> str:
        raise ToldError(plain(*given, **more))

    with monkeypatch.context() as patched:
        patched.setattr(room, "command_of", tell)
        with pytest.raises(ToldError) as told:
            getattr(api, verb)(*asked["names"], **options)
    return str(told.value)


@pytest.mark.parametrize("verb", FULL)
def test_a_recorded_command_asks_the_same(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = requested(f"surtax {verb} {FULL[verb]}", monkeypatch)
    said = recorded(verb, asked, monkeypatch)
    assert requested(said, monkeypatch) == asked


@pytest.mark.parametrize("verb", FULL)
def test_every_option_is_tried(verb: str) -> None:
    command: Any = typer.main.get_command(app)
    options = [p for p in command.commands[verb].params if p.param_type_name == "option"]
    said = set(shlex.split(FULL[verb]))
    left = {p.name for p in options if not said & {*p.opts, *p.secondary_opts}}
    assert left <= ELSEWHERE


@pytest.mark.parametrize("verb", ["solve", "sweep", "offset", "respond"])
def test_what_is_as_it_is_by_default_goes_unsaid(
    verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = requested(f"surtax {verb} spring-2025", monkeypatch)
    assert recorded(verb, asked, monkeypatch) == f"surtax {verb} spring-2025"
