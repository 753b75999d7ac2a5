"""Filing by the batch: every row by the ordinary verb, nothing twice, every problem by row and column."""

import io
from typing import Any

import pytest
from tests.batches.conftest import CODE, lines, row, table, xlsx
from tests.cast import Cast

from lianqiao.batches import actions, columns
from lianqiao.batches.models import BatchFiling
from lianqiao.batches.template import template
from lianqiao.cases.models import Case
from lianqiao.jobs import work
from lianqiao.jobs.models import Job, Row
from lianqiao.law import vocabulary
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions as registry
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def filed(content: bytes, by: Person, **more: Any) -> Job:
    """The batch, worked to its end."""
    job = actions.begin(io.BytesIO(content), "诉求.xlsx", by=fresh(by), **more)
    while work.work():
        pass
    job.refresh_from_db()
    return job


def problems(job: Job) -> list[tuple[int, str, str]]:
    return list(job.problems.order_by("pk").values_list("row", "column", "code"))


def refused(content: bytes, by: Person, **more: Any) -> str:
    with pytest.raises(Refused) as told:
        actions.begin(io.BytesIO(content), "x", by=fresh(by), **more)
    assert Job.objects.count() == 0
    return told.value.code


def test_batch_files_every_row_by_the_ordinary_verb(cast: Cast) -> None:
    job = filed(lines(row("A-1"), row("A-2", confidential="是")), cast.wei)

    cases = list(Case.objects.order_by("pk"))
    assert (job.state, job.counts, problems(job)) == ("done", {"done": 2}, [])
    assert [case.confidential for case in cases] == [False, True]
    assert [(one.number, one.result["ref"], one.result["number"]) for one in job.rows.order_by("pk")] == [
        (1, "A-1", cases[0].number),
        (2, "A-2", cases[1].number),
    ]
    assert {event.by for event in Event.objects.filter(verb="file")} == {str(cast.wei.pk)}


def test_same_file_again_files_nothing_and_tells_the_numbers(cast: Cast) -> None:
    content = xlsx(row("A-1"), row("A-2"))
    first = filed(content, cast.wei)

    second = filed(content, cast.wei)

    assert (second.pk == first.pk, second.counts, Case.objects.count()) == (False, {"known": 2}, 2)
    assert [one.result["number"] for one in second.rows.order_by("pk")] == [
        one.result["number"] for one in first.rows.order_by("pk")
    ]


def test_changed_row_under_a_known_reference_is_a_problem(cast: Cast) -> None:
    filed(lines(row("A-1")), cast.wei)

    job = filed(lines(row("A-1", title="另一标题"), row("A-2")), cast.wei)

    assert (job.counts, problems(job)) == ({"faulty": 1, "done": 1}, [(1, "ref", "ref-taken")])
    assert Case.objects.get(pk=BatchFiling.objects.get(ref="A-1").case_id).title == "招标条件排斥外地企业"


def test_reference_belongs_to_the_agency_whose_it_is(cast: Cast) -> None:
    filed(lines(row("A-1")), cast.wei)

    job = filed(lines(row("A-1", agency="cd-inward-centre")), cast.chengdu)

    assert (job.counts, BatchFiling.objects.count()) == ({"done": 1}, 2)


def test_dry_run_says_the_same_and_files_nothing(cast: Cast) -> None:
    content = xlsx(row("A-1"), row("A-2", category="天气"), row("A-3", respondents=""))

    rehearsed = filed(content, cast.wei, dry_run=True)
    assert (Case.objects.count(), BatchFiling.objects.count(), Event.objects.filter(verb="file").count()) == (0, 0, 0)
    earnest = filed(content, cast.wei)

    assert (
        problems(rehearsed)
        == problems(earnest)
        == [(3, "问题类别", "unknown-word"), (4, "被投诉单位", "no-respondent")]
    )
    assert rehearsed.counts == earnest.counts == {"done": 1, "faulty": 2}
    assert Case.objects.count() == 1


