"""Worlds by name: the embedded ones, or a folder of our own interchange."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from surtax.errors import DataError, unknown
from surtax.world.sources.manifest import FILE, Manifest, read_manifest
from surtax.world.sources.pack import read_pack
from surtax.world.world import World


def available() -> list[str]:
    """Names of the embedded worlds."""
    return sorted(p.name for p in _embedded().iterdir() if (p / FILE).is_file())


def load(name: str | Path) -> World:
    """A world by its embedded name or the path of its folder.

    Raises:
        UnknownNameError: neither an embedded world nor a folder; names the nearest.
        DataError: a file of the pack is missing, altered or of another layout.
        WorldError: the world does not balance.
    """
    return read_pack(folder_of(name))


def describe(name: str | Path) -> Manifest:
    """The manifest of a world, without its numbers."""
    return read_manifest(folder_of(name))


def folder_of(name: str | Path) -> Path:
    """The folder of a world: the embedded one of that name, or the path given."""
    if isinstance(name, str) and name in available():
        return _embedded() / name
    path = Path(name)
    if path.is_dir():
        return path
    if isinstance(name, Path) or len(path.parts) > 1:
        raise DataError("there is no such folder.", where=str(path), mend="Check the path.")
    raise unknown("world", str(name), available())


def _embedded() -> Path:
    return Path(str(files("surtax.world"))) / "data"
