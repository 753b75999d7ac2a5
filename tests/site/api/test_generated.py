"""What a machine sends to every reading operation, right and wrong: the answers are those that the document declares."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.cast import Cast, filing
from tests.site.api.conftest import Caller

from lianqiao.site.api import api, document
from lianqiao.site.wsgi import application

pytestmark = pytest.mark.once

DOCUMENT = document.described(api)
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
READING = [operation.ok() for operation in SCHEMA.get_all_operations() if operation.ok().method == "get"]


def generated(examples: int) -> Any:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def one_connection() -> Iterator[None]:
    """The test's transaction lives in one connection, which the end of a request would close."""
    both = (signals.request_started, signals.request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in both:
            signal.connect(close_old_connections)


@pytest.mark.parametrize("examples", [2, pytest.param(8, marks=pytest.mark.proof)])
def test_answers_are_those_declared(call: Caller, cast: Cast, examples: int) -> None:
    number = call.post("cases", "lin", filing(cast)).json()["number"]
    headers = {"Authorization": f"Bearer {cast.token('wei')}"}
    checks = [status_code_conformance, content_type_conformance, response_schema_conformance]

    def send(case: Any) -> None:
        if "number" in (case.path_parameters or {}) and len(case.path_parameters["number"]) % 2:
            case.path_parameters["number"] = number
        answer = case.call(headers=headers, app=application)
        assert answer.status_code < 500, answer.text
        case.validate_response(answer, checks=checks)

    with one_connection():
        for operation in READING:
            operation.schema.app = application
            generated(examples)(given(case=operation.as_strategy())(send))()


def test_models_of_the_document_have_names_of_their_own() -> None:
    """Two models of one name would overwrite one another in the document."""
    named: dict[str, set[type]] = {}
    for bound in api._get_bound_routers():
        for view in bound.path_operations.values():
            for operation in view.operations:
                models = [*operation.models, *operation.response_models.values()]
                for model in models:
                    collect(model, named)

    assert {name: len(models) for name, models in named.items() if len(models) > 1} == {}


def collect(model: Any, named: dict[str, set[type]]) -> None:
    for field in getattr(model, "model_fields", {}).values():
        for inner in kinds(field.annotation):
            if inner not in named.get(inner.__name__, set()):
                named.setdefault(inner.__name__, set()).add(inner)
                collect(inner, named)


def kinds(annotation: Any) -> list[type]:
    if hasattr(annotation, "model_fields"):
        return [annotation]
    return [kind for argument in getattr(annotation, "__args__", ()) for kind in kinds(argument)]


def test_every_subject_has_a_chapter_of_the_page() -> None:
    tags = {operation["tags"][0] for methods in DOCUMENT["paths"].values() for operation in methods.values()}

    assert tags == set(document.SUBJECTS)
