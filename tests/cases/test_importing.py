"""Lines of an office's own ledger as cases: many at once are the same as one by one, and none goes round the flow."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from tests.cast import Cast

from lianqiao.cases import data
from lianqiao.cases.actions import ACTIONS, imports
from lianqiao.cases.models import Case, CaseKey, Clock, Exclusion, Participant
from lianqiao.record import events, time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused

pytestmark = pytest.mark.django_db
LEDGER = UUID("0b6c3a52-6d0e-4c37-9d0e-6f6b0a8f7a11")
OWN = {"id", "uid", "dossier", "event_head", "changed_at", "digest", "recorded_at", "subject", "case_id"}


def line(**changed: Any) -> dict[str, Any]:
    return {
        "agency": "sc-inward-centre", "state": "concluded", "as_told": True, "programme": "inward-complaint", "kind": "infringement",
        "category": "levies", "title": "收费项目未公示", "facts": "窗口未公示收费依据。", "enterprise_name": "示例公司", "respondents": ["sc-market"],
        "legal_date": date(2025, 3, 5), "evidence": "ledger.xlsx", "concluded_on": date(2025, 4, 20), "text": "已公示。",
        "ledger": LEDGER, "source": "a" * 64, "sheet": "台账", "row": 4, "ref": "7", "contact": {"name": "王某", "phone": "13900000000"},
    } | changed  # fmt: skip


def lines(cast: Cast) -> list[dict[str, Any]]:
    return [
        line(),
        line(state="accepted", accepted_on=date(2026, 11, 2), concluded_on=None, text=""),
        line(state="filed", legal_date=time.today(), concluded_on=None, text="", as_told=False),
        line(state="delivered", answered_by="cd-planning", delivered_on=date(2025, 4, 25), score=4, enterprise=cast.enterprise.pk),
        line(state="withdrawn", confidential=True, concluded_on=None, respondents=[], kind="help"),
        line(kind="retaliation", title="“引号” \\ 'quote' %s {} 😀"),
    ]  # fmt: skip


def written(case: Case) -> dict[str, Any]:
    """Everything there is of the case but what tells it from another one that says the same."""
    held: dict[str, Any] = {
        model.__name__: [
            {name: value for name, value in row.items() if name not in OWN}
            for row in model._default_manager.filter(case=case.pk).order_by("pk").values()
        ]
        for model in (Clock, Participant, Exclusion, CaseKey)
    }
    told = Event.objects.get(subject_kind="case", subject=case.uid)
    held |= {name: value for name, value in Case.objects.filter(pk=case.pk).values()[0].items() if name not in OWN}
    held["event"] = (events.opened(told), told.by, told.number, told.legal_date, told.verb)
    assert (events.verify_chain(case.uid), case.event_head) == ([], told.digest)
    return held


def test_many_at_once_are_the_same_as_one_by_one(cast: Cast) -> None:
    told = [(one, cast.enterprise if one.get("enterprise") else None) for one in lines(cast)]

    alone = [imports.imported(by=cast.wei, firm=firm, **one) for one, firm in told]
    read = [(data.read("imported", one), firm) for one, firm in told]
    together = imports.enter(read, by=cast.wei)  # type: ignore[arg-type]

    assert [written(case) for case in together] == [written(case) for case in alone]
    assert [case.state for case in Case.objects.order_by("pk")[:6]] == [one["state"] for one, _firm in told]
    assert [case.pk for case in together] == sorted(Case.objects.values_list("pk", flat=True))[6:]
    assert together[0].number.startswith("51-2025-")
    running = Clock.objects.filter(case=together[1].pk).values_list("name", "started_on", "stopped_on")
    assert list(running) == [("handle", date(2026, 11, 2), None)]
    assert imports.imported(by=cast.wei, **line()).pk > together[-1].pk
    seen = [Case.objects.visible_to(person).count() for person in (cast.pu, cast.ren, cast.wei)]
    assert seen == [2, 0, 13]  # what planning answered for; nothing for the agency complained of
    assert Case.objects.search("收费依据", cast.wei).count() == 13


@pytest.mark.parametrize(
    ("changed", "by", "code"),
    [
        ({}, "he", "not-yours"),
        ({"answered_by": "cd-planning"}, "he", "no-intake"),
        ({}, "stranger", "not-yours"),
        ({"agency": "sc-justice"}, "wei", "not-yours"),
        ({"respondents": ["sc-inward-centre"]}, "wei", "complained-of-itself"),
        ({"answered_by": "sc-market"}, "wei", "complained-of-itself"),
        ({"answered_by": "cd-planning", "state": "accepted"}, "wei", "still-runs"),
        ({"concluded_on": None}, "wei", "day-missing"),
        ({"concluded_on": date(2025, 3, 4)}, "wei", "days-in-disorder"),
        ({"delivered_on": date(2999, 1, 1)}, "wei", "days-in-disorder"),
        ({"evidence": ""}, "wei", "legal-date"),
        ({"category": "weather"}, "wei", "unknown-category"),
        ({"state": "archived"}, "wei", "invalid"),
    ],
)
def test_line_is_refused_with_nothing_written(cast: Cast, changed: dict[str, Any], by: str, code: str) -> None:
    with pytest.raises(Refused) as alone:
        imports.imported(by=cast.people[by], **line(**changed))
    assert alone.value.code == code
    if code != "invalid":
        both = [(data.read("imported", one), None) for one in (line(), line(**changed))]
        with pytest.raises(Refused) as together:
            imports.enter(both, by=cast.people[by])  # type: ignore[arg-type]
        assert together.value.code == ("not-yours" if by != "wei" else code)
    assert Case.objects.count() == 0


def test_import_is_taken_back_until_somebody_has_acted(cast: Cast) -> None:
    first, second = (imports.imported(by=cast.wei, **line(row=row)) for row in (1, 2))
    ACTIONS["reopen"](second, by=cast.zhao, reason="企业补充了新的材料。")

    imports.take_back(first, ledger=str(LEDGER), decided="b" * 64)

    assert (Case.objects.get(pk=first.pk).state, events.verify_chain(first.uid)) == ("withdrawn", [])
    for case, ledger, code in (
        (second, str(LEDGER), "acted-on"), (first, str(LEDGER), "acted-on"), (second, str(UUID(int=1)), "another-import")
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            imports.take_back(Case.objects.get(pk=case.pk), ledger=ledger, decided="b" * 64)
        assert refused.value.code == code
    with pytest.raises(Refused):
        ACTIONS["import_undone"](second, by=cast.zhao, ledger=str(LEDGER), decided="b" * 64)
