"""The Python face: the same nouns as the commands.

import surtax
ledger = surtax.Ledger.load()
ledger.at("2025-04-02", known="2025-03-28")
ledger.duty("8703.23.01", origin="CA", into="US", value=40000, on="2025-04-03")
surtax.etr(on="2025-03-28")
surtax.ladder(on="2025-03-28")
surtax.exposure("ON")
surtax.solve("spring-2025")
surtax.run("spring-2025")
surtax.respond("spring-2025", mode="nash")
surtax.compare(["force-and-pivot", "retaliate-and-build"])
surtax.sweep("spring-2025", draws=100)
surtax.offset("spring-2025", region="ON")
"""

from surtax.api.law import Day, Ledger
from surtax.api.scenario import World, compare, offset, respond, run, solve, sweep
from surtax.api.trade import etr, etr_beside, etr_daily, etr_table, exposure, ladder

__all__ = [
    "Day", "Ledger", "World", "compare", "etr", "etr_beside", "etr_daily", "etr_table", "exposure",
    "ladder", "offset", "respond", "run", "solve", "sweep",
]  # fmt: skip
