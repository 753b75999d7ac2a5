"""Webhooks over the interface: subscribed, looked at, sent again, ended; told to nobody but whose they are."""

from typing import Any
from uuid import uuid4

import pytest
from tests.cast import Cast, filing
from tests.site.api.conftest import Caller

from lianqiao.notices.models import Notice
from lianqiao.notices.webhooks import delivering
from lianqiao.notices.webhooks.models import Webhook
from lianqiao.record import followers, sequencer

URL = "http://127.0.0.1:9/"


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.LIANQIAO_WEBHOOK_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def webhook(call: Caller, cast: Cast) -> str:
    """A subscription of the enterprise, with three deliveries to an address where nobody answers."""
    made = call.post("webhooks", "lin", {"url": URL})
    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1/webhooks/{made.json()['id']}")
    for _number in range(3):
        call.post("cases", "lin", filing(cast))
    sequencer.place_pending()
    followers.run("webhooks")
    return str(made.json()["id"])


def test_subscription_says_how_it_fares(call: Caller, webhook: str) -> None:
    assert delivering.deliver_now() > 0

    told = call.get(f"webhooks/{webhook}", "lin").json()

    assert (told["url"], told["scope"], told["state"], told["waiting"]) == (URL, "all", "active", 3)
    assert told["last_error"].startswith("ConnectionRefusedError")
    assert [one["id"] for one in call.get("webhooks", "lin").json()["webhooks"]] == [webhook]


def test_deliveries_turn_their_pages(call: Caller, webhook: str) -> None:
    first = call.get(f"webhooks/{webhook}/deliveries?limit=2&state=waiting", "lin").json()
    second = call.get(first["next"], "lin").json()

    places = [one["place"] for one in first["deliveries"] + second["deliveries"]]
    assert (len(places), places == sorted(places, reverse=True), second["next"]) == (3, True, None)
    assert {one["verb"] for one in first["deliveries"]} == {"file"}


@pytest.mark.parametrize("count", [1, 3])
def test_deliveries_cost_the_same_for_one_and_for_three(
    call: Caller, webhook: str, django_assert_num_queries: Any, count: int
) -> None:
    call.get("me", "lin")

    with django_assert_num_queries(2):
        call.get(f"webhooks/{webhook}/deliveries?limit={count}", "lin")


def test_resend_resume_and_end(call: Caller, webhook: str) -> None:
    places = [one["place"] for one in call.get(f"webhooks/{webhook}/deliveries", "lin").json()["deliveries"]]

    assert call.post(f"webhooks/{webhook}/resend", "lin", {"first": min(places), "last": max(places)}).json() == {
        "resent": 3
    }
    refused = [
        call.post(f"webhooks/{webhook}/resend", "lin", {}).json()["code"],
        call.post(f"webhooks/{webhook}/resend", "lin", {"delivery": str(uuid4())}).json()["code"],
        call.post(f"webhooks/{webhook}/resume", "lin").json()["code"],
    ]
    assert refused == ["resend-what", "unknown-delivery", "not-paused"]
    delivering.pause(Webhook.objects.get())
    assert call.post(f"webhooks/{webhook}/resume", "lin").json()["state"] == "active"
    assert call("delete", f"webhooks/{webhook}", "lin").status_code == 204
    assert call.get("webhooks", "lin").json() == {"webhooks": []}


def test_pause_is_told_by_a_notice(call: Caller, webhook: str) -> None:
    Notice.objects.all().delete()

    delivering.pause(Webhook.objects.get())

    [told] = call.get("notices", "lin", Accept_Language="zh").json()["notices"]
    assert (told["case"], told["event"], told["verb"], told["label"], told["address"]) == (
        None, None, "webhook_paused", "您的订阅已暂停", f"/api/v1/webhooks/{webhook}",
    )  # fmt: skip


def test_subscription_is_told_to_nobody_else(call: Caller, webhook: str) -> None:
    for who in ("wei", "ren", "root", "stranger"):
        answers = [
            call.get(f"webhooks/{webhook}", who), call.get(f"webhooks/{webhook}/deliveries", who),
            call.post(f"webhooks/{webhook}/resume", who), call.post(f"webhooks/{webhook}/resend", who, {"first": 1}),
            call("delete", f"webhooks/{webhook}", who),
        ]  # fmt: skip
        assert {answer.json()["code"] for answer in answers} == {"unknown-webhook"}
        assert call.get("webhooks", who).json() == {"webhooks": []}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"url": "http://10.0.0.1/"}, "webhook-inside"),
    ({"url": "nowhere"}, "webhook-url"),
    ({"url": URL, "verbs": ["dance"]}, "unknown-verb"),
    ({"url": URL, "agency": "sc-market"}, "not-your-agency"),
    ({"url": URL, "enterprise": str(uuid4())}, "not-your-enterprise"),
    ({"url": URL, "agency": "a", "enterprise": str(uuid4())}, "webhook-scope"),
    ({"url": URL, "oops": 1}, "invalid"),
]


def test_subscribe_refuses(call: Caller) -> None:
    answers = [call.post("webhooks", "lin", body) for body, _code in REFUSED]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (422, code) for _body, code in REFUSED
    ]
    assert Webhook.objects.count() == 0
