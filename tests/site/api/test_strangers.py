"""Every operation of the document, tried by nobody, by a stranger, and by the people of the agency complained of."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.batches.conftest import row
from tests.cast import SECRET_WORDS, Cast, confidential
from tests.site.api.conftest import Caller

from lianqiao.hotline.models import Ticket
from lianqiao.jobs import work
from lianqiao.meetings import actions as meetings
from lianqiao.meetings.models import Meeting
from lianqiao.notices.models import Document
from lianqiao.record import followers, sequencer, time
from lianqiao.site.api import api, document

pytestmark = pytest.mark.once

FOR_EVERYBODY = {
    "/api/v1/node", "/api/v1/log/checkpoint", "/api/v1/log/inclusion", "/api/v1/log/consistency", "/api/v1/regimes",
    "/api/v1/regimes/{regime}", "/api/v1/regimes/{regime}/aloud", "/api/v1/regimes/{regime}/compare/{other}", "/api/v1/areas",
    "/api/v1/words", "/api/v1/calendars/{year}", "/api/v1/deadline", "/api/v1/divisions",
    "/api/v1/documents/verify",
}  # fmt: skip
"""What the law says and what the log proves is told to everybody; none of it speaks of a case."""
FOR_EVERY_TOKEN = {
    "/api/v1/agencies", "/api/v1/competence", "/api/v1/batches/template.xlsx", "/api/v1/notices/preferences", "/api/v1/notices/reminders",
}  # fmt: skip
"""Which agencies there are and who is competent, and the form with their codes: whoever wants to file needs it; how one is told oneself."""
WITH_A_CODE_WORD = {"/api/v1/status", "/api/v1/receipts/{digest}"}


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in document.described(api)["paths"].items()
        for method, operation in methods.items()
    ]


def fill(path: str, secret: dict[str, str]) -> str:
    return re.sub(r"{(\w+)}", lambda name: secret.get(name[1], "1"), path)


def lines() -> bytes:
    """A batch of one row that names the enterprise."""
    return json.dumps(row(title="秘题：批量", **{"contact.name": "秘密联系人"}), ensure_ascii=False).encode()


@pytest.fixture
def secret(call: Caller, cast: Cast) -> dict[str, str]:
    """A confidential case with a file, a question to the agency complained of, a draft: what their addresses would be."""
    filed = call.post("cases", "lin", confidential(cast)).json()
    number = filed["number"]
    assert call.post(f"cases/{number}/accept", "wei", {}).status_code == 200
    file = SimpleUploadedFile("锦江秘名营业执照.txt", "锦江秘名的材料".encode())
    attached = call.upload(f"cases/{number}/attachments", "lin", file)
    assert attached.status_code == 201
    asked = call.post(
        f"cases/{number}/ask", "he", {"to": "respondent", "agency": "sc-market", "question": "每月检查几次？"}
    )
    assert asked.status_code == 200
    sequencer.place_pending()
    followers.run("documents")
    told = {"agency": "cd-planning", "question": "检查有无规划依据？", "reply_by": "2099-12-31"}
    assert call.post(f"cases/{number}/consult", "he", told).status_code == 200
    while sequencer.place_pending() + followers.run("exchange"):
        pass
    draft = call.post("drafts", "lin", {"content": {"title": "秘题草稿"}}).json()
    asked = call.post("erasures", "lin", {"enterprise": str(cast.enterprise.pk), "reason": "秘题"}).json()
    clock = call.get(f"cases/{number}/clocks", "lin").json()["clocks"][0]["id"]
    webhook = call.post("webhooks", "lin", {"url": "https://example.org/secret@example.org"}).json()
    told = {
        "工单编号": "T-1",
        "受理时间": "2026-11-20",
        "诉求类型": "投诉",
        "内容摘要": "秘题：工单",
        "企业名称": cast.enterprise.name_zh,
    }
    call.post("hotline/tickets", "chengdu", json.dumps(told, ensure_ascii=False).encode(), type="application/x-ndjson")
    while work.work():
        pass
    batch = call.post("batches", "wei", lines(), type="application/x-ndjson").json()
    meeting = held(cast, number)
    return {
        "meeting": str(meeting.pk),
        "series": str(meeting.series_id),
        "number": number,
        "job": batch["id"],
        "webhook": webhook["id"],
        "ticket": str(Ticket.objects.get().uid),
        "attachment": attached.json()["attachment"]["id"],
        "draft": draft["id"],
        "erasure": asked["id"],
        "clock": str(clock),
        "digest": filed["digest"],
        "errand": str(apps.get_model("exchange", "Errand").objects.get().pk),
        "file": "00000000-0000-4000-8000-000000000009",
        "question": "999999",
        "subject": "00000000-0000-4000-8000-000000000003",
        "reply": "1",
        "id": "1",
        "enterprise": "00000000-0000-4000-8000-000000000001",
        "record": "00000000-0000-4000-8000-000000000001",
        "regime": "sc-inward-2021-27",
        "year": "2026",
        "document": str(Document.objects.get().uid),
        "language": "zh",
        "agreement": "SC-CQ-1",
        "code_word": filed["code_word"],
        "code": "complaints",
    }


def held(cast: Cast, number: str) -> Meeting:
    """A meeting in session whose body the agency complained of belongs to, with the confidential case on its agenda and in its lines."""
    members = [cast.centre, cast.market, cast.planning]
    body = meetings.establish(
        by=cast.zhao, name_zh="圆桌会议", name_en="Roundtable", chair=cast.zhao, office=cast.centre, members=members
    )
    series = meetings.open_series(body, by=cast.wei, kind="roundtable", title="季度圆桌会议")
    begins = time.now()
    meeting = meetings.plan(
        series, by=cast.wei, starts_at=begins, ends_at=begins + timedelta(hours=2), room="一号会议室"
    )
    concern = meetings.collect_case(series, by=cast.wei, number=number)
    topic = meetings.put_on_agenda(meeting, by=cast.wei, title="秘题：检查", concerns=[str(concern.pk)])
    meetings.open_meeting(meeting, by=cast.wei, presided_by=cast.zhao)
    line = meetings.write_line(meeting, by=cast.wei, key=uuid4(), text="秘题：减少检查", topic=str(topic.pk))
    meetings.enter(line, by=cast.wei, case=number)
    return meeting


def try_(call: Caller, method: str, path: str, operation: dict[str, Any], who: str, secret: dict[str, str]) -> Any:
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        if not who:
            return call.client.post(fill(path, secret), {"file": SimpleUploadedFile("a.txt", b"a")})
        return call.upload(fill(path, secret).removeprefix("/api/v1/"), who, SimpleUploadedFile("a.txt", b"a"))
    body = content.get("application/json", {}).get("example", {} if content else None)
    return call(method, fill(path, secret), who, body)


def test_nobody_gets_past_the_token(call: Caller, secret: dict[str, str]) -> None:
    passed = {
        f"{method} {path}": answer.status_code
        for method, path, operation in operations()
        if path not in FOR_EVERYBODY | WITH_A_CODE_WORD
        if (answer := try_(call, method, path, operation, "", secret)).status_code != 401
        or answer.json()["code"] != "token-missing"
    }

    assert passed == {}


BEGINS = {("post", f"/api/v1/{what}") for what in ("drafts", "enterprises", "erasures", "webhooks", "notices/calendar")}
"""Operations with which a stranger begins something of their own."""


def test_stranger_gets_nothing_from_any_operation(call: Caller, secret: dict[str, str]) -> None:
    got = {}
    for method, path, operation in operations():
        if path in FOR_EVERYBODY | FOR_EVERY_TOKEN or (method, path) in BEGINS:
            continue
        answer = try_(call, method, path, operation, "stranger", secret)
        if answer.status_code == 200:
            told = answer.json()
            named = ("account", "name", "language", "scopes") if path == "/api/v1/me" else ()
            nothing = method == "get" and not any(value for key, value in told.items() if key not in named)
        else:
            nothing = answer.status_code in (403, 404, 422)
        if not nothing or tells(answer):
            got[f"{method} {path}"] = (answer.status_code, answer.content.decode()[:300])

    assert got == {}


@pytest.mark.parametrize("who", ["stranger", "ren", "both", "pu"])
def test_confidential_enterprise_is_told_nowhere(call: Caller, secret: dict[str, str], who: str) -> None:
    """`ren` works for the agency complained of, `both` also for the centre, `pu` elsewhere."""
    told = {}
    for method, path, operation in operations():
        answer = try_(call, method, path, operation, who, secret)
        if words := tells(answer):
            told[f"{method} {path}"] = words
    for query in SECRET_WORDS:
        if words := tells(call.get(f"cases?q={query}", who)):
            told[f"search {query}"] = words

    assert told == {}


def test_agency_complained_of_sees_its_question_and_the_number_only(call: Caller, secret: dict[str, str]) -> None:
    answer = call.get("questions", "ren").json()["questions"]

    assert [(row["case"], row["question"], row["enterprise"]) for row in answer] == [
        (secret["number"], "每月检查几次？", None)
    ]
    assert {who: call.get("questions", who).json()["questions"] for who in ("stranger", "pu", "wei")} == {
        "stranger": [], "pu": [], "wei": [],
    }  # fmt: skip


@pytest.mark.parametrize("who", ["ren", "both"])
def test_agency_complained_of_answers_without_seeing_the_case(call: Caller, secret: dict[str, str], who: str) -> None:
    question = call.get("questions", who).json()["questions"][0]

    answer = call.post(question["address"], who, {"text": "每月一次。"})

    assert (answer.status_code, sorted(answer.json())) == (200, ["case", "digest", "question", "recorded_at"])
    assert call.get("questions", who).json() == {"questions": []}
    assert call.get(f"cases/{secret['number']}", who).status_code == 404
    assert call.get(f"receipts/{answer.json()['digest']}", who).status_code == 404
    replies = [
        step for step in call.get(f"cases/{secret['number']}/events", "wei").json()["events"] if step["verb"] == "reply"
    ]
    assert [step["data"]["text"] for step in replies] == ["每月一次。"]


def test_question_is_answered_by_its_addressee_alone(call: Caller, secret: dict[str, str]) -> None:
    question = call.get("questions", "ren").json()["questions"][0]

    refused = {
        who: call.post(question["address"], who, {"text": "x"}).json()["code"] for who in ("stranger", "wei", "lin")
    }

    assert refused == {"stranger": "no-such-question", "wei": "no-such-question", "lin": "no-such-question"}


def test_co_handler_of_a_confidential_case_does_not_learn_who_files(call: Caller, secret: dict[str, str]) -> None:
    number = secret["number"]
    task = {"agency": "cd-planning", "task": "说明依据。", "amount": 5, "unit": "working_days"}
    assert call.post(f"cases/{number}/engage", "he", task).status_code == 200
    assert call.post(f"cases/{number}/summarise", "lin", {"text": "检查频次过高\n请求减少检查。"}).status_code == 200

    told = {}
    for method, path, operation in operations():
        if method == "get":
            answer = try_(call, method, path, operation, "pu", secret)
            if words := tells(answer):
                told[path] = words

    assert told == {}
    sheet = call.get(f"cases/{number}", "pu").json()
    assert (sheet["complainant"], sheet["title"], sheet["statement"]["facts"]) == (None, "检查频次过高", None)
    assert sheet["statement"]["summary"] == "检查频次过高\n请求减少检查。"
    assert [len(call.get(f"cases?q={words}", "pu").json()["cases"]) for words in ("检查频次过高", "秘题", "每月三次")] == [
        1, 0, 0,
    ]  # fmt: skip
    assert call.get(f"cases/{number}/attachments/{secret['attachment']}", "pu").status_code == 404


def test_enterprise_and_its_centre_know_who_files(call: Caller, secret: dict[str, str]) -> None:
    sheets = [call.get(f"cases/{secret['number']}", who).json() for who in ("lin", "wei", "he", "zhao")]

    assert {sheet["title"] for sheet in sheets} == {"秘题：检查过于频繁"}
    assert {sheet["complainant"] for sheet in sheets} == {"锦江秘名科技有限公司"}
    assert {sheet["statement"]["contact"]["name"] for sheet in sheets} == {"秘密联系人"}


def text_of(answer: Any) -> str:
    content = answer.content if hasattr(answer, "content") else answer.body
    return content.decode(errors="replace") + str(dict(answer.headers))


def tells(answer: Any) -> list[str]:
    text = text_of(answer)
    return [word for word in SECRET_WORDS if word in text]
