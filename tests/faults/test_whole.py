"""Files are written whole or not at all, whatever stops the writing."""

from __future__ import annotations

import errno
import os
import re
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


@pytest.mark.parametrize(
    ("error", "number"),
    [
        (RuntimeError("No space left on device (os error 28): rows.parquet.tmp"), errno.ENOSPC),
        (RuntimeError("underlying IO error: File too large (os error 27)"), errno.EFBIG),
        (RuntimeError("parquet: Invalid thrift: transport error"), errno.ENOSPC),
        (OSError("No space left on device (os error 28)"), errno.ENOSPC),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), errno.EDQUOT),
    ],
)
def test_a_full_disk_is_told_with_its_number_and_the_file(
    tmp_path: Path, error: Exception, number: int
) -> None:
    """Polars tells it in words alone, as here quoted."""
    path = tmp_path / "rows.parquet"

    def begin() -> None:
        with whole(path):
            raise error

    with pytest.raises(OSError, match=re.escape(os.strerror(number))) as told:
        begin()
    assert (told.value.errno, told.value.filename) == (number, str(path))
    assert not list(tmp_path.iterdir())
