"""Ten million entry lines rated, Parquet to Parquet, beside a plain Polars join of the same work.

The lines are drawn from the imports of the embedded trade flows, over every day from 2025-01-01 to
the record's last. The join is what a spreadsheet of rates would do: it is handed the answer's own
rates by goods, origin, claims and era, looks them up, multiplies and writes the same columns. Only
the ratio travels between machines. Usage: python bench/entries.py [LINES]
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from surtax.api import Ledger
from surtax.duty.calendar import turns
from surtax.trade.flows import load_us_imports

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


def rate(path: Path, out: Path, *more: str) -> tuple[float, float, dict]:
    """Seconds and peak memory so far of the command, in a process of its own."""
    code = "from surtax.cli import main; main()"
    began = time.perf_counter()
    command = [sys.executable, "-c", code, "rate", str(path), "-o", str(out), "--json", *more]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    return seconds, peak, json.loads(done.stdout)


def join(path: Path, rated: Path, out: Path) -> float:
    """Seconds of a plain join with the answer's own rates, after the table of them is made."""
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
    began = time.perf_counter()
    amounts = [(pl.col(n) * value).round(2).cast(pl.Decimal(18, 2)) for n in layers]
    (
        pl.scan_parquet(path)
        .with_columns(pl.col("claims").fill_null(""))
        .join(eras.lazy(), on="on")
        .join(rates.lazy(), on=KEYS)
        .with_columns(amounts)
        .with_columns(duty=pl.sum_horizontal(layers).cast(pl.Decimal(18, 2)))
        .sink_parquet(out, compression="zstd", compression_level=1)
    )
    return time.perf_counter() - began


def main() -> None:
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, rated = folder / "entries.parquet", folder / "rated.parquet"
        make(source, lines)
        seconds, peak, answer = rate(source, folder / "narrow.parquet", "--narrow")
        print(f"{answer['lines']:,} lines, {answer['rejected']:,} rejected, in {seconds:.1f} s")
        print(f"{answer['lines'] / seconds:,.0f} lines a second; {peak:.2f} GB at most")
        wide, more, _ = rate(source, rated)
        print(f"with a column for each duty: {wide:.1f} s, {more:.2f} GB at most")
        floor = join(source, rated, folder / "joined.parquet")
        print(f"plain join {floor:.1f} s: ratio {seconds / floor:.2f}, {wide / floor:.2f}")


if __name__ == "__main__":
    main()
