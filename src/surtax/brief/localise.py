"""A brief in a language: every name by its code from the catalogue, own prose translated.

What an instrument, a source or a person says stays as it is, and the page marks its language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from surtax.brief.findings.common import partner, region, sector
from surtax.words import prose, say

Row = dict[str, Any]
Words = Mapping[str, str]


def localise(brief: Mapping[str, Any], words: Words) -> Row:
    """A copy of the brief whose names are those of the language."""
    etr = dict(brief["etr"])
    by: dict[str, Callable[[Mapping[str, Any]], str]] = {
        "by_partner": lambda r: str(partner(r, words).bare),
        "by_sector": lambda r: sector(str(r["sector"]), words, "", str(r["name"])),
        "canada_by_sector": lambda r: sector(str(r["sector"]), words, "", str(r["name"])),
        "by_authority": lambda r: _authority(r, words, int(etr["year"])),
    }
    for key, name in by.items():
        etr[key] = [{**r, "name": name(r)} for r in etr.get(key) or []]
    out = {**brief, "etr": etr}
    for key in ("regions", "workers"):
        out[key] = _placed(brief.get(key) or [], words)
    if brief.get("total"):
        out["total"] = _placed([brief["total"]], words)[0]
    out["duties"] = [_duty(d, words) for d in brief["duties"]]
    out["responses"] = [
        {**_said(r, words, "title"), "provinces": _placed(r.get("provinces", []), words)}
        for r in brief["responses"]
    ]
    _deeper(out, words)
    return out


def _deeper(out: Row, words: Words) -> None:
    """Names in the sections that go deeper."""
    for key in ("horizons", "who_pays", "trade", "at_risk", "per_household", "per_person"):
        out[key] = _placed(out.get(key) or [], words)
    for key in ("at_risk", "energy", "sectors"):
        rows = out.get(key) or []
        world = str(out["scenario"]["world"])
        out[key] = [{**r, "sector_name": sector(str(r["sector"]), words, world)} for r in rows]
    if out.get("settlement"):
        told = out["settlement"]
        out["settlement"] = {**told, "payoffs": _placed(told["payoffs"], words)}
    out["published"] = [
        {**r, "otherwise": "; ".join(
            prose(words["lang"], one)[0] for one in str(r.get("otherwise") or "").split("; ")
        )}
        for r in out.get("published") or []
    ]  # fmt: skip
    for row in out["horizons"]:
        row["horizon_name"] = words[f"horizon.{row['horizon']}"]
    out["platforms"] = [
        {**r, "title": words["more.baseline"] if r["name"] == "baseline"
         else prose(words["lang"], str(r["title"]))[0]}
        for r in out.get("platforms") or []
    ]  # fmt: skip


def _duty(duty: Mapping[str, Any], words: Words) -> Row:
    """A shipment's answer: its title and the facts that are asked for."""
    facts = [_said(f, words, "meaning", "until_then", "attested")
             for f in duty.get("missing_facts", [])]  # fmt: skip
    return {**_said(duty, words, "title"), "missing_facts": facts}


def _placed(rows: Sequence[Mapping[str, Any]], words: Words) -> list[Row]:
    return [{**r, "name": str(region(r, words).bare)} for r in rows]


def _said(row: Mapping[str, Any], words: Words, *keys: str) -> Row:
    """The row with its own prose translated, as far as there is a translation."""
    return {**row, **{k: prose(words["lang"], str(row[k]))[0] for k in keys if row.get(k)}}


def _authority(row: Mapping[str, Any], words: Words, year: int) -> str:
    key = f"authority.{row['authority']}"
    return say(words, key, year=year) if key in words else str(row["name"])
