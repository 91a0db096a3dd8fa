"""The effective rate of every day, all partners and authorities: time, memory, and the plain way.

python bench/daily.py
"""

from __future__ import annotations

import resource
import time
from datetime import date, timedelta

from surtax.ledger import Ledger
from surtax.trade.daily import daily
from surtax.trade.effective import effective, embedded_flows

SECONDS, GIGABYTES = 10.0, 2.0


def main() -> None:
    """Print the table."""
    ledger, flows = Ledger.load(), embedded_flows("US")
    since, until = date(2025, 1, 1), max(ledger.verified_to, date(2026, 11, 9))
    began, worked = time.perf_counter(), time.process_time()
    found = daily(ledger, since, until, until)
    rated = time.perf_counter() - began
    busy = time.process_time() - worked
    began = time.perf_counter()
    rows = len(found.frame())
    framed = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    some = [since + timedelta(days=k) for k in (95, 217, 460)]
    began = time.perf_counter()
    apart = max(abs(effective(ledger, d, until).rate - found.rate(d)) for d in some)
    one = (time.perf_counter() - began) / len(some)
    total = rated + framed
    days = (until - since).days + 1
    cells = len(flows.codes) * len(flows.places_) * len(found.turns)
    print(f"{days} days, {len(found.turns)} on which the law changes")
    print(f"{len(flows.codes):,} lines × {len(flows.places_)} partners: {cells / 1e6:,.0f} M cells")
    print(f"rated {rated:.2f} s, {rows:,} rows {framed:.2f} s; target {SECONDS:.0f} s")
    print(f"processor time {busy:.2f} s on one core")
    print(f"peak memory {peak:.2f} GB; target {GIGABYTES:.0f} GB")
    print(f"ratio to a rating of every line for each change {total / one / len(found.turns):.3f}")
    print(f"furthest from it {apart:.1e}")
    verdict = "met" if total <= SECONDS and peak <= GIGABYTES else "MISSED"
    print(f"targets {verdict}")


if __name__ == "__main__":
    main()
