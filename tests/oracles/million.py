"""A million random lines: table, single answer and slow reading agree, or it says where.

    PYTHONPATH=src:tests python tests/oracles/million.py --seed 1 --log million.jsonl

Blocks of lines, each with its own day of knowledge and with or without threats, are drawn and
checked by two processes. Every block that is done is a line of the log; a run that was stopped goes
on after the blocks that its log holds. Exit code 1 where any line differs.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from oracles.draw import Draw
from oracles.slow_duty import Law
from oracles.tables import checked, lines_of
from surtax.ledger import Ledger
from surtax.progress import steps


@cache
def ready() -> tuple[Draw, Ledger]:
    return Draw(Law()), Ledger.load()


def block(seed: int, number: int, size: int, bare: float) -> dict[str, Any]:
    """Draw and check one block, so large a share of which declares no fact."""
    began = time.process_time()
    draw, ledger = ready()
    rng = random.Random(f"million {seed} {number}")
    known = rng.choice([draw.last, draw.last, rng.choice(draw.days)])
    threatened = rng.random() < 0.3
    lines = lines_of(draw, rng, size, zones=0.25, bare=bare)
    found = checked(draw, ledger, lines, known, threatened)
    return {
        "seed": seed, "block": number, "size": size, "bare": bare, "known": str(known),
        "threatened": threatened, "law": ledger.digest, "count": found.count, "met": found.met,
        "unlike": [repr(one) for one in found.unlike], "seconds": time.process_time() - began,
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--size", type=int, default=25_000, help="lines of a block")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bare", type=float, default=0.3, help="share that declares no fact")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--log", type=Path, default=Path("million.jsonl"))
    asked = parser.parse_args()
    same = asked.seed, asked.size, asked.bare, Ledger.load().digest
    done = [json.loads(x) for x in asked.log.read_text().splitlines()] if asked.log.exists() else []
    done = [b for b in done if (b["seed"], b["size"], b.get("bare", 0.0), b["law"]) == same]
    left = sorted(set(range(-(-asked.lines // asked.size))) - {b["block"] for b in done})
    with (
        asked.log.open("a") as log,
        ProcessPoolExecutor(asked.processes) as pool,
        steps("Checking", total=len(left)) as say,
    ):
        jobs = [pool.submit(block, asked.seed, number, asked.size, asked.bare) for number in left]
        for job in jobs:
            done.append(job.result())
            log.write(json.dumps(done[-1]) + "\n")
            log.flush()
            say(f"{sum(b['size'] for b in done):,} lines")
    count, met = (sum((Counter(b[x]) for b in done), Counter()) for x in ("count", "met"))
    unlike = [text for b in done for text in b["unlike"]]
    told = ", ".join(f"{n:,} {what}" for what, n in count.items())
    print(f"{told}; {len(met)} duties met; {sum(b['seconds'] for b in done):,.0f} s of processor")
    print(f"law {same[-1][:12]}, seed {asked.seed}: {len(unlike)} differences")
    print(*unlike[:20], sep="\n")
    return 1 if unlike else 0


if __name__ == "__main__":
    sys.exit(main())
