"""The law by the API is the law in force at this node."""

import time_machine
from tests.cases.notice import NOTICE
from tests.cast import Cast, filing
from tests.site.api.conftest import Caller

from lianqiao.cases.actions import calendars
from lianqiao.record.time import today
from lianqiao.registry import adopting
from lianqiao.registry.actions import law

ORDER = "cn-mofcom-2020-3"


def accepts(call: Caller) -> tuple[int, int, bool]:
    sheet = call.get(f"regimes/{ORDER}", "").json()
    limit = next(limit for limit in sheet["limits"] if limit["name"] == "accept")
    return sheet["version"], limit["amount"], limit["verified"]


def test_corrected_regime_is_read(cast: Cast, call: Caller) -> None:
    before = accepts(call)
    correction = adopting.Correction("accept", amount=5, verified=True, quote="5个工作日（虚构）")
    law.correct_regime(ORDER, correction, by=cast.root)

    deadline = call.get(f"deadline?regime={ORDER}&limit=accept&from=2026-09-18", "").json()

    assert (before, accepts(call), deadline["due"]) == ((1, 7, True), (2, 5, True), "2026-09-24")


def test_adopted_calendar_is_read(cast: Cast, call: Caller) -> None:
    before = call.get("calendars/2027", "").json()
    calendars.adopt_notice("2027.toml", NOTICE, by=cast.root)

    after = call.get("calendars/2027", "").json()

    worked = [day["date"] for day in after["days"] if day["working"]]
    assert (before["provisional"], worked) == (True, ["2027-01-09", "2027-02-27"])
    assert [day["provisional"] for day in after["days"]] == [False] * len(after["days"])


def test_jurist_corrects_a_figure_by_the_api(cast: Cast, call: Caller) -> None:
    body = {"limit": "deliver", "amount": 5, "article": "20", "verified": True, "text": "五个工作日（虚构）"}

    tried = call.post(f"regimes/{ORDER}/correct", "root", body | {"dry_run": True}).json()
    version = call.get(f"regimes/{ORDER}", "").json()["version"]
    done = call.post(f"regimes/{ORDER}/correct", "root", body).json()
    adopted = call.get(f"adoptions?regime={ORDER}", "wei").json()["adoptions"]

    assert (tried["done"], version, done["done"], done["version"]) == (False, 1, True, 2)
    assert tried | {"done": True} == done
    assert len(done["differences"]) > 0
    assert [(row["version"], row["by"], row["evidence"]["text"]) for row in adopted] == [
        (2, "管理员", "五个工作日（虚构）")
    ]
    assert [call.post(f"regimes/{ORDER}/correct", who, body).status_code for who in ("wei", "stranger")] == [403, 403]
    assert call.get("adoptions", "lin").status_code == 403
    no_words = call.post(f"regimes/{ORDER}/correct", "root", body | {"text": ""})
    assert (no_words.status_code, no_words.json()["code"]) == (422, "no-quote")


def test_regime_is_adopted_and_ended_by_the_api(cast: Cast, call: Caller) -> None:
    adopted = call.post("regimes", "root", {"regime": "hcp-bad", "jurisdiction": "51"}).json()
    ended = call.post("regimes/hcp-bad/end", "root", {}).json()

    assert (adopted["done"], adopted["version"], ended["until"]) == (True, 2, today().isoformat())
    assert call.post("regimes", "root", {"regime": "nowhere"}).json()["code"] == "unknown-regime"
    assert call.post("regimes", "root", {}).json()["code"] == "one-of-two"
    assert call.post("regimes/node-target/end", "root", {"dry_run": True}).json()["done"] is False


def test_notice_is_tried_adopted_and_undone_by_the_api(cast: Cast, call: Caller) -> None:
    with time_machine.travel("2027-02-04T10:00+08:00", tick=False):
        number = call.post("cases", "lin", filing(cast)).json()["number"]
        tried = call.post("holiday_notices", "root", {"text": NOTICE, "dry_run": True}).json()
        done = call.post("holiday_notices", "root", {"text": NOTICE}).json()
        held = call.get("holiday_notices", "wei").json()["holiday_notices"]
        undone = call.post(f"holiday_notices/{done['id']}/undo", "root", {}).json()
        again = call.post(f"holiday_notices/{done['id']}/undo", "root", {}).json()

    assert (tried["done"], tried["id"], done["done"]) == (False, None, True)
    assert {row["number"] for row in tried["dates"]} == {number}
    assert (tried["moved"], tried["staying"]) == (done["moved"], done["staying"]) == (2, 0)
    assert [(row["year"], row["undone_at"]) for row in held] == [(2027, None)]
    assert (undone["done"], again["code"]) == (True, "undone-already")
    assert call.post("holiday_notices", "wei", {"text": NOTICE}).status_code == 403
    assert call.post("holiday_notices", "root", {"text": "year ="}).json()["code"] == "notice-contradiction"


def test_regime_is_read_aloud_and_compared_in_both_languages(cast: Cast, call: Caller) -> None:
    zh = call.get(f"regimes/{ORDER}/aloud", "", Accept_Language="zh").json()["text"]
    en = call.get(f"regimes/{ORDER}/aloud", "", Accept_Language="en").json()["text"]
    sides = call.get(f"regimes/{ORDER}/compare/gd-fie-2022", "", Accept_Language="en").json()["lines"]

    assert ("7个工作日" in zh, "7 working days" in en) == (True, True)
    handling = next(line for line in sides if line["name"] == "handling")
    assert (handling["mark"], handling["left"][:15], handling["right"][:15]) == (
        "#",
        "60 working days",
        "20 working days",
    )
    assert call.get(f"regimes/{ORDER}/compare/nowhere", "").status_code == 404
    assert call.get(f"regimes/{ORDER}/compare/gd-fie-2022?kind=x", "").status_code == 422
