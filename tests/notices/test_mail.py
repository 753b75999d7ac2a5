"""How people want their mail: one a day, not at night, only what the law demands; and what stands in it."""

from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from django.utils.translation import override
from tests.notices.conftest import Postbox, follow, letters_of

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case
from lianqiao.notices import actions, audience, mail, telling
from lianqiao.notices.models import Mail, Notice, Preference
from lianqiao.record import events, time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions as registry_actions
from lianqiao.registry.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.once]

Filing = Callable[..., intake.Filed]
AWAY = {"src", "background", "poster", "srcset"}


def wish(person: Person, **told: object) -> None:
    """What the person chooses, without quiet hours unless they say so."""
    actions.choose(person, **({"mail": "each", "hour": 8, "quiet_from": 0, "quiet_until": 0} | told), by=person)  # type: ignore[arg-type]


class Fetched(HTMLParser):
    """Everything that a mail program would have to fetch, or would refuse to draw."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"img", "link", "script", "style", "iframe", "form", "object"}:
            self.found.append(tag)
        self.found += [name for name, value in attrs if name in AWAY or "url(" in (value or "")]
        self.links += [value or "" for name, value in attrs if name == "href"]


def test_mail_says_the_same_plain_and_as_html_and_fetches_nothing(
    people: dict[str, Person], filing: Filing, postbox: Postbox
) -> None:
    case = filing().case
    ACTIONS["accept"](case, by=people["intake"])
    follow()
    mail.send_due()

    enterprise = next(letter for letter in letters_of(postbox) if letter.to == "lin@example.org")

    page = f"http://127.0.0.1:8051/cases/{case.number}"
    assert enterprise.subject == f"案件 {case.number}：受理"
    for text in (enterprise.plain, enterprise.html):
        assert [said in text for said in ("已受理，办理期限开始计算。", page, "/account/notices")] == [True] * 3
    fetched = Fetched(enterprise.html)
    assert (fetched.found, fetched.links) == ([], [page, "http://127.0.0.1:8051/account/notices"])
    [told] = Notice.objects.filter(person=people["owner"])
    assert told.verb == "accept"


def test_all_that_is_due_at_one_moment_comes_in_one_mail(
    people: dict[str, Person], filing: Filing, postbox: Postbox
) -> None:
    wish(people["intake"], mail="daily", hour=17)
    with time_machine.travel(time.now().astimezone(time.SHANGHAI).replace(hour=12, minute=5), tick=False) as clock:
        numbers = [filing().case.number for _twice in range(2)]
        follow()
        assert mail.send_due() == 0
        clock.shift(timedelta(hours=5))
        assert (mail.send_due(), mail.send_due()) == (2, 0)

    [letter] = letters_of(postbox)
    assert letter.subject == "2 条案件消息"
    assert [number in letter.plain and number in letter.html for number in numbers] == [True, True]
    assert {one.state for one in Mail.objects.all()} == {"sent"}


def test_whoever_wants_only_what_the_law_demands_is_still_told_in_the_app(
    people: dict[str, Person], filing: Filing, postbox: Postbox
) -> None:
    lin = people["owner"]
    case = filing().case
    wish(lin, mail="required")
    ACTIONS["accept"](case, by=people["intake"])
    ACTIONS["note"](case, by=people["handler"], text="已联系", shared=True)

    follow()

    assert sorted(Notice.objects.filter(person=lin).values_list("verb", flat=True)) == ["accept", "note"]
    assert [one.notice.verb for one in Mail.objects.filter(notice__person=lin)] == ["accept"]


def test_choice_drops_what_waits_and_never_makes_it_later(
    people: dict[str, Person], filing: Filing, postbox: Postbox
) -> None:
    wei = people["intake"]
    with time_machine.travel(time.now().astimezone(time.SHANGHAI).replace(hour=23), tick=False):
        wish(wei, quiet_from=22, quiet_until=7)
        filing()
        follow()
        at = Mail.objects.get().next_attempt_at
        wish(wei, mail="daily", hour=17)
        assert Mail.objects.get().next_attempt_at == at
        wish(wei)
        assert Mail.objects.get().next_attempt_at == time.now()
        wish(wei, mail="required")

    assert (Mail.objects.get().state, mail.send_due(), postbox.letters) == ("dropped", 0, [])
    recorded = Event.objects.about("person", wei.pk).filter(verb="choose_notices").last()
    assert recorded is not None
    assert recorded.data == {"mail": "required", "hour": 8, "quiet_from": 0, "quiet_until": 0}
    assert events.verify_chain(wei.pk) == []


def test_what_the_person_may_no_longer_see_is_not_mailed(
    people: dict[str, Person], filing: Filing, postbox: Postbox
) -> None:
    filing()
    follow()
    registry_actions.leave(people["intake"], reason="离职", by=Person.objects.get(account="root"))

    with time_machine.travel(time.now() + timedelta(days=1), tick=False):
        mail.send_due()

    assert (Mail.objects.get().state, postbox.letters) == ("dropped", [])


def test_choose_refuses_what_is_no_choice_and_other_people(people: dict[str, Person]) -> None:
    wei, lin = people["intake"], people["owner"]
    told = {"mail": "each", "hour": 8, "quiet_from": 22, "quiet_until": 7}
    tries = [(wei, {"mail": "never"}), (wei, {"hour": 24}), (wei, {"quiet_until": -1}), (lin, {})]

    codes = []
    for by, wrong in tries:
        with pytest.raises(Refused) as refused:
            actions.choose(wei, **(told | wrong), by=by)  # type: ignore[arg-type]
        codes.append(refused.value.code)

    assert codes == ["choice-unknown", "field-wrong", "field-wrong", "not-admin"]
    assert Preference.objects.count() == 0


def test_sentence_of_every_verb_that_is_told_has_words_of_its_own() -> None:
    """None falls back to the name of the verb, and none has a gap that the matter would fill."""
    told = {*audience.TO_THE_ENTERPRISE, *audience.TO_THE_AGENCY, "route", "decide", "engage", "ask", "note"}
    with override("en"):
        said = {verb: telling.sentence(Notice(verb=verb, case=Case())) for verb in told}

    assert {verb: words for verb, words in said.items() if not words.endswith(".") or "%" in words} == {}
