"""A made-up brief of the right shape: the law is named as it is, every figure is invented."""

from typing import Any


def _q(value: float, spread: float = 0.3) -> dict[str, float]:
    around = abs(value) * spread
    return {
        "value": round(value, 6),
        "low": round(value - around, 6),
        "high": round(value + around, 6),
    }


def _row(
    provision: str,
    title: str,
    kind: str,
    status: str,
    rate: str | None,
    start: str,
    citation: str,
    *,
    known: str = "2025-02-01",
    note: str | None = None,
    says: str = "",
) -> dict[str, Any]:
    imposer, authority = provision.split("/")[:2]
    return {
        "id": provision,
        "title": title,
        "imposer": imposer.upper(),
        "instrument": citation.split(",", maxsplit=1)[0],
        "authority": authority,
        "kind": kind,
        "status": status,
        "rate": rate,
        "from": start,
        "to": None,
        "known_from": known,
        "citation": citation,
        "says": says,
        "note": note,
    }


FENTANYL = "Fentanyl duties on Canada"
STEEL = "Section 232 duties on steel"
AUTOS = "Section 232 duties on automobiles and automobile parts"
CHINA = "Section 301 duties on China"
FIRST = "Surtax on C$30 bn of US goods"
METALS = "Surtax on C$29.8 bn of US steel, aluminium and other goods"
SECOND = "Second list: surtax announced on C$125 bn of US goods"


