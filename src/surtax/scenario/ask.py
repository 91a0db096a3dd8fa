"""Ask for an answer to a scenario by name; what `surtax respond` and `surtax.respond` call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, fields
from pathlib import Path
from typing import Any

from surtax import goods
from surtax.errors import InputError, ScenarioError, unknown
from surtax.ledger import Ledger
from surtax.progress import steps
from surtax.response import lists_law
from surtax.response.kept import Keep, afresh
from surtax.response.objective import parse
from surtax.scenario import run as _run
from surtax.scenario import summary
from surtax.scenario.choices import NO_ANSWER
from surtax.scenario.lists import bounded, ground_of, list_answer
from surtax.scenario.respond import MODES, Play, answer_to, possible
from surtax.scenario.scored import score_answer
from surtax.scenario.table import Wish, lay
from surtax.scenario.vintage import command_of, option, vintage
from surtax.units import parse_money

ALL_MODES = (*MODES, "list", "score")
ONLY = {
    **dict.fromkeys(("instruments", "lower", "upper", "authority", "payments"), MODES),
    **dict.fromkeys(("order", "damping"), ("nash", "bargain")),
    **dict.fromkeys(("sectors", "points"), ("bargain",)),
    **dict.fromkeys(("starts", "seed", "limit_on"), ("best",)),
    "limit": ("best", "list"),
    "least_harm": (*MODES, "list"),
    "without": ("list",),
    "measures": ("score",),
}
"""Options that some modes alone look at."""
RATES = ("lower", "upper", "rate")
BOUNDS: dict[str, tuple[float, float]] = {
    "lower": (-0.99, 10.0), "upper": (-0.99, 10.0), "rate": (0.001, 10.0), "damping": (0.01, 1.0),
    "starts": (1, 1000), "seed": (0, 2**32), "points": (1, 1000),
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """What is asked, in the words of `respond`; its arguments say what each field means."""

    scenario: str
    _: KW_ONLY
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
    response: str = NO_ANSWER
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
        options = {one.name: getattr(self, one.name) for one in fields(self)[1:]}
        return command_of("respond", [self.scenario], Question, **options)


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
    response: str = NO_ANSWER,
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
        scenario=scenario, player=player, mode=mode, against=tuple(against), objective=objective,
        instruments=tuple(instruments), sectors=tuple(sectors), lower=lower, upper=upper,
        limit=str(limit), limit_on=limit_on, rate=rate, least_harm=str(least_harm),
        payments=str(payments), authority=authority, ground=ground, response=response,
        world=world, closure=closure, starts=starts, seed=seed, order=order, damping=damping,
        points=points, ranges=ranges, without=tuple(without), measures=tuple(measures),
        answers=tuple(answers),
    )  # fmt: skip
    if out is not None:
        if mode != "list":
            raise InputError("only a list is written.", where="-o", mend="Take --mode list.")
        lists_law.empty(out)
    made = asked(question)
    with steps(f"{mode} answer", total=made.steps, quiet=quiet) as say:
        return answer(made, out=out, say=say)


def asked(question: Question, law: Ledger | None = None, run: _run.Run | None = None) -> Asked:
    """A question with its scenario loaded; errors as of `respond`.

    Args:
        question: what is asked. law: the ledger; the embedded one unless given.
        run: the scenario, prepared; in place of opening it.
    """
    mode = question.mode
    if mode not in ALL_MODES:
        raise unknown("mode", mode, ALL_MODES, where="--mode")
    _looked_at(question)
    _within(question)
    parse(question.objective)
    for code in question.without:
        try:
            goods.hs(code)
        except InputError as error:
            raise InputError(error.what, where="--without", mend=error.mend) from None
    least = float(parse_money(question.least_harm, where="--least-harm"))
    most = float(parse_money(question.payments, where="--payments"))
    run = run or _run.opened(
        question.scenario, law, world=question.world, closure=question.closure,
        answers=question.answers,
    )  # fmt: skip
    chosen = run.scenario.choices
    beside = [n for n in ("threats", "sharing", "barriers", "partners") if getattr(chosen, n)]
    if beside:
        raise ScenarioError(
            f"an answer is sought without choices of {', '.join(beside)}.",
            where=question.scenario, mend="Leave them out of the file.",
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
        least_harm=least,
        authority=question.authority,
        ground=question.ground,
        response=question.response,
        transfer=most,
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


def _looked_at(question: Question) -> None:
    """Refuse an option that the mode does not look at, rather than drop it."""
    for one in fields(question):
        modes = ONLY.get(one.name, ALL_MODES)
        if getattr(question, one.name) != one.default and question.mode not in modes:
            raise InputError(
                f"it is no part of --mode {question.mode}.", where=option(one.name),
                mend=f"Leave it out, or take --mode {' or '.join(modes)}.",
            )  # fmt: skip
    if question.limit_on != "covered" and not question.limit:
        raise InputError("there is no cap.", where="--limit-on", mend="Give --limit as well.")


def _within(question: Question) -> None:
    """Refuse numbers that are none, or beyond their bounds."""
    for name, (low, high) in BOUNDS.items():
        value = getattr(question, name)
        if not low <= value <= high:
            raise InputError(
                f"{value:g} is not between {low:g} and {high:g}.", where=f"--{name}",
                mend="Rates are fractions: 0.25 is 25 %." if name in RATES else "",
            )  # fmt: skip
    if question.lower > question.upper:
        raise InputError(
            f"the lower bound, {question.lower:g}, is above the upper, {question.upper:g}.",
            where="--lower, --upper", mend="Swap them.",
        )  # fmt: skip


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
