"""What is asked of us, at the desk: listed for the agencies that have it, answered, assigned, declined; the buttons ask what the verbs ask."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast, filing
from tests.exchange.conftest import befriend
from tests.exchange.other_node import OtherNode
from tests.portal.conftest import signed_in, text

from lianqiao.cases.actions import intake, requests
from lianqiao.cases.models import Case
from lianqiao.exchange.models import Errand, ParcelOut
from lianqiao.record import followers, sequencer, time

pytestmark = pytest.mark.django_db
LIST = "/desk/errands"


def given(cast: Cast, number: int = 7, **changed: Any) -> Errand:
    """A sub-task that Chongqing has given to the centre."""
    content = {
        "text": "请核实停工情况。", "asked_on": time.today().isoformat(), "category": "fair-competition", "due_on": None,
        "agency": {"code": "cq-fie-centre", "zh": "重庆市投诉中心", "en": "Center of Chongqing"}, "limit": {"amount": 3, "unit": "working_days"},
    }  # fmt: skip
    row = {
        "kind": "task", "number": f"50-2026-{number:06}", "programme": "inward-complaint", "addressed": "sc-inward-centre",
        "agency": "sc-inward-centre", "content": content, "peer_id": "50",
    }  # fmt: skip
    told = row | changed
    return Errand.objects.create(id=uuid4(), dossier=uuid4(), request=1, folder=uuid4(), received_at=time.now(), **told)


def test_sub_task_is_accepted_told_and_reported_done(cast: Cast) -> None:
    befriend(OtherNode(), cast.root)
    errand = given(cast)
    page, he = f"{LIST}/{errand.pk}", signed_in(cast.he)
    assert "Received requests 1" in text(he.get("/desk/all"))
    assert "请核实停工情况。" in text(he.get(LIST))
    assert he.post(page, {"do": "progress", "text": "x"}).status_code == 409

    assert he.post(page, {"do": "accept"}).status_code == 302
    errand.refresh_from_db()
    shown = text(he.get(page))
    assert (f"Answer by {errand.due_on}" in shown, "Why this day" in shown, "Accept the sub-task" in shown) == (
        True,
        True,
        False,
    )
    file = SimpleUploadedFile("核实.txt", "停工属实".encode())
    for told in (
        {"do": "progress", "text": "已约谈。"},
        {"do": "attach", "file": file},
        {"do": "answer", "text": "停工属实。"},
    ):
        assert he.post(page, told).status_code == 302

    kinds = ParcelOut.objects.order_by("pk").values_list("kind", flat=True)
    assert (Errand.objects.get().state, [*kinds]) == ("done", ["task.reported"] * 3)
    assert b"".join(he.get(f"{page}/files/{errand.files.get().pk}")) == "停工属实".encode()
    over = text(he.get(page))
    assert ("What may be done" in over, "已约谈。" in over, "停工属实。" in over) == (False, True, True)
    assert "请核实停工情况。" not in text(he.get(LIST))
    assert "请核实停工情况。" in text(he.get(f"{LIST}?which=over"))


def test_consultation_is_assigned_then_declined_and_seen_by_its_agencies_alone(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **filing(cast)).case
    intake.accept(case, by=cast.wei)
    case = Case.objects.get(pk=case.pk)
    requests.consult(case, by=cast.he, agency=cast.city.code, question="有无规划依据？", reply_by="2099-12-31")
    while sequencer.place_pending() + followers.run("exchange"):
        pass
    page = f"{LIST}/{Errand.objects.get().pk}"
    city = signed_in(cast.chengdu)
    assert [signed_in(who).get(page).status_code for who in (cast.pu, cast.ren, cast.lin)] == [404, 404, 403]
    assert city.post(page, {"do": "assign", "agency": "cd-planning", "text": ""}).status_code == 422
    refused = city.post(page, {"do": "assign", "agency": "sc-market", "text": "属其职权"})
    assert (refused.status_code, "属其职权" in refused.content.decode()) == (422, True)
    assert Errand.objects.get().agency == cast.city.code
    assert city.post(page, {"do": "assign", "agency": "cd-planning", "text": "属其职权"}).status_code == 302

    pu = signed_in(cast.pu)
    shown = text(pu.get(page))
    assert ("Send the answer" in shown, "Assign to another agency" in shown) == (True, False)
    assert ("Send the answer" in text(city.get(page)), city.post(page, {"do": "answer", "text": "x"}).status_code) == (
        False,
        403,
    )
    assert pu.post(page, {"do": "decline", "text": "不属本局职权。"}).status_code == 302
    assert (Errand.objects.get().state, case.requests.get().state) == ("declined", "declined")


def test_list_asks_the_same_for_one_and_for_many_and_goes_on_by_due_day(cast: Cast) -> None:
    befriend(OtherNode(), cast.root)
    days = [time.today() + timedelta(days=number % 7) for number in range(53)]
    browser, counts = signed_in(cast.he), []
    for number, on in enumerate(days):
        given(cast, number, due_on=on if number % 9 else None)
        if number in (0, 49):
            with CaptureQueriesContext(connection) as asked:
                browser.get(LIST)
            counts.append(len(asked))
    first = browser.get(LIST)
    older = next(iter(first.context["table"].older.split("?", 1)[1:]))
    second = browser.get(f"{LIST}?{older}")
    shown = [row[1].href for answer in (first, second) for row in answer.context["table"].rows]

    assert (counts[0], counts[0] <= 12) == (counts[1], True)
    ordered = sorted(Errand.objects.all(), key=lambda one: (one.due_on is None, one.due_on or days[0], one.pk))
    assert shown == [f"{LIST}/{one.pk}" for one in ordered]
