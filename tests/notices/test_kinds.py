"""A kind of notices that another room declares: told in the app and by mail like all others, to guests without account by mail alone."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.notices.conftest import Postbox, letters_of
from tests.portal.conftest import signed_in

from lianqiao.cases import departures
from lianqiao.notices import kinds, mail, posting
from lianqiao.notices.kinds import Enclosed, Guest, Kind, Words
from lianqiao.notices.models import Mail, Notice
from lianqiao.record import time
from lianqiao.registry.models import Agency, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency(people: dict[str, Person]) -> Iterator[UUID]:
    """A kind whose subjects are agencies, seen by nobody but the handler, with a guest who is written to until they are called off."""
    handler, gone = people["handler"], set[UUID]()

    def guest(subject: UUID, _verb: str) -> Guest | None:
        return None if subject in gone else Guest("某商会", "chamber@example.org", f"/guests/{subject}")

    kinds.declare(
        "dummy",
        Kind(
            words={"call": Words("Come", "You are called.")},  # type: ignore[arg-type]
            seen_by=lambda person: Agency.objects.all().values("pk") if person == handler else Agency.objects.none().values("pk"),
            page=lambda subject: f"/agencies/{subject}", address=lambda subject: f"/api/v1/agencies/{subject}",
            enclosed=lambda _subject, _verb: [Enclosed("day.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar")],
            guest=guest,
        ),
    )  # fmt: skip
    kinds.KINDS["dummy"].__dict__["gone"] = gone
    yield Agency.objects.get(code="sc-inward-centre").pk
    del kinds.KINDS["dummy"]


def files_of(postbox: Postbox) -> list[list[tuple[str, str]]]:
    parsed: list[Any] = [message_from_bytes(text.encode(), policy=policy.default) for _to, text in postbox.letters]
    return [[(one.get_filename(), one.get_content_type()) for one in mail.iter_attachments()] for mail in parsed]


def test_tell_reaches_who_may_see_it_once_in_the_app_and_by_mail(
    people: dict[str, Person], agency: UUID, postbox: Postbox
) -> None:
    for _twice in range(2):
        posting.tell("dummy", agency, "call", event=1, people=[people["handler"], people["intake"]])
    posting.tell("dummy", agency, "call", event=1, days=3, people=[people["handler"]])
    mail.send_due()

    assert Notice.objects.filter(kind="dummy").count() == 3
    assert [Notice.objects.visible_to(people[who]).count() for who in ("handler", "intake")] == [2, 0]
    [letter] = letters_of(postbox)
    assert (letter.to, letter.subject) == (people["handler"].email, "2 条消息")
    assert f"http://127.0.0.1:8051/agencies/{agency}" in letter.plain
    assert files_of(postbox) == [[("day.ics", "text/calendar")]]
    assert signed_in(people["handler"]).get("/notices").content.decode().count("You are called.") == 2


def test_guest_is_written_to_in_both_languages_once_and_not_when_called_off(agency: UUID, postbox: Postbox) -> None:
    other = uuid4()
    kinds.KINDS["dummy"].__dict__["gone"].add(other)
    for subject in (agency, agency, other):
        posting.tell_guest("dummy", subject, "call", event=1)
    Mail.objects.update(next_attempt_at=time.now())
    mail.send_due()

    [letter] = letters_of(postbox)
    assert (letter.to, letter.subject) == ("chamber@example.org", "Come / Come")
    for text in (letter.plain, letter.html):
        assert (text.count("You are called."), text.count(f"http://127.0.0.1:8051/guests/{agency}")) == (
            2,
            2 if text == letter.plain else 4,
        )
        assert ["本邮件" in text, "This mail contains nothing of the matter" in text] == [True, True]
    assert sorted(Mail.objects.values_list("state", flat=True)) == ["dropped", "sent"]
    told = departures.SOURCES["mail"].find(departures.Wanted(), 10)
    assert [one.to for one in told] == [f"dummy:{agency}"]


def test_guest_is_told_nothing_where_the_node_sends_no_mail(agency: UUID) -> None:
    posting.tell_guest("dummy", agency, "call", event=1)

    assert (Notice.objects.count(), Mail.objects.count()) == (0, 0)


def test_declare_again_is_refused(agency: UUID) -> None:
    held = kinds.KINDS["dummy"]
    with pytest.raises(ValueError, match="there is a kind of notices dummy already"):
        kinds.declare("dummy", Kind(held.words, held.seen_by, held.page, held.address))