def _law() -> dict[str, list[dict[str, Any]]]:
    now, signed, told = "in_force", "signed", "threatened"
    in_force = [
        _row(
            "us/ieepa/fentanyl-ca#general",
            FENTANYL,
            "duty",
            now,
            "25%",
            "2025-03-04",
            "Executive Order 14193, s. 2(a)",
        ),
        _row(
            "us/ieepa/fentanyl-ca#energy",
            FENTANYL,
            "duty",
            now,
            "10%",
            "2025-03-04",
            "Executive Order 14193, s. 2(b)",
        ),
        _row(
            "us/ieepa/fentanyl-ca#potash",
            FENTANYL,
            "duty",
            now,
            "10%",
            "2025-03-07",
            "Executive Order 14231, s. 2(b)",
            known="2025-03-06",
        ),
        _row(
            "us/ieepa/fentanyl-ca#usmca-exemption",
            FENTANYL,
            "relief",
            now,
            None,
            "2025-03-07",
            "Executive Order 14231, s. 2(a)",
            known="2025-03-06",
            note="goods entered free under the trade agreement; the text sets no end",
        ),
        _row(
            "us/ieepa/fentanyl-mx#general",
            "Fentanyl duties on Mexico",
            "duty",
            now,
            "25%",
            "2025-03-04",
            "Executive Order 14194, s. 2(a)",
        ),
        _row(
            "us/ieepa/fentanyl-cn#general",
            "Fentanyl duties on China",
            "duty",
            now,
            "20%",
            "2025-03-04",
            "Executive Order 14228, s. 2",
            known="2025-03-03",
        ),
        _row(
            "us/s232/steel#mill",
            STEEL,
            "duty",
            now,
            "25%",
            "2025-03-12",
            "Proclamation 10896, cl. 1, 2",
            known="2025-02-10",
        ),
        _row(
            "us/s232/steel#us-steel",
            STEEL,
            "relief",
            now,
            None,
            "2025-03-12",
            "Proclamation 10896, recital 17",
            known="2025-02-10",
            note="made from steel melted and poured in the United States",
        ),
        _row(
            "us/s232/aluminium#mill",
            "Section 232 duties on aluminium",
            "duty",
            now,
            "25%",
            "2025-03-12",
            "Proclamation 10895, cl. 1, 2, 3",
            known="2025-02-11",
        ),
        _row(
            "us/s232/aluminium#russia",
            "Section 232 duties on aluminium",
            "duty",
            now,
            "200%",
            "2025-03-12",
            "Proclamation 10895, cl. 5",
            known="2025-02-11",
        ),
    ]
    in_force += [
        _row(
            f"us/s301/china#{name}",
            CHINA,
            "duty",
            now,
            rate,
            start,
            "Section 301 action of 20 June 2018 (83 FR 28710), Annex A",
            known="2018-06-20",
        )
        for name, rate, start in (
            ("list-1", "25%", "2024-01-01"),
            ("list-4a", "7.5%", "2024-01-01"),
            ("review-50", "50%", "2024-09-27"),
            ("review-100", "100%", "2024-09-27"),
        )
    ]
    in_force += [
        _row(
            "ca/surtax/united-states-2025-1#goods",
            FIRST,
            "duty",
            now,
            "25%",
            "2025-03-04",
            "United States Surtax Order (2025-1), SOR/2025-66, s. 2",
            known="2025-03-04",
            note="US origin by the marking rules, whether or not a preference is claimed",
        ),
        _row(
            "ca/surtax/united-states-2025-1#in-transit",
            FIRST,
            "relief",
            now,
            None,
            "2025-03-04",
            "United States Surtax Order (2025-1), SOR/2025-66, s. 3",
            known="2025-03-04",
            note="goods in transit to Canada when the order came into force",
        ),
        _row(
            "ca/surtax/steel-and-aluminum-2025#goods",
            METALS,
            "duty",
            now,
            "25%",
            "2025-03-13",
            "United States Surtax Order (Steel and Aluminum 2025), SOR/2025-95, s. 2",
            known="2025-03-12",
        ),
    ]
    return {
        "in_force": in_force,
        "signed": [
            _row(
                "us/s232/autos#vehicles",
                AUTOS,
                "duty",
                signed,
                "25%",
                "2025-04-03",
                "Proclamation 10908, cl. 1",
                known="2025-03-26",
            ),
            _row(
                "us/s232/autos#usmca-content",
                AUTOS,
                "basis",
                signed,
                None,
                "2025-04-03",
                "Proclamation 10908, cl. 2, 3",
                known="2025-03-26",
                note="the duty falls on the non-US content alone, where it was approved",
            ),
            _row(
                "us/s232/autos#parts",
                AUTOS,
                "duty",
                signed,
                "25%",
                "2025-05-03",
                "Proclamation 10908, cl. 1",
                known="2025-03-26",
            ),
            _row(
                "us/s232/autos#usmca-parts",
                AUTOS,
                "relief",
                signed,
                None,
                "2025-05-03",
                "Proclamation 10908, cl. 4",
                known="2025-03-26",
                note="parts that qualify under the trade agreement",
            ),
        ],
        "threatened": [
            _row(
                "us/ieepa/fentanyl-ca#usmca-exemption",
                FENTANYL,
                "relief",
                told,
                None,
                "2025-04-02",
                "statements of 6 March 2025, as reported",
                known="2025-03-06",
                note="the exemption lapses and the duty widens to all Canadian goods",
                says="The Secretary of Commerce said on 6 March that the exemption runs until "
                "2 April. No text was signed.",
            ),
            _row(
                "us/ieepa/reciprocal#baseline",
                "Reciprocal duties",
                "duty",
                told,
                "unknown",
                "2025-04-02",
                "Memorandum on Reciprocal Trade and Tariffs, s. 2-3",
                known="2025-02-13",
                note="rates not published",
            ),
            _row(
                "ca/surtax/second-list#goods",
                SECOND,
                "duty",
                told,
                "25%",
                "2025-04-02",
                "Minister of Finance, statement of 6 March 2025, as reported",
                known="2025-03-06",
                says="The Minister of Finance said on 6 March that the list waits until 2 April.",
            ),
            _row(
                "ca/surtax/second-list#once",
                SECOND,
                "precedence",
                told,
                None,
                "2025-04-02",
                "Minister of Finance, statement of 6 March 2025, as reported",
                known="2025-03-06",
                note="an item already surtaxed is not surtaxed twice",
            ),
        ],
    }


