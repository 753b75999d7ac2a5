"""A meeting in the browser: typed with the keyboard, through a network that goes away and comes back, and without script; prepared, held and commented on
by a secretary at the desk, a guest with a telephone and the chair; the pictures of its life."""

from __future__ import annotations

import os
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.browser.conftest import NARROW, WIDE, Opens, counted, violations, wider_than_the_window
from tests.browser.pictures import take
from tests.cast import Cast, cast, node  # noqa: F401
from tests.meetings.conftest import planned, roundtable
from tests.portal.conftest import signed_in

from lianqiao.meetings import actions
from lianqiao.meetings.invitations import page_of
from lianqiao.meetings.models import Comment, Line, Meeting, Minutes, Paper, Seat
from lianqiao.record import time
from lianqiao.registry.models import Person

FOLDER = os.environ.get("SCREENSHOTS", "")
PUT_BACK = """
if (!sessionStorage.back) for (const [name, value] of Object.entries(kept)) localStorage.setItem(name, value);
sessionStorage.back = "once";
"""


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
    page.add_init_script(f"const kept = {kept};" + PUT_BACK)
    page.reload()  # as if the browser had been closed before it heard that they were saved: they are sent again
    page.locator(".queue .saved >> nth=1").wait_for()

    assert texts() == ["并联办理", "核实规划条件", "比对检验清单"]
    assert page.locator("#text").input_value() == "正在输入"
    page.locator("section tbody tr >> nth=2").wait_for()


@pytest.mark.django_db(transaction=True)
def test_line_is_typed_without_script(cast: Cast, open_page: Opens) -> None:  # noqa: F811
    page = opened(cast, open_page, script=False, width=NARROW)

    for said in ("并联办理", "核实规划条件"):
        page.locator("#text").fill(said)
        page.locator(".typed button").click()

    counted(page.locator("tbody tr"), 2)
    assert texts() == ["并联办理", "核实规划条件"]


def cookies_of(person: Person) -> dict[str, str]:
    return {name: one.value for name, one in signed_in(person).cookies.items()}


def sound(page: Any) -> None:
    """Nothing for axe to complain of, and nothing wider than the window."""
    assert (violations(page), wider_than_the_window(page)) == ([], 0)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
@pytest.mark.django_db(transaction=True)
def test_meeting_is_prepared_held_and_commented_on(cast: Cast, open_page: Opens, script: bool, tmp_path: Path) -> None:  # noqa: F811
    held = roundtable(cast)
    at = f"/meetings/{held.first.pk}"
    desk = open_page(at, cookies=cookies_of(cast.chengdu), language="en", script=script)

    def judged(page: Any) -> None:
        if script:
            sound(page)

    def pressed(page: Any, name: str) -> None:
        page.get_by_role("button", name=name, exact=True).first.click()
        page.wait_for_load_state("networkidle")

    desk.locator("#title").fill("施工许可")
    pressed(desk, "Put on the agenda")
    desk.get_by_text("Invite", exact=True).first.click()
    desk.locator("#invite-name").fill("某商会")
    pressed(desk, "Invite")
    (tmp_path / "汇报.txt").write_text("情况汇报", encoding="utf-8")
    desk.get_by_text("Papers of the agenda", exact=True).click()
    desk.locator("#paper-file").set_input_files(tmp_path / "汇报.txt")
    pressed(desk, "Add the paper")
    judged(desk)
    assert (Seat.objects.get().name, Paper.objects.get().name) == ("某商会", "汇报.txt")

    link = desk.get_by_role("link", name="Link of the invitation").get_attribute("href")
    guest = open_page(link, width=NARROW, language="zh-hans", script=script)
    judged(guest)
    with guest.expect_download() as taken:
        guest.get_by_role("link", name="汇报.txt").click()
    assert Path(taken.value.path()).read_text(encoding="utf-8") == "情况汇报"
    guest.get_by_text("由他人代为出席").click()
    guest.locator("#name").fill("陈女士")
    pressed(guest, "保存")
    assert str(Seat.objects.get()) == "某商会（陈女士）"

    desk.get_by_label("begins earlier, today").check()
    pressed(desk, "Open the meeting")
    desk.get_by_role("link", name="Attendance code for the wall").click()
    judged(desk)
    code = desk.locator(".wall").inner_text()
    guest.reload()
    guest.locator("#code").fill(code)
    judged(guest)
    pressed(guest, "我已到场")
    assert Seat.objects.get().came_at is not None

    desk.get_by_role("link", name="Run the meeting").first.click()
    pressed(desk, "Close the meeting")
    desk.goto(f"{at}/minutes")
    desk.locator("#text").fill("一、施工许可并联办理。")
    pressed(desk, "Keep this version")
    desk.get_by_text("Give it to the participants", exact=True).first.click()
    desk.locator("#circulated").fill("一、施工许可并联办理。")
    judged(desk)
    pressed(desk, "Give it to the participants")
    guest.goto(link)
    guest.locator("#text").fill("请写明完成时限。")
    judged(guest)
    pressed(guest, "提交")
    chair = open_page(f"{at}/minutes", cookies=cookies_of(cast.zhao), language="zh-hans", script=script)
    assert "请写明完成时限。" in chair.locator("blockquote").inner_text()
    judged(chair)
    pressed(chair, "确认纪要")

    assert (Comment.objects.get().seat, Meeting.objects.get().stage) == (Seat.objects.get(), "confirmed")
    assert Minutes.objects.get().confirmed_at is not None


