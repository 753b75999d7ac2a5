"""Who is told what, and that mail really leaves, is tried again, and is given up in the open."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from tests.notices.conftest import Postbox, follow, letters_of

from lianqiao.cases.actions import ACTIONS, intake, leaving
from lianqiao.notices import mail
from lianqiao.notices.models import Mail, Notice
from lianqiao.record import time
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db

Filing = Callable[..., intake.Filed]


def told(verb: str) -> list[str]:
    return sorted(Notice.objects.filter(verb=verb).values_list("person__account", flat=True))


def test_file_tells_intake_and_not_who_filed(people: dict[str, Person], filing: Filing) -> None:
    filing()

    follow()

    assert told("file") == ["wei"]


def test_accept_tells_the_enterprise(people: dict[str, Person], filing: Filing) -> None:
    ACTIONS["accept"](filing().case, by=people["intake"])

    follow()

    assert told("accept") == ["lin"]


def test_question_tells_the_agency_complained_of_and_nothing_else_does(
    people: dict[str, Person], filing: Filing
) -> None:
    case = filing().case
    ACTIONS["accept"](case, by=people["intake"])
    ACTIONS["ask"](case, by=people["handler"], to="respondent", agency="sc-market", question="请说明依据")

    follow()

    assert told("ask") == ["both", "ren"]
    assert [notice.verb for notice in Notice.objects.visible_to(people["respondent"])] == ["ask"]
    assert told("file") == ["wei"]


def test_cases_handed_on_are_told_to_the_new_handler_in_one_mail(
    people: dict[str, Person], filing: Filing, postbox: Postbox
) -> None:
    cases = [filing().case for _number in range(2)]
    for case in cases:
        ACTIONS["accept"](case, by=people["intake"])
        ACTIONS["reassign"](case, by=people["lead"], handler="wei", reason="分派")
    follow()
    Mail.objects.all().delete()

    leaving.hand_on(people["intake"], people["handler"], reason="调离", by=people["lead"])
    follow()
    mail.send_due()

    assert told("reassign") == ["he", "he", "wei", "wei"]
    [letter] = letters_of(postbox)
    assert (letter.to, letter.subject) == ("he@example.org", "2 条案件消息")
    assert [letter.plain.count(word) for word in ("案件交由您承办。", *(case.number for case in cases))] == [2, 2, 2]


def test_follow_twice_tells_once(people: dict[str, Person], filing: Filing) -> None:
    filing()

    follow()
    follow()

    assert Notice.objects.count() == 1


def test_mail_leaves_in_the_language_of_the_reader_without_the_matter(
    people: dict[str, Person], filing: Filing, postbox: Postbox
) -> None:
    Person.objects.filter(account="wei").update(language="en")
    case = filing(title="秘密事项").case
    follow()

    assert mail.send_due() == 1

    [letter] = letters_of(postbox)
    assert (letter.to, letter.subject) == ("wei@example.org", f"Case {case.number}: File")
    for text in (letter.plain, letter.html):
        assert (f"http://127.0.0.1:8051/desk/cases/{case.number}" in text, "秘密事项" in text) == (True, False)
    assert Mail.objects.get().state == "sent"


def test_mail_is_tried_again_and_given_up_after_three_days(
    people: dict[str, Person], filing: Filing, postbox: Postbox
) -> None:
    postbox.closed = True
    begun = time.now()
    filing()
    follow()

    assert (mail.send_due(), mail.send_due()) == (1, 0)
    waiting = Mail.objects.get()
    assert (waiting.state, waiting.attempts, waiting.last_error != "") == ("waiting", 1, True)
    for hours in range(1, 90):
        with time_machine.travel(begun + timedelta(hours=hours), tick=False):
            mail.send_due()

    assert Mail.objects.get().state == "failed"
    assert postbox.letters == []


def test_mail_after_an_outage_arrives(people: dict[str, Person], filing: Filing, postbox: Postbox) -> None:
    postbox.closed = True
    filing()
    follow()
    mail.send_due()
    postbox.closed = False

    with time_machine.travel(time.now() + timedelta(minutes=3), tick=False):
        mail.send_due()

    assert [recipients for recipients, _letter in postbox.letters] == [["wei@example.org"]]