def _timeline() -> list[dict[str, str]]:
    lines = [
        ("2025-02-01", "signed", f"{FENTANYL}: Executive Order 14193", "us/ieepa/fentanyl-ca"),
        ("2025-02-04", "effective", f"{FENTANYL}: paused for a month", "us/ieepa/fentanyl-ca"),
        ("2025-02-13", "announcement", "The President orders a plan for reciprocal tariffs", ""),
        ("2025-02-25", "investigation", "A section 232 investigation of copper opens", ""),
        ("2025-03-01", "investigation", "A section 232 investigation of lumber opens", ""),
        ("2025-03-04", "effective", f"{FENTANYL}: 25% applies", "us/ieepa/fentanyl-ca"),
        ("2025-03-04", "effective", f"{FIRST}: 25% applies", "ca/surtax/united-states-2025-1"),
        ("2025-03-06", "statement", "The exemption of USMCA goods is said to last to 2 April", ""),
        ("2025-03-06", "statement", "Canada puts off its second list to 2 April", ""),
        ("2025-03-07", "support", "Canada announces C$6.5 bn of support for exporters", ""),
        ("2025-03-10", "measure", "Ontario charges 25 % on electricity sold to three states", ""),
        ("2025-03-11", "measure", "Ontario suspends the electricity charge", ""),
        ("2025-03-12", "effective", f"{STEEL}: 25% applies", "us/s232/steel"),
        ("2025-03-23", "election", "Canada's general election is called for 28 April", ""),
        ("2025-03-26", "signed", f"{AUTOS}: Proclamation 10908", "us/s232/autos"),
        ("2025-03-28", "talks", "First call between the President and Prime Minister Carney", ""),
        ("2025-04-02", "threatened", f"{FENTANYL}: the exemption lapses", "us/ieepa/fentanyl-ca"),
        ("2025-04-03", "effective", f"{AUTOS}: 25% applies", "us/s232/autos"),
    ]
    return [
        {"date": d, "kind": k, "title": t, "measure": m, "citation": f"Instrument {i}"}
        for i, (d, k, t, m) in enumerate(lines, 1)
    ]


def _layer(
    measure: str, title: str, citation: str, value: float, rate: float, *because: str
) -> dict[str, Any]:
    return {
        "measure": measure,
        "title": title,
        "authority": measure.split("/")[1],
        "instrument": citation.split(",", maxsplit=1)[0],
        "citation": citation,
        "basis": "customs value",
        "basis_value": value,
        "rate": rate,
        "amount": round(value * rate, 2),
        "because": list(because),
    }


def _duty(
    title: str,
    goods: str,
    origin: str,
    into: str,
    value: float,
    on: str,
    layers: list[dict[str, Any]],
    **more: Any,
) -> dict[str, Any]:
    total = sum(x["amount"] for x in layers)
    return {
        "title": title,
        "goods": goods,
        "from": origin,
        "into": into,
        "value": value,
        "currency": {"US": "USD", "CA": "CAD"}[into],
        "claims": [],
        "on": on,
        "known": "2025-03-28",
        "admissible": True,
        "total": total,
        "rate": total / value,
        "low": total,
        "high": total,
        "layers": layers,
        "suppressed": [],
        "unknown": [],
        "missing_facts": [],
        "fees": [],
        **more,
    }


