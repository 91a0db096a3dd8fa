"""A list as law: a proposed measure with its annex in the ledger's own files, and its rating.

The folder is a ledger of its own that `Ledger.load` reads. Its measure and annex lie where they
would in the law, so that they can be copied there, their instrument with them.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import mkdtemp

import yaml

from surtax.duty.program import compile_view
from surtax.errors import InputError
from surtax.ledger import Ledger
from surtax.ledger.rates import rate_of
from surtax.trade.claims import BASE_YEAR, claims_for
from surtax.trade.flows import Flows
from surtax.trade.rating import declared_facts, rate_rows
from surtax.world.answers import duties
from surtax.world.shock import Point, rates


@dataclass(frozen=True)
class Proposal:
    """What a proposed measure says.

    Attributes:
        imposer, partner: place codes. rate: a fraction. codes: of its annex.
        since: first day. known: the day it was made. title, method: in words.
        value: trade that it promises to cover. currency: of that.
        claim: what it says of a caretaker's ground; "" where it need not.
    """

    imposer: str
    partner: str
    rate: float
    codes: tuple[str, ...]
    since: date
    known: date
    title: str
    method: str
    value: float
    currency: str
    claim: str = ""

    @property
    def measure(self) -> str:
        """Its id in a ledger."""
        return f"{self.imposer.lower()}/proposed/list-on-{self.partner.lower()}"


class _Plain(yaml.SafeDumper):
    """Writes every value out, never as a reference to an equal one."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def empty(folder: Path) -> None:
    """Raises InputError where something stands in the folder already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            "the folder is not empty.", where=str(folder), mend="Name a new one with -o."
        )


def write(proposal: Proposal, folder: Path) -> list[Path]:
    """Write a proposal as a ledger; all files or none.

    Returns:
        The files, measure and annex first.

    Raises:
        InputError: the list is empty, or something stands in the folder already.
    """
    if not proposal.codes:
        raise InputError("a list without items is no measure.", where="--limit")
    empty(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(mkdtemp(prefix=".list-", dir=folder.parent))
    try:
        names = _write(proposal, made)
        Ledger.load(made)
        made.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return [folder / name for name in names]


def _write(p: Proposal, folder: Path) -> list[str]:
    place = f"{p.measure}.yaml"
    annex = f"{p.measure}.csv"
    name = f"proposal-{p.imposer.lower()}-{p.partner.lower()}"
    instrument = {
        "title": p.title,
        "kind": "proposal",
        "issuer": "surtax respond --mode list",
        "signed": p.known,
        "url": "none: no government has made this list",
        "confidence": "H",
    }
    measure = {
        "measure": p.measure,
        "title": p.title,
        "imposer": p.imposer,
        "authority": "proposed",
        "official_value": f"{p.currency} {p.value:.0f}, as proposed",
        "annexes": {
            "goods": {
                "file": Path(annex).name,
                "count": len(p.codes),
                "cite": "annex",
                "source": p.method,
                "confidence": "H",
            }
        },
        "acts": [
            {
                "instrument": name,
                "status": "proposed",
                "says": p.method,
                "provisions": {
                    "goods": {
                        "kind": "duty",
                        "from": p.since,
                        "cite": "annex",
                        "origins": [p.partner],
                        "goods": ["@goods"],
                        "rate": f"{100 * p.rate:g}%",
                        "clock": "entered",
                    }
                },
            }
        ],
        "notes": ["A proposal of the program, in force nowhere.", *([p.claim] if p.claim else [])],
    }
    manifest = {
        "complete_from": p.known,
        "verified_to": max(p.known, p.since),
        "not_in_answers": {},
        "coverage": ["One proposed measure."],
        "missing": ["Everything else."],
        "authorities": {"proposed": "Proposed by the program"},
    }
    (folder / place).parent.mkdir(parents=True)
    texts = {
        place: measure,
        "instruments.yaml": {name: instrument},
        "ledger.yaml": manifest,
        "events.yaml": [],
        "claims.yaml": {},
        "facts.yaml": {},
    }
    for file, content in texts.items():
        text = yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100)
        (folder / file).write_text(text, encoding="utf-8")
    with (folder / annex).open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle, lineterminator="\n")
        rows.writerow(["code"])
        rows.writerows([_dotted(code)] for code in p.codes)
    return [place, annex, *list(texts)[1:]]


def _dotted(code: str) -> str:
    """An HS code as schedules print it: 8703.23.00."""
    return ".".join(part for part in (code[:4], code[4:6], code[6:8], code[8:]) if part)


def covered(ledger: Ledger, measure: str, on: date, flows: Flows) -> float:
    """Customs value on which a proposed measure charges, by rating the flows under it."""
    found = rates(ledger, Point(on, on, threatened=frozenset([measure])), flows)
    mine = [k for k, rule in enumerate(found.rules) if rule.measure == measure]
    return float(found.hit[:, mine].sum())


def charged(ledger: Ledger, before: Point, after: Point, flows: Flows) -> frozenset[str]:
    """Codes of some flows on which a measure charges after, each where it did not before.

    Rated line by line: goods that a measure spared by an exemption were not charged by it.
    """
    new, old = _charging(ledger, after, flows), _charging(ledger, before, flows)
    fresh = [codes - old.get(measure, frozenset()) for measure, codes in new.items()]
    return frozenset[str]().union(*fresh)


def _charging(ledger: Ledger, point: Point, flows: Flows) -> dict[str, frozenset[str]]:
    """Codes that each measure charges at a point of law; none that is set aside."""
    found = rates(ledger, point, flows)
    assumed = {name: rate for name, rate in point.assume.items() if name in found.assumed}
    program = compile_view(found.view, flows.into, assume=assumed)
    names = [rule.provision.measure for rule in program.rules]
    claims = claims_for(flows.into, BASE_YEAR, point.on)
    out: dict[str, frozenset[str]] = {}
    for block in rate_rows(program, flows, claims, declared_facts(point.facts)):
        codes = flows.hs10[block.rows]
        for k, rule in enumerate(block.rules):
            if point.scale.get(names[rule], 1.0) > 0:
                hit = frozenset(codes[block.touched[:, k] > 0].tolist())
                out[names[rule]] = out.get(names[rule], frozenset()) | hit
    return out


def rates_of(
    ledger: Ledger, measures: Sequence[str], point: Point, partner: str
) -> dict[str, float]:
    """HS code to the rate that measures lay on a partner's goods on a day, threats carried out.

    A code that two of them name counts once, at the higher rate.

    Raises:
        UnknownNameError: a measure that the ledger does not have.
        InputError: a measure that lays nothing on the partner's goods that day as known then, or
            no rate that is a share of value.
    """
    out: dict[str, float] = {}
    known = point.known or ledger.verified_to
    named = frozenset(measures)
    standing = ledger.at(point.on, known, threatened=named)
    for name in measures:
        measure = ledger.measure(name)
        mine = [p for p in (*standing.active, *standing.unknown) if p.measure == name]
        charging = duties(ledger, mine, measure.imposer, partner, point.on)
        said = [p.rate or "unknown" for p in charging]
        if not charging or "unknown" in said:
            raise InputError(
                f"“{name}” names no goods of {partner} with their rate on {point.on}, as known on "
                f"{known}.",
                where="--list",
                mend="Name a measure in force or threatened; surtax measures lists them.",
            )
        for p, text in zip(charging, said, strict=True):
            for code in ledger.codes(name, p.fields["goods"]):
                out[code] = max(out.get(code, 0.0), rate_of(text))
    return out
