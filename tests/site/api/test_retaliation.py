"""A report of retaliation by every route of the interface, tried by who is near the agency complained of."""

import json
import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cast import Cast, confidential, filing
from tests.site.api.conftest import Caller

from lianqiao.notices.models import Notice
from lianqiao.record import followers, sequencer
from lianqiao.registry import actions
from lianqiao.site.api import api, document

pytestmark = pytest.mark.once


@pytest.fixture
def secret(call: Caller, cast: Cast) -> dict[str, str]:
    """A report, accepted, with a question to another department; `dai` of that department acts for `ren` in the agency complained of,
    `xia` works below it and for the centre."""
    office = actions.add_agency(
        "sc-market-office", name_zh="市场监管所", name_en="Market Office", kind="department",
        region=cast.market.region, parent=cast.market, by=cast.root,
    )  # fmt: skip
    for name, roles in {"xia": [(office, "intake"), (cast.centre, "intake")], "dai": [(cast.planning, "lead")]}.items():
        cast.people[name] = actions.add_person(name, name=f"某{name}", email=f"{name}@example.org", by=cast.root)
        for agency, role in roles:
            actions.appoint(cast.people[name], agency, role, by=cast.root)
    actions.delegate(cast.ren, cast.dai, cast.market, roles=["handler"], until=date(2099, 1, 1), by=cast.ren)
    first = call.post("cases", "lin", filing(cast, respondents=["cd-planning"])).json()["number"]
    filed = call.post("cases", "lin", confidential(cast) | {"kind": "retaliation", "about": first}).json()
    number = filed["number"]
    assert call.post(f"cases/{number}/accept", "wei", {}).status_code == 200
    asked = call.post(f"cases/{number}/ask", "he", {"to": "agency", "agency": "cd-planning", "question": "秘题？"})
    assert asked.status_code == 200
    sequencer.place_pending()
    followers.run("notices")
    clock = call.get(f"cases/{number}/clocks", "lin").json()["clocks"][0]["id"]
    return {"number": number, "first": first, "clock": str(clock), "digest": filed["digest"], "id": "1", "year": "2026"} | {
        "question": "999999", "regime": "node-target", "agreement": "SC-CQ-1", "code_word": filed["code_word"],
    }  # fmt: skip


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in document.described(api)["paths"].items()
        for method, operation in methods.items()
    ]


def fill(path: str, secret: dict[str, str]) -> str:
    return re.sub(r"{(\w+)}", lambda name: secret.get(name[1], "1"), path)


def try_(call: Caller, method: str, path: str, operation: dict[str, Any], who: str, secret: dict[str, str]) -> Any:
    """The operation with the example of the document."""
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        return call.upload(fill(path, secret).removeprefix("/api/v1/"), who, SimpleUploadedFile("a.txt", b"a"))
    body = content.get("application/json", {}).get("example", {} if content else None)
    return call(method, fill(path, secret), who, body)


def text_of(answer: Any) -> str:
    return answer.content.decode(errors="replace") + str(dict(answer.headers))


OF_THE_LAW = {"/api/v1/words"}
"""Names every kind of case there is."""


@pytest.mark.parametrize("who", ["ren", "dai", "xia"])
def test_nobody_near_the_agency_learns_of_the_report(call: Caller, secret: dict[str, str], who: str) -> None:
    told: dict[str, Any] = {}
    for method, path, operation in operations():
        if path.endswith("/revoke"):
            continue  # who gives the delegation back acts for the agency no longer, and is barred no longer
        answer = try_(call, method, path, operation, who, secret)
        unasked = [secret["number"]] if "{number}" not in path else []
        words = [
            word for word in ("秘题", "retaliation", *unasked) if word in text_of(answer) and path not in OF_THE_LAW
        ]
        if words or ("{number}" in path and answer.status_code == 200):
            told[f"{method} {path}"] = (answer.status_code, words)
    for query in ["count=1", "mine=1", "state=open&count=1", "q=秘题&count=1", "q=检查&count=1"]:
        answer = call.get(f"cases?{query}", who).json()
        if any(row["kind"] == "retaliation" or row["number"] == secret["number"] for row in answer["cases"]):
            told[query] = answer

    assert told == {}
    assert set(Notice.objects.filter(person__account=who).values_list("case__kind", flat=True)) <= {"infringement"}


def test_question_about_a_report_reaches_the_department_alone(call: Caller, secret: dict[str, str]) -> None:
    asked = {who: len(call.get("questions", who).json()["questions"]) for who in ("pu", "dai", "xia", "ren")}
    noticed = set(Notice.objects.filter(verb="ask").values_list("person__account", flat=True))

    assert (asked, noticed) == ({"pu": 1, "dai": 0, "xia": 0, "ren": 0}, {"pu"})


def test_sheet_shows_the_link_to_who_sees_both(call: Caller, secret: dict[str, str]) -> None:
    first, report = (call.get(f"cases/{secret[name]}", "lin").json() for name in ("first", "number"))
    seen_by_who_sees_the_first_only = call.get(f"cases/{secret['first']}", "both").json()

    assert (report["about"], report["reports_of_retaliation"]) == (secret["first"], [])
    assert (first["about"], first["reports_of_retaliation"]) == (None, [secret["number"]])
    assert seen_by_who_sees_the_first_only["reports_of_retaliation"] == []
    assert call.get(f"cases/{secret['number']}", "both").status_code == 404


def test_status_by_code_word_does_not_tell_the_kind(call: Caller, secret: dict[str, str]) -> None:
    answer = call.post("status", "", {"number": secret["number"], "code_word": secret["code_word"]})

    assert (answer.status_code, "retaliation" in json.dumps(answer.json())) == (200, False)