def _duties() -> list[dict[str, Any]]:
    general = "General rate of duty"
    reciprocal = [
        {
            "measure": "us/ieepa/reciprocal#baseline",
            "title": "Reciprocal duties",
            "citation": "Memorandum on Reciprocal Trade and Tariffs, s. 2-3",
        }
    ]
    return [
        _duty(
            "A car from Ontario, entered under the trade agreement on 3 April 2025",
            "8703.23.01",
            "CA",
            "US",
            40000.0,
            "2025-04-03",
            [
                _layer(
                    "us/hts/general",
                    general,
                    "HTSUS (2025), 8703.23.01: 2.5%",
                    40000.0,
                    0.0,
                    "free under USMCA (HTSUS general note 11)",
                ),
                _layer(
                    "us/s232/autos#vehicles",
                    AUTOS,
                    "Proclamation 10908, cl. 1",
                    40000.0,
                    0.25,
                    "us_content not declared: the duty falls on the full value",
                ),
            ],
            low=0.0,
            high=None,
            suppressed=[
                {
                    "measure": "us/ieepa/fentanyl-ca#general",
                    "title": FENTANYL,
                    "reason": "not owed: goods entered free under the trade agreement "
                    "(Executive Order 14231, s. 2(a))",
                }
            ],
            unknown=reciprocal,
            missing_facts=[
                {
                    "fact": "us_content",
                    "type": "share",
                    "unit": "share of the customs value",
                    "meaning": "value of parts wholly obtained or produced in the United States",
                    "attested": "the importer; the US Secretary of Commerce must have approved it",
                    "until_then": "the duty falls on the full value",
                }
            ],
        ),
        _duty(
            "Steel bolts from Quebec, no preference claimed",
            "7318.15.20",
            "CA",
            "US",
            10000.0,
            "2025-03-28",
            [
                _layer("us/hts/general", general, "HTSUS (2025), 7318.15.20: Free", 10000.0, 0.0),
                _layer(
                    "us/ieepa/fentanyl-ca#general",
                    FENTANYL,
                    "Executive Order 14193, s. 2(a)",
                    10000.0,
                    0.25,
                ),
                _layer(
                    "us/s232/steel#derivatives", STEEL, "Proclamation 9980, cl. 1", 10000.0, 0.25
                ),
            ],
            low=2500.0,
            missing_facts=[
                {
                    "fact": "us_melted_and_poured",
                    "type": "bool",
                    "unit": "yes or no",
                    "meaning": "made from steel melted and poured in the United States",
                    "attested": "the importer, to US Customs and Border Protection",
                    "until_then": "the duty applies",
                }
            ],
        ),
        _duty(
            "Potash from Saskatchewan, no preference claimed",
            "3104.20.00",
            "CA",
            "US",
            100000.0,
            "2025-03-28",
            [
                _layer(
                    "us/ieepa/fentanyl-ca#potash",
                    FENTANYL,
                    "Executive Order 14231, s. 2(b)",
                    100000.0,
                    0.10,
                )
            ],
        ),
        _duty(
            "Orange juice from Florida",
            "2009.12.00",
            "US",
            "CA",
            20000.0,
            "2025-03-28",
            [
                _layer(
                    "ca/surtax/united-states-2025-1#goods",
                    FIRST,
                    "United States Surtax Order (2025-1), SOR/2025-66, s. 2",
                    20000.0,
                    0.25,
                )
            ],
        ),
    ]


PROVINCES = {
    "NL": ("Newfoundland and Labrador", -0.0071),
    "PE": ("Prince Edward Island", -0.0043),
    "NS": ("Nova Scotia", -0.0052),
    "NB": ("New Brunswick", -0.0164),
    "QC": ("Quebec", -0.0098),
    "ON": ("Ontario", -0.0131),
    "MB": ("Manitoba", -0.0088),
    "SK": ("Saskatchewan", -0.0107),
    "AB": ("Alberta", -0.0182),
    "BC": ("British Columbia", 0.0012),
}
COUNTRIES = {
    "USA": ("United States", -0.0034),
    "MEX": ("Mexico", -0.0121),
    "CHN": ("China", -0.0018),
    "JPN": ("Japan", 0.0004),
    "GBR": ("United Kingdom", 0.0003),
    "EU27": ("European Union of 27", 0.0006),
    "ROW": ("Rest of the world", 0.0009),
}


def _regions() -> list[dict[str, Any]]:
    out = []
    for group, places in (
        ("province", PROVINCES),
        ("country", COUNTRIES),
        ("total", {"CAN": ("Canada", -0.0119)}),
    ):
        for code, (name, value) in places.items():
            out.append(
                {
                    "region": code,
                    "name": name,
                    "group": group,
                    "real_income": _q(value, 1.4 if code == "PE" else 0.3),
                    "real_wage": round(value * 1.1, 6),
                    "prices": round(-value * 0.7, 6),
                    "exports": round(value * 4, 6),
                    "imports": round(value * 3.5, 6),
                    "revenue": 0.25,
                    "real_income_threatened": _q(value * 2.2),
                }
            )
    return out


