"""What may be told of a confidential case: others read the summary in its place, at every door and in every step."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.cast import Cast, confidential, filing

from lianqiao.cases import dossier, timeline
from lianqiao.cases.actions import ACTIONS, intake, keeping
from lianqiao.cases.models import Case
from lianqiao.record.events import verify_chain
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db
SUMMARY = "检查频次过高\n请求减少检查。"


@pytest.fixture
def case(cast: Cast) -> Case:
    """A confidential case that another department helps to handle; the enterprise has said more in words of its own."""
    case = intake.file(by=cast.lin, **confidential(cast)).case
    ACTIONS["request_correction"](case, by=cast.wei, missing=["检查记录"])
    ACTIONS["supplement"](case, by=cast.lin, text="秘密联系人补充检查记录")
    ACTIONS["accept"](case, by=cast.wei)
    ACTIONS["engage"](case, by=cast.he, agency="cd-planning", task="说明依据。", amount=5)
    return case


def refused(action: Callable[..., Any], *args: Any, **given: Any) -> str:
    with pytest.raises(Refused) as caught:
        action(*args, **given)
    return caught.value.code


def read(case: Case, person: Person) -> tuple[str, str]:
    """The title, and all that the steps say, as the person reads them."""
    row = Case.objects.visible_to(person).listed(person).get(pk=case.pk)
    steps = timeline.steps(case, timeline.reader(case, person))
    return row.heading, " ".join(str(value) for step in steps for value in step.data.values())


def test_agency_is_engaged_once(cast: Cast, case: Case) -> None:
    with pytest.raises(Refused) as refused:
        ACTIONS["engage"](case, by=cast.he, agency="cd-planning", task="再次说明。", amount=5)

    assert (refused.value.code, refused.value.status) == ("engaged-already", 409)


def test_co_handler_reads_the_summary_and_no_word_of_the_enterprise(cast: Cast, case: Case) -> None:
    before = read(case, cast.pu)
    ACTIONS["summarise"](case, by=cast.lin, text=SUMMARY)
    after = read(case, cast.pu)

    assert (before[0], after[0]) == ("Confidential matter", "检查频次过高")
    assert [word for word in ("秘题", "秘密", "13800000000") if word in before[1] + after[1]] == []
    assert (SUMMARY in after[1], "说明依据。" in after[1]) == (True, True)
    title, said = read(case, cast.wei)
    assert (title, "秘密联系人补充检查记录" in said) == ("秘题：检查过于频繁", True)


def test_words_are_found_by_who_may_know_and_the_summary_by_everybody(cast: Cast, case: Case) -> None:
    ACTIONS["summarise"](case, by=cast.wei, text=SUMMARY)

    def hits(person: Person, *queries: str) -> list[int]:
        return [Case.objects.visible_to(person).search(query, person).count() for query in queries]

    assert hits(cast.pu, "频次过高", "秘题", "三次", "秘") == [1, 0, 0, 0]
    assert hits(cast.wei, "频次过高", "秘题", "三次", "锦江秘名") == [1, 1, 1, 1]


def test_summary_is_written_without_names_by_who_may_know(cast: Cast, case: Case) -> None:
    plain = intake.file(by=cast.lin, **filing(cast)).case

    assert (
        refused(ACTIONS["summarise"], case, by=cast.lin, text="锦江秘名科技有限公司被频繁检查")
        == "names-the-enterprise"
    )
    assert (
        refused(intake.file, by=cast.lin, **confidential(cast) | {"summary": "请找秘密联系人"})
        == "names-the-enterprise"
    )
    assert refused(ACTIONS["summarise"], case, by=cast.pu, text=SUMMARY) == "not-yours"
    assert refused(ACTIONS["summarise"], plain, by=cast.lin, text=SUMMARY) == "not-confidential"
    assert intake.file(by=cast.lin, **confidential(cast) | {"summary": SUMMARY}).case.summary == SUMMARY


def test_summary_that_is_erased_is_gone(cast: Cast, case: Case) -> None:
    ACTIONS["summarise"](case, by=cast.lin, text=SUMMARY)
    second = ACTIONS["summarise"](case, by=cast.lin, text="另一说明")
    keeping.erase(case, by=cast.zhao, texts=[f"{second.number}.text"], ground="secret")

    assert (case.summary, case.tokens_open) == ("", "")
    assert (dossier.content(case, [], carries=False)["facts"], verify_chain(case.uid)) == ("-", [])
    assert case.title == "秘题：检查过于频繁"