def test_every_problem_of_a_row_is_named_at_once(cast: Cast) -> None:
    bad = row(
        "A-1", kind="牢骚", legal_date="去年", confidential="也许", agency="nowhere", title="", respondents="查无此局"
    )

    job = filed(xlsx(bad), cast.wei, dry_run=True)

    assert problems(job) == [
        (2, "诉求类型", "unknown-word"),
        (2, "受理机构", "unknown-agency"),
        (2, "被投诉单位", "unknown-agency"),
        (2, "是否保密", "wrong"),
        (2, "收到日期", "wrong"),
        (2, "标题", "missing"),
    ]
    assert job.problems.get(code="wrong", column="收到日期").sentence == "日期无效，请写成 2026-09-18。"


def test_reference_twice_in_one_file_is_a_problem(cast: Cast) -> None:
    job = filed(lines(row("A-1"), row("A-1")), cast.wei, dry_run=True)

    assert (job.counts, problems(job)) == ({"done": 1, "faulty": 1}, [(2, "ref", "ref-twice")])


def test_what_people_type_is_understood(cast: Cast) -> None:
    head = [["", "企业", "", "诉求", "", "", "", "", "", "", ""],
            ["编号*", "企业名称", "信用代码", "诉求类别", "诉求类型", "问题类别", "标题", "事实", "请求", "被投诉单位", "备注"]]  # fmt: skip
    one = [
        "Ａ－１",
        "锦江秘名科技有限责任公司",
        "",
        "外来企业投诉",
        "投诉",
        "妨碍公平竞争",
        "标题",
        "事实",
        "请求",
        "四川省市场监督管理局",
        "x",
    ]
    two = [
        "A-2",
        "",
        "９１５１０１００ＭＡ６Ｃ０００１７Ｃ",
        "INWARD-COMPLAINT",
        "infringement",
        "Levies",
        "t",
        "f",
        "r",
        "sc-market；cd-planning",
        "",
    ]
    dated = ["收到日期", "凭证"]

    job = filed(
        table(
            ["二〇二六年企业诉求汇总"],
            head[0],
            [*head[1], *dated],
            [*one, "2026年9月1日", "邮戳"],
            [*two, "２０２６／９／２", "邮戳"],
        ),
        cast.wei,
    )

    assert (problems(job), job.result["ignored"]) == ([], ["备注"])
    cases = list(Case.objects.order_by("pk"))
    assert [case.filed_on.isoformat() for case in cases] == ["2026-09-01", "2026-09-02"]
    assert [case.category for case in cases] == ["fair-competition", "levies"]
    assert [sorted(one.agency.code for one in case.participants.all()) for case in cases] == [
        ["sc-market"],
        ["cd-planning", "sc-market"],
    ]
    assert {case.enterprise_id for case in cases} == {cast.enterprise.pk}


ENTERPRISES = {
    "nobody's code": ({"uscc": "91510100MA6C00033X"}, "wrong-code"),
    "unknown code": ({"uscc": "91510100MA6C000332"}, "unknown-enterprise"),
    "unknown name": ({"uscc": "", "name": "查无此企业有限公司"}, "unknown-enterprise"),
    "code and name of two": ({"name": "完全不同的名称有限公司"}, "name-differs"),
    "neither": ({"uscc": ""}, "no-enterprise"),
}


def test_enterprise_that_cannot_be_meant_is_a_problem_of_its_column(cast: Cast) -> None:
    rows = [row(f"A-{place}", **changed) for place, (changed, _code) in enumerate(ENTERPRISES.values())]

    job = filed(xlsx(*rows), cast.wei, dry_run=True)

    assert problems(job) == [
        (place, "统一社会信用代码" if code == "wrong-code" else "企业名称", code)
        for place, (_changed, code) in enumerate(ENTERPRISES.values(), 2)
    ]


def test_name_that_two_enterprises_have_is_asked_for_by_code(cast: Cast) -> None:
    registry.add_enterprise(
        name_zh="锦江秘名科技（有限公司）", name_en="x", kind="private", region=cast.city.region, by=cast.root
    )

    job = filed(xlsx(row(uscc="", name="锦江秘名科技有限公司")), cast.wei, dry_run=True)

    assert problems(job) == [(2, "企业名称", "several-enterprises")]


