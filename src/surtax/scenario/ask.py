"""Ask for an answer to a scenario by name; what `surtax respond` and `surtax.respond` call."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from surtax.errors import InputError, unknown
from surtax.ledger import Ledger
from surtax.progress import steps
from surtax.response.kept import Keep, afresh
from surtax.scenario import run as _run
from surtax.scenario import summary
from surtax.scenario.lists import bounded, ground_of, list_answer
from surtax.scenario.respond import MODES, Play, answer_to, possible
from surtax.scenario.scored import score_answer
from surtax.scenario.table import Wish, lay
from surtax.scenario.vintage import vintage
from surtax.units import parse_money

ALL_MODES = (*MODES, "list", "score")


@dataclass(frozen=True)
class Question:
    """What is asked, in the words of `respond`; its arguments say what each field means."""

    scenario: str
    player: str | None = None
    mode: str = "best"
    against: tuple[str, ...] = ()
    objective: str = "real-income"
    instruments: tuple[str, ...] = ("tariff",)
    sectors: tuple[str, ...] = ()
    lower: float = 0.0
    upper: float = 1.0
    limit: str = ""
    limit_on: str = "covered"
    rate: float = 0.25
    least_harm: str = "0"
    payments: str = "0"
    authority: str = ""
    ground: str = ""
    response: str = _run.NO_ANSWER
    world: str | None = None
    closure: str | None = None
    starts: int = 3
    seed: int = 0
    order: str = "simultaneous"
    damping: float = 1.0
    points: int = 9
    ranges: bool = True
    without: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """The command that asks the same."""
        said = ["surtax", "respond", self.scenario]
        for one in fields(self)[1:]:
            value = getattr(self, one.name)
            if value == one.default:
                continue
            option = "--list" if one.name == "measures" else "--" + one.name.replace("_", "-")
            if isinstance(value, bool):
                said.append("--no-ranges")
            elif one.name in ("instruments", "measures"):
                said += [part for text in value for part in (option, text)]
            else:
                said += [option, ",".join(value) if isinstance(value, tuple) else str(value)]
        return shlex.join(said)


@dataclass(frozen=True, eq=False)
class Asked:
    """A question whose scenario is loaded; `steps` is how many the search takes, about."""

    question: Question
    run: _run.Run
    wish: Wish
    play: Play
    steps: int


def respond(
    scenario: str,
    *,
    player: str | None = None,
    mode: str = "best",
    against: Sequence[str] = (),
    objective: str = "real-income",
    instruments: Sequence[str] = ("tariff",),
    sectors: Sequence[str] = (),
    lower: float = 0.0,
    upper: float = 1.0,
    limit: str | float = "",
    limit_on: str = "covered",
    rate: float = 0.25,
    least_harm: str | float = 0,
    payments: str | float = 0,
    authority: str = "",
    ground: str = "",
    response: str = _run.NO_ANSWER,
    world: str | None = None,
    closure: str | None = None,
    starts: int = 3,
    seed: int = 0,
    order: str = "simultaneous",
    damping: float = 1.0,
    points: int = 9,
    ranges: bool = True,
    without: Sequence[str] = (),
    measures: Sequence[str] = (),
    answers: Sequence[str] = (),
    out: Path | None = None,
    quiet: bool = True,
) -> dict[str, Any]:
    """The answer of a player to a scenario.

    Args:
        scenario: its name or file.
        player: treasuries that answer together, joined by “+”; the scenario's player unless
            given.
        mode: best, nash, bargain, list or score.
        against: the other players; the scenario's opponent unless given.
        objective: of everybody, as `response.objective.parse` reads it.
        instruments: as `response.levers.asked` reads them.
        sectors: in a settlement, the only sectors it may set.
        lower, upper: bounds of rates, fractions of customs value.
        limit: most money, or “matching”: as much as the others newly charge. limit_on: covered
            (trade, at `rate`) or duty (collected in equilibrium).
        rate: at which goods are listed where covered trade is capped.
        least_harm: money that the answer costs the others, at least.
        payments: most money that sides may pay each other in a settlement.
        authority: a law whose cap on rates binds. ground: that a caretaker's proposal claims.
        response: the scenario's response on which the answer is added; none unless given.
        world, closure: in place of the scenario's.
        starts, seed: of a best response. order, damping: of a contest. points: of the frontier.
        ranges: whether every set of assumptions is tried. quiet: no progress bar.
        without: HS codes that a list may not name. out: a new folder for its measure.
        measures: of the player, to score.
        answers: other governments whose recorded duties on the opponent's goods count.

    Returns:
        What `surtax respond --json` prints.

    Raises:
        InputError: something asked for cannot be; one sentence, with where and how to mend it.
    """
    question = Question(
        scenario, player, mode, tuple(against), objective, tuple(instruments), tuple(sectors),
        lower, upper, str(limit), limit_on, rate, str(least_harm), str(payments), authority,
        ground, response, world, closure, starts, seed, order, damping, points, ranges,
        tuple(without), tuple(measures), tuple(answers),
    )  # fmt: skip
    made = asked(question)
    with steps(f"{mode} answer", total=made.steps, quiet=quiet) as say:
        return answer(made, out=out, say=say)


def asked(question: Question, law: Ledger | None = None) -> Asked:
    """A question with its scenario loaded; errors as of `respond`.

    Args:
        question: what is asked. law: the ledger; the embedded one unless given.
    """
    if question.measures and question.mode != "score":
        raise InputError("measures are scored.", where="--list", mend="Add --mode score.")
    if question.starts < 1:
        raise InputError("a search needs a start.", where="--starts", mend="Give 1 or more.")
    mode = question.mode
    if mode not in ALL_MODES:
        raise unknown("mode", mode, ALL_MODES, where="--mode")
    run = _run.opened(
        question.scenario, law, world=question.world, closure=question.closure,
        answers=question.answers,
    )  # fmt: skip
    first = question.player or run.scenario.player
    others = question.against or (run.scenario.opponent,)
    if first in others and not question.against:
        others = (run.scenario.player,)
    wish = Wish(
        names=(first, *others),
        mode=mode,
        objective=question.objective,
        instruments=question.instruments,
        sectors=question.sectors,
        lower=question.lower,
        upper=question.upper,
        limit=question.limit,
        limit_on=question.limit_on,
        rate=question.rate,
        least_harm=float(parse_money(question.least_harm, where="--least-harm")),
        authority=question.authority,
        ground=question.ground,
        response=question.response,
        transfer=float(parse_money(question.payments, where="--payments")),
    )
    play = Play(
        starts=question.starts, seed=question.seed, order=question.order,
        damping=question.damping, points=question.points, ranges=question.ranges,
    )  # fmt: skip
    total = {
        "best": question.starts, "nash": len(wish.names) + 6, "bargain": question.points + 9,
        "list": 12, "score": 10,
    }[mode]  # fmt: skip
    return Asked(question, run, wish, play, total + 1 + (len(run.variants) - 1) * play.ranges)


def check(made: Asked) -> None:
    """Set the table, so that what cannot be asked is said before a search begins.

    Raises:
        InputError: what `respond` would say of it.
    """
    if made.wish.mode == "list":
        bounded(made.wish)
        ground_of(made.run, made.wish)
    elif made.wish.mode != "score":
        possible(made.wish, made.run)
        lay(made.run, made.wish)


def answer(
    made: Asked,
    *,
    out: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
    keep: Keep = afresh,
) -> dict[str, Any]:
    """The answer to a question.

    Args:
        made: the question. out: a new folder for a list's measure.
        say: told of each step. keep: keeps what steps found.
    """
    wish, run, play = made.wish, made.run, made.play
    if wish.mode == "list":
        found = list_answer(
            run, wish, without=made.question.without, out=out, ranges=play.ranges,
            say=say, keep=keep,
        )  # fmt: skip
    elif wish.mode == "score":
        found = score_answer(run, wish, made.question.measures, ranges=play.ranges, say=say)
    else:
        found = answer_to(run, wish, play, say, keep)
    made_of = vintage(
        run.ledger, run.scenario, known=run.scenario.known, closure=found["closure"],
        elasticities=found["elasticities"], command=made.question.command,
    )  # fmt: skip
    return {
        "scenario": run.scenario.scenario,
        "player": wish.names[0],
        "summary": summary.of_run(run),
        **found,
        "vintage": made_of | {"seed": play.seed},
    }
