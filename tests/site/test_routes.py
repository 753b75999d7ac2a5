"""Whatever the address and whoever asks: nobody reads what is not for them. Each fault for which the table is there is planted once."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import clear_url_caches, path
from tests.cast import Cast, cast, node  # noqa: F401
from tests.site import planted
from tests.site.routes import Knocking, Route, Table, routes, undeclared

from lianqiao.site import urls

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def knocking(cast: Cast) -> Knocking:  # noqa: F811
    return Knocking(cast, planted.plant(cast))


def test_every_route_is_closed_to_whom_it_does_not_concern(knocking: Knocking) -> None:
    assert undeclared(knocking.planted) == []
    assert knocking.letters().wrong == []
    assert knocking.some(routes()).wrong == []


@pytest.fixture
def added() -> Iterator[list[object]]:
    """Addresses that somebody adds."""
    before = len(urls.urlpatterns)
    yield urls.urlpatterns
    del urls.urlpatterns[before:]
    clear_url_caches()


def shown(_request: HttpRequest, **_parts: object) -> HttpResponse:
    return HttpResponse("nothing")


@login_required
def leaking(_request: HttpRequest) -> HttpResponse:
    named = "attachment; filename*=UTF-8''%E9%94%A6%E6%B1%9F%E7%A7%98%E5%90%8D.txt"
    return HttpResponse("nothing", headers={"Content-Disposition": named})


@login_required
def admitting(_request: HttpRequest, number: str) -> HttpResponse:
    return HttpResponse("no such case", status=404 if number.endswith("987654") else 403)


def test_planted_faults_are_found(knocking: Knocking, added: list[object]) -> None:
    """An address with an object that the table does not know, one that is open, a name in a file name, and a hidden case that is known by the answer."""
    added += [
        path("rumours/of/<uuid:rumour>", shown), path("rumours", shown), path("rumours/file", leaking), path("rumours/<str:number>", admitting),
    ]  # fmt: skip
    clear_url_caches()

    def wrong(pattern: str, *roles: str) -> list[str]:
        knocking.table = Table()
        return knocking.all([Route(pattern, ("GET",))], roles).wrong

    number = knocking.planted.secret["number"]
    assert undeclared(knocking.planted) == ["rumours/of/<uuid:rumour>"]
    assert wrong("rumours", "") == ["GET /rumours by nobody: 200: is not shut"]
    assert wrong("rumours/file", "", "ren", "lin") == ["GET /rumours/file by ren: 200 tells ['锦江秘名']"]
    assert knocking.table.read == {"text/html": 1}
    assert wrong("rumours/<str:number>", "gao") == [
        f"GET /rumours/{number} by gao: 403, but 404 for what does not exist"
    ]
