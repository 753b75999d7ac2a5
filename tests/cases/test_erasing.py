"""Erasure of what a case says: asked for, decided on a ground of law, gone everywhere, and the record verifies as before."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.utils.translation import override
from pytest_django import DjangoCaptureOnCommitCallbacks
from tests import remains
from tests.cast import Cast, filing

from lianqiao.cases import files, search_index, timeline
from lianqiao.cases.actions import drafts, handling, intake, keeping
from lianqiao.cases.models import Attachment, Case
from lianqiao.record import events, receipts
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import IdempotentAnswer, Person

pytestmark = pytest.mark.django_db
CONTACT = {
    "name": "牛联系",
    "phone": "13712345678",
    "email": "niu@example.org",
    "address": "锦里七号",
    "postcode": "610041",
}


@pytest.fixture
def case(cast: Cast, people: dict[str, Person]) -> Case:
    return intake.file(by=people["owner"], **filing(cast, contact=CONTACT)).case


def refused(action: Callable[..., Any], *args: Any, **given: Any) -> str:
    with pytest.raises(Refused) as caught:
        action(*args, **given)
    return caught.value.code


def attached(case: Case, by: Person, name: str = "许可证.txt", text: str = "文件所载秘密") -> Attachment:
    stored = files.store(case.uid, name, [text.encode()])
    handling.attach(case, by=by, audience="everyone", **stored._asdict())
    return Attachment.objects.get(pk=stored.attachment)


def test_contact_is_erased_on_request_and_everything_verifies(case: Case, people: dict[str, Person]) -> None:
    first = Event.objects.about("case", case.uid).get(number=1)
    before = receipts.receipt(first, number=case.number)
    asked = keeping.request_erasure(case, by=people["owner"], contact=True, reason="联系人已离职")

    told = keeping.erase(case, by=people["lead"], request=asked.number, ground="consent")

    search_index.forget()
    assert remains.found(CONTACT.values()) == {}
    assert sorted(spot["field"] for spot in told.data["fields"]) == sorted(f"contact.{part}" for part in CONTACT)
    assert (told.data["what"], told.data["article"]) == (["contact"], "47(1)(3)")
    assert events.verify_chain(case.uid) == []
    assert receipts.receipt(first, number=case.number)["event"] == before["event"]
    assert (case.title, Case.objects.search("13712345678", people["intake"]).count()) == ("招标条件排斥外地企业", 0)
    assert Case.objects.search("锦江秘名", people["intake"]).count() == 1


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "已于"), ("en", "Erased on")])
def test_chain_says_when_and_why_in_the_readers_language(
    case: Case, people: dict[str, Person], language: str, words: str
) -> None:
    keeping.erase(case, by=people["lead"], contact=True, ground="unlawful")

    with override(language):
        step = timeline.steps(case, timeline.reader(case, people["owner"]))[0]

    told = step.data["contact.phone"]
    assert (told["erased"], told["sentence"].startswith(words)) == (True, True)
    assert step.data["title"] == "招标条件排斥外地企业"


def test_request_is_refused_with_reason_and_article(case: Case, people: dict[str, Person]) -> None:
    asked = keeping.request_erasure(case, by=people["owner"], contact=True, reason="请删除")

    told = keeping.refuse_erasure(case, by=people["lead"], request=asked.number, ground="duty")

    assert (told.data["article"], told.data["request"]) == ("13(1)(3)", asked.number)
    assert refused(keeping.erase, case, by=people["lead"], request=asked.number, ground="consent") == "no-such-request"
    assert (
        refused(keeping.refuse_erasure, case, by=people["lead"], request=asked.number, ground="duty")
        == "no-such-request"
    )


def test_ground_must_reach_as_far_as_what_is_erased(
    case: Case, people: dict[str, Person], at: Callable[[str], Case]
) -> None:
    lead = people["lead"]

    assert refused(keeping.erase, case, by=lead, contact=True, ground="whim") == "unknown-ground"
    assert refused(keeping.erase, case, by=lead, contact=True, ground="purpose") == "still-running"
    assert refused(keeping.erase, at("archived"), by=lead, texts=["1.facts"], ground="purpose") == "retention-holds"
    assert refused(keeping.erase, case, by=lead, ground="consent") == "nothing-to-erase"
    assert refused(keeping.erase, case, by=lead, texts=["1.nothing"], ground="secret") == "no-such-text"
    assert refused(keeping.erase, case, by=people["handler"], contact=True, ground="consent") == "not-yours"
    assert keeping.erase(at("delivered"), by=lead, contact=True, ground="purpose").data["what"] == ["contact"]


def test_enterprise_can_ask_only_for_what_it_reads(case: Case, people: dict[str, Person]) -> None:
    note = handling.note(case, by=people["intake"], text="内部意见")

    code = refused(keeping.request_erasure, case, by=people["owner"], texts=[f"{note.number}.text"], reason="删除")

    assert code == "no-such-text"
    assert keeping.request_erasure(case, by=people["owner"], texts=["1.facts"], reason="删除").data["what"] == ["text"]


def test_text_and_file_leave_row_search_and_store(
    case: Case, people: dict[str, Person], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    held = attached(case, people["owner"])
    place = files.path_of(case.uid, held.pk)
    assert Case.objects.search("招标文件", people["intake"]).count() == 1

    with django_capture_on_commit_callbacks(execute=True):
        keeping.erase(case, by=people["lead"], texts=["1.title", "1.facts"], files=[held.pk], ground="secret")

    search_index.forget()
    assert remains.found(["招标条件排斥外地企业", "某项目招标文件", "许可证", "文件所载秘密"]) == {}
    assert (case.title, place.exists(), Case.objects.search("招标文件", people["intake"]).count()) == ("", False, 0)
    held.refresh_from_db()
    assert (held.name, held.stored, held.erased) == ("", False, True)
    assert refused(keeping.erase, case, by=people["lead"], files=[held.pk], ground="secret") == "nothing-to-erase"
    assert refused(keeping.erase, case, by=people["lead"], files=[uuid4()], ground="secret") == "no-such-text"
    assert events.verify_chain(case.uid) == []


def test_name_of_who_files_leaves_the_case_and_its_search(case: Case, people: dict[str, Person]) -> None:
    keeping.erase(case, by=people["lead"], complainant=True, ground="unlawful")

    assert case.complainant == ""
    assert Case.objects.search("锦江秘名", people["intake"]).count() == 0
    assert Case.objects.search("13712345678", people["intake"]).count() == 1


def test_forms_and_kept_answers_of_the_people_of_the_case_are_cleared(
    case: Case, cast: Cast, people: dict[str, Person]
) -> None:
    drafts.save(filing(cast, contact=CONTACT), by=people["owner"])
    for person in (people["owner"], people["stranger"]):
        IdempotentAnswer.objects.create(
            person=person, key="k", request_digest="d", status=200, body="b", created_at=case.changed_at
        )

    keeping.erase(case, by=people["lead"], contact=True, ground="consent")

    search_index.forget()
    assert remains.found(CONTACT.values()) == {}
    assert [row.person for row in IdempotentAnswer.objects.all()] == [people["stranger"]]


def test_objection_to_a_case_whose_texts_are_gone_can_be_filed(
    at: Callable[[str], Case], people: dict[str, Person]
) -> None:
    from lianqiao.cases.actions import conclusion

    case = at("delivered")
    keeping.erase(case, by=people["lead"], texts=["1.title", "1.request"], ground="secret")

    made = conclusion.object(case, by=people["owner"], reason="未涉及赔偿")

    assert (made.filed.case.title, made.filed.case.state) == ("-", "filed")
