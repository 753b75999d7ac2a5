"""A meeting is run in the browser: typed with the keyboard, through a network that goes away and comes back, and without script."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import NARROW, Opens
from tests.browser.pictures import take
from tests.cast import Cast, cast, node  # noqa: F401
from tests.meetings.conftest import roundtable
from tests.portal.conftest import signed_in

from lianqiao.meetings import actions
from lianqiao.meetings.models import Line

FOLDER = os.environ.get("SCREENSHOTS", "")


def opened(cast: Cast, open_page: Opens, **how: Any) -> Any:  # noqa: F811
    held = roundtable(cast)
    actions.put_on_agenda(held.first, by=cast.chengdu, title="施工许可", agency=cast.planning)
    actions.invite(held.first, by=cast.chengdu, enterprise=cast.enterprise)
    actions.open_meeting(held.first, by=cast.chengdu, presided_by=cast.zhao)
    cookies = {name: one.value for name, one in signed_in(cast.chengdu).cookies.items()}
    return open_page(f"/meetings/{held.first.pk}/run", cookies=cookies, **how)


def texts() -> list[str]:
    return list(Line.objects.order_by("number").values_list("text", flat=True))


@pytest.mark.django_db(transaction=True)
def test_what_is_typed_outlives_a_network_that_goes_away(cast: Cast, open_page: Opens) -> None:  # noqa: F811
    page = opened(cast, open_page)
    page.keyboard.type("并联办理")  # the field has the focus
    page.keyboard.press("Enter")
    page.locator(".queue .saved").wait_for()

    page.context.set_offline(True)
    for said in ("核实规划条件", "比对检验清单"):
        page.keyboard.type(said)
        page.keyboard.press("Enter")
    page.keyboard.type("正在输入")
    page.locator(".queue .waits >> nth=1").wait_for()
    assert texts() == ["并联办理"]
    kept = page.evaluate("JSON.stringify(localStorage)")
    page.context.set_offline(False)
    page.locator(".queue .saved >> nth=2").wait_for()
    page.evaluate(
        "kept => Object.entries(JSON.parse(kept)).forEach(([name, value]) => localStorage.setItem(name, value))", kept
    )
    page.reload()  # as if the browser had been closed before it heard that they were saved: they are sent again
    page.locator(".queue .saved >> nth=1").wait_for()

    assert texts() == ["并联办理", "核实规划条件", "比对检验清单"]
    assert page.locator("#text").input_value() == "正在输入"
    page.locator("section tbody tr >> nth=2").wait_for()
    if FOLDER:
        take(page, Path(FOLDER) / "meeting-run-zh")


@pytest.mark.django_db(transaction=True)
def test_line_is_typed_without_script(cast: Cast, open_page: Opens) -> None:  # noqa: F811
    page = opened(cast, open_page, script=False, width=NARROW)

    for said in ("并联办理", "核实规划条件"):
        page.locator("#text").fill(said)
        page.locator(".typed button").click()

    assert texts() == ["并联办理", "核实规划条件"]
    assert page.locator("tbody tr").count() == 2
