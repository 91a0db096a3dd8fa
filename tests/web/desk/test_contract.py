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

EXAMPLES = 10
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
    """A dozen requests of every address, right and wrong ones."""
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
