"""A variation: another scenario told on another day, under other assumptions, with choices.

A file of ten lines: `based_on` names the scenario that comes with surtax, and what is left out is
as there. What the scenario studio steers can be written as one, and read back the same.
"""

from __future__ import annotations

import hashlib
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec
import yaml

from surtax.economy.closure import closure as named_closure
from surtax.economy.horizon import horizon as named_horizon
from surtax.errors import unknown
from surtax.ledger import Ledger
from surtax.scenario import spec
from surtax.scenario.choices import NONE, Choices
from surtax.world import elasticities


class Head(msgspec.Struct, frozen=True):
    """What tells a variation from a scenario."""

    based_on: str = ""


class Variation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A variation of a scenario.

    Attributes:
        scenario: its own name, equal to the file's.
        based_on: the scenario that comes with surtax. title: its own; the scenario's unless given.
        on, known: the day of law and of knowledge; a day alone is both.
        world: the world's name.
        closure: of the headline, and the only one of its ranges; that of the horizon, if one is
            chosen, or the scenario's, unless given.
        elasticities: the set of the headline; ranges try the scenario's others too.
        choices: what is changed by hand.
    """

    scenario: str
    based_on: str
    title: str = ""
    on: date | None = None
    known: date | None = None
    world: str = ""
    closure: str = ""
    elasticities: str = ""
    choices: Choices = NONE


def scenario_of(told: Variation, ledger: Ledger) -> spec.Scenario:
    """The whole scenario that a variation tells; its choices are not checked yet.

    Raises:
        UnknownNameError: a scenario, closure, horizon or elasticity set that does not exist.
        ScenarioError: a day before the scenario's base day.
    """
    made = spec.on_day(_base(told.based_on, ledger), told.on, told.known)
    rule = told.closure
    if not rule and told.choices.horizon:
        rule = named_horizon(told.choices.horizon).closure
    if rule:
        made = spec.replace_closure(made, named_closure(rule).name)
    if told.elasticities:
        if told.elasticities not in elasticities.available():
            raise unknown("elasticity set", told.elasticities, elasticities.available())
        others = [e for e in made.elasticities if e != told.elasticities]
        made = msgspec.structs.replace(made, elasticities=[told.elasticities, *others])
    return msgspec.structs.replace(
        made,
        scenario=told.scenario,
        title=told.title or made.title,
        world=told.world or made.world,
        choices=told.choices,
    )


@lru_cache(maxsize=32)
def _base(name: str, ledger: Ledger) -> spec.Scenario:
    if name not in spec.available():
        raise unknown("scenario", name, spec.available())
    return spec.load(name, ledger)


def named(told: Variation) -> Variation:
    """The variation under a name made from what it holds: the same content, the same name."""
    bare = _tree(msgspec.structs.replace(told, scenario=""))
    digest = hashlib.sha256(msgspec.json.encode(bare, order="deterministic")).hexdigest()
    return msgspec.structs.replace(told, scenario=f"{told.based_on}-{digest[:8]}")


def as_yaml(told: Variation) -> str:
    """The variation as a file that `spec.load` reads."""
    return yaml.safe_dump(_tree(told), sort_keys=False, allow_unicode=True, width=100)


def _tree(value: Any) -> Any:
    """The value as files say it, defaults left out by value: equal ones give equal files."""
    if isinstance(value, msgspec.Struct):
        held = [(f, getattr(value, f.name)) for f in msgspec.structs.fields(value)]
        return {f.encode_name: _tree(v) for f, v in held if f.required or v != _default(f)}
    if isinstance(value, list):
        return [_tree(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _default(field: msgspec.structs.FieldInfo) -> Any:
    made = field.default_factory
    return field.default if made is msgspec.NODEFAULT else made()
