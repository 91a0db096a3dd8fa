"""The formats that a world can be read from, by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surtax.errors import InputError, unknown
from surtax.world.sources import baci, cp2015, icio, ossa2014, pack, qge, us_china_2017, wiod
from surtax.world.world import World


@dataclass(frozen=True)
class Format:
    """A format: what it is, what its path is, and the function that reads it."""

    name: str
    title: str
    path: str
    load: Callable[..., World]

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options that it takes beside the path."""
        return tuple(inspect.signature(self.load).parameters)[1:]


FORMATS = {
    made.name: made
    for made in (
        Format("pack", "our own interchange", "folder with manifest.yaml", pack.read_pack),
        Format("icio", "OECD ICIO, editions of 2021 to 2025", "CSV of a year, or zip", icio.load),
        Format("wiod13", "WIOD, release of 2013", "xlsx or RData of a year", wiod.load),
        Format("baci", "CEPII BACI with GDP, one sector", "zip, folder or CSV", baci.load),
        Format("qge", "states or provinces with partners", "folder of tables", qge.load),
        Format("cp2015", "Caliendo and Parro (2015), 1993", "folder of text files", cp2015.cleaned),
        Format("ossa2014", "Ossa (2014), 2007", "folder of CSV", ossa2014.load),
        Format("us-china-2017", "US-China case, 2017", "folder of CSV", us_china_2017.load),
    )
}


def read(name: str, path: str | Path, **options: Any) -> World:
    """A world from a path in a named format.

    Args:
        name: the format.
        path: the file or folder.
        options: what the format takes beside the path; None counts as not given.

    Raises:
        UnknownNameError: no such format.
        InputError: an option that the format does not take, or lacks; or what its loader raises.
    """
    if name not in FORMATS:
        raise unknown("format", name, FORMATS)
    made = FORMATS[name]
    given = {key: value for key, value in options.items() if value is not None}
    takes = made.options
    for key in given:
        if key not in takes:
            says = f"It takes {', '.join(f'--{k}' for k in takes)}." if takes else "It takes none."
            raise InputError(f"the format {name} has no such option.", where=f"--{key}", mend=says)
    for key, parameter in list(inspect.signature(made.load).parameters.items())[1:]:
        if parameter.default is inspect.Parameter.empty and key not in given:
            raise InputError(
                f"the format {name} needs it.",
                where=f"--{key}",
                mend="See docs/world-sources.md on what it holds.",
            )
    return made.load(Path(path), **given)
