"""Rules for labour and wages: who may move, and what happens where a wage does not clear."""

from __future__ import annotations

import numpy as np

from surtax.economy.arrays import number, numbers, shaped
from surtax.economy.rules import Benchmark, Labour, Wages
from surtax.errors import WorldError
from surtax.world.world import Array

_TOMBE_ZHU = (
    "the form of Tombe and Zhu (2019), American Economic Review 109(5); its elasticity of 1.5 as "
    "others report it (M)"
)
_SLICING = (
    "the form of Galle, Rodríguez-Clare and Yi (2023), Review of Economic Studies 90(1); its kappa "
    "of 1.5 as others report it (M)"
)
_WAGE_CURVE = (
    "Blanchflower and Oswald (1994), The Wage Curve, MIT Press: the elasticity of pay to "
    "unemployment is about -0.1"
)
_RIGID = (
    "Rodríguez-Clare, Ulate and Vásquez (2026), Journal of Political Economy 134(2): a nominal "
    "wage is at least delta times the last one, with world income as the nominal anchor"
)

SECTORS = Labour(
    "sectors", "workers move freely between sectors of a region and not between regions"
)
STUCK = Labour(
    "stuck",
    "every worker stays in their sector and region, as in a specific-factors model",
    stickiness=1.0,
    source="Jones (1971); Galle, Rodríguez-Clare and Yi (2023), kappa to 1",
)


def between_sectors(kappa: float = 1.5) -> Labour:
    """Workers differ in what they can do in each sector; ``kappa`` above one is how little.

    The form is that of Galle, Rodríguez-Clare and Yi (2023), Review of Economic Studies 90(1);
    the default is the value they are reported to use.

    Raises:
        WorldError: kappa is not above one.
    """
    if not number("kappa", kappa) > 1.0:
        raise WorldError(f"kappa is {kappa}.", mend="It must be above one; one is “stuck”.")
    return Labour(
        "roy",
        f"workers differ in what they can do in each sector (kappa {kappa:g}) and stay in their "
        "region",
        stickiness=1.0 / kappa,
        source=_SLICING if kappa == 1.5 else "",
    )


def migration(elasticity: float = 1.5, stickiness: float = 0.0) -> Labour:
    """Workers move between the regions of one treasury towards higher expected real wages.

    A region's share of its union's labour force is proportional to its benchmark share times
    the hat of its expected real wage (after the chance of being out of work) to the power
    ``elasticity``. A person counts by the benchmark wage of their region, since worlds carry
    no heads. Duties and deficits stay with the region.

    Raises:
        WorldError: the elasticity is negative, or the stickiness outside 0 to 1.
    """
    if not number("the elasticity of migration", elasticity) >= 0.0:
        raise WorldError(f"the elasticity of migration is {elasticity}.", mend="Give 0 or more.")
    if not 0.0 <= number("the stickiness of sectors", stickiness) <= 1.0:
        raise WorldError(
            f"the stickiness of sectors is {stickiness}.",
            mend="Give 0 where workers change sector freely, 1 where nobody does.",
        )

    def move(base: Benchmark, real: Array) -> Array:
        pull = elasticity * real
        crowd = (base.labour * np.exp(pull)) @ base.union / (base.labour @ base.union)
        return pull - np.log(crowd)

    return Labour(
        "provinces",
        "workers move freely between sectors, and between regions of one treasury with "
        f"elasticity {elasticity:g} to the expected real wage",
        stickiness=stickiness,
        move=move,
        reversible=False,
        source=_TOMBE_ZHU if elasticity == 1.5 else "",
    )


_RATES, _FLOORS = "rates of unemployment", "floors of wages"


def _one_each(name: str, values: Array, income: Array) -> None:
    """Refuse values, where they are no single one, that are not one per region of income."""
    if values.ndim:
        shaped(name, values, income.shape[-1:], "region")


FLEXIBLE = Wages("flexible", "wages clear every labour market")


