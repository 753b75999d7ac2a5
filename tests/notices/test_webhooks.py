"""Webhooks: told once and signed to an app over real HTTP, whatever dies or fails; never more than the person may see."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from typing import Any

import pytest
import time_machine
from tests.databases import free_port

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.notices.models import Notice
from lianqiao.notices.webhooks import actions, delivering, network
from lianqiao.notices.webhooks.models import Delivery, Webhook
from lianqiao.record import followers, keys, sequencer, time
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db
Filing = Callable[..., intake.Filed]


class App:
    """A regional app: what it has received, and how it answers."""

    def __init__(self) -> None:
        self.port = free_port()
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int] = []
        """What it answers next; 200 when there is nothing left."""
        self.hangs = threading.Event()
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                app.received.append((self.path, {k.lower(): v for k, v in self.headers.items()}, content))
                status = app.answers.pop(0) if app.answers else 200
                if status == 0:
                    app.hangs.wait(30)
                    return
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", f"http://127.0.0.1:{app.port}/elsewhere")
                self.end_headers()

            def log_message(self, *_arguments: Any) -> None:
                pass

        self.server: HTTPServer = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?from=51"

    @property
    def told(self) -> list[str]:
        return [json.loads(content)["data"]["verb"] for _path, _headers, content in self.received]

    def stop(self) -> None:
        self.hangs.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def app(settings: Any) -> Iterator[App]:
    settings.LIANQIAO_WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    app = App()
    yield app
    app.stop()
    delivering._flying.clear()


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def follow() -> None:
    sequencer.place_pending()
    followers.run("webhooks")


def tell() -> None:
    follow()
    delivering.deliver_now()


def later(**distance: int) -> Any:
    return time_machine.travel(time.now() + timedelta(**distance), tick=False)


def state_of(webhook: Webhook) -> list[tuple[str, str]]:
    return list(webhook.deliveries.order_by("place").values_list("verb", "state"))


def code_of(attempt: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        attempt()
    return refused.value.code


def test_what_happens_is_told_in_order_and_once(people: dict[str, Person], filing: Filing, app: App) -> None:
    webhook = actions.subscribe(app.url, by=people["owner"])
    case = filing(title="秘密事项").case
    ACTIONS["accept"](case, by=people["intake"])

    tell()
    tell()

    assert (app.told, state_of(webhook)) == (["file", "accept"], [("file", "delivered"), ("accept", "delivered")])
    path, headers, content = app.received[0]
    message = json.loads(content)
    assert (path, headers["content-type"]) == ("/hook?from=51", "application/cloudevents+json")
    assert message["id"] == str(webhook.deliveries.get(verb="file").pk)
    assert (message["type"], message["subject"], message["subscription"]) == (
        "lianqiao.case.file",
        case.number,
        str(webhook.pk),
    )
    assert sorted(message["data"]) == ["address", "case", "event", "place", "verb"]
    assert [word for word in ("秘密事项", "锦江") if word in content.decode()] == []


def test_events_from_before_the_subscription_are_not_told(people: dict[str, Person], filing: Filing, app: App) -> None:
    case = filing().case
    actions.subscribe(app.url, by=people["owner"])
    ACTIONS["accept"](case, by=people["intake"])

    tell()

    assert app.told == ["accept"]


def test_only_what_was_asked_for_is_told(people: dict[str, Person], filing: Filing, app: App) -> None:
    actions.subscribe(app.url, by=people["owner"], verbs=["accept"])
    ACTIONS["accept"](filing().case, by=people["intake"])

    tell()

    assert app.told == ["accept"]


def test_scope_is_one_enterprise_or_one_agency_of_the_person(
    people: dict[str, Person], filing: Filing, app: App
) -> None:
    case = filing().case
    mine = actions.subscribe(app.url, by=fresh(people["owner"]), enterprise=case.enterprise_id)
    ours = actions.subscribe(app.url, by=fresh(people["intake"]), agency="sc-inward-centre")
    ACTIONS["accept"](case, by=people["intake"])

    tell()

    assert (state_of(mine), state_of(ours)) == ([("accept", "delivered")], [("accept", "delivered")])
    foreign = {
        code_of(lambda: actions.subscribe(app.url, by=fresh(people["intake"]), enterprise=case.enterprise_id)),
        code_of(lambda: actions.subscribe(app.url, by=fresh(people["owner"]), agency="sc-inward-centre")),
    }
    assert foreign == {"not-your-enterprise", "not-your-agency"}


# Who may be told


def test_agency_complained_of_is_told_nothing(people: dict[str, Person], filing: Filing, app: App) -> None:
    for name in ("respondent", "both"):
        actions.subscribe(app.url, by=fresh(people[name]))
    case = filing(confidential=True).case
    ACTIONS["accept"](case, by=people["intake"])
    ACTIONS["ask"](case, by=people["handler"], to="respondent", agency="sc-market", question="请说明依据")

    tell()

    assert (app.received, Delivery.objects.count()) == ([], 0)


def test_enterprise_is_not_told_what_stays_between_agencies(
    people: dict[str, Person], filing: Filing, app: App
) -> None:
    case = filing().case
    actions.subscribe(app.url, by=people["owner"])
    ACTIONS["accept"](case, by=people["intake"])
    ACTIONS["note"](case, by=people["handler"], text="内部", shared=False)
    ACTIONS["ask"](case, by=people["handler"], to="respondent", agency="sc-market", question="请说明依据")

    tell()

    assert app.told == ["accept"]


def test_right_that_ended_before_the_telling_bars_it(people: dict[str, Person], filing: Filing, app: App) -> None:
    webhook = actions.subscribe(app.url, by=fresh(people["handler"]))
    filing()
    follow()
    people["handler"].memberships.update(since="2019-01-01", until="2020-01-01")

    delivering.deliver_now()

    assert (app.received, state_of(webhook)) == ([], [("file", "barred")])


def test_subscription_of_a_person_who_may_no_longer_act_is_silent(
    people: dict[str, Person], filing: Filing, app: App
) -> None:
    webhook = actions.subscribe(app.url, by=fresh(people["handler"]))
    Person.objects.filter(pk=people["handler"].pk).update(is_active=False)
    filing()

    tell()

    assert (app.received, state_of(webhook)) == ([], [])


# What goes wrong


def test_failure_is_tried_again_with_the_same_id(people: dict[str, Person], filing: Filing, app: App) -> None:
    webhook = actions.subscribe(app.url, by=people["owner"])
    app.answers = [500, 503]
    filing()

    tell()
    assert (len(app.received), state_of(webhook)) == (1, [("file", "waiting")])
    delivering.deliver_now()
    assert len(app.received) == 1
    with later(seconds=6):
        delivering.deliver_now()
    with later(minutes=2):
        delivering.deliver_now()

    assert (len(app.received), state_of(webhook)) == (3, [("file", "delivered")])
    assert len({json.loads(content)["id"] for _path, _headers, content in app.received}) == 1
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.failing_since, webhook.last_error) == (0, None, "")


def test_one_message_that_is_refused_stops_no_other(people: dict[str, Person], filing: Filing, app: App) -> None:
    webhook = actions.subscribe(app.url, by=people["owner"])
    app.answers = [422]
    ACTIONS["accept"](filing().case, by=people["intake"])

    tell()

    assert state_of(webhook) == [("file", "waiting"), ("accept", "delivered")]


def test_app_that_is_killed_in_the_middle_gets_it_again(people: dict[str, Person], filing: Filing, app: App) -> None:
    webhook = actions.subscribe(app.url, by=people["owner"])
    app.answers = [0]
    app.hangs.set()  # it takes the message and hangs up without an answer
    ACTIONS["accept"](filing().case, by=people["intake"])

    tell()

    assert (app.told, state_of(webhook)) == (["file"], [("file", "waiting"), ("accept", "waiting")])
    with later(seconds=6):
        delivering.deliver_now()
    assert app.told == ["file", "file", "accept"]


def test_slow_app_is_cut_off_and_holds_nobody_up(
    people: dict[str, Person], filing: Filing, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "PATIENCE", 0.3)
    other = App()
    slow = actions.subscribe(app.url, by=people["owner"])
    quick = actions.subscribe(other.url, by=people["owner"])
    app.answers = [0]
    filing()
    follow()

    assert delivering.deliver() == 2  # begun, not waited for
    delivering.deliver_now()
    other.stop()

    assert (state_of(quick), state_of(slow)) == ([("file", "delivered")], [("file", "waiting")])
    assert slow.deliveries.get().last_error == "no answer within 0.3 s"


def test_node_that_is_killed_while_it_tells_tells_again(people: dict[str, Person], filing: Filing, app: App) -> None:
    webhook = actions.subscribe(app.url, by=people["owner"])
    filing()
    follow()
    [flight] = delivering.claim(1)
    flight.fly()  # told, and never written down
    assert (len(app.received), delivering.claim(1)) == (1, [])

    with later(minutes=3):
        delivering.deliver_now()
    delivering.write_down(flight)  # the first process wakes up after all

    assert (len(app.received), state_of(webhook)) == (2, [("file", "delivered")])


def test_redirect_is_not_followed(people: dict[str, Person], filing: Filing, app: App) -> None:
    webhook = actions.subscribe(app.url, by=people["owner"])
    app.answers = [302]
    filing()

    tell()

    assert ([path for path, _headers, _content in app.received], webhook.deliveries.get().last_error) == (
        ["/hook?from=51"],
        "redirects are not followed",
    )


def test_app_that_fails_for_three_days_is_paused_and_its_owner_told(
    people: dict[str, Person], filing: Filing, app: App
) -> None:
    webhook = actions.subscribe(app.url, by=people["owner"])
    app.answers = [500] * 200
    case = filing().case
    follow()
    begun = time.now()
    for hours in (0, 1, 12, 36, 60, 70):
        with time_machine.travel(begun + timedelta(hours=hours), tick=False):
            delivering.deliver_now()

    webhook.refresh_from_db()
    assert (webhook.state, state_of(webhook)) == ("paused", [("file", "held")])
    notice = Notice.objects.get(webhook=webhook)
    assert (notice.person_id, list(Notice.objects.visible_to(people["owner"]))) == (
        people["owner"].pk,
        [notice],
    )
    ACTIONS["accept"](case, by=people["intake"])
    follow()
    assert state_of(webhook)[1] == ("accept", "held")
    assert code_of(lambda: actions.resend(webhook.pk, by=people["owner"], first=1)) == "paused"

    app.answers, app.received = [], []
    actions.resume(webhook.pk, by=people["owner"])
    assert actions.resend(webhook.pk, by=people["owner"], first=1) == 2
    delivering.deliver_now()

    assert (app.told, state_of(webhook)) == (["file", "accept"], [("file", "delivered"), ("accept", "delivered")])


def test_app_that_says_it_is_gone_is_paused_at_once(people: dict[str, Person], filing: Filing, app: App) -> None:
    webhook = actions.subscribe(app.url, by=people["owner"])
    app.answers = [410]
    filing()

    tell()

    webhook.refresh_from_db()
    assert (webhook.state, state_of(webhook)) == ("paused", [("file", "held")])


def test_resend_sends_one_or_a_range_with_the_same_ids(people: dict[str, Person], filing: Filing, app: App) -> None:
    webhook = actions.subscribe(app.url, by=people["owner"])
    ACTIONS["accept"](filing().case, by=people["intake"])
    tell()
    first, second = webhook.deliveries.order_by("place")

    assert actions.resend(webhook.pk, by=people["owner"], delivery=second.pk) == 1
    delivering.deliver_now()
    assert actions.resend(webhook.pk, by=people["owner"], first=first.place, last=first.place) == 1
    delivering.deliver_now()

    ids = [json.loads(content)["id"] for _path, _headers, content in app.received]
    assert ids == [str(first.pk), str(second.pk), str(second.pk), str(first.pk)]
    assert code_of(lambda: actions.resend(webhook.pk, by=people["intake"], first=1)) == "unknown-webhook"


def test_end_of_a_subscription_forgets_what_waits(people: dict[str, Person], filing: Filing, app: App) -> None:
    webhook = actions.subscribe(app.url, by=people["owner"])
    filing()
    follow()

    assert code_of(lambda: actions.unsubscribe(webhook.pk, by=people["intake"])) == "unknown-webhook"
    actions.unsubscribe(webhook.pk, by=people["owner"])
    delivering.deliver_now()

    assert (app.received, Delivery.objects.count(), Webhook.objects.count()) == ([], 0, 0)


def test_subscribe_refuses_an_eleventh(people: dict[str, Person], app: App) -> None:
    for _number in range(actions.MOST):
        actions.subscribe(app.url, by=people["owner"])

    assert code_of(lambda: actions.subscribe(app.url, by=people["owner"])) == "too-many-webhooks"


# The signature


def test_example_of_the_documentation_verifies_what_was_sent(
    people: dict[str, Person], filing: Filing, app: App
) -> None:
    from tests.notices.test_webhook_vectors import documented

    actions.subscribe(app.url, by=people["owner"])
    filing()
    tell()
    [(path, headers, content)] = app.received
    published = {key.kid: key.public.hex() for key in keys.published()}

    verify = documented()
    assert verify("POST", path, headers, content, published)["type"] == "lianqiao.case.file"
    for changed in (content.replace(b"file", b"fake"), content + b" "):
        with pytest.raises(ValueError, match="digest"):
            verify("POST", path, headers, changed, published)
    with pytest.raises(ValueError, match="signature"):
        verify("POST", "/other", headers, content, published)
    with pytest.raises(ValueError, match="key"):
        verify("POST", path, headers, content, {})
