"""Ledgers of offices come in: the samples of `demo/ledgers`, hostile files, our own exports; and go out again as a whole."""

from __future__ import annotations

import io
import json
import runpy
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from tests.cast import Cast, filing
from tests.portal.conftest import signed_in, text

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case
from lianqiao.jobs import work
from lianqiao.jobs.models import Job
from lianqiao.ledgers import entering, handed_in, incoming, reading, standard, takeout, understood
from lianqiao.ledgers.definition import Definition
from lianqiao.ledgers.models import ImportedLine, LedgerImport
from lianqiao.record import events
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions, tables
from lianqiao.registry.models import Person
from lianqiao.site import cli

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parents[2] / "demo" / "ledgers"
CHOSEN = {"programme": "business-environment", "kind": "help", "category": "other"}


def handed(name: str, by: Person, content: bytes | None = None) -> LedgerImport:
    file = io.BytesIO(content if content is not None else (SAMPLES / name).read_bytes())
    return incoming.hand_in(file, name, by=by)


def looked(ledger: LedgerImport, by: Person, **chosen: Any) -> Job:
    return done(incoming.look(ledger, by=by, mapping=ledger.mapping, chosen=CHOSEN | chosen))


def done(job: Job) -> Job:
    while not job.is_finished:
        assert work.work() == 1
        job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    return job


def told(job: Job) -> list[tuple[str, int, str, str]]:
    return [(one.sheet, one.row, one.column, one.code) for one in job.problems.order_by("pk")]


def entered(ledger: LedgerImport, by: Person) -> Job:
    return done(incoming.enter(ledger, by=by))


@pytest.mark.once
def test_samples_are_what_the_script_makes() -> None:
    made = runpy.run_path(str(SAMPLES / "make.py"))["files"]()

    assert {name: (SAMPLES / name).read_bytes() for name in made} == made


