"""Who would be told of a verb is who is then told of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils.translation import override
from tests.notices.conftest import follow

from lianqiao.cases import flow
from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.notices.audience import Audience
from lianqiao.notices.models import Notice
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db

Filing = Callable[..., intake.Filed]

STEPS: list[tuple[str, str, dict[str, Any]]] = [
    ("request_correction", "intake", {"missing": ["营业执照"]}),
    ("supplement", "owner", {"text": "已补正"}),
    ("route", "intake", {"agency": "cd-inward-centre", "reason": "属地"}),
    ("accept", "intake", {}),
    ("reassign", "lead", {"handler": "he", "reason": "分派"}),
    ("ask", "handler", {"to": "respondent", "agency": "sc-market", "question": "依据？"}),
    ("ask", "handler", {"to": "enterprise", "question": "金额？"}),
    ("note", "handler", {"text": "内部", "shared": False}),
    ("note", "handler", {"text": "告知", "shared": True}),
    ("extend", "lead", {"amount": 30, "unit": "working_days", "reason": "复杂"}),
    ("conclude", "handler", {"ground": "1", "text": "达成谅解"}),
    ("deliver", "intake", {"method": "electronic"}),
    ("rate", "owner", {"score": 1}),
]


def test_foreseen_are_those_who_are_told(people: dict[str, Person], filing: Filing) -> None:
    case = filing().case
    follow()
    wrong = {}
    for verb, who, data in STEPS:
        by = people[who]
        foreseen = Audience([case]).foreseen(case, verb, by, data)
        event = ACTIONS[verb](case, by=by, **data)
        follow()
        told = set(Notice.objects.filter(case=case, event=event.number).values_list("person__account", flat=True))
        named = {person.account for side in foreseen for person in side.people}
        counted = sum(side.number for side in foreseen)
        if (counted, named - told) != (len(told), set()):
            wrong[verb] = (foreseen, told)

    assert wrong == {}


def test_foreseen_says_the_sides_in_words_and_names_nobody_of_the_enterprise(
    people: dict[str, Person], filing: Filing
) -> None:
    case = filing().case

    with override("zh-hans"):
        accept = Audience([case]).foreseen(case, "accept", people["intake"])
        withdraw = Audience([case]).foreseen(case, "withdraw", people["intake"])

    for verb in flow.VERBS:
        Audience([case]).foreseen(case, verb, people["intake"])  # whatever is asked, with nothing known of it
    assert [(one.side, one.people, one.number) for one in accept] == [("企业", (), 1)]
    assert [(one.side, sorted(map(str, one.people)), one.number) for one in withdraw] == [
        ("企业", [], 1),
        ("四川省外来企业投诉中心", ["某he", "某zhao"], 2),
    ]
