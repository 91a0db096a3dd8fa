"""The effective rate of every day: each day on which the law changes is rated once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from surtax.duty.layers import unrated_row
from surtax.duty.program import compile_view
from surtax.errors import InputError, UnitError
from surtax.ledger import Ledger
from surtax.ledger.query import Provision
from surtax.trade.claims import BASE_YEAR, OF_THE_DAY, Claims, claims_for, periods
from surtax.trade.effective import given_or_embedded, unrated
from surtax.trade.flows import Flows
from surtax.trade.rating import sums
from surtax.trade.standing import BARRED, standing, turning_days
from surtax.whole import whole

if TYPE_CHECKING:
    import polars as pl

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Daily:
    """Duties on a year's imports under the law of each day of a span.

    Attributes:
        since, until: the first and the last day.
        known: the day of knowledge.
        turns: (t,) the days on which the law changes, the first of the span before them.
        partners: (p,) partners.
        authorities: (a,) authorities, the base first.
        imports: (p,) customs value.
        barred: (t, p) customs value of goods that may not enter; they pay nothing, and no rate
            counts them.
        duty: (t, p, a) duty from each turn on, until the next.
        unknown: duties in the span that are in no total: of a rate that is not known, or on a
            quantity, which flows do not give; each as it stood first.
        into, currency, year, source: as of the flows.
    """

    since: date
    until: date
    known: date
    turns: tuple[date, ...]
    partners: tuple[str, ...]
    authorities: tuple[str, ...]
    imports: Array
    barred: Array
    duty: Array
    unknown: tuple[Provision, ...]
    into: str
    currency: str
    year: int
    source: str

    @cached_property
    def rates(self) -> Array:
        """(t,) all duties over all imports that may enter."""
        found: Array = self.duty.sum(axis=(1, 2)) / self.admitted.sum(axis=1)
        return found

    @cached_property
    def admitted(self) -> Array:
        """(t, p) customs value of goods that may enter."""
        found: Array = self.imports - self.barred
        return found

    def rate(self, on: date) -> float:
        """All duties over all imports on a day of the span."""
        if not self.since <= on <= self.until:
            raise InputError(
                f"{on} lies outside {self.since} to {self.until}.", where="day", mend="Ask within."
            )
        return float(self.rates[bisect_right(self.turns, on) - 1])

    def frame(self) -> pl.DataFrame:
        """A row for each day, partner and authority that owes something.

        Columns: `on`; `partner`; `authority`; `imports`, those of the partner; `barred`, what of
        them may not enter; `duty`; `rate`, the duty over what may enter; `part`, the duty over that
        of all partners, which adds up over a day to its effective rate; `turn`, the day since which
        the row has been so.
        """
        import polars as pl

        t, p, a = np.nonzero(self.duty)
        duty = self.duty[t, p, a]
        value = self.admitted[t, p]
        rows = pl.DataFrame(
            {
                "turn": pl.Series(t, dtype=pl.UInt32),
                "partner": pl.Series(p, dtype=pl.UInt32),
                "authority": pl.Series(a, dtype=pl.UInt32),
                "imports": self.imports[p],
                "barred": self.barred[t, p],
                "duty": duty,
                "rate": np.divide(duty, value, out=np.zeros(len(duty)), where=value > 0),
                "part": duty / self.admitted.sum(axis=1)[t],
            }
        )
        count = (self.until - self.since).days + 1
        days = [self.since + timedelta(days=k) for k in range(count)]
        at = [bisect_right(self.turns, day) - 1 for day in days]
        calendar = pl.DataFrame({"on": days, "turn": pl.Series(at, dtype=pl.UInt32)})
        names = {"partner": self.partners, "authority": self.authorities}
        return (
            calendar.join(rows, on="turn", how="inner", maintain_order="left_right")
            .with_columns(
                *(
                    pl.lit(pl.Series(words)).gather(pl.col(k)).cast(pl.Categorical).alias(k)
                    for k, words in names.items()
                ),
                pl.lit(pl.Series(self.turns)).gather(pl.col("turn")).alias("turn"),
            )
            .select(
                "on", "partner", "authority", "imports", "barred", "duty", "rate", "part", "turn"
            )
        )


def daily(
    ledger: Ledger,
    since: date,
    until: date | None = None,
    known: date | None = None,
    *,
    into: str = "US",
    threatened: bool = False,
    assume: Mapping[str, float] | None = None,
    facts: Mapping[str, float] | None = None,
    flows: Flows | None = None,
    claims: Claims | str = BASE_YEAR,
    say: Callable[[str], None] = lambda _: None,
) -> Daily:
    """Duties on a year's imports under the law of each day, by partner and authority.

    The same sums as `effective` gives for the day, from goods that the law cannot tell apart
    added up first (`surtax.trade.reduced`).

    Args:
        ledger: the law.
        since, until: the first and the last day; the last is the ledger's verified-to date
            unless given.
        known: the day of knowledge, the same for the whole span; the verified-to date unless given.
        into: the importing place.
        threatened: let threats count as carried out.
        assume: rates for provisions whose rate is unknown, by provision id.
        facts, flows, claims: as for `effective`.
        say: told the day that is being rated.

    Raises:
        UnitError: the span is empty.
        UnknownNameError: no flows into that place are embedded.
    """
    flows = given_or_embedded(flows, into)
    last, seen = until or ledger.verified_to, known or ledger.verified_to
    if last < since:
        raise UnitError(
            f"the span from {since} to {last} is empty.",
            where="--since, --until",
            mend="The last day must not come before the first.",
        )
    turns = turning_days(ledger, flows.into, since, last, seen, threatened=threatened)
    if claims == OF_THE_DAY:
        starts = {p.start for p in periods() if p.start and since < p.start <= last}
        turns = sorted({*turns, *starts})
    found: list[dict[str, Array]] = []
    unknown: dict[str, Provision] = {}
    stood: Claims | None = None
    for day in turns:
        shares = claims_for(flows.into, claims, day) if isinstance(claims, str) else claims
        if shares is not stood:
            say("base")
            stood, state = shares, standing(ledger, flows, shares, facts)
        say(day.isoformat())
        view = ledger.at(day, seen, threatened=threatened)
        program = compile_view(view, flows.into, assume=dict(assume or {}))
        found.append(state.turn(program))
        for p in (rule.provision for rule in program.rules):
            if unrated(p) and p.id not in (assume or {}):
                unknown.setdefault(p.id, p)
    names = [n for n in dict.fromkeys(name for one in found for name in one) if n != BARRED]
    nothing = np.zeros(len(flows.places_))
    return Daily(
        since=since,
        until=last,
        known=seen,
        turns=tuple(turns),
        partners=tuple(flows.places_.tolist()),
        authorities=tuple(names),
        imports=sums(flows.place_index, flows.value, len(flows.places_)),
        barred=np.array([one[BARRED] for one in found]),
        duty=np.array([[one.get(name, nothing) for name in names] for one in found]).transpose(
            0, 2, 1
        ),
        unknown=tuple(unknown.values()),
        into=flows.into,
        currency=flows.currency,
        year=flows.year,
        source=flows.source,
    )


def to_json(found: Daily) -> dict[str, Any]:
    """The rate from each day on which the law changes, and its parts by authority."""
    parts = found.duty.sum(axis=1) / found.admitted.sum(axis=1)[:, None]
    return {
        "into": found.into,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "known": found.known.isoformat(),
        "currency": found.currency,
        "imports": float(found.imports.sum()),
        "turns": [
            {
                "from": day.isoformat(),
                "rate": float(rate),
                "parts": dict(zip(found.authorities, map(float, part), strict=True)),
            }
            for day, rate, part in zip(found.turns, found.rates, parts, strict=True)
        ],
        "unknown": [unrated_row(p) for p in found.unknown],
        "year": found.year,
        "source": found.source,
    }


def check(path: Path) -> None:
    """Refuse a file that cannot be written, before the work is done.

    Raises:
        InputError: the name ends in neither .parquet nor .csv, or its folder does not exist.
    """
    if path.suffix.casefold() not in (".parquet", ".csv"):
        raise InputError(
            f"“{path.name}” names no kind of file that can be written.",
            where="-o",
            mend="End it in .parquet or .csv.",
        )
    if not path.parent.is_dir():
        raise InputError(f"there is no folder “{path.parent}”.", where="-o", mend="Make it first.")


def write(found: Daily, path: Path) -> int:
    """Write the frame of a span as Parquet or CSV, whole or not at all; the number of rows."""
    check(path)
    frame = found.frame()
    with whole(path) as part:
        if path.suffix.casefold() == ".csv":
            frame.write_csv(part)
        else:
            frame.write_parquet(part, compression="zstd", statistics=True)
    return len(frame)