def wage_curve(elasticity: float = 0.1, unemployment: float | Array = 0.05) -> Wages:
    """Real pay falls by ``elasticity`` per cent when unemployment rises by one per cent.

    Blanchflower and Oswald (1994), The Wage Curve, MIT Press: log real pay on log unemployment,
    with a slope of -0.1. In hats, with u the unemployment rate and w/P the real wage,
    w/P = (u'/u)^(-elasticity), and employment is (1 - u')/(1 - u). The default rate is the
    world's in 2024 (ILO, World Employment and Social Outlook: Trends 2025), the same for all
    where nothing better is given; 0.07 is the elasticity of Nijkamp and Poot (2005), Journal of
    Economic Surveys 19(3), corrected for publication bias.

    Raises:
        WorldError: an elasticity or a rate outside 0 to 1, or, when a world is solved with it,
            rates for another number of regions.
    """
    slope, rate = number("the elasticity of pay", elasticity), numbers(_RATES, unemployment)
    if not (0.0 < slope < 1.0 and np.all((rate > 0.0) & (rate < 1.0))):
        raise WorldError(
            "a wage curve needs an elasticity and rates of unemployment between 0 and 1.",
            mend="Give both as positive fractions, such as 0.1 and 0.05.",
        )
    # The unknown is m = log(u'/(1 - u')), by Newton: the function falls and is concave, so
    # that a start on its right-hand asymptote never overshoots.
    odds = np.log(rate / (1.0 - rate))
    level = elasticity * np.log1p(np.exp(-odds)) - np.log1p(np.exp(odds))

    def rule(income: Array, price: Array) -> Array:
        _one_each(_RATES, rate, income)
        wanted = income - price + level
        m = np.where(wanted.real > 0, -wanted / elasticity, -wanted)
        for _ in range(40):
            out = np.exp(m)
            gap = elasticity * np.log(1.0 + 1.0 / out) - np.log(1.0 + out) - wanted
            move = gap * (1.0 + out) / (elasticity + out)
            m = m + move
            if np.max(np.abs(move), initial=0.0) < 1e-13:
                break  # quadratic: what is left is rounding, in derivatives too
        return income + np.log(1.0 + np.exp(m)) - np.log1p(np.exp(odds))

    return Wages(
        "wage-curve",
        f"real wages follow unemployment with elasticity {-elasticity:g}",
        rule=rule,
        unemployment=rate if rate.ndim else float(rate),
        reversible=False,
        source=_WAGE_CURVE if elasticity == 0.1 else "",
    )


def rigid(floor: float | Array = 1.0) -> Wages:
    """No nominal wage falls below ``floor`` times its benchmark; the rest is unemployment.

    Rodríguez-Clare, Ulate and Vásquez (2026), Journal of Political Economy 134(2), with the
    benchmark as their last period: the hat of the wage w and the part l of the labour force that
    has work satisfy w >= floor, l <= 1 and (w - floor)(1 - l) = 0. Nominal means in the
    numeraire, the world's labour income. One floor for all or one by region; zero leaves a
    region's wages flexible. The default, no fall at all, is the most rigid case, not an estimate.

    Raises:
        WorldError: a floor outside 0 to 1: the benchmark itself must be allowed; or, when a
            world is solved with it, floors for another number of regions.
    """
    least = numbers(_FLOORS, floor)
    if not np.all((least >= 0.0) & (least <= 1.0)):
        raise WorldError("a wage floor is outside 0 to 1.", mend="Give a part of today's wage.")
    with np.errstate(divide="ignore"):
        bar = np.log(least)

    def rule(income: Array, price: Array) -> Array:
        _one_each(_FLOORS, bar, income)
        return np.where(income.real > bar, income, bar)

    return Wages(
        "rigid",
        "no wage falls below its floor in the numeraire; what it cannot pay is unemployment",
        rule=rule,
        reversible=False,
        source=_RIGID,
    )
