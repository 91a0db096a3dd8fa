"""Platforms: named bundles of a response, a use of the money and cuts of the costs of trade.

A platform is data. What it does is its instruments; who said what stands beside them as
statements, and no figure depends on it.
"""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import msgspec

from surtax.errors import ScenarioError, SurtaxError, unknown
from surtax.ledger import Ledger
from surtax.ledger.text import line_holding, read_yaml
from surtax.response import recycle
from surtax.response.costs import Cuts
from surtax.scenario import spec
from surtax.scenario.choices import Barriers, Partners, check_cuts, cuts_of
from surtax.world.load import describe


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody said in public.

    Attributes:
        speaker: who. said_on: the day. says: what was said, in our words. citation: where.
    """

    speaker: str
    said_on: date
    says: str
    citation: str


class Platform(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A platform.

    Attributes:
        platform: its name, equal to the file's. title, text: what it is, neutrally.
        scenario: the baseline that it is a bundle for.
        response: a response of the scenario; that of its choices, or its first, unless given.
        sharing: who is paid the new duties, a rule of `response.recycle`.
        barriers, partners: costs of trade that fall.
        assumed: which of its sizes are assumptions, and why these.
        statements: what was said in public.
    """

    platform: str
    title: str
    text: str
    scenario: str
    response: str = ""
    sharing: str = ""
    barriers: Barriers | None = None
    partners: Partners | None = None
    assumed: str = ""
    statements: list[Statement] = []

    @property
    def cuts(self) -> Cuts:
        """The costs of trade that fall."""
        return cuts_of(self.barriers, self.partners)

    @property
    def use(self) -> str:
        """The rule of sharing."""
        return self.sharing or recycle.DEFAULT


def available() -> list[str]:
    """Names of the platforms that come with surtax."""
    return sorted(path.stem for path in _folder().glob("*.yaml"))


def load(name: str, ledger: Ledger) -> tuple[Platform, spec.Scenario]:
    """A platform by name or file, and the scenario it is a bundle for; every name checked.

    Raises:
        UnknownNameError: no platform of that name.
        ScenarioError: a name in it that does not exist, an empty bundle, a scenario that makes
            choices of a platform's kind, a statement made after its day of knowledge.
        LedgerError: the file does not follow the schema; with its line.
    """
    path = _folder() / f"{name}.yaml" if name in available() else Path(name)
    if not path.is_file():
        raise unknown("platform", name, available())
    found = read_yaml(path, Platform)
    if found.platform != path.stem:
        raise ScenarioError(
            f"the platform calls itself “{found.platform}”, the file “{path.stem}”.",
            where=line_holding(path, f"“platform: {found.platform}”"),
            mend="Make the two the same.",
        )
    scenario = spec.load(found.scenario, ledger)
    try:
        _check(found, scenario)
    except SurtaxError as error:
        where = line_holding(path, error.what)
        raise ScenarioError(error.what, where=where, mend=error.mend) from None
    return found, scenario


def _folder() -> Path:
    return Path(str(files("surtax.scenario"))) / "platforms"


def _check(found: Platform, scenario: spec.Scenario) -> None:
    if not (found.response or found.sharing or found.barriers or found.partners):
        raise ScenarioError(
            f"the platform “{found.platform}” holds nothing.",
            mend="Give a response, sharing, barriers or partners.",
        )
    beside = [n for n in ("sharing", "barriers", "partners") if getattr(scenario.choices, n)]
    if beside:
        raise ScenarioError(
            f"“{scenario.scenario}” has choices of {', '.join(beside)}, which a platform makes.",
            mend="Leave them out of that file.",
        )
    if found.response and found.response not in [r.name for r in scenario.responses]:
        raise unknown("response", found.response, [r.name for r in scenario.responses])
    recycle.sharing(found.use)
    check_cuts(found.cuts, describe(scenario.world), "a platform")
    for one in found.statements:
        if one.said_on > scenario.known:
            raise ScenarioError(
                f"“{one.speaker}” spoke on {one.said_on}, after the day of knowledge "
                f"{scenario.known}.",
                mend="Leave it out, or take a scenario of a later day.",
            )
