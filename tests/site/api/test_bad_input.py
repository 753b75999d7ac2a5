"""Every kind of bad input: the answer is a translated sentence that says what to do, and nothing has changed."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from tests.cast import Cast, filing
from tests.site.api.conftest import Caller

from lianqiao.cases.models import Attachment, Case, Draft
from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.registry import actions, tokens
from lianqiao.registry.models import ApiToken, Enterprise

pytestmark = pytest.mark.once


def everything() -> list[Any]:
    return [
        list(Event.objects.order_by("pk").values_list("digest", flat=True)),
        list(Case.objects.order_by("pk").values()),
        Draft.objects.count(),
        Attachment.objects.count(),
        Enterprise.objects.count(),
    ]


@pytest.fixture
def number(call: Caller, cast: Cast) -> str:
    for name in ("lin", "wei", "ren", "stranger"):
        cast.token(name)  # issuing one is an event
    return str(call.post("cases", "lin", filing(cast)).json()["number"])


@pytest.fixture
def unchanged(number: str) -> Iterator[None]:
    before = everything()
    yield
    assert everything() == before


def refusal(answer: Any) -> tuple[int, str]:
    """Status and code; every refusal is problem+json with a Chinese sentence when Chinese is asked for."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert (told["type"], told["status"]) == ("about:blank", answer.status_code)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in told["detail"]), told["detail"]
    assert "Traceback" not in answer.content.decode()
    return answer.status_code, told["code"]


FILINGS: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown field": ({"titel": "x"}, "titel", "extra_forbidden"),
    "unknown field of the contact": ({"contact": {"fax": "1"}}, "contact.fax", "extra_forbidden"),
    "missing": ({"title": None}, "title", "string_type"),
    "empty": ({"title": "  "}, "title", "string_too_short"),
    "too long": ({"title": "长" * 201}, "title", "string_too_long"),
    "wrong kind": ({"kind": "gripe"}, "kind", "literal_error"),
    "wrong code": ({"programme": "../etc"}, "programme", "string_pattern_mismatch"),
    "wrong id": ({"enterprise": "91510100MA6C00017C"}, "enterprise", "uuid_parsing"),
    "wrong date": ({"legal_date": "18.9.2026"}, "legal_date", "date_from_datetime_parsing"),
    "date that is none": ({"legal_date": "2026-02-30"}, "legal_date", "date_from_datetime_parsing"),
    "not true or false": ({"confidential": "maybe"}, "confidential", "bool_parsing"),
    "too many": ({"respondents": ["a"] * 21}, "respondents", "too_long"),
    "control sign": ({"facts": "a\x01b"}, "facts", "control_characters"),
}


@pytest.mark.parametrize("case", FILINGS)
def test_file_refuses_wrong_field(call: Caller, cast: Cast, unchanged: None, case: str) -> None:
    changed, field, code = FILINGS[case]

    answer = call.post("cases", "lin", filing(cast, **changed), Accept_Language="zh")

    assert refusal(answer) == (422, "invalid")
    assert [(fault["field"], fault["code"]) for fault in answer.json()["problems"]] == [(field, code)]


RULES: dict[str, tuple[dict[str, Any], str]] = {
    "unknown agency": ({"agency": "nowhere"}, "unknown-agency"),
    "unknown enterprise": ({"enterprise": "00000000-0000-4000-8000-000000000001"}, "unknown-enterprise"),
    "unknown programme": ({"programme": "gardening"}, "unknown-programme"),
    "unknown matter": ({"category": "weather"}, "unknown-category"),
    "unknown respondent": ({"respondents": ["nowhere"]}, "unknown-agency"),
    "against itself": ({"respondents": ["sc-inward-centre"]}, "complained-of-itself"),
    "future date": ({"legal_date": "2099-01-01"}, "legal-date"),
}


@pytest.mark.parametrize("case", RULES)
def test_file_refuses_what_the_rules_refuse(call: Caller, cast: Cast, unchanged: None, case: str) -> None:
    changed, code = RULES[case]

    answer = call.post("cases", "lin", filing(cast, **changed), Accept_Language="zh")

    assert refusal(answer) == (422, code)


