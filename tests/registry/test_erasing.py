"""Erasure in the registry: the contacts of an enterprise and what names a person; the cases follow."""

from datetime import timedelta

import pytest
import time_machine
from tests import remains
from tests.cases.test_erasing import CONTACT, refused
from tests.cast import Cast, cast, filing, node  # noqa: F401 fixtures

from lianqiao.cases import search_index
from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case
from lianqiao.notices.actions import open_calendar
from lianqiao.notices.models import CalendarFeed, Mail
from lianqiao.record import events, followers, sequencer
from lianqiao.record.models import Event
from lianqiao.record.time import now
from lianqiao.registry import actions
from lianqiao.registry.actions import erasing
from lianqiao.registry.models import ApiToken, Contact, ErasureRequest, Person
from lianqiao.site import cli

pytestmark = pytest.mark.django_db
OWN = {"name": "马经理", "phone": "13687654321", "email": "ma@example.org", "position": "法务总监"}


def follow() -> None:
    while sequencer.place_pending() + followers.run("erasure") + followers.run("notices"):
        pass


@pytest.fixture
def asked(cast: Cast) -> ErasureRequest:  # noqa: F811
    """The owner has asked for the contacts of the enterprise; it has one, and two cases with another."""
    actions.add_contact(cast.enterprise, **OWN, by=cast.lin)
    for _twice in (1, 2):
        intake.file(by=cast.lin, **filing(cast, contact=CONTACT))
    return erasing.request_contacts(cast.enterprise, reason="联系人已离职", by=cast.lin)


def test_contacts_go_from_registry_and_cases(asked: ErasureRequest, cast: Cast) -> None:  # noqa: F811
    erasing.erase(asked, ground="consent", by=cast.zhao)
    follow()

    search_index.forget()
    assert remains.found([*OWN.values(), *CONTACT.values()]) == {}
    contact = Contact.objects.get()
    assert (contact.name, contact.until is None) == ("", False)
    decided = Event.objects.about("enterprise", cast.enterprise.pk).get(verb="erase")
    carried = [
        event for case in Case.objects.all() for event in Event.objects.about("case", case.uid).filter(verb="erase")
    ]
    assert [(str(event.actor), event.data["decision"]) for event in carried] == [("node:51", decided.digest)] * 2
    assert events.verify_chain(cast.enterprise.pk, "enterprise") == []
    assert [fault for case in Case.objects.all() for fault in events.verify_chain(case.uid)] == []


def test_only_the_lead_of_a_centre_decides_and_once(asked: ErasureRequest, cast: Cast) -> None:  # noqa: F811
    assert refused(erasing.request_contacts, cast.enterprise, reason="x", by=cast.stranger) == "not-owner"
    assert refused(erasing.request_contacts, cast.enterprise, reason="x", by=cast.lin) == "asked-already"
    for person in (cast.lin, cast.wei, cast.ren, cast.root):
        assert refused(erasing.erase, asked, ground="consent", by=person) == "not-lead"
    assert refused(erasing.erase, asked, ground="whim", by=cast.zhao) == "unknown-ground"
    erasing.refuse_erasure(asked, ground="archives", by=cast.zhao)
    assert refused(erasing.erase, asked, ground="consent", by=cast.zhao) == "decided-already"
    assert remains.found([OWN["phone"]]) != {}


def test_person_loses_name_mail_and_account(cast: Cast, settings: object) -> None:  # noqa: F811
    settings.LIANQIAO_SMTP_URL = "smtp://127.0.0.1:1"  # type: ignore[attr-defined]
    person = actions.add_person("quyuan", name="屈某某", email="qu@example.org", by=cast.root)
    actions.appoint(person, cast.city, "handler", by=cast.root)
    case = intake.file(by=cast.lin, **filing(cast)).case
    ACTIONS["route"](case, by=cast.wei, agency=cast.city.code, handler="quyuan", reason="由市中心办理")
    follow()
    assert Mail.objects.filter(notice__person=person).update(last_error="qu@example.org refused") > 0
    actions.issue_token(person, name="x", scopes=["read"], by=cast.root)
    open_calendar(person)
    request = erasing.request_own(["name", "email", "account"], reason="离职", by=person)

    assert refused(erasing.erase, request, ground="purpose", by=cast.zhao) == "in-office"
    actions.leave(person, reason="离职", by=cast.root)
    with time_machine.travel(now() + timedelta(days=1)):
        erasing.erase(request, ground="purpose", by=cast.zhao)
    follow()

    assert remains.found(["quyuan", "屈某某", "qu@example.org"]) == {}
    person = Person.objects.get(pk=person.pk)
    assert (person.account, person.is_active) == (f"erased-{person.pk.hex}", False)
    assert {mail.state for mail in Mail.objects.filter(notice__person=person)} == {"failed"}
    assert not ApiToken.objects.filter(person=person, revoked_at=None).exists()
    assert not CalendarFeed.objects.filter(person=person).exists()
    assert events.verify_chain(case.uid) == []


def test_lead_does_not_decide_on_own_data(cast: Cast) -> None:  # noqa: F811
    request = erasing.request_own(["email"], reason="不再使用", by=cast.zhao)

    assert refused(erasing.erase, request, ground="consent", by=cast.zhao) == "own-request"
    assert erasing.erase(request, ground="consent", by=cast.chengdu).state == "erased"
    assert Person.objects.get(pk=cast.zhao.pk).email == ""


def test_erasure_on_the_command_line(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    def say(*words: str) -> tuple[int, str]:
        return cli.main(["erasure", *words]), capsys.readouterr().out

    assert say("request", "--what", "email", "--reason", "x", "--by", "lin")[0] == 0
    row = ErasureRequest.objects.get()
    assert say("list", "--by", "stranger") == (1, "")
    assert say("list", "--by", "zhao")[1].startswith(str(row.pk))
    assert say("erase", str(row.pk), "--ground", "consent", "--by", "zhao")[0] == 0
    assert "47(1)(3)" in say("grounds")[1]