# Who


def test_workstation_files_for_its_members_and_for_nobody_else(cast: Cast) -> None:
    region = cast.city.region
    station = registry.add_agency(
        "cd-station", name_zh="站", name_en="S", kind="workstation", region=region, by=cast.root
    )
    registry.appoint(cast.stranger, station, "intake", by=cast.root)
    other = registry.add_enterprise(name_zh="外人企业", name_en="x", kind="private", region=region, by=cast.root)
    registry.associate(cast.enterprise, station, by=cast.root)

    content = lines(
        row("A-1"),
        row("A-2", uscc="", name="外人企业"),
        row("A-3", uscc="", enterprise=str(other.pk)),
        row("A-4", agency=""),
    )
    job = filed(content, cast.stranger)

    assert problems(job) == [(2, "name", "unknown-enterprise"), (3, "", "not-yours"), (4, "agency", "missing")]
    assert [case.enterprise_id for case in Case.objects.all()] == [cast.enterprise.pk]


def test_begin_refuses_who_takes_in_nowhere_or_for_several(cast: Cast) -> None:
    assert refused(lines(row()), cast.lin) == "no-intake"
    assert refused(lines(row()), cast.he) == "no-intake"
    assert refused(lines(row()), cast.wei, agency="sc-market") == "no-intake"
    registry.appoint(cast.wei, cast.city, "intake", by=cast.root)
    assert refused(lines(row()), cast.wei) == "which-agency"
    assert filed(lines(row()), cast.wei, agency="sc-inward-centre").counts == {"done": 1}


def test_officer_who_loses_the_role_files_no_more(cast: Cast) -> None:
    job = actions.begin(io.BytesIO(lines(row("A-1"))), "x", by=fresh(cast.wei))
    Person.objects.get(pk=cast.wei.pk).memberships.update(until="2020-01-01", since="2019-01-01")

    while work.work():
        pass
    job.refresh_from_db()

    assert (job.state, Case.objects.count()) == ("failed", 0)


# Code words


def test_code_words_are_handed_out_once_and_open_the_status(cast: Cast) -> None:
    job = filed(lines(row("A-1"), row("A-2")), cast.wei)
    assert all(len(sealed) > 30 for sealed in job.rows.values_list("sealed", flat=True))

    first, second = actions.hand_out(job), actions.hand_out(job)

    assert ([one.ref for one in first], second) == (["A-1", "A-2"], [])
    assert [case.code_matches(one.code_word) for case, one in zip(Case.objects.order_by("pk"), first, strict=True)] == [
        True,
        True,
    ]
    assert set(Row.objects.values_list("sealed", flat=True)) == {""}


# The template


def test_template_is_read_back_as_it_was_filled_in(cast: Cast) -> None:
    import zipfile

    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(template()))
    cases = book.get_sheet_by_index(0).to_python()

    assert book.sheet_names == ["诉求 Cases", "代码 Codes", "说明 Notes"]
    assert [columns.column_of(cell) for cell in cases[0]] == [column.field for column in columns.COLUMNS]
    assert [columns.column_of(cell) for cell in cases[1]] == [column.field for column in columns.COLUMNS]
    with zipfile.ZipFile(io.BytesIO(template())) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert f'"{",".join(name.zh for name in vocabulary.KINDS.values())}"' in sheet.replace("&quot;", '"')
    english = {column.zh[0]: column.en[0] for column in columns.COLUMNS}
    told = {column.zh[0]: row("A-1").get(column.field, "") for column in columns.COLUMNS}
    job = filed(table(list(english), list(english.values()), list(told.values())), cast.wei)
    assert (job.counts, [one.number for one in job.rows.all()]) == ({"done": 1}, [3])


def test_credit_code_and_formula_stay_text(cast: Cast) -> None:
    job = filed(xlsx(row("A-1", title="=1+1", facts="=cmd|' /C calc'!A0")), cast.wei)

    assert (problems(job), Case.objects.get().title, Case.objects.get().enterprise_id) == (
        [],
        "=1+1",
        cast.enterprise.pk,
    )
    assert cast.enterprise.uscc == CODE