def lived(cast: Cast) -> dict[str, str]:  # noqa: F811
    """A series with a meeting that was held and waits for its minutes, one in session, and one that is prepared; the pages by their names."""
    by, body = cast.chengdu, roundtable(cast).body
    series = actions.open_series(body, by=by, kind="roundtable", title="外资企业季度圆桌会议", field="licensing")
    first, second, third = (planned(cast, series, days) for days in (-20, 0, 20))

    def item(meeting: Meeting, title: str, *concerns: str) -> str:
        return str(
            actions.put_on_agenda(meeting, by=by, title=title, concerns=concerns, agency=cast.planning, minutes=30).pk
        )

    def concern(text: str, **more: Any) -> str:
        return str(actions.collect(series, by=by, text=text, **more).pk)

    permits = item(first, "施工许可分段办理", concern("施工许可分段办理，衔接时间长。", enterprise=cast.enterprise))
    schools = item(first, "外籍员工子女入学", concern("外籍员工子女入学手续多。", raised_by="外商投资企业协会"))
    guest = actions.invite(first, by=by, name="外商投资企业协会")
    seats = [
        guest,
        actions.invite(first, by=by, agency=cast.planning),
        actions.invite(first, by=by, enterprise=cast.enterprise),
    ]
    meeting = actions.open_meeting(first, by=by, presided_by=cast.zhao)
    for seat in seats:
        actions.attend(seat, by=by)
    for text, topic, who in (
        ("三个环节希望并联。", permits, "企业代表"),
        ("学位紧张的区可以统筹。", schools, "外商投资企业协会"),
    ):
        actions.say(meeting, by=by, key=uuid4(), text=text, topic=topic, speaker=who)
    lines = [
        actions.write_line(meeting, by=by, key=uuid4(), text=text, topic=topic)
        for text, topic in (
            ("规划核实与施工许可并联办理", permits),
            ("公布各区可统筹的学位", schools),
            ("一次告知所需材料", permits),
        )
    ]
    actions.settle(lines[2], by=by, enterprise=cast.enterprise, undertaken="规划部门当场提供材料清单。")
    actions.enter(
        lines[0], by=by, enterprise=cast.enterprise, supervisor=cast.su, due_on=time.today() + timedelta(days=30), measure="三十日内出台并联办理规程",
        agency=cast.planning,
    )  # fmt: skip
    actions.enter(
        lines[1], by=by, enterprise=cast.enterprise, due_on=time.today() + timedelta(days=5), measure="公布学位"
    )
    minutes = actions.draft(
        actions.close(meeting, by=by),
        by=by,
        text="一、规划核实与施工许可并联办理，三十日内完成。\n二、公布各区可统筹的学位。",
    )
    actions.circulate(minutes, by=by, text="一、规划核实与施工许可并联办理，三十日内完成。\n二、公布各区可统筹的学位。")
    actions.comment_by_code(page_of(guest.pk).rpartition("/")[2], text="第二项请写明公布渠道。")
    customs = item(second, "通关便利", concern("进口设备通关时间不稳定。", raised_by="某商会"))
    present = [actions.invite(second, by=by, name="某商会"), actions.invite(second, by=by, agency=cast.market)]
    actions.open_meeting(second, by=by, presided_by=cast.zhao)
    actions.attend(present[0], by=by)
    actions.say(second, by=by, key=uuid4(), text="旺季等待三天以上。", topic=customs, speaker="某商会")
    actions.write_line(second, by=by, key=uuid4(), text="公布通关时限并按月通报", topic=customs)
    for text in ("用地预审材料重复提交。", "用地预审材料反复提交。"):
        concern(text, raised_by="某商会")
    land = actions.put_on_agenda(
        third,
        by=by,
        title="用地预审",
        agency=cast.planning,
        concerns=[concern("用地预审时间长。", enterprise=cast.enterprise)],
    )
    actions.add_paper(land, by=by, name="用地预审情况.txt", chunks=["情况".encode()])
    invited = actions.invite(third, by=by, name="某商会")
    away = actions.invite(third, by=by, agency=cast.market)
    actions.answer(away, by=by, coming=False, reason="另有会议")
    return {
        "series": f"/meetings/series/{series.pk}", "agenda": f"/meetings/{third.pk}", "run": f"/meetings/{second.pk}/run",
        "lines": f"/meetings/{first.pk}/lines", "minutes": f"/meetings/{first.pk}/minutes", "figures": f"/meetings/{first.pk}/figures",
        "coverage": "/meetings/coverage", "list": "/meetings", "invitation": page_of(invited.pk), "comment": f"{page_of(guest.pk)}/minutes",
    }  # fmt: skip


PUBLIC = ("invitation", "comment")
ON_THE_TELEPHONE = (*PUBLIC, "run", "agenda")


@pytest.mark.skipif(not FOLDER, reason="run by `make screenshots`")
@pytest.mark.django_db(transaction=True)
def test_pictures_of_meetings_are_taken(cast: Cast, open_page: Opens) -> None:  # noqa: F811
    pages = lived(cast)
    for width, language in product((WIDE, NARROW), ("zh-hans", "en")):
        desk = open_page("/", width=width, language=language, cookies=cookies_of(cast.chengdu))
        anybody = open_page("/", width=width, language=language)
        for name, path in pages.items():
            if (width == NARROW and name in ON_THE_TELEPHONE) or (width == WIDE and name not in PUBLIC):
                page = anybody if name in PUBLIC else desk
                page.goto(path)
                page.wait_for_load_state("networkidle")
                take(page, Path(FOLDER) / f"meeting-{name}-{width}-{language[:2]}")
