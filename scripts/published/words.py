"""What a row of the validation page is called, from its id."""

from __future__ import annotations

PLACES = {
    "USA": "United States", "CHN": "China", "EU": "European Union", "others": "all others, mean",
    "CAN": "Canada", "JPN": "Japan", "US": "United States", "ROW": "rest of the world",
    "NL": "Newfoundland and Labrador", "PE": "Prince Edward Island", "NS": "Nova Scotia",
    "NB": "New Brunswick", "QC": "Quebec", "ON": "Ontario", "MB": "Manitoba",
    "SK": "Saskatchewan", "AB": "Alberta", "BC": "British Columbia",
}  # fmt: skip
CASES = {
    "ustr": "USTR tariffs, tax relief",
    "lump-sum": "USTR tariffs, lump-sum",
    "optimal": "formula tariff, tax relief",
    "reciprocal": "USTR tariffs, reciprocal retaliation",
    "retaliation": "USTR tariffs, retaliation by formula",
    "optimal-both": "both by formula",
    "element": "one element as a common tariff",
    "best": "true optimum",
    "best-uniform": "true optimum, one rate",
    "best-retaliation": "USTR tariffs, best retaliation",
    "best-retaliation-uniform": "USTR tariffs, best retaliation at one rate",
    "global": "world",
    "alternative": "USTR tariffs, other parameters",
    "regional": "regional war",
    "balanced": "deficits removed",
    "numeraire": "deficits kept",
    "world": "all tariffs of the world to 2005",
    "given-world": "NAFTA after all other tariffs",
    "bloc": "deficits removed",
    "path-balanced": "deficits removed, exact change split along the path",
    "path-numeraire": "deficits kept, exact change split along the path",
    "held": "as the package solves",
    "general": "in general equilibrium",
    "internal-10": "internal trade costs 10 % lower",
    "imports-10": "import costs 10 % lower",
    "gains-internal": "gains from internal trade",
    "gains-external": "gains from external trade",
    "gains-all": "gains from all trade",
    "barriers": "non-geographic barriers to goods removed",
    "nash": "Nash",
    "median": "median tariff, mean over countries",
}
COLUMNS = {
    "exports": "exports/GDP",
    "imports": "imports/GDP",
    "tariff": "tariff, fraction",
    "tariff-as-text": "tariff by the text's formula",
    "welfare-as-text": "welfare, transfers by eq. 8",
    "revenue": "revenue, % of GDP before",
    "revenue-of-gdp": "revenue, % of GDP after",
    "utility": "welfare by the utility function",
    "trade": "trade/GDP",
    "trade-after": "trade/GDP, reciprocal retaliation",
    "employment-after": "employment, reciprocal retaliation",
    "io-trade": "trade/GDP, inputs",
    "io-trade-after": "trade/GDP, inputs, reciprocal retaliation",
    "io-employment": "employment, inputs",
    "io-employment-after": "employment, inputs, reciprocal retaliation",
    "pass-through": "firm pass-through 0.25",
    "elasticity": "trade elasticity 8",
    "eaton-kortum": "no local costs",
    "eaton-kortum-answered": "no local costs, all retaliate at 25 %",
    "EU-and-China": "with the EU and China",
    "China-108": "with China, 108 %",
    "nash": "at Nash",
    "optimal": "of the optima",
    "port": "transfer as in the port",
    "lowest": "lowest tariff",
    "highest": "highest tariff",
    "own": "own welfare",
    "departing": "largest gain from departing",
    "terms-of-trade": "terms of trade, first order",
    "volume": "volume of trade, first order",
    "formula": "first-order welfare",
    "real-wage": "real wage",
    "exact": "real income, exact",
    "tariffs-of-Canada": "by tariffs of Canada",
    "tariffs-of-Mexico": "by tariffs of Mexico",
    "tariffs-of-USA": "by tariffs of the United States",
    "sum": "sum of the parts",
    "mean": "mean",
}


def label(row: str) -> str:
    """A row's name in words."""
    model, *parts = row.split(".")
    if model == "liberation" and parts[0] == "io":
        return f"inputs; {label('.'.join([model, *parts[1:]]))}"
    if model == "ossa" and parts[0] == "optimal" and len(parts) == 3:
        own = "own welfare" if parts[2] == "own" else "others' welfare, mean"
        return f"optimum of {PLACES.get(parts[1], parts[1])}: {own}"
    if model == "gravity" and len(parts) == 1:
        parts.insert(0, "held")
    if model == "liberation" and parts[0] == "regional":
        parts = [parts[0], parts[-1], *parts[1:-1]]
    if model == "nafta" and parts[0] == "bloc":
        parts[2] = "imports from the other two"
    words = [CASES.get(parts[0], parts[0])]
    words += [PLACES.get(p, COLUMNS.get(p, p)) for p in parts[1:]]
    return f"{words[0]}: {', '.join(words[1:])}" if len(words) > 1 else words[0]