def _rates(
    code: str, *rows: tuple[str, str, float | None, float, float, float, float]
) -> list[dict[str, Any]]:
    out = []
    for key, name, imports, before, now, signed, threatened in rows:
        row: dict[str, Any] = {code: key, "name": name}
        if imports is not None:
            row["imports"] = imports
        states = {"before": before, "in_force": now, "signed": signed, "threatened": threatened}
        out.append(row | states)
    return out


def _etr() -> dict[str, Any]:
    rates = (
        ("before", "2025-01-19", 0.0237),
        ("in_force", "2025-03-28", 0.0712),
        ("signed", "2025-05-03", 0.0925),
        ("threatened", "2025-04-02", 0.1381),
    )
    sectors = (
        ("MET", "Primary metals and metal articles", 2.9e10, 0.001, 0.2213, 0.2213, 0.2641),
        ("MTV", "Motor vehicles and parts", 5.4e10, 0.001, 0.0231, 0.1187, 0.2102),
        ("OIL", "Crude oil and natural gas", 1.0e11, 0.0, 0.0312, 0.0312, 0.1),
        ("WOD", "Wood products", 1.1e10, 0.0, 0.0389, 0.0389, 0.25),
        ("AGR", "Agriculture, forestry and fishing", 1.6e10, 0.002, 0.0144, 0.0144, 0.248),
        ("CHM", "Chemicals, medicines, plastics and rubber", 3.3e10, 0.003, 0.041, 0.041, 0.2477),
    )
    return {
        "into": "US",
        "imports": 3.2e12,
        "currency": "USD",
        "year": 2024,
        "states": [
            {"state": s, "on": on, "label": s, "rate": r, "duty": r * 3.2e12} for s, on, r in rates
        ],
        "by_partner": _rates(
            "partner",
            ("CN", "China", 4.4e11, 0.1091, 0.3051, 0.3102, 0.3102),
            ("CA", "Canada", 4.1e11, 0.0006, 0.0523, 0.0689, 0.2144),
            ("MX", "Mexico", 5.1e11, 0.0021, 0.0611, 0.0934, 0.2213),
            ("EU", "European Union", 6.1e11, 0.0121, 0.0187, 0.0387, 0.0387),
            ("JP", "Japan", 1.5e11, 0.0151, 0.0203, 0.0791, 0.0791),
            ("GB", "United Kingdom", 6.8e10, 0.0099, 0.0141, 0.0302, 0.0302),
        ),
        "by_sector": _rates(
            "sector", *((k, n, i * 6, b + 0.02, c, d, e) for k, n, i, b, c, d, e in sectors)
        ),
        "canada_by_sector": _rates("sector", *sectors),
        "by_authority": _rates(
            "authority",
            ("schedule", "General rates", None, 0.0134, 0.0134, 0.0134, 0.0134),
            ("s301", "Section 301", None, 0.0103, 0.0103, 0.0103, 0.0103),
            ("s232", "Section 232", None, 0.0, 0.0091, 0.0304, 0.0304),
            ("ieepa", "Emergency powers", None, 0.0, 0.0384, 0.0384, 0.084),
        ),
        "note": "Threatened assumes that the exemption of USMCA goods lapses; reciprocal duties "
        "are in no total, since no rate was published.",
    }


