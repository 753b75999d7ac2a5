"""Official documents: which one is written when, what it says, that its number leaves no gap and that the same bytes come again."""

import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case
from lianqiao.notices.documents import issuing, letters, printing, reading, samples
from lianqiao.notices.models import Document
from lianqiao.record import events, followers, sequencer
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.once]

Filing = Callable[..., intake.Filed]
People = dict[str, Person]


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.LIANQIAO_DATA = tmp_path


def follow() -> None:
    sequencer.place_pending()
    while followers.run("documents"):
        pass


def said(document: Document, lang: str = "zh") -> str:
    """Everything between addressee and signature, one paragraph a line."""
    lines: list[str] = []
    for block in document.content[lang]["blocks"]:
        lines += block.get("items", []) or [" ".join(row) for row in block.get("rows", [])] or [block["text"]]
    return "\n".join(lines)


def written(case: Case) -> list[str]:
    follow()
    return list(case.documents.order_by("pk").values_list("letter", flat=True))


def test_accept_tells_the_enterprise_by_when_and_why(people: People, filing: Filing) -> None:
    case = filing(title="招标条件限制外地企业").case
    event = ACTIONS["accept"](case, by=people["intake"])

    follow()

    document = Document.objects.get()
    page = document.content["zh"]
    year, month, day = event.data["due"]["handle"].split("-")
    assert (document.letter, document.audience, page["title"]) == ("acceptance", "everyone", "投诉受理通知书")
    firm = case.enterprise
    assert firm
    named = {lang: document.content[lang]["addressee"] for lang in ("zh", "en")}
    assert named == {"zh": firm.name_zh, "en": f"{firm.name_en} ({firm.name_zh})"}
    assert (
        said(document)
        .splitlines()[1]
        .startswith(
            f"办理期限为60个工作日（《外商投资企业投诉工作办法》（商务部令2020年第3号）第十九条），至{int(year)}年{int(month)}月{int(day)}日届满。"
        )
    )
    assert page["reckoning"]["days"][-1][2].endswith("60")


def test_numbers_of_an_agency_leave_no_gap(people: People, filing: Filing) -> None:
    for _number in range(3):
        ACTIONS["accept"](filing().case, by=people["intake"])
    follow()
    ACTIONS["refuse"](filing().case, by=people["intake"], ground="2", reason="属民商事纠纷")
    follow()

    held = Document.objects.order_by("pk")

    code = held[0].agency.code
    assert [row.serial for row in held] == [1, 2, 3, 4]
    assert held[3].number == f"{code}〔{held[3].year}〕4号"


def test_refuse_names_ground_article_and_competent_body(people: People, filing: Filing) -> None:
    ACTIONS["refuse"](
        filing().case, by=people["intake"], ground="3", reason="由商务部门受理", competent_body="市商务局"
    )

    follow()

    text = said(Document.objects.get())
    assert "第十四条第（三）项规定的情形：不属于本投诉工作机构的投诉事项处理范围。决定不予受理。" in text
    assert "由商务部门受理\n该事项可以向下列机构提出：市商务局。" in text
    assert "第二十二条，对不予受理或者处理结果有异议的" in text


def test_correction_lists_everything_at_once(people: People, filing: Filing) -> None:
    missing = ["营业执照", "授权委托书"]
    ACTIONS["request_correction"](filing().case, by=people["intake"], missing=missing)

    follow()

    blocks = Document.objects.get().content["zh"]["blocks"]
    assert [block["items"] for block in blocks if block["kind"] == "list"] == [missing]


def test_each_verb_writes_its_letter(people: People, filing: Filing) -> None:
    case = filing().case
    ACTIONS["accept"](case, by=people["intake"])
    ACTIONS["supervise"](case, by=people["supervisor"], text="请尽快办理", answer_by="2099-01-05")
    ACTIONS["extend"](case, by=people["lead"], amount=10, unit="working_days", reason="情况复杂")
    ACTIONS["settle"](case, by=people["handler"], text="双方同意更正")
    ACTIONS["conclude"](case, by=people["handler"], ground="1", text="已经更正")
    ACTIONS["deliver"](case, by=people["intake"], method="post")

    assert written(case) == ["acceptance", "supervision", "extension", "settlement", "result", "receipt-of-delivery"]
    result = case.documents.get(letter="result")
    assert f"文号 {result.number}" in said(case.documents.get(letter="receipt-of-delivery")).replace("  ", " ")


@pytest.mark.parametrize(
    ("ground", "letter"), [("1", "result"), ("3", "result"), ("4", "termination"), ("6", "termination")]
)
def test_conclude_writes_what_fits_the_ground(people: People, filing: Filing, ground: str, letter: str) -> None:
    case = filing().case
    ACTIONS["accept"](case, by=people["intake"])
    ACTIONS["conclude"](case, by=people["handler"], ground=ground, text="说明")

    assert written(case) == ["acceptance", letter]


