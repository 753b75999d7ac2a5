"""Adopting, correcting and ending regimes: what is in force from when, what is refused, and that old versions stay readable."""

from datetime import date

import pytest
from django.db import transaction

from lianqiao.law.regime import regime, shipped
from lianqiao.record import events
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import adopting, lawbook, remembered
from lianqiao.registry.actions import law
from lianqiao.registry.models import AdoptedRegime, Person, RegimeText

pytestmark = pytest.mark.django_db
ORDER, CHILD = "cn-mofcom-2020-3", "cq-fie-2021"
SINCE = date(2026, 12, 1)
QUOTE = "投诉工作机构应当在收到完整齐备的投诉材料之日起5个工作日内作出是否受理的决定。（虚构）"


def text(version: int = 2, **changed: str) -> str:
    said = shipped(ORDER).decode().replace("version = 1", f"version = {version}")
    for old, new in changed.items():
        said = said.replace(old, new)
    return said


def correction(**given: object) -> adopting.Correction:
    told = {"limit": "accept", "amount": 5, "article": "15", "verified": True, "quote": QUOTE}
    return adopting.Correction(**(told | given))  # type: ignore[arg-type]


def figure(code: str, on: date, name: str = "accept") -> tuple[int | None, bool]:
    limit = lawbook.book().in_force(on)[code].limit(name, "infringement")
    assert limit is not None
    return limit.amount, limit.verified


def test_correction_is_the_next_version_from_its_day(admin: Person) -> None:
    row = law.correct_regime(ORDER, correction(), since=SINCE, by=admin)

    held = lawbook.book().in_force(SINCE)[ORDER]
    assert (row.text.version, held.version, figure(ORDER, SINCE)) == (2, 2, (5, True))
    assert figure(ORDER, date(2026, 11, 30)) == (7, True)
    limit = held.limit("accept")
    assert limit is not None
    assert (limit.article, limit.mark, limit.unit, limit.start.zh) == ("15", "V1", "working_days", "收到完整投诉材料")
    assert (row.by, row.evidence) == (admin, {"limit": "accept", "kind": "", "article": "15", "text": QUOTE})
    assert [one.figure for one in held.limits if one.name != "accept"] == [
        one.figure for one in regime(ORDER).limits if one.name != "accept"
    ]


def test_correction_is_an_event_with_its_evidence(admin: Person) -> None:
    row = law.correct_regime(ORDER, correction(), since=SINCE, by=admin)

    event = Event.objects.get(subject_kind="regime")
    assert (event.verb, event.actor, event.data["digest"], event.data["replaces"], event.data["evidence"]["text"]) == (
        "adopt_regime", admin.actor, row.text.digest, regime(ORDER).digest, QUOTE,
    )  # fmt: skip
    assert event.data["followed_by"] == [[held, lawbook.book().in_force(SINCE)[held].digest] for held in heirs()]
    assert events.verify_chain(event.subject, "regime") == []


def heirs() -> list[str]:
    return [row.text.regime for row in AdoptedRegime.objects.all()[1:]]


def test_those_that_inherit_follow_and_old_versions_stay_readable(admin: Person) -> None:
    before = lawbook.book().in_force(SINCE)[CHILD]
    assert before.limit("accept").inherited == ORDER  # type: ignore[union-attr]

    law.correct_regime(ORDER, correction(), since=SINCE, by=admin)

    after = lawbook.book().in_force(SINCE)[CHILD]
    assert (figure(CHILD, SINCE), after.version, CHILD in heirs()) == ((5, False), before.version, True)
    assert after.digest != before.digest
    for held in (before, after, regime(ORDER)):
        assert lawbook.book().version(held.id, held.digest) == held
        assert lawbook.read_text(RegimeText.objects.get(digest=held.digest)) == held


def test_correction_gives_a_table_of_its_own_to_an_inherited_limit(admin: Person) -> None:
    law.correct_regime(CHILD, correction(amount=9, article="12", verified=False, quote=""), since=SINCE, by=admin)

    limit = lawbook.book().in_force(SINCE)[CHILD].limit("accept")
    assert limit is not None
    assert (limit.amount, limit.article, limit.inherited, limit.verified, limit.mark) == (9, "12", "", False, "K")
    assert figure(ORDER, SINCE) == (7, True)


def test_adopting_the_shipped_text_again_undoes_a_correction(admin: Person) -> None:
    law.correct_regime(ORDER, correction(), since=SINCE, by=admin)

    law.adopt_regime(shipped(ORDER).decode(), since=SINCE, by=admin)

    assert lawbook.book().in_force(SINCE)[ORDER] == regime(ORDER)
    assert lawbook.book().in_force(SINCE)[CHILD] == regime(CHILD)


