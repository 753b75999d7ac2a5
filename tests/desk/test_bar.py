"""Where the bar of a page leads: at the desk to its rooms, elsewhere to what everybody may do; and the same on a page that says no."""

from __future__ import annotations

import pytest
from tests.cast import Cast
from tests.portal.conftest import signed_in

from lianqiao.site.look import bar

pytestmark = pytest.mark.django_db
AT_THE_DESK = ["/desk", "/ledgers", "/meetings", "/desk/registry", "/guide"]
FOR_EVERYBODY = ["/file", "/cases", "/guide", "/status"]


@pytest.mark.parametrize(
    ("path", "leads", "here"),
    [
        ("/desk/accept", AT_THE_DESK, ["/desk"]),
        ("/desk/registry/people", AT_THE_DESK, ["/desk/registry"]),
        ("/ledgers", AT_THE_DESK, ["/ledgers"]),
        ("/meetings/coverage", AT_THE_DESK, ["/meetings"]),
        ("/meetings/published", FOR_EVERYBODY, []),
        ("/meetings/invitation/x", FOR_EVERYBODY, []),
        ("/deskwork", FOR_EVERYBODY, []),
        ("/guide/fie-complaint", FOR_EVERYBODY, ["/guide"]),
        ("/", FOR_EVERYBODY, []),
    ],
)
def test_bar_leads_to_the_rooms_of_who_reads(path: str, leads: list[str], here: list[str]) -> None:
    shown = bar(path)

    assert ([address for _label, address, _here in shown], [address for _label, address, now in shown if now]) == (
        leads,
        here,
    )


@pytest.mark.parametrize(("path", "status"), [("/desk/registry/deeds", 403), ("/desk/cases/51-2026-999999", 404)])
def test_page_that_says_no_keeps_the_bar_and_who_is_signed_in(cast: Cast, path: str, status: int) -> None:
    answer = signed_in(cast.wei).get(path)

    page = answer.content.decode()
    assert answer.status_code == status
    assert [page.count(f'<a href="{one}"') for one in ("/ledgers", "/start", "/account")] == [1, 1, 1]
    assert page.count('<a class="button second" href="/start"') == 1
