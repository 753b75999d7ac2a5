"""The people of the agency complained of, of a co-handler and of the enterprise before one confidential case. What all routes say to all roles is
tried in tests/site/test_routes.py."""

from collections.abc import Mapping

import pytest
from tests.cast import Cast
from tests.site import planted
from tests.site.api.conftest import Caller

pytestmark = pytest.mark.once


@pytest.fixture
def secret(cast: Cast) -> Mapping[str, str]:
    return planted.plant(cast).secret


def test_agency_complained_of_sees_its_question_and_the_number_only(call: Caller, secret: Mapping[str, str]) -> None:
    (question,) = call.get("questions", "ren").json()["questions"]

    assert (question["case"], question["question"], question["enterprise"]) == (
        secret["number"],
        "每月检查几次？",
        None,
    )
    assert {who: call.get("questions", who).json()["questions"] for who in ("stranger", "pu", "wei")} == {
        "stranger": [], "pu": [], "wei": [],
    }  # fmt: skip
    refused = {
        who: call.post(question["address"], who, {"text": "x"}).json()["code"] for who in ("stranger", "wei", "lin")
    }
    assert refused == {"stranger": "no-such-question", "wei": "no-such-question", "lin": "no-such-question"}


@pytest.mark.parametrize("who", ["ren", "both"])
def test_agency_complained_of_answers_without_seeing_the_case(
    call: Caller, secret: Mapping[str, str], who: str
) -> None:
    number = secret["number"]
    question = call.get("questions", who).json()["questions"][0]

    answer = call.post(question["address"], who, {"text": "每月一次。"})

    assert (answer.status_code, sorted(answer.json())) == (200, ["case", "digest", "question", "recorded_at"])
    assert call.get("questions", who).json() == {"questions": []}
    assert call.get(f"cases/{number}", who).status_code == 404
    assert call.get(f"receipts/{answer.json()['digest']}", who).status_code == 404
    steps = call.get(f"cases/{number}/events", "wei").json()["events"]
    assert [step["data"]["text"] for step in steps if step["verb"] == "reply"] == ["每月一次。"]


def test_co_handler_of_a_confidential_case_reads_its_summary_and_its_sides_read_all(
    call: Caller, secret: Mapping[str, str]
) -> None:
    number = secret["number"]

    sheet = call.get(f"cases/{number}", "pu").json()

    assert (sheet["complainant"], sheet["title"], sheet["statement"]["facts"]) == (None, "检查频次过高", None)
    assert sheet["statement"]["summary"] == "检查频次过高\n请求减少检查。"
    assert [len(call.get(f"cases?q={words}", "pu").json()["cases"]) for words in ("检查频次过高", "秘题", "每月三次")] == [
        1, 0, 0,
    ]  # fmt: skip
    assert call.get(f"cases/{number}/attachments/{secret['attachment']}", "pu").status_code == 404
    sheets = [call.get(f"cases/{number}", who).json() for who in ("lin", "wei", "he", "zhao")]
    assert {sheet["title"] for sheet in sheets} == {"秘题：检查过于频繁"}
    assert {sheet["complainant"] for sheet in sheets} == {"锦江秘名科技有限公司"}
    assert {sheet["statement"]["contact"]["name"] for sheet in sheets} == {"秘密联系人"}