def test_ended_regime_is_in_force_until_its_last_day(admin: Person) -> None:
    law.end_regime(ORDER, on=date(2026, 12, 31), by=admin)

    assert [ORDER in lawbook.book().in_force(day) for day in (SINCE, date(2026, 12, 31), date(2027, 1, 1))] == [
        True,
        True,
        False,
    ]
    assert lawbook.book().version(ORDER, regime(ORDER).digest) == regime(ORDER)
    assert [event.verb for event in Event.objects.filter(subject_kind="regime")] == ["end_regime"]


def test_what_would_be_is_what_then_is(admin: Person) -> None:
    book = lawbook.read()
    plan = adopting.plan(law.correct_text(ORDER, correction(), SINCE, book), book, SINCE)
    assert AdoptedRegime.objects.count() == 0

    law.correct_regime(ORDER, correction(), since=SINCE, by=admin)
    would_be = book.with_adopted(plan.adoptions()).in_force(SINCE)
    law.end_regime(CHILD, on=SINCE, by=admin)

    assert would_be.keys() - lawbook.book().in_force(date(2026, 12, 2)).keys() == {CHILD}
    assert would_be == lawbook.book().in_force(SINCE)


def test_pattern_is_adopted_for_a_place(admin: Person) -> None:
    code = next(held.id for held in lawbook.book().in_force(SINCE).values() if held.pattern)

    law.adopt_regime(adopting.placed(shipped(code).decode(), "5101", 2), since=SINCE, by=admin)

    held = lawbook.book().in_force(SINCE)[code]
    assert (held.pattern, held.jurisdiction, held.version) == (False, "5101", 2)


@pytest.mark.parametrize(
    ("said", "code", "names"),
    [
        ("version = 2", "regime-contradiction", "regime.toml: id: is missing"),
        ("id = ", "regime-contradiction", "Invalid value"),
        (text().replace("amount = 60", "amount = -1"), "regime-contradiction", "limit[4].amount"),
        (text().replace('programmes = ["fie-complaint"]', 'programmes = ["fie-complaint"]\nparent = "no-such"'), "regime-contradiction", "no-such"),
        (text().replace(ORDER, "my-order"), "regime-contradiction", ORDER),
        (text(1).replace("amount = 60", "amount = 50"), "version-not-above", "1"),
        (text(1), "already-in-force", ORDER),
    ],
)  # fmt: skip
def test_text_that_cannot_be_law_is_refused_with_where(admin: Person, said: str, code: str, names: str) -> None:
    with pytest.raises(Refused) as refused:
        law.adopt_regime(said, since=SINCE, by=admin)

    assert refused.value.code == code
    assert names in str(refused.value)
    assert (AdoptedRegime.objects.count(), Event.objects.filter(subject_kind="regime").count()) == (0, 0)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"quote": " "}, "no-quote"),
        ({"limit": "transfer"}, "unknown-limit"),
        ({"limit": "no-such"}, "choice-unknown"),
        ({"unit": "weeks"}, "choice-unknown"),
        ({"amount": 0}, "regime-contradiction"),
        ({"mark": "K"}, "regime-contradiction"),
        ({"quote": "x" * 5001}, "field-wrong"),
    ],
)
def test_correction_that_cannot_stand_is_refused(admin: Person, given: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        law.correct_regime(ORDER, correction(**given), by=admin)

    assert (refused.value.code, AdoptedRegime.objects.count()) == (code, 0)


def test_end_refuses_the_last_resort_and_what_is_not_in_force(admin: Person) -> None:
    with pytest.raises(Refused) as last:
        law.end_regime("node-target", by=admin)
    with pytest.raises(Refused) as unknown:
        law.end_regime("no-such", by=admin)

    assert (last.value.code, unknown.value.code) == ("last-resort", "regime-not-in-force")


def test_only_an_administrator_changes_the_law(admin: Person, person: Person) -> None:
    for change in (
        lambda: law.correct_regime(ORDER, correction(), by=person),
        lambda: law.adopt_regime(text(), by=person),
        lambda: law.end_regime(ORDER, by=person),
    ):
        with pytest.raises(Refused) as refused:
            change()
        assert refused.value.code == "not-admin"


def test_book_is_read_anew_by_the_process_that_changed_it_and_elsewhere_within_thirty_seconds(
    admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    tick = [0.0]
    monkeypatch.setattr(remembered.time, "monotonic", lambda: tick[0])
    assert lawbook.book().in_force(SINCE)[ORDER].version == 1
    with transaction.atomic():
        kept = RegimeText.objects.create(digest="0" * 64, regime=ORDER, version=2, text=text())
        AdoptedRegime.objects.create(
            text=kept, since=SINCE, by=admin, adopted_at=admin.created_at
        )  # as another process does

    seen = []
    for second in (29.9, 30.1):
        tick[0] = second
        seen.append(lawbook.book().in_force(SINCE)[ORDER].version)

    assert seen == [1, 2]
