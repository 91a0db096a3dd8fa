"""What the page needs beside the brief: the law in groups, duty cards, the summary."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from surtax.brief import figures as fig
from surtax.brief.findings import costs, options, rates, sure
from surtax.brief.findings import law as findings_law
from surtax.brief.timeline import measure_of
from surtax.words import say
from surtax.words.grammar import listed, named

Row = Mapping[str, Any]
Words = Mapping[str, str]
SAID = ("relief", "basis")
MOST = 3
INSTRUMENT = re.compile(r"(?:[^,(]|\([^)]*\)?)*")  # a citation up to its paragraph
STATES = ("in_force", "signed", "threatened")


def law(brief: Row, words: Words) -> list[dict[str, Any]]:
    """The three states, each with its imposers, each with its measures and their provisions."""
    out = []
    for state in STATES:
        imposers: dict[str, dict[str, dict[str, Any]]] = {}
        for row in brief["law"].get(state, []):
            measures = imposers.setdefault(str(row["imposer"]), {})
            group = measures.setdefault(
                measure_of(row), {"title": row["title"], "state": state, "duties": [], "others": []}
            )
            group["duties" if row["kind"] == "duty" else "others"].append(row)
        out.append(
            {
                "state": state,
                "imposers": [
                    {
                        "name": _heading(who, words),
                        "measures": [_measure(m, words) for m in measures.values()],
                    }
                    for who, measures in imposers.items()
                ],
            }
        )
    return out


def _heading(place: str, words: Words) -> str:
    return str(named(words, "place", place).bare)


def _measure(group: dict[str, Any], words: Words) -> dict[str, Any]:
    rows = group["duties"] or group["others"]
    starts = sorted({str(r["from"]) for r in rows if r.get("from")})
    said = list(dict.fromkeys(str(r["says"]) for r in rows if r.get("says")))
    cites = [str(r["citation"]) for r in (*group["duties"], *group["others"])]
    if group["state"] != "threatened":
        cites = [INSTRUMENT.match(c)[0] for c in cites]  # type: ignore[index]
    texts = list(dict.fromkeys(cites))
    return {
        "title": group["title"],
        "rate": _rates(group["duties"], words) or words["law.no_rate"],
        "unknown": any(r.get("rate") == "unknown" for r in group["duties"]),
        "from": _begins(starts, group, words),
        "duties": group["duties"],
        "says": said,
        "others": list(
            {
                str(r["note"]): r for r in group["others"] if r.get("note") and r["kind"] in SAID
            }.values()
        ),
        "citations": texts[:MOST],
        "more": len(texts[MOST:]),
    }


def _begins(starts: Sequence[str], group: Mapping[str, Any], words: Words) -> str:
    """The day from which a measure applies; every day, for what is still to come."""
    if group["state"] == "in_force":
        starts = starts[:1]
    return listed(words, [fig.day(s, words) for s in starts])


def _rates(rows: Sequence[Row], words: Words) -> str:
    """The rates of a measure in one line: “25 %, 10 %”, or a range when there are many."""
    texts = list(dict.fromkeys(str(r["rate"]) for r in rows if r.get("rate")))
    numbers = sorted(
        (float(t[:-1]), t) for t in texts if t.endswith("%") and t[:-1].replace(".", "").isdigit()
    )
    if len(texts) > 3 and len(numbers) == len(texts):
        ends = (fig.local(numbers[0][1][:-1], words), fig.written_rate(numbers[-1][1], words))
        return f" {words['to']} ".join(ends)
    return ", ".join(fig.written_rate(t, words) for t in texts)


def duty_card(duty: Row, words: Words) -> dict[str, Any]:
    """One shipment: its equation, layer by layer."""
    currency = str(duty["currency"])

    def money(value: float | None) -> str:
        return fig.money(value, currency, words)

    low, high, total = duty.get("low"), duty.get("high"), duty.get("total")
    beside = ""
    if low is not None and high is None:
        beside = say(words, "duty.range_open", low=money(low))
    elif low is not None and high is not None and low != high:
        beside = say(words, "duty.range", low=money(low), high=money(high))
    return {
        "title": duty["title"],
        "meta": say(
            words,
            "duty.meta",
            goods=duty["goods"],
            source=named(words, "place", str(duty["from"])),
            into=named(words, "place", str(duty["into"])),
            value=money(duty["value"]),
            on=fig.day(duty["on"], words),
        ),
        "admissible": duty.get("admissible", True),
        "total": money(total),
        "rate": ""
        if duty.get("rate") is None
        else say(words, "duty.rate", rate=fig.rate(duty["rate"], words, 1)),
        "beside": beside,
        "layers": [
            {
                **layer,
                "base": fig.base({"currency": duty["currency"], **layer}, words),
                "times": fig.times(layer, words),
                "owed": money(layer["amount"]),
            }
            for layer in duty.get("layers", [])
        ],
        "suppressed": _unlike(duty.get("suppressed", [])),
        "fees": [{**fee, "owed": money(fee["amount"])} for fee in duty.get("fees", [])],
        "unknown": duty.get("unknown", []),
        "missing_facts": duty.get("missing_facts", []),
    }


def _unlike(rows: Sequence[Row]) -> list[dict[str, str]]:
    """Titles with the reasons for which nothing is owed, each said once."""
    said = dict.fromkeys((r["title"], str(r["reason"]).removeprefix("not owed: ")) for r in rows)
    return [{"title": title, "reason": reason} for title, reason in said]


def measures_in(brief: Row, state: str) -> list[tuple[str, int]]:
    """How many measures with a known rate each imposer has in a state."""
    found: dict[str, set[str]] = {}
    for row in brief["law"].get(state, []):
        if row["kind"] == "duty" and row.get("rate") != "unknown":
            found.setdefault(str(row["imposer"]), set()).add(measure_of(row))
    return [(who, len(ids)) for who, ids in found.items()]


def region(brief: Row, code: str) -> Row | None:
    """The row of a place, if there is one."""
    return next((r for r in brief["regions"] if r["region"] == code), None)


def of_group(brief: Row, group: str) -> list[Row]:
    """The rows of provinces or of countries, worst first."""
    rows = [r for r in brief["regions"] if r["group"] == group]
    return sorted(rows, key=lambda r: fig.middle(r["real_income"]) or 0.0)


def summary(brief: Row, words: Words) -> list[str]:
    """Four to six sentences, made from the numbers by rules."""
    scenario, etr = brief["scenario"], brief["etr"]
    provinces = of_group(brief, "province")
    by_state = {s["state"]: s.get("rate") for s in etr["states"]}
    ends = {s["state"]: (s["low"], s["high"]) for s in etr["states"] if s.get("low") is not None}
    faults = brief.get("faults") or []
    said = [
        law_title(brief, words),
        rates.effective_rate(str(etr["into"]), by_state, scenario["before"], words, ends),
    ]
    canada, usa = region(brief, "CAN"), region(brief, "USA")
    if canada:
        said.append(costs.cost_sentence(canada, provinces, usa, words))
    said.append(options.best_response(brief["responses"], words))
    said.append(sure.certainty(provinces, words))
    if scenario.get("provisional"):
        said.append(sure.provisional(len(faults), words))
    return [s for s in said if s]


def next_title(brief: Row, words: Words) -> str:
    """What is due next, or how the law stands if nothing is."""
    due: dict[tuple[str, str], set[str]] = {}
    for state in ("signed", "threatened"):
        for row in brief["law"].get(state, []):
            if row.get("from") and str(row["from"]) > str(brief["scenario"]["on"]):
                due.setdefault((str(row["from"]), state), set()).add(measure_of(row))
    days = [(iso, state, len(ids)) for (iso, state), ids in sorted(due.items())]
    return findings_law.next_days(days, words) or law_title(brief, words)


def law_title(brief: Row, words: Words) -> str:
    """How many measures stand, and how many are to come."""
    threatened = {measure_of(r) for r in brief["law"].get("threatened", [])}
    unknown = {
        measure_of(r) for r in brief["law"].get("threatened", []) if r.get("rate") == "unknown"
    }
    return findings_law.law_counts(
        brief["scenario"]["on"],
        measures_in(brief, "in_force"),
        len({measure_of(r) for r in brief["law"].get("signed", [])}),
        len(threatened),
        len(unknown),
        words,
    )
