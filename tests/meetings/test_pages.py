"""The pages of meetings: what is typed is saved once, without and with the script; rows add no questions; the invitation link needs no account."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests.cast import Cast, filing
from tests.meetings.conftest import Round
from tests.pages import MOST, asked_by, fifty
from tests.portal.conftest import signed_in, text

from lianqiao.cases.actions import intake
from lianqiao.meetings import actions
from lianqiao.meetings.invitations import code_of
from lianqiao.meetings.models import Line, Meeting, Seat
from lianqiao.record import time

pytestmark = pytest.mark.django_db


def test_meeting_is_run_with_forms_alone(cast: Cast, round_: Round) -> None:
    page, at = signed_in(cast.chengdu), f"/meetings/{round_.first.pk}"
    page.post(
        f"/meetings/series/{round_.series.pk}/collect", {"text": "施工许可慢", "enterprise": cast.enterprise.uscc}
    )
    concern = str(round_.series.concerns.get().pk)
    page.post(
        f"{at}/do/put-on-agenda", {"title": "施工许可", "concern": concern, "agency": "cd-planning", "minutes": "20"}
    )
    early = page.post(f"{at}/do/open", {}, follow=True)
    assert (Meeting.objects.get(pk=round_.first.pk).stage, "Say that it begins earlier" in text(early)) == (
        "planned",
        True,
    )
    page.post(f"{at}/do/open", {"early": "1"})
    topic, key = str(round_.first.topics.get().pk), str(uuid4())

    for _n in range(2):
        page.post(f"{at}/write", {"what": "line", "text": "并联办理", "topic": topic, "key": key, "speaker": ""})
    again = page.post(
        f"{at}/write",
        {"what": "line", "text": "并联办理", "topic": topic, "key": key},
        headers={"Accept": "application/json"},
    )
    page.post(f"{at}/do/settle", {"line": "1", "undertaken": "即日起并联办理。"})
    page.post(f"{at}/do/close", {})
    late = page.post(
        f"{at}/write", {"what": "line", "text": "迟到", "key": str(uuid4())}, headers={"Accept": "application/json"}
    )
    shown = page.post(f"{at}/write", {"what": "say", "text": "这句话不能丢", "key": str(uuid4())})
    page.post(f"{at}/do/draft", {"text": "纪要"})
    signed_in(cast.zhao).post(f"{at}/do/confirm", {"version": "1"})
    page.post(f"{at}/do/publish", {"text": "公开的纪要"})

    line = Line.objects.get()
    assert (again.json(), line.undertaken, line.case and line.case.ground) == (
        {"saved": key, "number": 1},
        "即日起并联办理。",
        "on-the-spot",
    )
    assert (late.status_code, late.json()["code"]) == (409, "not-in-session")
    assert (shown.status_code, "这句话不能丢" in text(shown)) == (409, True)
    assert "公开的纪要" in text(Client().get(f"/meetings/published/{round_.first.pk}"))
    assert Client().get(f"/meetings/{round_.first.pk}").status_code == 302
    assert signed_in(cast.wei).get(at).status_code == 404


@pytest.mark.once
def test_invitation_link_needs_no_account(cast: Cast, round_: Round) -> None:
    code = code_of(actions.invite(round_.first, by=cast.chengdu, name="某商会").pk)
    guest, at = Client(), f"/meetings/invitation/{code}"

    guest.post(at, {"do": "answer", "coming": "1"})
    empty = guest.post(at, {"do": "concern", "text": " "})
    guest.post(at, {"do": "concern", "text": "希望简化通关。", "raised_by": "陈女士"})

    assert (empty.status_code, Seat.objects.get().answer) == (422, "coming")
    assert [(one.text, one.raised_by) for one in round_.series.concerns.all()] == [("希望简化通关。", "某商会 陈女士")]
    assert b"BEGIN:VEVENT" in guest.get(f"{at}/meeting.ics").content
    assert Client().get("/meetings/invitation/guess").status_code == 404


@pytest.mark.once
def test_concern_of_a_case_leads_to_it_for_whoever_sees_it(cast: Cast, round_: Round) -> None:
    case = intake.file(by=cast.lin, **filing(cast, agency="cd-inward-centre")).case
    actions.collect_case(round_.series, by=cast.chengdu, number=case.number)
    link = f"/desk/cases/{case.number}"

    assert link in signed_in(cast.chengdu).get(f"/meetings/series/{round_.series.pk}").content.decode()
    assert link not in signed_in(cast.pu).get(f"/meetings/series/{round_.series.pk}").content.decode()


@pytest.mark.once
def test_rows_add_no_questions(cast: Cast, round_: Round) -> None:
    held = actions.open_meeting(round_.first, by=cast.chengdu, presided_by=cast.zhao)
    topic = actions.put_on_agenda(held, by=cast.chengdu, title="一")
    seat = actions.invite(held, by=cast.chengdu, enterprise=cast.enterprise)
    actions.attend(seat, by=cast.chengdu)
    said = actions.say(held, by=cast.chengdu, key=uuid4(), text="一", topic=str(topic.pk))
    line = actions.write_line(held, by=cast.chengdu, key=uuid4(), text="一", topic=str(topic.pk))
    line = actions.enter(line, by=cast.chengdu, enterprise=cast.enterprise, supervisor=cast.su, agency=cast.planning)
    concern = actions.collect(round_.series, by=cast.chengdu, text="一", enterprise=cast.enterprise)
    browser = signed_in(cast.chengdu)
    pages = [f"/meetings/{held.pk}{end}" for end in ("", "/run", "/lines", "/lines/1", "/minutes", "/figures")]
    series = f"/meetings/series/{round_.series.pk}"
    today = time.today()
    task = actions.set_task(
        round_.body, by=cast.chengdu, year=today.year, text="一", due_on=today, agency=cast.planning
    )
    pages.append(f"/meetings/bodies/{round_.body.pk}")
    pages += ["/meetings", "/meetings/coverage", series, f"{series}/figures", "/ledgers/roundtable"]
    few = {page: asked_by(lambda page=page: browser.get(page)) for page in pages}  # type: ignore[misc]

    own: dict[str, Any] = {"id": lambda _n: uuid4(), "key": lambda _n: uuid4()}
    fifty(line, **own, number=lambda n: 1 + n)
    fifty(said, **own)
    fifty(task, id=lambda _n: uuid4(), number=lambda n: 1 + n)
    fifty(topic, id=lambda _n: uuid4(), place=lambda n: 1 + n)
    fifty(seat, id=lambda _n: uuid4())
    fifty(concern, id=lambda _n: uuid4())
    fifty(Meeting.objects.get(pk=held.pk), id=lambda _n: uuid4(), number=lambda n: 1 + n, stage=lambda _n: "closed")
    Meeting.objects.filter(pk=held.pk).update(stage="closed")
    assert asked_by(lambda: browser.get(f"/meetings/{held.pk}/minutes")) <= MOST
    Meeting.objects.filter(pk=held.pk).update(stage="open")
    many = {page: asked_by(lambda page=page: browser.get(page)) for page in pages}  # type: ignore[misc]

    assert many == few


def test_meeting_that_is_planned_says_where_it_is_opened(cast: Cast, round_: Round) -> None:
    page = text(signed_in(cast.chengdu).get(f"/meetings/{round_.first.pk}/run"))

    assert (page.count("has not been opened yet"), page.count("what was taken down")) == (1, 0)
