"""The calendar of one's limits: what a calendar program reads, for whom, and that a confidential case has no words in it."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar
from tests.cast import SECRET_WORDS, Cast, confidential
from tests.pages import MOST, asked_by
from tests.portal.conftest import signed_in

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Clock
from lianqiao.notices import actions, feed, reminding
from lianqiao.notices.models import CalendarFeed
from lianqiao.record import time
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db

Filing = Callable[..., intake.Filed]


def summaries(person: Person) -> list[str]:
    fresh = Person.objects.get(pk=person.pk)
    return [str(entry["summary"]) for entry in Calendar.from_ical(feed.calendar(fresh)).walk("VEVENT")]


def test_calendar_holds_the_limits_that_the_person_has_to_keep(people: dict[str, Person], filing: Filing) -> None:
    case = filing(title="招标条件").case
    number = case.number
    words = [f"一次性补正告知期限 · {number} · 招标条件", f"受理期限 · {number} · 招标条件"]
    assert {name: summaries(people[name]) for name in ("intake", "handler", "owner", "respondent")} == {
        "intake": words, "handler": [], "owner": [], "respondent": [],
    }  # fmt: skip
    Person.objects.filter(pk=people["handler"].pk).update(language="en")
    ACTIONS["accept"](case, by=people["intake"])

    assert summaries(people["intake"]) == []
    content = feed.calendar(Person.objects.get(pk=people["handler"].pk))
    [entry] = Calendar.from_ical(content).walk("VEVENT")
    clock = Clock.objects.get(name="handle")
    assert (str(entry["uid"]), entry["dtstart"].dt) == (f"limit-{clock.pk}@node-51.lianqiao.invalid", clock.due_on)
    assert (str(entry["url"]), str(entry["status"])) == (
        f"http://127.0.0.1:8051/desk/cases/{number}",
        "TENTATIVE" if clock.provisional else "CONFIRMED",
    )
    lines = content.split(b"\r\n")
    assert (max(map(len, lines)) <= 75, lines[0], lines[-2], b"\n" in b"".join(lines)) == (
        True, b"BEGIN:VCALENDAR", b"END:VCALENDAR", False,
    )  # fmt: skip

    ACTIONS["pause"](case, by=people["handler"], cause="expert", reason="鉴定")
    assert summaries(people["handler"]) == []


def test_calendar_tells_nothing_of_a_confidential_case_and_of_one_that_is_not_seen(
    cast: Cast, people: dict[str, Person]
) -> None:
    case = intake.file(by=cast.lin, **confidential(cast)).case
    ACTIONS["accept"](case, by=cast.wei)
    ACTIONS["ask"](case, by=cast.he, to="respondent", agency="sc-market", question="秘题？", reply_by=time.today())

    told = {name: feed.calendar(Person.objects.get(pk=cast.people[name].pk)).decode() for name in ("he", "ren", "pu")}

    assert [word for word in SECRET_WORDS for text in told.values() if word in text] == []
    assert {name: [str(one["summary"]) for one in Calendar.from_ical(text).walk("VEVENT")] for name, text in told.items()} == {
        "he": [f"办理期限 · {case.number}"], "ren": [f"答复期限 · {case.number}"], "pu": [],
    }  # fmt: skip
    assert "/desk/questions" in told["ren"].replace("\r\n ", "")


def test_address_is_shown_once_and_ends_when_another_is_made(people: dict[str, Person], filing: Filing) -> None:
    filing()
    wei = people["intake"]
    old = actions.open_calendar(wei)
    new = actions.open_calendar(wei)
    stranger = Client()

    assert CalendarFeed.objects.filter(digest__in=[old, new]).count() == 0
    answers = [stranger.get(f"/calendar/{secret}.ics") for secret in (old, new, "x")]
    assert [answer.status_code for answer in answers] == [404, 200, 404]
    assert answers[1].headers["Content-Type"] == "text/calendar; charset=utf-8"
    Person.objects.filter(pk=wei.pk).update(is_active=False)
    assert stranger.get(f"/calendar/{new}.ics").status_code == 404
    Person.objects.filter(pk=wei.pk).update(is_active=True)
    with pytest.raises(Refused, match="administrator"):
        actions.close_calendar(wei, by=people["handler"])
    actions.close_calendar(wei, by=wei)
    assert stranger.get(f"/calendar/{new}.ics").status_code == 404


def test_calendar_costs_the_same_for_one_and_for_three(people: dict[str, Person], filing: Filing) -> None:
    wei = people["intake"]
    counts = []
    for more in (1, 2):
        for _time in range(more):
            filing()
        feed.calendar(Person.objects.get(pk=wei.pk))
        fresh = Person.objects.get(pk=wei.pk)
        with CaptureQueriesContext(connection) as captured:
            feed.calendar(fresh)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 16


def test_page_keeps_the_choice_and_shows_the_address_once(people: dict[str, Person]) -> None:
    lin = people["owner"]
    browser = signed_in(lin, "zh")
    chosen = {"mail": "daily", "hour": "17", "quiet_from": "20", "quiet_until": "8"}

    kept = browser.post("/account/notices", chosen)
    wrong = browser.post("/account/notices", chosen | {"hour": "24"})
    opened = browser.post("/account/notices/calendar", {"do": "open"})
    page = browser.get("/account/notices").content.decode()

    assert (kept.status_code, kept.headers["Location"], wrong.status_code) == (302, "/account/notices", 422)
    address = opened.content.decode().partition("<code>")[2].partition("</code>")[0]
    assert browser.get(address.removeprefix("http://127.0.0.1:8051")).status_code == 200
    assert ("/calendar/" in page, 'value="daily" required id="id_mail_1" checked' in page, "停用地址" in page) == (
        False,
        True,
        True,
    )
    assert browser.post("/account/notices/calendar", {"do": "close"}).status_code == 302
    assert Client().get("/account/notices").status_code == 302
    assert asked_by(lambda: browser.get("/account/notices")) <= MOST


def test_limits_of_one_case_are_a_file_for_whoever_sees_it(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **confidential(cast)).case

    answer = signed_in(cast.wei, "zh").get(f"/calendar/cases/{case.number}.ics")
    held = answer.content.decode()

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert (held.count("BEGIN:VEVENT"), case.number in held) == (case.clocks.running().count(), True)
    assert [word for word in SECRET_WORDS if word in held] == []
    assert signed_in(cast.people["ren"]).get(f"/calendar/cases/{case.number}.ics").status_code == 404


def test_days_of_reminders_are_set_on_the_page_by_leads(cast: Cast) -> None:
    lead, officer, admin = signed_in(cast.zhao), signed_in(cast.wei), signed_in(cast.root)
    centre = cast.centre.code

    wrong = lead.post("/account/notices/reminders", {"agency": centre, "days": "5, soon"})
    far = lead.post("/account/notices/reminders", {"agency": centre, "days": "31"})
    kept = lead.post("/account/notices/reminders", {"agency": centre, "days": "5，2, 0、-1"})
    not_theirs = officer.post("/account/notices/reminders", {"agency": centre, "days": "1"})
    elsewhere = officer.post("/account/notices/reminders", {"agency": "cd-planning", "days": "1"})
    node = admin.post("/account/notices/reminders", {"agency": "", "days": ""})

    assert [one.status_code for one in (wrong, far, kept, not_theirs, elsewhere, node)] == [
        422,
        422,
        302,
        403,
        403,
        302,
    ]
    assert (reminding.days_for(centre), reminding.days_for("cd-planning")) == ([5, 2, 0, -1], [])
    page = officer.get("/account/notices").content.decode()
    said = "5 working days before the end; 2 working days before the end; on the last day; 1 working day after it"
    assert (page.count(said), page.count('name="days"')) == (1, 0)
    assert (
        "届满前5个工作日；届满前2个工作日；届满当日；届满后1个工作日"
        in signed_in(cast.wei, "zh").get("/account/notices").content.decode()
    )
