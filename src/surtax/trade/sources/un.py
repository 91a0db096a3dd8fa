"""Country codes of the United Nations, as BACI and Comtrade use them.

``data/un_codes.csv`` gives the numeric code of each of our countries (ISO 3166-1 numeric; made by
``scripts/build_un_codes.py``) and, where these sources have one of their own, that one too.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from surtax.places import places


@cache
def numeric_to_code() -> dict[str, str]:
    """Numeric code, with and without leading zeros → our code."""
    file = resources.files("surtax.trade").joinpath("data", "un_codes.csv")
    out: dict[str, str] = {}
    for row in csv.DictReader(file.read_text("utf-8").splitlines()):
        out[row["numeric"]] = out[row["numeric"].lstrip("0")] = row["code"]
    return out


@cache
def alpha3_to_code() -> dict[str, str]:
    """ISO 3166-1 alpha-3 → our code."""
    return {one.alpha3: one.code for one in places() if one.alpha3}