BODIES: dict[str, tuple[bytes, str, int, str]] = {
    "broken": (b'{"title": ', "application/json", 400, "wrong-json"),
    "not a number": (b'{"title": NaN}', "application/json", 400, "wrong-json"),
    "nested too deep": (b"[" * 100_000, "application/json", 400, "wrong-json"),
    "huge number": (b'{"title": 1' + b"0" * 6000 + b"}", "application/json", 400, "wrong-json"),
    "half a surrogate": (b'{"title": "\\ud800"}', "application/json", 400, "wrong-json"),
    "NUL": (b'{"title": "a\\u0000b"}', "application/json", 400, "wrong-json"),
    "GBK": ('{"title": "招标"}'.encode("gbk"), "application/json", 400, "wrong-encoding"),
    "UTF-16": ('{"title": "招标"}'.encode("utf-16"), "application/json", 400, "wrong-encoding"),
    "said to be GBK": (b"{}", "application/json; charset=gbk", 400, "wrong-encoding"),
    "a form": (b"title=x", "application/x-www-form-urlencoded", 415, "media-type"),
    "XML": (b"<case/>", "application/xml", 415, "media-type"),
    "a list": (b"[1]", "application/json", 422, "invalid"),
    "a word": (b'"case"', "application/json", 422, "invalid"),
    "nothing": (b"", "application/json", 422, "invalid"),
    "broken upload": (b"--x", "multipart/form-data", 400, "bad-request"),
}


@pytest.mark.parametrize("case", BODIES)
@pytest.mark.parametrize("path", ["cases", "drafts"])
def test_unreadable_body_is_refused(call: Caller, unchanged: None, path: str, case: str) -> None:
    body, media_type, status, code = BODIES[case]

    answer = call.post(path, "lin", body, type=media_type, Accept_Language="zh")

    assert refusal(answer) == (status, code)


def test_body_above_the_limit_is_refused(call: Caller, unchanged: None, settings: Any) -> None:
    settings.LIANQIAO_BODY_BYTES = 1000

    answer = call.post("cases", "lin", b'{"title": "' + b"a" * 2000 + b'"}', Accept_Language="zh")

    assert refusal(answer) == (413, "too-large")


def test_wrong_state_says_what_is_possible(call: Caller, number: str, unchanged: None) -> None:
    answer = call.post(f"cases/{number}/conclude", "wei", {"ground": "resolved", "text": "x"}, Accept_Language="zh")

    assert refusal(answer) == (409, "wrong-state")
    assert "现在可以：通知补正" in answer.json()["detail"]


def test_wrong_role_says_whose_it_is(call: Caller, number: str, unchanged: None) -> None:
    answer = call.post(f"cases/{number}/accept", "lin", {}, Accept_Language="zh")

    assert refusal(answer) == (403, "not-yours")
    assert "受理员" in answer.json()["detail"]


def test_stale_version_is_refused(call: Caller, number: str) -> None:
    call.post(f"cases/{number}/note", "wei", {"text": "x"}, If_Match='"1"')
    before = everything()

    answer = call.post(f"cases/{number}/accept", "wei", {}, If_Match='"1"', Accept_Language="zh")

    assert refusal(answer) == (412, "stale")
    assert everything() == before
    assert call.post(f"cases/{number}/accept", "wei", {}, If_Match='"2"').headers["ETag"] == '"3"'


@pytest.mark.parametrize("version", ["3", "abc", '"-1"', '"1", "2"'])
def test_malformed_version_is_refused(call: Caller, number: str, unchanged: None, version: str) -> None:
    answer = call.post(f"cases/{number}/accept", "wei", {}, If_Match=version, Accept_Language="zh")

    assert refusal(answer) == (400, "if-match")


@pytest.mark.parametrize(
    "given", ["51-2026-999999", "50-2026-000001", "51-0000-000001", "1", "招标", "51-2026-" + "9" * 40]
)
def test_unknown_case_is_not_found(call: Caller, unchanged: None, given: str) -> None:
    assert refusal(call.get(f"cases/{given}", "wei", Accept_Language="zh")) == (404, "unknown-case")
    assert refusal(call.post(f"cases/{given}/accept", "wei", {}, Accept_Language="zh")) == (404, "unknown-case")


def test_foreign_case_is_answered_like_an_unknown_one(call: Caller, number: str, unchanged: None) -> None:
    foreign = call.post(f"cases/{number}/withdraw", "stranger", {"reason": "x"}, Accept_Language="zh")
    unknown = call.post("cases/51-2026-999999/withdraw", "stranger", {"reason": "x"}, Accept_Language="zh")

    assert refusal(foreign) == (404, "unknown-case")
    assert foreign.json() == unknown.json()


def test_filing_for_a_foreign_enterprise_is_refused(call: Caller, cast: Cast, unchanged: None) -> None:
    answer = call.post("cases", "stranger", filing(cast), Accept_Language="zh")

    assert refusal(answer) == (403, "not-yours")


