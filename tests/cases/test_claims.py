"""Who only claims to own an enterprise sees what they filed, and nothing else of it, until an officer confirms the claim."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cast import Cast, filing

from lianqiao.cases import access
from lianqiao.cases.actions import handling, intake
from lianqiao.cases.flow import Role
from lianqiao.cases.models import Case, CaseKey, Question
from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions
from lianqiao.registry.models import EnterpriseMember, Person
from lianqiao.site import cli


def claim(cast: Cast, by: Person) -> EnterpriseMember:
    actions.add_own_enterprise(
        name_zh="自报企业", name_en="Claimed", kind="inward", region=cast.enterprise.region, by=by
    )
    return EnterpriseMember.objects.get(person=by, claimed=True)


def seen(person: Person) -> list[str]:
    person = Person.objects.get(pk=person.pk)  # what a person object remembers is for one request
    return sorted(Case.objects.visible_to(person).values_list("title", flat=True))


def refusal(call: Any) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def test_claim_opens_what_one_filed_and_nothing_else(cast: Cast) -> None:
    link = claim(cast, cast.stranger)
    firm = str(link.enterprise_id)
    own = intake.file(by=cast.stranger, **filing(cast, enterprise=firm, title="自己的")).case
    other = intake.file(by=cast.wei, **filing(cast, enterprise=firm, title="他人代录的")).case
    intake.accept(own, by=cast.wei)

    assert seen(cast.stranger) == ["自己的"]
    assert CaseKey.objects.get(key=f"person:{cast.stranger.pk}").case == own
    stranger = Person.objects.get(pk=cast.stranger.pk)
    assert (access.roles_of(own, stranger), access.roles_of(other, stranger)) == ({Role.ENTERPRISE}, set())
    assert list(EnterpriseMember.objects.active(time.today()).filter(person=cast.stranger)) == []
    for case in (own, other):
        case.refresh_from_db()
        if case == other:
            intake.accept(case, by=cast.wei)
        handling.ask(case, by=cast.he, to="enterprise", question="请说明。")
    assert [question.case.title for question in Question.objects.addressed_to(stranger)] == ["自己的"]

    actions.confirm_link(link, evidence="营业执照原件", by=cast.wei)

    assert seen(cast.stranger) == ["他人代录的", "自己的"]
    event = Event.objects.about("enterprise", link.enterprise_id).last()
    assert event is not None
    assert (event.verb, event.by) == ("confirm_link", str(cast.wei.pk))


def test_confirm_is_for_officers_who_have_seen_something(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    link = claim(cast, cast.stranger)
    own = claim(cast, cast.both)

    assert refusal(lambda: actions.confirm_link(link, evidence="x", by=cast.stranger)) == "not-intake"
    assert refusal(lambda: actions.confirm_link(link, evidence="x", by=cast.he)) == "not-intake"
    assert refusal(lambda: actions.confirm_link(own, evidence="x", by=cast.both)) == "own-claim"
    assert refusal(lambda: actions.confirm_link(link, evidence=" ", by=cast.wei)) == "evidence-missing"
    assert cli.main(["enterprise", "confirm", str(link.pk), "--evidence", "营业执照", "--by", "wei"]) == 0
    assert capsys.readouterr().out.strip() == "stranger stands for Claimed."
    assert refusal(lambda: actions.confirm_link(link, evidence="x", by=cast.wei)) == "not-claimed"
    assert EnterpriseMember.objects.get(person=cast.lin).claimed is False