def test_complaint_ledger_of_a_county(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    ledger = handed("county-complaints.xlsx", cast.wei)

    assert [(head["sheet"], head["start"], len(head["titles"])) for head in ledger.heads] == [("2025年台账", 5, 17)]
    assert {title: field for title, field in ledger.mapping.items() if field} == {
        "登记编号": "ref", "登记日期": "filed_on", "企业名称": "enterprise_name", "统一社会信用代码": "enterprise_code", "联系人": "contact.name",
        "联系电话": "contact.phone", "投诉类别": "category", "反映问题": "facts", "被投诉单位": "respondents", "承办单位": "unit",
        "受理日期": "accepted_on", "办理状态": "state", "办结时间": "concluded_on", "办理结果": "text", "满意度": "score",
    }  # fmt: skip
    job = looked(ledger, cast.wei)
    assert Case.objects.count() == 0
    assert (job.total, job.counts) == (8, {"done": 6, "faulty": 2})
    assert told(job) == [
        ("", 5, "统一社会信用代码", "unlinked"),
        ("", 6, "统一社会信用代码", "unlinked"),
        ("", 7, "投诉类别", "other-word"),
        ("", 8, "统一社会信用代码", "unlinked"),
        ("", 9, "统一社会信用代码", "unlinked"),
        ("", 10, "登记日期", "ambiguous-date"),
        ("", 11, "统一社会信用代码", "wrong-code"),
        ("", 12, "统一社会信用代码", "unlinked"),
    ]

    with django_capture_on_commit_callbacks(execute=True):
        entered(ledger, cast.wei)

    cases = list(Case.objects.order_by("pk"))
    assert [(case.state, case.filed_on, case.complainant[4:6], case.category) for case in cases] == [
        ("concluded", date(2025, 1, 6), "食品", "levies"),
        ("concluded", date(2025, 2, 11), "建材", "licensing"),
        ("concluded", date(2025, 3, 5), "纺织", "other"),
        ("accepted", date(2025, 5, 22), "机械", "other"),
        ("concluded", date(2025, 5, 22), "机械", "investment-promise"),
        ("withdrawn", date(2025, 9, 10), "食品", "other"),
    ]
    said = events.opened(Event.objects.get(subject=cases[1].uid))
    assert (said["source"], said["sheet"], said["row"], said["as_told"]) == (ledger.file_digest, "2025年台账", 6, True)
    assert (said["enterprise_code"], said["contact.phone"]) == (cases_code(), "13900000002")
    assert [case.agency.code for case in cases[:3]] == ["cd-planning", "cd-planning", "sc-inward-centre"]
    held = Definition(
        columns=["ref", "accepted_on", "concluded_on", "delivered_on", "days_used", "result", "unit"], order="number"
    )
    row = [value for _column, value in reading.values(held, reading.page(held, cast.wei)[0][0])]
    assert row == [
        "云投〔2025〕1号",
        date(2025, 1, 8),
        date(2025, 2, 14),
        None,
        39,
        "已公示收费依据并退还多收费用。",
        "成都市规划局",
    ]
    assert not incoming.file_of(ledger).exists()
    noted = Event.objects.get(subject_kind="ledger", verb="import_ledger")
    assert (noted.data["lines"], noted.data["left_out"], noted.data["source"]) == (6, 2, ledger.file_digest)

    again = looked(handed("county-complaints.xlsx", cast.wei), cast.wei)
    assert again.counts == {"known": 6, "faulty": 2}
    assert [code for *_where, code in told(again) if code == "differs"] == []
    undone = done(incoming.undo(LedgerImport.objects.get(pk=ledger.pk), reason="导入有误", by=cast.wei))
    assert undone.counts == {"done": 6}
    assert set(Case.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert {tuple(events.verify_chain(case.uid)) for case in cases} == {()}
    assert looked(handed("county-complaints.xlsx", cast.wei), cast.wei).counts == {"done": 6, "faulty": 2}


def cases_code() -> str:
    return str(list(runpy.run_path(str(SAMPLES / "make.py"))["FIRMS"].values())[1])


@pytest.mark.parametrize(
    ("name", "chosen", "states"),
    [
        ("roundtable.xlsx", {"programme": "roundtable"}, ["concluded", "accepted", "concluded"]),
        ("hotline.csv", {"programme": "hotline"}, ["concluded", "concluded", "accepted"]),
    ],
)
def test_list_is_entered_once_and_taken_back(cast: Cast, name: str, chosen: dict[str, str], states: list[str]) -> None:
    first, second = handed(name, cast.wei), handed(name, cast.wei)
    assert looked(first, cast.wei, **chosen).counts == {"done": 3}
    looked(second, cast.wei, **chosen)
    entered(first, cast.wei)
    assert entered(second, cast.wei).counts == {"known": 3}
    assert [case.state for case in Case.objects.order_by("pk")] == states

    one, other, *_rest = Case.objects.order_by("pk")
    ACTIONS["note"](one, by=cast.wei, text="企业来电确认。") if one.agency == cast.centre else ACTIONS["note"](
        other, by=cast.wei, text="x"
    )
    with pytest.raises(Refused) as refused:
        incoming.undo(LedgerImport.objects.get(pk=first.pk), reason="重复", by=cast.wei)
    assert refused.value.code == "acted-on"
    assert ImportedLine.objects.filter(stands=True).count() == 3


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_own_export_comes_back_without_a_difference(cast: Cast, form: str) -> None:
    for n in range(2):
        intake.file(by=cast.lin, **filing(cast, title=f"=1+{n}"))
    ledger = handed("roundtable.xlsx", cast.wei)
    looked(ledger, cast.wei, programme="roundtable")
    entered(ledger, cast.wei)
    shown = standard.named("complaints", cast.wei)
    file = io.BytesIO()
    takeout.whole(file, shown, cast.wei, form=form, paper="A4")

    back = handed(f"out.{form}", cast.wei, file.getvalue())
    assert looked(back, cast.wei).counts == {"known": 5}
    assert told(Job.objects.get(asked__ledger=str(back.pk))) == []

    changed = Case.objects.get(title="=1+1")
    ACTIONS["accept"](changed, by=cast.wei)
    other = looked(handed(f"out.{form}", cast.wei, file.getvalue()), cast.wei)
    assert {(column, code) for _sheet, _row, column, code in told(other)} == {
        ("State", "differs"),
        ("Accepted on", "differs"),
        ("Next due", "differs"),
    }
    assert looked(handed(f"out.{form}", cast.chengdu, file.getvalue()), cast.chengdu).counts == {"faulty": 5}


def test_lines_of_json_and_what_is_remembered(cast: Cast) -> None:
    lines = [
        {"ref": "1", "received on": "2026年3月5日", "单位": "示例甲公司", "matter": "收费"},
        {"ref": "1", "received on": "2026-03-06", "单位": "示例乙公司", "matter": "收费"},
        {"ref": "2", "received on": "46086", "单位": "锦江秘名科技有限公司", "matter": "许可"},
    ]
    content = "\n".join(json.dumps(one, ensure_ascii=False) for one in lines).encode()
    ledger = handed("a.ndjson", cast.wei, content)
    with pytest.raises(Refused) as refused:
        incoming.look(ledger, by=cast.wei, mapping=ledger.mapping, chosen={})
    assert (refused.value.code, refused.value.status) == ("ledger-mapping", 422)

    job = done(incoming.look(ledger, by=cast.wei, mapping=ledger.mapping | {"单位": "enterprise_name"}, chosen=CHOSEN))

    assert (job.counts, told(job)) == ({"done": 2, "faulty": 1}, [("", 2, "ref", "line-twice")])
    again = handed("a.ndjson", cast.wei, content)
    assert (again.mapping["单位"], again.chosen) == ("enterprise_name", CHOSEN)
    assert handed("a.ndjson", cast.chengdu, content).mapping["单位"] == ""
    entered(ledger, cast.wei)
    assert Case.objects.get(title="许可").enterprise == cast.enterprise
    with pytest.raises(Refused):
        incoming.enter(ledger, by=cast.wei)


def test_parts_go_on_where_they_were_broken_off(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entering, "PART", 1)
    content = "编号,收件日期,企业名称,事项\n" + "".join(f"{n},2026-03-05,示例{n}公司,事项{n}\n" for n in (1, 2, 2, 3))
    ledger = handed("a.csv", cast.wei, content.encode())
    assert looked(ledger, cast.wei).counts == {"done": 3, "faulty": 1}
    job = incoming.enter(ledger, by=cast.wei)
    work.work(), work.work()
    with incoming.keys_of(ledger).open("ab") as file:
        file.write(b"half a part of a process that died")

    assert done(job).counts == {"done": 3, "faulty": 1}
    assert Case.objects.count() == ImportedLine.objects.count() == LedgerImport.objects.get().entered == 3


def test_line_that_is_refused_meanwhile_stops_no_other(cast: Cast) -> None:
    content = "编号,收件日期,企业名称,事项,被投诉单位\n1,2026-03-05,示例公司,甲,\n2,2026-03-05,示例公司,乙,四川省市场监督管理局\n"
    ledger = handed("a.csv", cast.wei, content.encode())
    assert looked(ledger, cast.wei).counts == {"done": 2}
    ledger.refresh_from_db()
    ledger.chosen = ledger.chosen | {
        "kind": "retaliation"
    }  # as if the rules had changed: a report must name whom it accuses
    ledger.save()

    job = entered(ledger, cast.wei)

    assert (job.counts, told(job)) == ({"done": 1, "faulty": 1}, [("", 2, "", "no-respondent")])
    assert [(case.title, case.confidential) for case in Case.objects.all()] == [("乙", True)]


def packed(**parts: str | bytes) -> bytes:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO((SAMPLES / "roundtable.xlsx").read_bytes())) as good,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in good.namelist():
            archive.writestr(name, good.read(name))
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "ledger-no-head"),
    "no table": (lambda: b"a,b\n1,2\n", "ledger-no-head"),
    "no workbook": (lambda: b"PK\x03\x04 no", "import-unreadable"),
    "xml bomb": (lambda: packed(**{"xl/x.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "import-unreadable"),
    "zip bomb": (lambda: packed(**{"xl/x.bin": bytes(3 * 2**20)}), "import-unpacks"),
    "one text in every cell": (
        lambda: packed(
            **{
                "xl/sharedStrings.xml": f"<sst><si><t>{'长' * 4_000}</t></si></sst>",
                "xl/worksheets/sheet9.xml": "<sheetData>" + '<c r="A1" t="s"><v>0</v></c>' * 300 + "</sheetData>",
            }
        ),
        "import-unpacks",
    ),
    "broken line": (lambda: b'{"ref": "1", "matter": "x"\n', "batch-line"),
}  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_file_is_refused_and_nothing_kept(cast: Cast, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, code = HOSTILE[what]
    monkeypatch.setattr(tables, "UNPACKED_BYTES", 2**21)
    monkeypatch.setattr(handed_in, "MOST_SIGNS", 2**21)

    with pytest.raises(Refused) as refused:
        handed("../../etc/passwd", cast.wei, make())

    assert (refused.value.code, refused.value.status) == (code, 422)
    assert (LedgerImport.objects.count(), list(incoming.folder().glob("*")) if incoming.folder().exists() else []) == (
        0,
        [],
    )


@pytest.mark.once
def test_hostile_cells_are_problems_or_texts(cast: Cast) -> None:
    content = f'编号,收件日期,企业名称,事项\n1,2026-03-05,示例公司,"=HYPERLINK(1)"\n2,2026-03-05,示例公司,{"长" * 300_000}\n3,2026-03-05,示\x01例,x\n'
    ledger = handed("../../a.csv", cast.wei, content.encode())

    assert [code for *_where, code in told(looked(ledger, cast.wei))] == ["too-long", "control_characters"]
    entered(ledger, cast.wei)
    assert [case.title for case in Case.objects.all()] == ["=HYPERLINK(1)"]


@pytest.mark.once
@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("2026.3.5", date(2026, 3, 5)), ("２０２６年３月５日", date(2026, 3, 5)), ("2026/03/05 10:20", date(2026, 3, 5)), ("20260305", date(2026, 3, 5)),
        ("46086", date(2026, 3, 5)), ("46086.5", date(2026, 3, 5)), ("13/5/2026", date(2026, 5, 13)), ("5/13/2026", date(2026, 5, 13)),
        ("5/5/2026", date(2026, 5, 5)),
        ("3/5/2026", "ambiguous-date"), ("26.3.5", "wrong"), ("3.5.26", "ambiguous-date"), ("3月5日", "date-without-year"), ("2026年3月", "wrong"),
        ("2026-02-30", "wrong"), ("13/13/2026", "wrong"), ("不详", "wrong"),
    ],
)  # fmt: skip
def test_day_as_offices_write_it(said: str, read: date | str) -> None:
    try:
        found: date | str = understood.day(said)
    except understood.Faulty as told:
        found = told.faults[0].code
    assert found == read


def test_only_who_takes_in_hands_a_ledger_in(cast: Cast) -> None:
    for person in (cast.he, cast.stranger, cast.root):
        with pytest.raises(Refused) as refused:
            handed("hotline.csv", person)
        assert refused.value.code == "no-intake"
    with pytest.raises(Refused):
        incoming.found(handed("hotline.csv", cast.wei).pk, cast.chengdu)
    assert handed_in.MOST_BYTES == 50 * 2**20


def test_command_enters_and_takes_back(cast: Cast, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    by, chosen = ("--by", cast.wei.account), ("--programme", "roundtable", "--kind", "help", "--category", "other")
    sample = str(SAMPLES / "county-complaints.xlsx")

    codes = [
        cli.main(["ledger", "import", sample, *chosen, *more, *by]) for more in ((), ("--dry-run",), ("--leave-out",))
    ]

    assert (codes, Case.objects.count()) == ([1, 1, 1], 6)
    ledger = LedgerImport.objects.get(entered_at__isnull=False)
    assert f"6 cases were entered; the import is {ledger.pk}." in capsys.readouterr().out
    assert cli.main(["ledger", "import", str(SAMPLES / "roundtable.xlsx"), *by]) == 0
    assert cli.main(["ledger", "undo", str(ledger.pk), "--reason", "重复", *by]) == 0
    assert Case.objects.filter(state="withdrawn").count() == 6


def test_pages_lead_from_the_file_to_the_cases(cast: Cast) -> None:
    browser = signed_in(cast.wei)
    with (SAMPLES / "roundtable.xlsx").open("rb") as file:
        page = browser.post("/ledgers/import", {"file": file}).headers["Location"]
    ledger = LedgerImport.objects.get()
    mapping = {f"field.{place}": ledger.mapping[title] for place, title in enumerate(ledger.heads[0]["titles"])}

    assert browser.post(page, {"do": "look", **mapping}).status_code == 422
    assert browser.post(page, {"do": "look", **mapping, **CHOSEN}).status_code == 302
    while work.work():
        pass
    assert "Enter 3 cases" in text(browser.get(page))
    browser.post(page, {"do": "enter"})
    while work.work():
        pass
    assert "Take this import back" in text(browser.get(page))
    number = Case.objects.order_by("pk")[1].number
    assert "Entered from a ledger of Appeal Center" in text(browser.get(f"/desk/cases/{number}"))
    browser.post(page, {"do": "undo", "reason": "重复"})
    while work.work():
        pass
    assert "Was taken back" in text(browser.get(page, headers={"HX-Request": "true"}))
    assert Case.objects.filter(state="withdrawn").count() == 3
    assert [signed_in(person).get(page).status_code for person in (cast.he, cast.chengdu)] == [404, 404]
    assert signed_in(cast.he).get("/ledgers/import").status_code == 403


def test_line_that_names_nobody_comes_in_unless_its_rule_asks_who_complains(cast: Cast) -> None:
    content = "编号,收件日期,企业名称,事项,规则类别\n1,2026-03-05,,用电问题,营商环境问题投诉\n2,2026-03-05,,股权问题,外商投资企业投诉\n"
    ledger = handed("a.csv", cast.wei, content.encode())

    job = looked(ledger, cast.wei, kind="infringement")

    assert (job.counts, told(job)) == (
        {"done": 1, "faulty": 1},
        [("", 2, "企业名称", "unnamed"), ("", 3, "企业名称", "unnamed"), ("", 3, "", "who-complains")],
    )
    assert "第11(1)条要求写明投诉人" in job.problems.get(code="who-complains").sentence
    entered(ledger, cast.wei)
    case = Case.objects.get()
    assert (case.title, case.complainant, case.enterprise) == ("用电问题", "", None)
    assert "not named" in text(signed_in(cast.wei).get(f"/desk/cases/{case.number}"))
    ACTIONS["conclude"](case, by=cast.he, ground="resolved", text="已解决。")
    ACTIONS["deliver"](Case.objects.get(), by=cast.wei, method="in_person", receipt="无")
    assert Case.objects.get().state == "delivered"


def test_ground_of_conclusion_comes_in_as_the_rule_names_it(cast: Cast) -> None:
    heads = "编号,收件日期,企业名称,事项,办理状态,办结日期,办结事由\n"
    lines = [
        ("1", "已办结", "2026-04-01", "已解决，投诉人认可"),
        ("2", "已办结", "2026-04-01", "随便"),
        ("3", "办理中", "", "已解决，投诉人认可"),
    ]
    rows = "".join(f"{ref},2026-03-05,示例公司,事项{ref},{state},{on},{ground}\n" for ref, state, on, ground in lines)
    ledger = handed("a.csv", cast.wei, (heads + rows).encode())

    job = looked(ledger, cast.wei)

    assert (job.counts, told(job)) == ({"done": 3}, [("", 3, "办结事由", "other-word")])
    entered(ledger, cast.wei)
    assert [(case.state, case.ground) for case in Case.objects.order_by("pk")] == [
        ("concluded", "resolved"),
        ("concluded", ""),
        ("accepted", ""),
    ]


def test_import_is_open_to_whoever_takes_in_for_the_same_agency(cast: Cast) -> None:
    ledger = handed("hotline.csv", cast.wei)
    other = actions.add_person("xin", name="某新", email="xin@example.org", by=cast.root)
    actions.appoint(other, cast.centre, "intake", by=cast.root)

    seen = signed_in(other)

    assert (
        "hotline.csv" in text(seen.get("/ledgers/import")),
        seen.get(f"/ledgers/import/{ledger.pk}").status_code,
    ) == (True, 200)
    assert looked(incoming.found(ledger.pk, other), other).counts["done"] > 0
    assert signed_in(cast.chengdu).get(f"/ledgers/import/{ledger.pk}").status_code == 404
    assert signed_in(cast.he).get(f"/ledgers/import/{ledger.pk}").status_code in (403, 404)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_ledger_for_programs_comes_back_without_a_difference(cast: Cast, language: str) -> None:
    entered_first = handed("county-complaints.xlsx", cast.wei)
    looked(entered_first, cast.wei)
    entered(entered_first, cast.wei)
    shown, file = standard.named("complaints", cast.wei), io.BytesIO()
    with translation.override(language):
        rows = takeout.whole(file, shown, cast.wei, form="ndjson", paper="A4")
    first = json.loads(file.getvalue().splitlines()[0])
    assert (type(first["struck_off"]), date.fromisoformat(first["filed_on"]).isoformat()) == (bool, first["filed_on"])

    job = looked(handed("back.ndjson", cast.wei, file.getvalue()), cast.wei)

    assert (job.counts, told(job)) == ({"known": rows}, [])
    changed = file.getvalue().replace(b'"struck_off":true', b'"struck_off":false', 1)
    assert [code for *_where, code in told(looked(handed("back.ndjson", cast.wei, changed), cast.wei))] == ["differs"]
