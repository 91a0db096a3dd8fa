"""Files are written whole or not at all, whatever stops the writing."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from surtax.whole import whole, write


@pytest.mark.parametrize(
    "stop", [KeyboardInterrupt(), OSError(errno.EIO, "bad disk"), ValueError()]
)
def test_what_stops_half_way_leaves_what_was_there(tmp_path: Path, stop: BaseException) -> None:
    path = tmp_path / "rows.csv"
    write(path, b"old\n")

    def begin() -> None:
        with whole(path) as temporary:
            temporary.write_bytes(b"ne")
            raise stop

    with pytest.raises(type(stop)):
        begin()
    assert path.read_bytes() == b"old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_that_bears_no_number_is_told_as_one(tmp_path: Path) -> None:
    """Polars tells it in words alone: “No space left on device (os error 28)”."""
    path = tmp_path / "rows.parquet"

    def begin() -> None:
        with whole(path):
            raise RuntimeError("No space left on device (os error 28): rows.parquet.tmp")

    with pytest.raises(OSError, match="No space left") as told:
        begin()
    assert (told.value.errno, told.value.filename) == (errno.ENOSPC, str(path))
    assert not list(tmp_path.iterdir())
