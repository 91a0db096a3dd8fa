"""The manifest of a pack: its tables and axes, money, sources and known faults.

YAML is read with every scalar as a string and typed by these structures, so that a region
called ``NO`` stays a name and a hash made of digits stays a hash.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from surtax.errors import DataError, LedgerError
from surtax.ledger.text import read_yaml

LAYOUT: Literal["surtax-world/1"] = "surtax-world/1"
FILE = "manifest.yaml"

Sharing = Literal["by benchmark final spending", "as stated"]


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the pack: its name, SHA-256 in hexadecimal, number of rows and unit."""

    file: str
    sha256: str
    rows: int
    unit: str = ""


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A region, the treasury that collects its duties, and its stated share of them if any."""

    name: str
    title: str
    treasury: str
    share: float | None = None


class Sector(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sector; ``goods`` says whether a customs duty can reach it."""

    name: str
    title: str
    goods: bool


class CustomsRatio(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Basic value per customs value of goods from ``origin`` into ``destination``.

    Either end is a region, a treasury (all its regions) or ``*`` (every region).
    """

    origin: str
    destination: str
    ratio: float
    reason: str = ""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything about a pack except its numbers; axes are in the order given here."""

    layout: Literal["surtax-world/1"]
    name: str
    title: str
    currency: str
    basis: str
    regions: tuple[Region, ...]
    sectors: tuple[Sector, ...]
    tables: dict[str, Table]
    provisional: bool = False
    years: dict[str, str] = {}
    sharing: Sharing = "by benchmark final spending"
    elasticities: str = ""
    customs_to_basic: tuple[CustomsRatio, ...] = ()
    sources: tuple[str, ...] = ()
    estimated: tuple[str, ...] = ()
    known_faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    made_by: str = ""
    made_from: dict[str, str] = {}

    @property
    def region_names(self) -> tuple[str, ...]:
        """Names of the regions, in axis order."""
        return tuple(r.name for r in self.regions)

    @property
    def sector_names(self) -> tuple[str, ...]:
        """Names of the sectors, in axis order."""
        return tuple(s.name for s in self.sectors)

    def members(self, name: str) -> tuple[int, ...]:
        """Indices of the regions that a name means: itself, or all regions of a treasury."""
        if name in self.region_names:
            return (self.region_names.index(name),)
        return tuple(i for i, r in enumerate(self.regions) if r.treasury == name)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder.

    Raises:
        DataError: the folder or the file is missing, is not YAML, or does not follow the layout;
            the place names the line.
    """
    path = folder / FILE
    if not folder.is_dir():
        raise DataError("there is no such folder.", where=str(folder), mend="Check the path.")
    if not path.is_file():
        raise DataError(
            f"the folder has no {FILE}.", where=str(folder), mend="Is it a folder of a world?"
        )
    state = path.stat()
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=32)
def _read(path: Path, changed: int, size: int) -> Manifest:
    """A manifest as it stood when the file was last changed; read once."""
    try:
        made = read_yaml(path, Manifest)
    except LedgerError as error:
        raise DataError(error.what, where=error.where, mend=error.mend) from None
    _no_doubles("region", made.region_names, path)
    _no_doubles("sector", made.sector_names, path)
    return made


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write the manifest as YAML into a folder; the same manifest gives the same bytes."""
    import yaml

    blank = msgspec.to_builtins(manifest)
    text = yaml.safe_dump(blank, sort_keys=False, allow_unicode=True, width=100)
    (folder / FILE).write_text(text, encoding="utf-8", newline="\n")


def _no_doubles(kind: str, names: tuple[str, ...], path: Path) -> None:
    for position, name in enumerate(names):
        if name in names[:position]:
            raise DataError(
                f"{kind} “{name}” is listed twice.", where=str(path), mend="Keep one of them."
            )
