"""Which pictures a brief has, each with the finding that is its title."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from surtax.brief import charts, lines, mapgrid, timeline, view
from surtax.brief import figures as fig
from surtax.brief.findings import costs, options, rates, sure
from surtax.brief.findings.deeper import deeper
from surtax.brief.svg import Picture
from surtax.words import say

MOST = 14


def finding_titles(brief: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, str]:
    """The title of each chart and table that states a finding."""
    etr = brief["etr"]
    before = brief["scenario"]["before"]
    provinces = view.of_group(brief, "province")
    canada, usa = view.region(brief, "CAN"), view.region(brief, "USA")
    revenue = brief.get("revenue") or {"rows": [], "unit": ""}
    names = {r["name"]: r["title"] for r in brief["responses"]}
    return {
        "timeline": view.next_title(brief, words),
        "partners": rates.partner_title(etr["by_partner"], "CA", before, words),
        "canada_sectors": rates.sector_title(etr["canada_by_sector"], "CA", words),
        "map": costs.map_title(provinces, words),
        "countries": costs.pair_title(canada, usa, words) if canada and usa else "",
        "workers": costs.workers_title(brief.get("workers") or [], words),
        "responses": options.best_response(brief["responses"], words),
        "ratio": options.best_ratio(brief["responses"], words),
        "revenue": options.revenue_title(
            revenue["rows"], names, str(revenue.get("currency") or "CAD"), words
        ),
        "certainty": sure.certainty(provinces, words),
        **deeper(brief, words),
    }


def draw_all(
    brief: Mapping[str, Any],
    titles: Mapping[str, str],
    words: Mapping[str, str],
) -> dict[str, Picture]:
    """Every picture for which there are figures."""
    etr = brief["etr"]
    key = tuple((s, words[f"state.{s}"]) for s in ("in_force", "signed", "threatened"))
    out = {
        "timeline": timeline.draw(brief, titles["timeline"], words),
        "map": mapgrid.draw(view.of_group(brief, "province"), titles["map"], words),
    }
    for name, group in (("partners", "by_partner"), ("canada_sectors", "canada_by_sector")):
        rows = _largest(etr.get(group) or [], "CA")
        if rows:
            said = ", ".join(
                f"{r['name']} {fig.rate(r.get('in_force') or 0.0, words, 1)}" for r in rows
            )
            out[name] = charts.picture(
                name, titles[name], said, charts.rates(rows, words), words["rates.axis"], words, key
            )
    places = [
        {"name": r["name"], "value": r["real_income"], "later": r.get("real_income_threatened")}
        for r in (*view.of_group(brief, "total"), *view.of_group(brief, "country"))
    ]
    options = [
        {
            "name": say(words, "options.row", response=r["title"], place=words[f"options.{who}"]),
            "value": r[f"real_income_{who}"],
        }
        for r in brief["responses"]
        for who in ("canada", "usa")
        if r.get(f"real_income_{who}") is not None
    ]
    for name, data in (("countries", places), ("responses", options)):
        if data:
            out[name] = charts.picture(
                name,
                titles[name],
                charts.alt_text(words, data),
                charts.changes(data, words),
                words["costs.axis"],
                words,
            )
    workers = sorted(brief.get("workers") or [], key=lambda r: -r["share_of_jobs"])
    if workers:
        rows = [
            {
                "name": r["name"],
                "share": r["share_of_jobs"],
                "figure": f"{fig.rate(r['share_of_jobs'], words, 1)} "
                f"({fig.amount(r['workers_hit'], 0, words)})",
            }
            for r in workers
        ]
        out["workers"] = charts.picture(
            "workers",
            titles["workers"],
            ", ".join(f"{r['name']} {r['figure']}" for r in rows),
            charts.shares(rows),
            words["costs.workers_axis"],
            words,
        )
    drawn = (
        lines.rate_by_day(brief, titles.get("daily", ""), words),
        lines.frontier(brief, titles.get("settlement", ""), words),
    )
    return out | {picture.name: picture for picture in drawn if picture}


def _largest(rows: Sequence[Mapping[str, Any]], own: str) -> list[Mapping[str, Any]]:
    """The rows with most trade, `own` among them, by rate in force."""
    largest = sorted(rows, key=lambda r: -(r.get("imports") or 0.0))
    kept = largest[:MOST] + [r for r in largest[MOST:] if r.get("partner") == own]
    return sorted(kept, key=lambda r: -(r.get("in_force") or 0.0))
