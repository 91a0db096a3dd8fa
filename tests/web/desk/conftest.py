"""One desk and one browser for all tests that look at pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from web.desk import browser as _browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a desk."""
    if _browser.missing():
        pytest.skip(_browser.missing())
    with _browser.served(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser."""
    if _browser.missing():
        pytest.skip(_browser.missing())
    with _browser.launched() as found:
        yield found


@pytest.fixture
def visit(chromium: Any, address: str) -> Iterator[_browser.Visit]:
    """A page on which nothing may go wrong."""
    found = _browser.Visit(chromium, address)
    yield found
    found.close()
    assert found.wrong == []
