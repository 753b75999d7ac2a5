"""The desk in a browser: keys in a list, and a case accepted in place without leaving its page."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from tests.browser.conftest import NARROW, WIDE, Opens
from tests.browser.pictures import take
from tests.cast import Cast, cast, confidential, filing, node  # noqa: F401
from tests.portal.conftest import signed_in

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case
from lianqiao.record import time

FOLDER = os.environ.get("SCREENSHOTS", "")


@pytest.fixture
def cookies(cast: Cast) -> dict[str, str]:  # noqa: F811
    """An intake officer's browser, and cases in work."""
    cases = [intake.file(by=cast.lin, **filing(cast)).case for _number in range(6)]
    cases.append(intake.file(by=cast.lin, **confidential(cast)).case)
    for case in cases[2:5]:
        ACTIONS["accept"](case, by=cast.wei)
    ACTIONS["supervise"](cases[3], by=cast.su, text="请尽快办理并答复。", answer_by=time.today() + timedelta(days=3))
    ACTIONS["engage"](cases[3], by=cast.zhao, agency="cd-planning", task="请核查用地手续。", amount=5)
    ACTIONS["note"](cases[3], by=cast.he, text="已调取招标文件。", shared=True)
    return {name: morsel.value for name, morsel in signed_in(cast.wei).cookies.items()}


def pages() -> dict[str, str]:
    numbers = [case.number for case in Case.objects.order_by("pk")]
    return {
        "desk-accept": "/desk/accept",
        "desk-all": "/desk/all?scope=all",
        "desk-case": f"/desk/cases/{numbers[3]}",
        "desk-refuse": f"/desk/cases/{numbers[0]}/refuse",
        "desk-why-not": f"/desk/cases/{numbers[0]}/why-not",
        "desk-offers": "/desk/offers",
        "desk-questions": "/desk/questions",
    }


@pytest.mark.skipif(not FOLDER, reason="run by `make screenshots`")
@pytest.mark.django_db(transaction=True)
def test_pictures_of_the_desk_are_taken(cookies: dict[str, str], open_page: Opens) -> None:
    for width, language, theme, tail in ((WIDE, "zh-hans", "light", "zh"), (NARROW, "en", "dark", "en")):
        page = open_page("/", width=width, language=language, theme=theme, cookies=cookies)
        for name, path in pages().items():
            page.goto(path)
            page.wait_for_load_state("networkidle")
            take(page, Path(FOLDER) / f"{name}-{tail}")


@pytest.mark.django_db(transaction=True)
def test_case_is_opened_by_key_and_accepted_in_place(cookies: dict[str, str], open_page: Opens) -> None:
    page = open_page("/desk/accept", cookies=cookies)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/cases/**")
    number = page.url.rsplit("/", 1)[1]
    page.get_by_role("link", name="受理", exact=True).click()
    page.locator("#form button.button").click()
    page.wait_for_load_state("networkidle")

    assert (number, Case.objects.get(pk=int(number.rsplit("-", 1)[1])).state) == (
        Case.objects.order_by("pk")[1].number,
        "accepted",
    )
    assert page.locator(".badge").first.inner_text() == "已受理"