def _responses() -> list[dict[str, Any]]:
    out = []
    for name, title, text, scale, usa, covered, ratio in (
        ("none", "No counter-tariff", "Canada lifts its surtaxes.", 0.93, -0.0029, 0.0, None),
        (
            "in-force",
            "The surtaxes in force",
            "What Canada charges today, and no more.",
            1.0,
            -0.0034,
            59.8,
            3.5,
        ),
        (
            "second-list",
            "The second list",
            "The list announced for 2 April is added.",
            1.21,
            -0.0051,
            184.8,
            2.82,
        ),
    ):
        covering = {"unit": "C$ bn", "what": "imports from the United States at customs, 2024"}
        out.append(
            {
                "name": name,
                "title": title,
                "text": text,
                "covered": {"value": covered} | covering,
                "new_covered": {"value": max(0.0, covered - 59.8)} | covering,
                "real_income_canada": _q(-0.0119 * scale),
                "real_income_usa": _q(usa),
                "provinces": [
                    {"region": code, "name": place, "real_income": _q(value * scale)}
                    for code, (place, value) in PROVINCES.items()
                ],
                "revenue": {**_q(covered * 0.2), "unit": "C$ bn a year, 2023 prices"},
                "cost_ratio": ratio,
                "legality": "Customs Tariff, s. 53; a panel under CUSMA chapter 31 may be asked.",
            }
        )
    return out


def sample() -> dict[str, Any]:
    """The whole brief."""
    return {
        "scenario": {
            "name": "spring-2025",
            "title": "Spring 2025: tariffs between the United States and Canada",
            "question": "What do the tariffs of March 2025 cost each province, and what can be "
            "answered?",
            "on": "2025-03-28",
            "known": "2025-03-28",
            "before": "2025-01-19",
            "closure": "own-share",
            "closure_text": "Each place’s trade balance keeps its share of its own income; workers "
            "move between sectors, not between provinces.",
            "world": "can17x28",
            "provisional": True,
        },
        "law": _law(),
        "timeline": _timeline(),
        "duties": _duties(),
        "etr": _etr(),
        "regions": _regions(),
        "revenue": {
            "unit": "C$ bn a year, 2023 prices",
            "rows": [
                {
                    "response": r["name"],
                    "duty": {k: r["revenue"][k] for k in ("value", "low", "high")},
                    "per_worker_hit": _q(round(r["revenue"]["value"] * 1e9 / 612345, 0)),
                    "workers_hit": 612345,
                }
                for r in _responses()
            ],
        },
        "workers": [
            {
                "region": code,
                "name": name,
                "workers_hit": round(abs(value) * 20_000_000 * (1.9 if code == "ON" else 0.3)),
                "share_of_jobs": round(abs(value) * 6, 4),
            }
            for code, (name, value) in PROVINCES.items()
        ],
        "responses": _responses(),
        "assumptions": [
            {
                "name": "claims",
                "text": "Share of Canadian goods entered under the trade agreement",
                "value": 0.38,
                "low": 0.38,
                "high": 0.9,
                "unit": "share of imports",
                "source": "Made up for this sample",
            },
            {
                "name": "pass-through",
                "text": "Share of a duty that the buyer bears at once",
                "value": 1.0,
                "low": 0.8,
                "high": 1.0,
                "unit": "share",
                "source": "Made up for this sample",
            },
        ],
        "elasticity_sets": [
            {"name": "central", "citation": "Made up (2015), table A"},
            {"name": "low", "citation": "Made up (2020), table 2"},
        ],
        "faults": [
            "Canada's mining exports to the United States are far too small: 1.6 here against "
            "C$6.4 bn in 2024.",
            "The surpluses of Japan and of the EU27 are too big.",
        ],
        "comparison": [],
        "sources_of": {
            key: ["Made-up statistics office"] for key in ("law", "rates", "economy", "workers")
        },
        "sources": [
            "Made-up statistics office, table of trade 2024, https://example.org/trade?a=1&b=2",
            "Made-up input-output tables, 2021, open licence",
        ],
        "vintage": {
            "ledger": "sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
            "data": "a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90",
            "model": "0.1.0",
            "seed": None,
            "closure": "own-share",
            "command": "surtax brief spring-2025 --on 2025-03-28 --known 2025-03-28",
            "python": "surtax.run('spring-2025')",
            "verified_to": "2025-06-02",
            "known": "2025-03-28",
        },
    }
