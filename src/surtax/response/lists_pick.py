"""Choose whole items by mixed-integer programming, where what each adds is given.

Least cost is one linear programme in zeros and ones; least cost per dollar of harm is a
sequence of them (Dinkelbach 1967, Management Science 13(7)): with the best ratio so far as the
price of harm, until no list is better. HiGHS solves them, through `scipy.optimize.milp`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from surtax.errors import InputError, SolveError
from surtax.response.kept import Found, Keep
from surtax.units import amount
from surtax.world.world import Array

_GAP = 1e-4  # relative to the sum of what all items could move; HiGHS stops there
_NODES = 2_000  # of a search tree; what is left then is told as the gap
_STEPS = 12
_SAME = 1e-9  # a ratio that moves less, relative to its scale, has settled


@dataclass(frozen=True, eq=False)
class Choice:
    """What is to be chosen.

    Attributes:
        value, own, theirs: (k,) of whole items: trade, own cost, the other side's cost.
        most, fill: the most trade, and the least as a share of that.
        least: cost of the other side, at least. goal: “ratio”, own cost per dollar of the
            other side's, or “cost”.
        own_at, theirs_at: costs with no item, where the slopes are taken elsewhere.
        price: a ratio to begin with.
        near, within: (k,) a list, and the most trade by which the choice may differ from it.
    """

    value: Array
    own: Array
    theirs: Array
    most: float
    fill: float = 0.0
    least: float | None = None
    goal: str = "ratio"
    own_at: float = 0.0
    theirs_at: float = 0.0
    price: float | None = None
    near: Array | None = None
    within: float | None = None


@dataclass(frozen=True, eq=False)
class Picked:
    """A choice made.

    Attributes:
        x: (k,) of zeros and ones. own, theirs: its costs.
        gap: how much better any other list could be, at most: in the ratio, or in money.
        programmes: solved.
    """

    x: Array
    own: float
    theirs: float
    gap: float
    programmes: int


def kept(keep: Keep, name: str, choice: Choice) -> Picked:
    """The best list, as a step of a search; errors as of `pick`."""

    def made() -> Found:
        best = pick(choice)
        return {**vars(best), "x": np.rint(best.x).astype(int).tolist()}

    found = keep(name, made)
    return Picked(**{**found, "x": np.array(found["x"], dtype=float)})


def pick(choice: Choice) -> Picked:
    """The best list.

    Raises:
        InputError: no list is within the cap and does the harm asked for; one sentence.
        SolveError: the solver gave up.
    """
    scale = float(np.abs(choice.own).sum() + abs(choice.own_at)) or 1.0
    if choice.goal == "cost":
        x, left = _programme(choice, choice.own, scale)
        return Picked(x, *_costs(choice, x), left, 1)
    harm = float(np.abs(choice.theirs).sum()) or 1.0
    price = choice.price
    if price is None:
        x, _ = _programme(choice, -choice.theirs, harm)
        price = _ratio(*_costs(choice, x))
    last, step, left, moved = np.zeros(0), 0, 0.0, 0.0
    while step < _STEPS:
        step += 1
        size = scale + abs(price) * harm
        x, left = _programme(choice, choice.own - price * choice.theirs, size)
        own, theirs = _costs(choice, x)
        moved = abs(own - price * theirs)  # nothing, at the best ratio
        settled = moved <= max(left, _SAME * size) or np.array_equal(x, last)
        price, last = _ratio(own, theirs), x
        if settled:
            break
    return Picked(x, own, theirs, (left + moved) / theirs, step)


def _ratio(own: float, theirs: float) -> float:
    if theirs > 0:
        return own / theirs
    raise _harmless()


def _costs(choice: Choice, x: Array) -> tuple[float, float]:
    return float(choice.own_at + choice.own @ x), float(choice.theirs_at + choice.theirs @ x)


def _programme(choice: Choice, price: Array, scale: float) -> tuple[Array, float]:
    """Zeros and ones of least price · x, and by how much another could be less at most.

    One variable held at one carries the scale, so that the solver's relative gap is told
    against it, whatever the least price is.
    """
    rows, low, high = [choice.value], [choice.fill * choice.most], [choice.most]
    needed = choice.least
    if choice.goal == "ratio" and choice.fill == 0.0:
        needed = max(needed or 0.0, 1e-9 * float(np.abs(choice.theirs).sum()))
    if needed is not None:
        rows.append(choice.theirs)
        low.append(needed - choice.theirs_at)
        high.append(np.inf)
    if choice.near is not None and choice.within is not None:
        rows.append((1.0 - 2.0 * choice.near) * choice.value)
        low.append(-np.inf)
        high.append(choice.within - float(choice.near @ choice.value))
    sizes = np.array([float(np.abs(row).max(initial=0.0)) or 1.0 for row in rows])
    table = np.array([row / size for row, size in zip(rows, sizes, strict=True)])
    # Items that nothing tells apart are one variable that counts them.
    _, first, kind, many = np.unique(
        np.vstack([price / scale, table]), axis=1, return_index=True, return_inverse=True,
        return_counts=True,
    )  # fmt: skip
    body = np.column_stack([table[:, first], np.zeros(len(rows))])
    found = milp(
        np.append(price[first], scale) / scale,
        integrality=np.append(np.ones(len(first)), 0.0),
        bounds=Bounds(np.append(np.zeros(len(first)), 1.0), np.append(many, 1.0)),
        constraints=LinearConstraint(
            csr_array(body), np.array(low) / sizes, np.array(high) / sizes
        ),
        options={"mip_rel_gap": _GAP, "node_limit": _NODES},
    )
    if found.status == 2:
        raise impossible(choice)
    if found.x is None:
        raise SolveError(f"no list was found: {found.message}")
    x = _spread(np.round(found.x[:-1]).astype(np.int64), kind.ravel())
    bound = found.mip_dual_bound
    left = 0.0 if bound is None else scale * max(0.0, float(found.fun) - float(bound))
    return x, left


def _spread(taken: NDArray[np.int64], kind: NDArray[np.intp]) -> Array:
    """Zeros and ones of items from how many of each kind are taken, the first of a kind first."""
    order = np.argsort(kind, kind="stable")
    sizes = np.bincount(kind)
    place = np.arange(len(kind)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    x = np.zeros(len(kind))
    x[order] = place < taken[kind[order]]
    return x


def impossible(choice: Choice) -> InputError:
    """Why there is no list: too little trade, too much harm asked for, or both together."""
    total = float(choice.value.sum())
    if total < choice.fill * choice.most:
        return InputError(
            f"the goods that may be listed are worth {amount(total / 1e9, 2)} bn, less than the "
            f"{amount(choice.fill * choice.most / 1e9, 2)} bn that are to be listed.",
            where="--limit",
            mend="Lower the cap, or leave fewer goods out.",
        )
    if choice.least:
        return InputError(
            f"no list of at most {amount(choice.most / 1e9, 2)} bn costs the other side "
            f"{amount(choice.least / 1e9, 2)} bn.",
            where="--least-harm",
            mend="Ask for less harm, or raise the cap or the rate.",
        )
    return _harmless()


def _harmless() -> InputError:
    return InputError(
        "no list within the cap costs the other side anything.",
        where="--limit",
        mend="Raise the cap, or leave fewer goods out.",
    )
