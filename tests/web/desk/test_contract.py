"""What the desk says of itself is true: requests made from its own OpenAPI, and their answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from surtax.desk.app import make_app
from surtax.desk.settings import Settings

EXAMPLES = 6
HOST = {"host": "localhost"}
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
ROOMS = "^/api/(about|words|day|duty|entries)"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("desk")
    app = make_app(Settings(folder, patience=0.1))
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app, headers=HOST)
    return schema.include(path_regex=ROOMS)


def test_every_answer_is_as_described(api: Any) -> None:
    """A few requests of every address, right and wrong ones."""
    operations = [found.ok() for found in api.get_all_operations()]
    assert len(operations) >= 12
    for operation in operations:
        for mode in GenerationMode:

            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            def asked(case: Any) -> None:
                case.call_and_validate(checks=CHECKS, headers=HOST)

            try:
                asked()
            except Unsatisfiable:
                # An address without parameters has no wrong request.
                assert mode is GenerationMode.NEGATIVE, operation.label


CAR = {"goods": "8703.23.01", "value": "40000", "on": "2025-04-10"}
RIGHT: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/api/day", {"query": {"on": "2025-04-03", "known": "2025-03-28", "from": "CA"}}),
    ("GET", "/api/day/path", {"query": {"on": "2025-04-03", "into": "CA"}}),
    ("GET", "/api/duty/lines", {"query": {"start": "8703.23"}}),
    ("POST", "/api/duty", {"body": CAR | {"from": "CA", "claims": ["usmca"]}}),
    ("POST", "/api/duty", {"body": CAR | {"from": "JP", "facts": {"us_content": "0.1"}}}),
    ("POST", "/api/duty", {"body": CAR | {"goods": "2208.30.60.20", "from": "CA",
                                          "on": "2026-10-05"}}),
    ("POST", "/api/duty", {"body": CAR | {"goods": "2204.21.50", "from": "AU"}}),
    ("POST", "/api/duty/alternatives", {"body": CAR | {"origins": ["CA", "CN"], "on": [],
                                                       "prefer": True}}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "parts"), RIGHT)
def test_right_requests_are_answered_as_described(
    api: Any, method: str, path: str, parts: dict[str, Any]
) -> None:
    case = api[path][method].Case(media_type="application/json", **parts)
    answer = case.call_and_validate(checks=CHECKS, headers=HOST)
    assert answer.status_code == 200
