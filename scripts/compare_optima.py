"""Write the table of docs/response.md: the United States' best tariff here and as published.

    python scripts/compare_optima.py

Ignatenko, Lashkaripour, Macedoni and Simonovska (2025) print an optimal tariff of 21.8 % and a
retaliation of 22.7 %. Beside them stands what `best` and `nash` find for one rate on all goods of
all partners: in their data with one sector of this program's model, and in the Canadian world. The
table stands between two comments of the page. SURTAX_TEST_DATA names the folder of raw files.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from published.data import liberation as read
from published.data import root
from published.liberation import Setting
from published.rows import published
from surtax.response.best import best
from surtax.response.instruments import Policy, gather
from surtax.response.levers import Rule, asked
from surtax.response.nash import nash, side
from surtax.response.objective import Scene, objective, parse
from surtax.response.players import player
from surtax.response.stage import Stage
from surtax.world import load
from surtax.world.world import World

PAGE = Path(__file__).parents[1] / "docs" / "response.md"
BEGIN, END = "<!-- optima: made by scripts/compare_optima.py -->", "<!-- end -->"
TOP = 1.0


def one_sector(setting: Setting) -> World:
    """Their trade and their elasticity in this program's equations, nothing else of theirs."""
    regions = setting.base.regions
    flows = setting.base.flows[None]
    return World(
        name="baci2023",
        regions=regions,
        sectors=("goods",),
        flows=flows,
        tariffs=np.zeros_like(flows),
        inputs=np.zeros((len(regions), 1, 1)),
        value_added=np.ones((len(regions), 1)),
        theta=np.array([setting.base.elasticity]),
        treasuries=regions,
        treasury_shares=np.ones(len(regions)),
        traded=np.ones(1, dtype=bool),
        currency="USD m",
        basis="before tariffs",
        sources=("CEPII BACI 2023 and WDI, as Ignatenko et al. (2025) use them.",),
    )


def uniform(world: World, closure: str) -> dict[str, float]:
    """One rate of the United States, alone and against one rate of everybody else together."""
    goods = [s for s, traded in zip(world.sectors, world.traded, strict=True) if traded]
    others = [t for t in dict.fromkeys(world.treasuries) if t != "USA"]
    who = [player(world, "USA"), player(world, "+".join(others))]
    rule = Rule(ratio=np.ones((len(world.regions),) * 2), upper=TOP, level=True)
    ends = ("+".join(others), "USA")
    levers = [
        lever
        for one, end in zip(who, ends, strict=True)
        for lever in asked(world, one, [f"tariff:{'+'.join(goods)}:{end}"], rule)
    ]
    stage = Stage(gather(world, Policy(world.tariffs), levers), closure)
    sides = [side(stage.levers, p, objective(parse("real-income"), Scene(world, p))) for p in who]
    us = sides[0]
    none = np.zeros(2)
    before = us.outcome.value(stage.solution(none))
    alone = best(stage, us.outcome, none, us.mine, us.income)
    end = nash(stage, sides, none, tol=1e-8)
    assert end.converged, end.status
    return {
        "optimal": float(alone.x[0]),
        "gain": alone.payoff - before,
        "nash-us": float(end.x[0]),
        "nash-others": float(end.x[1]),
        "nash-gain": float(end.payoffs[0]) - before,
    }


def table() -> str:
    """The table as Markdown."""
    folder = root()
    if folder is None:
        raise SystemExit("SURTAX_TEST_DATA names no folder of raw files.")
    printed = {row.id: row.value for row in published("liberation.")}

    def told(name: str) -> float:
        return printed[f"liberation.{name}"]

    theirs = one_sector(Setting(read(folder / "baci2023_aggregate")))
    ours = load.load("can19x34")
    lines = [
        "| | optimal, % | gain, % | both: US, % | both: others, % | US then, % |",
        "|---|---:|---:|---:|---:|---:|",
        f"| published, local costs and tax relief | {100 * told('optimal.tariff'):.1f} "
        f"| {told('optimal.USA.welfare'):.2f} | | 22.7 | {told('retaliation.USA.welfare'):+.2f} |",
        f"| published, with inputs | 12.5 | {told('io.element.USA.welfare'):.2f} | | | |",
    ]
    for name, world, closure in (
        ("their trade, one sector, deficits removed first", theirs, "balanced"),
        ("their trade, one sector, deficits kept as transfers", theirs, "world-share"),
        ("Canadian world, deficits removed first", ours, "balanced"),
        ("Canadian world, deficits kept", ours, "own-share"),
    ):
        v = uniform(world, closure)
        print(name, v, flush=True)
        rates = [f"{100 * v[key]:.1f}" for key in ("optimal", "nash-us", "nash-others")]
        rates = [f"{r}, the bound" if r == f"{100 * TOP:.1f}" else r for r in rates]
        lines.append(
            f"| {name} | {rates[0]} | {100 * v['gain']:.2f} | {rates[1]} | {rates[2]} | "
            f"{100 * v['nash-gain']:+.2f} |"
        )
    return "\n".join(lines).replace("| -", "| \N{MINUS SIGN}")


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    tail = rest.split(END, 1)[1]
    PAGE.write_text(f"{head}{BEGIN}\n{table()}\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
