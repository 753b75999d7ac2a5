"""What a machine sends to every operation, right and wrong: the answers are those that the document declares. (More of it: `make prove`.)"""

from typing import Any

import pytest
from django.http import HttpResponse
from tests.cast import Cast
from tests.site import planted
from tests.site.fuzz import Fuzz, one_connection

from lianqiao.site.api import api, document

pytestmark = pytest.mark.once

DOCUMENT = document.described(api)
ROLES = ("wei", "lin", "root", "ren", "", "he", "security", "zhao", "stranger", "audit", "gao")


@pytest.fixture
def fuzz(cast: Cast) -> Fuzz:
    return Fuzz(cast, planted.plant(cast))


def test_answers_are_those_declared(fuzz: Fuzz, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each operation by one role in turn; then two faults are planted, and found."""
    found = fuzz.some(ROLES)

    assert found.wrong == []
    assert found.counts["sent"] >= found.counts["operations"] > 200
    for path, fault in (("/areas", fails), ("/node", wanders)):
        monkeypatch.setattr(operation_at(path), "view_func", fault)
    with one_connection():
        for one in fuzz.operations:
            if one.path in ("/api/v1/areas", "/api/v1/node"):
                fuzz.draw(one, "", 1)
    failed, undeclared = (line.partition(" to curl")[0].partition(": Undocumented")[0] for line in found.wrong)
    assert (failed, undeclared) == (
        "GET /api/v1/areas by nobody: 500",
        "GET /api/v1/node by nobody: 202 is not declared",
    )


def operation_at(path: str) -> Any:
    views = {bound: view for router in api._get_bound_routers() for bound, view in router.path_operations.items()}
    return views[path].operations[0]


def fails(_request: object, **_told: object) -> object:
    raise RuntimeError("planted")


def wanders(_request: object, **_told: object) -> HttpResponse:
    return HttpResponse(b"{}", status=202, content_type="application/json")


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
