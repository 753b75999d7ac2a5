"""The law by the API is the law in force at this node."""

from tests.cases.notice import NOTICE
from tests.cast import Cast
from tests.site.api.conftest import Caller

from lianqiao.cases.actions import calendars
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