def token(call: Caller, secret: str) -> Any:
    return call.client.get("/api/v1/me", headers={"Authorization": secret, "Accept-Language": "zh"})


@pytest.mark.parametrize("secret", ["", "Bearer", "Bearer ", "Basic bGluOmxpbg==", "lq_abc"])
def test_missing_token_is_refused(call: Caller, unchanged: None, secret: str) -> None:
    answer = token(call, secret)

    assert refusal(answer) == (401, "token-missing")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="lianqiao"'


def test_unknown_token_is_refused(call: Caller, unchanged: None) -> None:
    assert refusal(token(call, "Bearer lq_" + "a" * 43)) == (401, "token-unknown")


def test_expired_token_is_refused(call: Caller, cast: Cast, number: str, unchanged: None) -> None:
    secret = cast.token("lin")
    with time_machine.travel(time.now() + timedelta(days=91), tick=False):
        tokens.forget()
        assert refusal(token(call, f"Bearer {secret}")) == (401, "token-expired")


def test_revoked_token_is_refused(call: Caller, cast: Cast) -> None:
    secret = cast.token("lin")
    held = ApiToken.objects.get(digest=tokens.fingerprint(secret))
    actions.revoke_token(held, by=cast.root)

    assert refusal(token(call, f"Bearer {secret}")) == (401, "token-revoked")


def test_token_without_the_scope_is_refused(call: Caller, cast: Cast, number: str) -> None:
    secret = cast.token("wei", "read")
    before = everything()

    answer = call.client.post(
        f"/api/v1/cases/{number}/accept",
        "{}",
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}", "Accept-Language": "zh"},
    )

    assert refusal(answer) == (403, "scope-missing")
    assert everything() == before


def test_unknown_address_and_method_are_refused(call: Caller, unchanged: None) -> None:
    assert refusal(call.get("nowhere", "wei", Accept_Language="zh")) == (404, "no-such-address")
    assert refusal(call("put", "cases", "wei", {}, Accept_Language="zh")) == (405, "method-not-allowed")
    assert refusal(call.get("drafts/not-an-id", "wei", Accept_Language="zh")) == (404, "no-such-address")


def test_fault_of_the_node_shows_no_trace(call: Caller, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Event.objects.model._meta.db_table, kept = "gone", Event.objects.model._meta.db_table
    try:
        answer = call.get(f"cases/{number}/events", "wei", Accept_Language="zh")
    finally:
        Event.objects.model._meta.db_table = kept

    assert refusal(answer)[1] in {"internal", "busy"}
    assert "gone" not in answer.content.decode()


def test_language_follows_the_reader(call: Caller, unchanged: None) -> None:
    told = {
        language: call.get("cases/1", "wei", Accept_Language=language).json()["detail"]
        for language in ("zh", "zh-CN", "zh-TW", "en", "en-GB")
    }

    zh, en = (
        "您可查看的案件中没有该案，请核对编号。",
        "There is no such case among those that you may see. Check the number.",
    )
    assert told == {"zh": zh, "zh-CN": zh, "zh-TW": told["zh-TW"], "en": en, "en-GB": en}


def test_draft_refuses_unknown_fields_and_foreign_hands(call: Caller, number: str) -> None:
    draft = call.post("drafts", "lin", {"content": {"title": "草稿"}}).json()["id"]
    before = everything()

    refused = [
        refusal(call.post("drafts", "lin", {"content": {"titel": "x"}}, Accept_Language="zh")),
        refusal(call.get(f"drafts/{draft}", "wei", Accept_Language="zh")),
        refusal(call("put", f"drafts/{draft}", "wei", {"content": {}}, Accept_Language="zh")),
        refusal(call("delete", f"drafts/{draft}", "wei", Accept_Language="zh")),
        refusal(call.post(f"drafts/{draft}/submit", "wei", Accept_Language="zh")),
        refusal(call.post(f"drafts/{draft}/submit", "lin", Accept_Language="zh")),
    ]

    assert refused == [
        (422, "unknown-fields"), (404, "unknown-draft"), (404, "unknown-draft"), (404, "unknown-draft"),
        (404, "unknown-draft"), (422, "invalid"),
    ]  # fmt: skip
    assert everything() == before


def test_json_is_answered_in_plain_utf8(call: Caller, number: str) -> None:
    assert "招标条件排斥外地企业" in call.get(f"cases/{number}", "wei").content.decode("utf-8")
    assert json.loads(call.get(f"cases/{number}", "wei").content)["title"] == "招标条件排斥外地企业"
