"""The validation page: published results computed again, each figure beside the printed one.

    python scripts/validate.py [--check]

Writes docs/validation.md, whole or not at all. SURTAX_TEST_DATA names the folder of raw files
(ossa2014, baci2023_aggregate, cp2015). With --check nothing is written and the exit code is 1
if the page differs from what would be. Every number comes from a run or from
scripts/published/published.csv, which cites the table of each.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from published import gravity, liberation, nafta, ossa, provinces
from published.data import root
from published.rows import Row, published
from published.words import label
from surtax.progress import steps

PAGE = Path(__file__).parents[1] / "docs" / "validation.md"
HEAD = """# Validation

Published results, computed again by running `python scripts/validate.py`, which writes this page. Figures are per cent unless a row says otherwise. “Difference” is ours less the published one. A row without a reason agrees to the last digit printed. Rows without a published figure are ours alone, beside it.
"""  # noqa: E501


@dataclass(frozen=True)
class Section:
    """One paper: its row ids begin with ``key``.

    Attributes:
        title, text: what stands above the table. values: the computation.
        beside: ids without a published figure that the page shows all the same.
    """

    key: str
    title: str
    text: str
    values: Callable[..., Mapping[str, float]]
    beside: tuple[str, ...] = ()


SECTIONS = (
    Section(
        "ossa",
        "Ossa (2014)",
        "“Trade Wars and Trade Talks with Data”, American Economic Review 104(12), tables 3 and 4, political weights of one: 7 regions, 33 industries, monopolistic competition with a fixed number of firms, no inputs (`surtax.economy.variants.monopolistic`). The aggregate deficits are removed first. The optimal tariffs are found from the first-order conditions; “gain from departing” is what the country best able to would still gain from leaving the Nash tariffs, found by climbing its welfare with nothing but its exact gradient. The averages of 62 and 63 per cent in the paper's abstract are with political weights, which the inputs at hand do not hold; the means of the median tariffs with weights of one stand below.",  # noqa: E501
        ossa.values,
        ("ossa.median.optimal", "ossa.median.nash", "ossa.nash.departing"),
    ),
    Section(
        "liberation",
        "Ignatenko, Lashkaripour, Macedoni and Simonovska (2025)",
        "“Making America great again? The economic impacts of Liberation Day tariffs”, Journal of International Economics 157, 104138, tables 1 to 4 and appendix tables; 194 countries, goods trade of 2023 (`surtax.economy.variants.market_access`). Revenue follows their program: over spending before the change, at the new price level.\n\nWhat we found on the way:\n\n- **Welfare with tax relief.** The formula of their program keeps the factor 1 − τ on the effort of labour after the change, although the tax is gone by then. The utility function that the paper states, C − κ/(κ+1) L^(1+1/κ), gives less in every case with relief (“welfare by the utility function”, without a published figure, below); without relief the two agree.\n- **Optimal tariffs.** Proposition 2 evaluates shares at the benchmark. The optimum of the welfare that is printed is higher without inputs, and nearly uniform. With inputs, their program maximises over a vector of tariffs and then applies its last element to all partners; the paper's text names 12.5 %. That rate is not printed: it is recovered here from the change of exports that is, and the other columns test it. The true optimum stands beside, a higher tariff and a higher gain. Their optimal retaliation with inputs is the vector itself, from a search that ends after 200 steps; the optimum of the same objective costs the United States much less and the others less too.\n- **Retaliation by formula.** The rate of 22.7 % divides by the rest of the world's net sales to the United States; with its imports, as proposition 2 has it, the formula gives less.\n- **Calibration.** Eq. 8 weighs one direction of trade by 1 − ν of the buyer, their program weighs both; domestic sales differ by that, and the printed figures follow the program.\n- **Regional wars.** The figures known are those of a public port to Python, which interchanges the sums of that transfer in this table alone; with the same slip we get them, without it the rows below them.\n\nTheir multi-sector rows rest on ITPD-S, which is not at hand. The two rows without local costs are the fixed transfers of Dekle, Eaton and Kortum as a public port to Python prints them; the program's own table is reported to hold 0.13 and −1.54 for the same two runs, against the paper's text, which says that fixed transfers raise the gain. The rows of balanced trade in the table of alternative deficits rest, as the port has it, on transfers that do not add to zero over the world; no equilibrium has them, so they are not reproduced.",  # noqa: E501
        liberation.values,
        (
            "liberation.ustr.USA.utility",
            "liberation.optimal.USA.utility",
            "liberation.reciprocal.USA.utility",
            "liberation.retaliation.USA.utility",
            "liberation.io.ustr.USA.utility",
            "liberation.io.reciprocal.USA.utility",
            "liberation.ustr.revenue-of-gdp",
            "liberation.ustr.USA.welfare-as-text",
            "liberation.retaliation.tariff-as-text",
            "liberation.regional.EU-and-China",
            "liberation.regional.China",
            "liberation.regional.China-108",
            "liberation.best.tariff",
            "liberation.best.lowest",
            "liberation.best.highest",
            "liberation.best.USA.welfare",
            "liberation.best-uniform.tariff",
            "liberation.best-uniform.USA.welfare",
            "liberation.best-retaliation.tariff",
            "liberation.best-retaliation.USA.welfare",
            "liberation.best-retaliation-uniform.tariff",
            "liberation.best-retaliation-uniform.USA.welfare",
            "liberation.io.element.tariff",
            "liberation.io.best.tariff",
            "liberation.io.best.lowest",
            "liberation.io.best.highest",
            "liberation.io.best.USA.welfare",
            "liberation.io.best-uniform.tariff",
            "liberation.io.best-uniform.USA.welfare",
            "liberation.io.best-retaliation.tariff",
            "liberation.io.best-retaliation-uniform.tariff",
            "liberation.io.best-retaliation-uniform.USA.welfare",
        ),
    ),
    Section(
        "nafta",
        "Caliendo and Parro (2015)",
        "“Estimates of the Trade and Welfare Effects of NAFTA”, Review of Economic Studies 82(1), table 2 and abstract: 31 regions, 40 sectors, tariffs of 1993 to those of 2005 among the three members. The paper's welfare is a first-order formula on finite changes; the exact change of real income stands beside it and differs in sign for Mexico with deficits kept. The digits beyond the paper's are of another solver on the same inputs. The exact change is also split by whose tariffs brought it, along a path from the old tariffs to the new ones (`surtax.economy.attribution`): the parts add to it, where the formula's two terms do not. The world's tariff changes are ours alone: the paper's table of them could not be read.",  # noqa: E501
        nafta.values,
        tuple(
            f"nafta.{case}.{name}.{column}"
            for case in ("world", "given-world")
            for name in nafta.MEMBERS
            for column in ("formula", "real-wage", "exact")
        )
        + tuple(
            f"nafta.{case}.{name}.{column}"
            for case in ("path-balanced", "path-numeraire")
            for name in nafta.MEMBERS
            for column in (*(f"tariffs-of-{by}" for by in nafta.MEMBERS), "sum")
        ),
    ),
    Section(
        "gravity",
        "gegravity (Herman 2021)",
        "The example of the package (USITC Economics Working Paper 2021-04-B): an agreement between Canada and Japan, 30 countries in 2006, change of real output. The package keeps output and spending at their benchmark values in the equations of the multilateral resistances; so computed, its figures come out. In general equilibrium, with output and spending following prices and the gap between the world's output and spending spread by income, Canada gains a little more and Japan less.",  # noqa: E501
        gravity.values,
        ("gravity.general.CAN", "gravity.general.JPN", "gravity.general.USA"),
    ),
    Section(
        "provinces",
        "Internal trade of Canada",
        "Albrecht and Tombe (2016, Canadian Journal of Economics 49(1), tables 4 to 6), real income, and for the barriers Alvarez, Krznar and Tombe (2019, IMF Working Paper 19/158, table 7), GDP per person, against the embedded world `can17x28`. Magnitudes only: their worlds are of 2010 and 2015, their elasticities differ, their workers move between provinces and ours stay, and the embedded world is provisional. A row holds if it is within half of the published figure.",  # noqa: E501
        provinces.values,
    ),
)


def table(section: Section, ours: Mapping[str, float]) -> str:
    """The section in Markdown."""
    rows = published(section.key + ".")
    lines = [
        f"## {section.title}",
        "",
        section.text,
        "",
        "| result | published | ours | difference | reason |",
        "|---|---:|---:|---:|---|",
    ]
    lines += [_line(row, ours[row.id]) for row in rows]
    lines += [f"| {label(key)} | | {_alone(ours[key])} | | |" for key in section.beside]
    claimed = [row for row in rows if not row.apart]
    held = sum(row.holds(ours[row.id]) for row in claimed)
    words = f"{held} of {len(claimed)} published figures agree within their tolerance"
    if len(claimed) < len(rows):
        words += f"; {len(rows) - len(claimed)} stand apart, for the reason given"
    lines += ["", f"{words}."]
    return "\n".join(lines) + "\n"


def _line(row: Row, ours: float) -> str:
    digits = min(row.digits + 2, 5)  # no more than a solver's tolerance moves
    reason = row.why if row.holds(ours) else f"**differs** {row.why}".rstrip()
    if row.apart:
        reason = f"apart: {row.why}"
    figure = row.published.replace("-", "−")
    return (
        f"| {label(row.id)} | {figure} | {_number(ours, digits)} | "
        f"{_number(ours - row.value, digits)} | {reason} |"
    )


def _number(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return (text.removeprefix("-") if float(text) == 0.0 else text).replace("-", "−")


def _alone(value: float) -> str:
    return _number(value, 3)


def page(say: Callable[[str], None] = lambda _: None) -> str:
    """The whole page."""
    folder = root()
    if folder is None:
        raise SystemExit("Set SURTAX_TEST_DATA to the folder of raw files.")
    return "\n".join([HEAD, *(table(s, s.values(folder, say)) for s in SECTIONS)])


def main() -> int:
    """Write the page, or compare it."""
    read = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    read.add_argument("--check", action="store_true", help="compare and write nothing")
    asked = read.parse_args()
    with steps("validation", total=16) as say:
        text = page(say)
    if asked.check:
        same = PAGE.is_file() and PAGE.read_text("utf-8") == text
        print("The page is as it should be." if same else f"{PAGE} differs; run without --check.")
        return 0 if same else 1
    part = PAGE.with_suffix(".part")
    part.write_text(text, "utf-8")
    part.replace(PAGE)
    print(f"Wrote {PAGE}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
