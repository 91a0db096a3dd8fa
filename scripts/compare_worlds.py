"""Write the tables of ``docs/world.md``: the Canadian world against published figures and against
the prototype that it replaced.

Between the marks ``<!-- NAME -->`` and ``<!-- end -->`` the page holds what this script computes:
key figures of both worlds, the blocks of the rebuilt one, both solved on the same shocks, and the
rebuilt one with duties over the ratio of basic to customs values and as charged.

Usage: python scripts/compare_worlds.py
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import numpy as np
import polars as pl

from surtax import api
from surtax.economy.solve import solve
from surtax.scenario.case import Case
from surtax.world.load import folder_of, load
from surtax.world.world import Array, World

PAGE = Path(__file__).parents[1] / "docs/world.md"
OLD, NEW = "can17x28", "can19x34"
ENERGY = ("OIL", "PET", "UTL")
SHOCKS = {
    "A": "the law of spring 2025, in force and signed",
    "B": "the same with Canada's answer on C$155 bn",
    "C": "25 % on Canada's goods into the United States, 10 % on energy",
    "D": "C, and 25 % by Canada on the United States' goods",
}


def table(columns: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def number(x: float, digits: int = 1) -> str:
    """A figure with a true minus sign, none before a zero."""
    return f"{round(x, digits) + 0.0:,.{digits}f}".replace("-", "−")


def goods(world: World, names: tuple[str, ...]) -> list[int]:
    """Sectors of those names that the world has."""
    return [world.sector(s) for s in names if s in world.sectors]


def figures() -> str:
    """Key published figures beside both worlds, goods at customs value, C$ bn."""
    rows = []
    worlds = [(world, world.customs_ratios) for world in map(load, (NEW, OLD))]

    def sold(origin: str, sectors: tuple[str, ...]) -> list[float]:
        out = []
        for world, ratio in worlds:
            usa = world.region("USA")
            who = range(10) if origin == "CAN" else [world.region(origin)]
            cut = world.flows[np.ix_(goods(world, sectors), [usa], list(who))]
            out.append(float(cut.sum() / ratio[usa, 0]))
        return out

    def bought(sectors: tuple[str, ...]) -> list[float]:
        return [
            float(w.flows[goods(w, sectors), :10, w.region("USA")].sum() / r[0, w.region("USA")])
            for w, r in worlds
        ]

    def balance(regions: tuple[str, ...]) -> list[float]:
        out = []
        for world, _ in worlds:
            n = [world.region(r) for r in regions]
            out.append(float(world.flows[:, :, n].sum() - world.flows[:, n].sum()))
        return out

    provinces = load(NEW).regions[:10]
    listed = [
        ("Saskatchewan to the United States, ores and minerals", 4.23, sold("SK", ("MIN", "POT"))),
        ("Canada to the United States, ores and minerals", 6.43, sold("CAN", ("MIN", "POT"))),
        ("the United States to Canada, ores and minerals", 4.30, bought(("MIN", "POT"))),
        ("Alberta to the United States, energy", 132.48, sold("AB", ENERGY)),
        ("New Brunswick to the United States, energy", 5.59, sold("NB", ENERGY)),
        ("the United States to Canada, energy", 27.35, bought(ENERGY)),
        ("Ontario to the United States, vehicles and parts", 65.02, sold("ON", ("MTV", "PRT"))),
        ("Quebec to the United States, aircraft and other", 12.57, sold("QC", ("OTE",))),
        ("balance of Japan", -67.0 * 1.3497, balance(("JPN",))),
        ("balance of the European Union", 425.2 * 1.3497, balance(("EU27",))),
        ("balance of Mexico", -20.5 * 1.3497, balance(("MEX",))),
        ("balance of China", 383.7 * 1.3497, balance(("CHN",))),
        ("balance of the United States", -918.4 * 1.3698, balance(("USA",))),
        ("balance of Canada", -5.7 * 1.3698, balance(provinces)),
    ]
    for what, official, (new, old) in listed:
        rows.append([what, number(official), number(new), number(old)])
    return table(["C$ bn a year", "published", NEW, OLD], rows)


def blocks() -> str:
    """The blocks of the rebuilt world."""
    frame = pl.read_csv(folder_of(NEW) / "blocks.csv")
    rows = [
        [block, source, number(value, 0), f"{split:.0%}", f"{moved:.1%}"]
        for block, source, value, split, moved in frame.iter_rows()
    ]
    head = ["block", "rests on", "C$ bn", "in split sectors", "moved by fitting"]
    return table(head, rows)


def gaps() -> str:
    """Gaps above 10 % by kind, with their reason."""
    frame = pl.read_csv(folder_of(NEW) / "gaps.csv").with_columns(
        kind=pl.col("what").str.split(":").list.first()
    )
    rows = []
    for kind in frame["kind"].unique(maintain_order=True):
        part = frame.filter(pl.col("kind") == kind)
        large = part.filter(pl.col("gap").abs() > 0.1)
        why = large["why"].str.split(":").list.first().unique(maintain_order=True).to_list()
        worst = f"{part['gap'].abs().max():.0%}"
        rows.append([kind, str(part.height), str(large.height), worst, "; ".join(why) or "–"])
    return table(["figure", "compared", "gap above 10 %", "largest", "reason"], rows)


def shocked(name: str) -> dict[str, Array]:
    """Real income by region (hats) of the four shocks."""
    run = api.run("spring-2025", world=name)
    world = load(name)
    ratio = world.customs_ratios
    usa = world.region("USA")
    out = {
        "A": run.solve(Case("in-force")).real_income,
        "B": run.solve(Case("full-155")).real_income,
    }
    rate = np.full(len(world.sectors), 0.25)
    rate[goods(world, ("OIL", "UTL", "PET"))] = 0.10
    rate[~world.traded] = 0.0
    tariffs = world.tariffs.copy()
    tariffs[:, usa, :10] += rate[:, None] / ratio[usa, 0]
    out["C"] = solve(world, tariffs, closure="own-share").real_income
    tariffs[world.traded, :10, usa] += 0.25 / ratio[0, usa]
    out["D"] = solve(world, tariffs, closure="own-share").real_income
    return out


def exposure(name: str) -> Array:
    """(10,) exports of goods to the United States, basic prices, over value added, per cent."""
    world = load(name)
    sold = world.flows[world.traded][:, world.region("USA"), :10].sum(axis=0)
    return np.asarray(100 * sold / world.labour_income[:10])


def comparison() -> str:
    """Change of real income, per cent, on the same shocks, and what explains the difference."""
    new, old = shocked(NEW), shocked(OLD)
    share_new, share_old = exposure(NEW), exposure(OLD)
    a, b = load(NEW), load(OLD)
    rows = []
    for region in (*b.regions[:10], *b.regions[10:]):
        if region not in a.regions:
            continue
        n, o = a.region(region), b.region(region)
        cells = [
            f"{number(100 * (new[s][n] - 1), 2)} ({number(100 * (old[s][o] - 1), 2)})"
            for s in SHOCKS
        ]
        if n < 10:
            shares = f"{number(share_new[n])} ({number(share_old[o])})"
        else:
            shares = ""
        rows.append([region, *cells, shares])
    head = ["", *SHOCKS, "exports of goods to the US, % of value added"]
    legend = "; ".join(f"{k}: {v}" for k, v in SHOCKS.items())
    return f"{table(head, rows)}\n\n{legend}. In brackets the prototype."


def wedge() -> str:
    """The law of spring 2025 with rates over the ratio, and in brackets with rates as charged."""
    run = api.run("spring-2025")
    chosen = msgspec.structs.replace(run.scenario.choices, wedge="rate")
    charged = run.told(msgspec.structs.replace(run.scenario, choices=chosen))
    pairs = zip(*(one.solve(one.case).regions_table() for one in (run, charged)), strict=True)
    columns = ("real_income", "prices", "exports", "imports")
    rows = []
    for usual, other in pairs:
        cells = [
            f"{number(100 * float(usual[k]), 2)} ({number(100 * float(other[k]), 2)})"
            for k in columns
        ]
        new = f"{number(float(usual['revenue']))} ({number(float(other['revenue']))})"
        rows.append([str(usual["region"]), *cells, new])
    heads = [k.replace("_", " ") + ", %" for k in columns]
    return table(["", *heads, "new duties received, C$ bn"], rows)


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    made = {
        "figures": figures(), "blocks": blocks(), "gaps": gaps(), "comparison": comparison(),
        "wedge": wedge(),
    }  # fmt: skip
    for name, body in made.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- end -->)", re.S)
        if not pattern.search(text):
            raise SystemExit(f"{PAGE.name} has no marks for {name}")
        text = pattern.sub(lambda m, body=body: m.group(1) + body + m.group(2), text)
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(made)} tables written to {PAGE}")


if __name__ == "__main__":
    main()