def test_withdraw_ends_with_a_letter(people: People, filing: Filing) -> None:
    case = filing().case
    ACTIONS["withdraw"](case, by=people["owner"], reason="已经解决")

    assert written(case) == ["termination"]
    assert "书面撤回" in said(case.documents.get())


def test_reckoning_is_that_of_the_event_not_of_today(people: People, filing: Filing) -> None:
    case = filing().case
    accepted = ACTIONS["accept"](case, by=people["intake"])
    ACTIONS["extend"](case, by=people["lead"], amount=10, unit="working_days", reason="情况复杂")

    follow()

    acceptance, extension = case.documents.order_by("pk")
    assert acceptance.event == accepted.number
    counts = [document.content["zh"]["reckoning"]["days"][-1][2] for document in (acceptance, extension)]
    assert [count.split("–")[-1] for count in counts] == ["60", "70"]


def test_transfer_of_a_confidential_case_names_neither_matter_nor_enterprise(people: People, filing: Filing) -> None:
    case = filing(title="秘题", confidential=True).case
    ACTIONS["route"](case, by=people["intake"], agency="cd-planning", reason="职责所在")

    follow()

    document = case.documents.get()
    assert (document.audience, document.names_enterprise) == ("officers", False)
    assert "秘题" not in str(document.content)
    assert case.enterprise.name_zh not in str(document.content)  # type: ignore[union-attr]


def test_documents_are_read_by_whom_they_concern(people: People, filing: Filing) -> None:
    case = filing(confidential=True).case
    ACTIONS["accept"](case, by=people["intake"])
    ACTIONS["route"](case, by=people["intake"], agency="cd-planning", reason="职责所在")
    follow()

    def read_by(part: str) -> list[str]:
        return [document.letter for document in reading.of_case(case, people[part])]

    assert read_by("owner") == ["acceptance"]
    assert read_by("intake") == ["acceptance", "transfer"]
    assert read_by("planning") == ["transfer"]
    with pytest.raises(Refused, match=r"There is no such document|没有这一份"):
        reading.document_for(case.documents.order_by("pk")[0].uid, people["respondent"])


def test_print_keeps_files_digests_and_event_and_comes_out_the_same(people: People, filing: Filing) -> None:
    ACTIONS["accept"](filing().case, by=people["intake"])
    follow()

    assert (issuing.print_due(), issuing.print_due()) == (1, 0)

    document = Document.objects.get()
    [event] = Event.objects.about("document", document.uid)
    assert event.data["sha256"] == {"zh": document.sha256_zh, "en": document.sha256_en}
    assert events.verify_chain(document.uid, "document") == []
    assert issuing.reprinted(document) == {"zh": True, "en": True}
    changed = document.content | {"zh": document.content["zh"] | {"number": "改过的文号"}}
    assert issuing.reprinted(Document(**{**_fields(document), "content": changed})) == {"zh": False, "en": True}


def _fields(document: Document) -> dict[str, Any]:
    return {name: getattr(document, name) for name in ("sha256_zh", "sha256_en")}


def test_document_is_gone_after_an_erasure_and_its_number_stays(people: People, filing: Filing) -> None:
    case = filing().case
    ACTIONS["accept"](case, by=people["intake"])
    follow()
    issuing.print_due()
    document = case.documents.get()
    place = issuing.path_of(document, "zh")
    assert place.exists()

    issuing.erase_of(case)

    document.refresh_from_db()
    assert (document.content, place.exists(), document.serial, len(document.sha256_zh)) == ({}, False, 1, 64)
    with pytest.raises(Refused) as refused:
        reading.file_of(document, "zh")
    assert refused.value.code == "document-erased"


def streams(pdf: bytes) -> bytes:
    """All that is compressed in a PDF, unpacked."""
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    unpacked = []
    for stream in found:
        try:
            unpacked.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(unpacked)


@pytest.mark.parametrize("code", letters.LETTERS)
def test_every_letter_prints_with_fonts_inside_and_text_to_select(code: str) -> None:
    letter = letters.LETTERS[code]
    content = samples.contents(letter, "蓉外资投〔2026〕12号")

    pdf = {lang: printing.pdf(page) for lang, page in content.items()}

    assert [data[:5] for data in pdf.values()] == [b"%PDF-", b"%PDF-"]
    inside = streams(pdf["zh"]) + pdf["zh"]
    assert (b"/FontFile" in inside, b"beginbfchar" in inside or b"beginbfrange" in inside) == (True, True)
    assert not re.search(r"{\w+}", str(content))
    if letter.to == "enterprise":
        # Each sign of the name can be copied out again, rare ones too.
        assert [sign for sign in "镕堃䶮" if f"<{ord(sign):04X}>".encode() not in inside.upper()] == []
