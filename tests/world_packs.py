"""Copies of an embedded world that a test may spoil."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import yaml

from surtax.world.load import folder_of
from surtax.world.sources.tables import sha256


def copy_of(name: str, folder: Path) -> Path:
    shutil.copytree(folder_of(name), folder)
    return folder


def edit_manifest(folder: Path, change: Callable[[dict], None]) -> Path:
    path = folder / "manifest.yaml"
    raw = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    change(raw)
    path.write_text(yaml.safe_dump(raw, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return folder


def list_table(folder: Path, name: str, file: str) -> Path:
    """List a table in the manifest with the hash and rows that it has now."""
    path = folder / file
    frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path)
    entry = {"file": file, "sha256": sha256(path), "rows": str(frame.height), "unit": ""}
    return edit_manifest(folder, lambda raw: raw["tables"].update({name: entry}))


def edit_table(folder: Path, name: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Path:
    """Change a table, written as CSV, and list it again."""
    raw = yaml.load((folder / "manifest.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)
    path = folder / raw["tables"][name]["file"]
    frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path)
    change(frame).write_csv(folder / f"{name}.csv")
    return list_table(folder, name, f"{name}.csv")
