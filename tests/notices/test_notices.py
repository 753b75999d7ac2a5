"""Who is told what, and that mail really leaves, is tried again, and is given up in the open."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_string
from email.message import Message
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from tests.databases import free_port

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.notices import mail
from lianqiao.notices.models import Mail, Notice
from lianqiao.record import followers, sequencer, time
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db

Filing = Callable[..., intake.Filed]


class Postbox:
    """What the mail server has taken in; it refuses while `closed`."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], str]] = []
        self.closed = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 the library's name
        if self.closed:
            return "451 come back later"
        self.letters.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    box, port = Postbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.LIANQIAO_SMTP_URL = f"smtp://127.0.0.1:{port}"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "lianqiao@example.org"
    yield box
    controller.stop()


def follow() -> None:
    sequencer.place_pending()
    followers.run("notices")


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

    [(recipients, letter)] = postbox.letters
    assert recipients == ["wei@example.org"]
    parsed: Message = message_from_string(letter)
    assert parsed["Subject"] == f"Case {case.number}: File"
    text = parsed.get_payload(decode=True).decode()
    assert (case.number in text, "秘密事项" in text) == (True, False)
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
