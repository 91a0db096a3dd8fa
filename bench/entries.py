"""Ten million entry lines rated, Parquet to Parquet, beside a plain Polars join of the same work.

The lines are drawn from the imports of the embedded trade flows, over every day from 2025-01-01 to
the record's last. The join is what a spreadsheet of rates would do: it is handed the answer's own
rates by goods, origin, claims and era, looks them up, multiplies and writes the same columns. Only
the ratios travel between machines; on a machine that does other work besides, seconds of processor
over its two cores say more than the clock. Usage: python bench/entries.py [LINES]
"""

from __future__ import annotations

import contextlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from surtax.api import Ledger
from surtax.duty.calendar import turns
from surtax.trade.flows import load_us_imports

CORES, SECONDS, GIGABYTES, MILLISECONDS = 2, 15.0, 2.0, 2.0
"""What is asked: seconds and memory of ten million lines on two cores; one warm answer."""
FIRST = date(2025, 1, 1)
PART = 1_000_000
KEYS = ["goods", "origin", "claims", "era"]


def make(path: Path, lines: int) -> None:
    """Draw the lines and write them; about 80 % of the lines of Canada and Mexico claim."""
    flows = load_us_imports()
    law = Ledger.load().law
    members = ["DE", "IT", "FR", "IE", "NL", "PL", "ES", "AT"]
    weight = np.sqrt(flows.value)
    weight /= weight.sum()
    rng = np.random.default_rng(1)
    span = (law.verified_to - FIRST).days + 1
    frames = []
    for start in range(0, lines, PART):
        n = min(PART, lines - start)
        row = rng.choice(len(flows), n, p=weight)
        origin = flows.place[row].astype("U5")
        union = origin == "EU27"
        origin[union] = rng.choice(members, union.sum())
        near = np.isin(origin, ["CA", "MX"]) & (rng.random(n) < 0.8)
        days = np.datetime64(FIRST) + rng.integers(0, span, n)
        frames.append(
            pl.DataFrame(
                {
                    "entry": pl.Series(np.arange(start, start + n)).cast(pl.String),
                    "goods": pl.Series(flows.hs10[row].tolist()),
                    "origin": pl.Series(origin.tolist()),
                    "into": pl.repeat("US", n, dtype=pl.String, eager=True),
                    "value": (pl.Series(rng.integers(100, 10**8, n)) / 100.0).cast(
                        pl.Decimal(18, 2)
                    ),
                    "on": pl.Series(days).cast(pl.Date),
                    "claims": pl.Series(np.where(near, "usmca", "").tolist()),
                    "quantity": pl.Series(rng.integers(1, 10**5, n)).cast(pl.Decimal(18, 6)),
                }
            )
        )
    kept = pl.concat(frames).filter(pl.col("origin") != "US")
    kept.write_parquet(path, row_group_size=250_000)


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock and of processor, and peak memory in GB, over all processes."""

    clock: float
    busy: float
    peak: float

    def __str__(self) -> str:
        each = self.busy / CORES
        return (
            f"{self.clock:.1f} s; {self.busy:.1f} s of processor, {each:.1f} s on each of {CORES} "
            f"cores; {self.peak:.2f} GB"
        )


def rate(path: Path, out: Path, *more: str) -> tuple[Cost, dict]:
    """What the command takes, with the processes that it starts, and its answer."""
    code = "from surtax.cli import main; main()"
    command = [sys.executable, "-c", code, "rate", str(path), "-o", str(out), "--json", *more]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began, peak = time.perf_counter(), 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        while run.poll() is None:
            peak = max(peak, held(run.pid))
            time.sleep(0.1)
        clock = time.perf_counter() - began
        answer = json.load(run.stdout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(clock, busy, peak / 2**20), answer


def held(process: int) -> int:
    """Kilobytes that a process and those that it started have held at the most, each by itself."""
    told = 0
    with contextlib.suppress(OSError, StopIteration):  # it ended meanwhile
        status = Path(f"/proc/{process}/status").read_text().splitlines()
        told += next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
        for task in Path(f"/proc/{process}/task").iterdir():
            told += sum(held(int(child)) for child in (task / "children").read_text().split())
    return told


def warm(calls: int = 200) -> float:
    """Milliseconds of processor of one answer whose law has been asked for before."""
    ledger = Ledger.load()
    asked = [
        {"goods": "8703.23.01.90", "origin": "CA", "on": "2025-10-10", "claims": ["usmca"]},
        {"goods": "9503.00.00.13", "origin": "CN", "on": "2025-04-10"},
        {"goods": "7214.20.00.00", "origin": "DE", "on": "2026-05-04"},
        {"goods": "8542.31.00.01", "origin": "KR", "on": "2026-03-02", "claims": ["korus"]},
    ]
    for one in asked:
        ledger.duty(**one, into="US", value=1)
    began = time.process_time()
    for n in range(calls):
        ledger.duty(**asked[n % len(asked)], into="US", value=1000 + n)
    return (time.process_time() - began) / calls * 1000


def join(path: Path, rated: Path, out: Path) -> tuple[float, float]:
    """Seconds, and those of processor, of a plain join with the answer's own rates.

    The table of rates is made before.
    """
    law = Ledger.load().law
    days = [FIRST + timedelta(n) for n in range((law.verified_to - FIRST).days + 1)]
    edges = sorted(turns(law, "US"))
    number = np.searchsorted(edges, days, side="right")
    eras = pl.DataFrame({"on": days, "era": pl.Series(number.tolist(), dtype=pl.Int32)})
    scan = pl.scan_parquet(rated)
    layers = [n for n in scan.collect_schema().names() if "/" in n]
    value = pl.col("value").cast(pl.Float64)
    rates = (
        scan.with_columns(pl.col("claims").fill_null(""))
        .join(eras.lazy(), on="on")
        .group_by(KEYS)
        .agg((pl.col(n).cast(pl.Float64) / value).first().alias(n) for n in layers)
        .collect(engine="streaming")
    )
    began, worked = time.perf_counter(), time.process_time()
    money = pl.Decimal(18, 2)
    (
        pl.scan_parquet(path)
        .with_columns(pl.col("claims").fill_null(""))
        .join(eras.lazy(), on="on")
        .join(rates.lazy(), on=KEYS)
        .with_columns((pl.col(n) * value).round(2) for n in layers)
        .with_columns(duty=pl.sum_horizontal(layers).cast(money))
        .with_columns(pl.col(n).cast(money) for n in layers)
        .sink_parquet(out, compression="zstd", compression_level=1)
    )
    return time.perf_counter() - began, time.process_time() - worked


def main() -> None:
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    one = warm()  # before the lines take the room of its process
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, rated = folder / "entries.parquet", folder / "rated.parquet"
        make(source, lines)
        cost, answer = rate(source, folder / "narrow.parquet", "--narrow")
        print(f"{answer['lines']:,} lines, {answer['rejected']:,} rejected")
        print(f"duties in pairs: {cost}; {answer['lines'] / cost.clock:,.0f} lines a second")
        wide, _ = rate(source, rated)
        print(f"a column for each duty: {wide}")
        clock, busy = join(source, rated, folder / "joined.parquet")
        print(f"plain join: {clock:.1f} s; {busy:.1f} s of processor")
        print(f"ratio to it: {cost.clock / clock:.2f} by the clock, {cost.busy / busy:.2f} of "
              f"processor; with a column for each duty {wide.clock / clock:.2f}, "
              f"{wide.busy / busy:.2f}")  # fmt: skip
    print(f"one warm answer: {one:.2f} ms of processor; asked: {MILLISECONDS:g} ms")
    asked = SECONDS * answer["lines"] / 10_000_000
    for word, seconds in (("clock", cost.clock), ("processor over two cores", cost.busy / CORES)):
        verdict = "met" if seconds <= asked and cost.peak <= GIGABYTES else "MISSED"
        print(f"{asked:.0f} s and {GIGABYTES:g} GB, by the {word}: {verdict}")


if __name__ == "__main__":
    main()
