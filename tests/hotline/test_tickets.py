"""Tickets of a hotline: taken in again and again without the callers, shown with the hotline's own limit, made cases of."""

import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from tests.batches.conftest import table
from tests.cast import Cast, filing

from lianqiao.cases.actions import intake
from lianqiao.cases.models import Case
from lianqiao.hotline import actions, limits
from lianqiao.hotline.models import Ticket
from lianqiao.jobs import work
from lianqiao.jobs.models import Job, Row
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions as registry
from lianqiao.registry.models import Agency, Person

pytestmark = pytest.mark.django_db
NOW = "2026-11-25T02:00:00Z"


@pytest.fixture(autouse=True)
def _on_a_day() -> Iterator[None]:
    """Everybody is entered on the day on which the test begins, whenever it is run."""
    with time_machine.travel("2026-11-25T02:00:00Z", tick=False):
        yield


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hotline(cast: Cast) -> Agency:
    """The hotline of the province; `stranger` takes in there, and is told of no case."""
    region, justice = cast.centre.region, cast.justice
    made = registry.add_agency(
        "sc-hotline", name_zh="四川热线", name_en="Hotline", kind="office", region=region, parent=justice, by=cast.root
    )
    registry.appoint(cast.stranger, made, "intake", by=cast.root)
    registry.set_competence(made, region="51", programme="hotline", by=cast.root)
    return made


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


HEAD = [
    ["四川省12345热线工单导出", *[""] * 13],
    ["工单编号", "诉求", "", "", "来电人", "", "时间", "", "", "", "承办单位", "企业名称", "是否解决", "满意度"],
    ["", "来源", "诉求类型", "内容摘要", "姓名", "联系电话", "受理时间", "派单时间", "办结时间", "回访时间", "", "", "", ""],
]  # fmt: skip
ONE = ["SC0001", "川渝互转", "投诉", "招标条件排斥外地企业，联系13800000000", "张三", "13800000000", "2026年11月2日 9时05分", "2026/11/2 9:20", "", "",
       "成都市市场监督管理局", "锦江秘名科技有限公司", "", ""]  # fmt: skip
TWO = ["SC0002", "国家平台", "咨询", "申报高新技术企业的条件", "李四", "", "20261103", "2026-11-03 10:00:00", "2026.11.4", "2026-11-05", "科技厅", "",
       "是", "非常满意"]  # fmt: skip


def taken(content: bytes, by: Person, **more: Any) -> Job:
    job = actions.begin(io.BytesIO(content), "工单.csv", by=fresh(by), **more)
    while work.work():
        pass
    job.refresh_from_db()
    return job


def ndjson(**changed: Any) -> bytes:
    told = dict(zip(["工单编号", "来源", "诉求类型", "内容摘要", "受理时间", "派单时间", "企业名称"],
                    ["SC0001", "热线", "投诉", "招标条件排斥外地企业", "2026-11-02 09:05", "2026-11-02 09:20", "锦江秘名科技有限公司"],
                    strict=True)) | changed  # fmt: skip
    return json.dumps(told, ensure_ascii=False).encode()


def code_of(attempt: Any) -> str:
    with pytest.raises(Refused) as refused:
        attempt()
    return refused.value.code


def test_export_is_taken_in_without_the_callers(cast: Cast, hotline: Agency) -> None:
    job = taken(table(*HEAD, ONE, TWO), cast.stranger)

    assert (job.counts, job.result["refused"], job.problems.count()) == ({"done": 2}, ["姓名", "联系电话"], 0)
    one, two = Ticket.objects.order_by("number")
    assert (one.source, one.type, one.state, one.summary) == (
        "transfer",
        "complaint",
        "dispatched",
        "招标条件排斥外地企业，联系＊＊＊",
    )
    assert (one.enterprise_id, one.dispatched_to) == (cast.enterprise.pk, "成都市市场监督管理局")
    assert [moment.isoformat() for moment in (one.received_at, one.dispatched_at)] == [
        "2026-11-02T01:05:00+00:00",
        "2026-11-02T01:20:00+00:00",
    ]
    assert (two.source, two.state, two.resolved, two.satisfaction, two.enterprise) == (
        "national",
        "revisited",
        True,
        1,
        None,
    )


def test_caller_is_in_no_row_of_the_job(cast: Cast, hotline: Agency) -> None:
    content = ndjson(
        来电人="张三", 联系电话="13800000000", 内容摘要="请致电 13800000000 或 028-12345678，身份证 510100199001011234"
    )
    actions.begin(io.BytesIO(content), "x", by=fresh(cast.stranger))

    stored = json.dumps(list(Row.objects.values_list("content", flat=True)), ensure_ascii=False)

    assert [word for word in ("张三", "13800000000", "12345678", "510100199001011234") if word in stored] == []


def test_export_again_brings_tickets_up_to_date_and_takes_nothing_away(cast: Cast, hotline: Agency) -> None:
    taken(ndjson(), cast.stranger)

    same = taken(ndjson(), cast.stranger)
    newer = taken(ndjson(办结时间="2026-11-20", 企业名称="", 派单时间=""), cast.stranger)

    ticket = Ticket.objects.get()
    assert (same.counts, newer.counts) == ({"known": 1}, {"done": 1})
    assert (ticket.state, ticket.enterprise_id, ticket.dispatched_at is None) == ("answered", cast.enterprise.pk, False)


def test_dry_run_takes_nothing_in(cast: Cast, hotline: Agency) -> None:
    job = taken(
        table(*HEAD, ONE, ["SC0003", "火星", "牢骚", "", "", "", "上月", *[""] * 7]), cast.stranger, dry_run=True
    )

    assert (job.counts, Ticket.objects.count(), Event.objects.filter(verb="import_tickets").count()) == (
        {"done": 1, "faulty": 1},
        0,
        0,
    )
    assert list(job.problems.order_by("pk").values_list("row", "column", "code")) == [
        (5, "内容摘要", "missing"),
        (5, "诉求类型", "wrong"),
        (5, "来源", "wrong"),
        (5, "受理时间", "wrong"),
    ]


def test_who_takes_in_nowhere_is_refused(cast: Cast, hotline: Agency) -> None:
    assert code_of(lambda: actions.begin(io.BytesIO(ndjson()), "x", by=fresh(cast.lin))) == "no-intake"
    assert code_of(lambda: actions.begin(io.BytesIO(b"a,b\n1,2\n"), "x", by=fresh(cast.stranger))) == "import-columns"


# The hotline's own limit


def test_limit_is_that_of_the_measures_of_2026(cast: Cast, hotline: Agency) -> None:
    kinds = {
        "咨询": ("2026-11-05", 3),
        "建议": ("2026-11-11", 7),
        "求助": ("2026-11-11", 7),
        "举报": ("2026-11-23", 15),
    }
    taken(b"\n".join(ndjson(工单编号=kind, 诉求类型=kind) for kind in kinds), cast.stranger)

    held = {ticket.number: limits.of(ticket) for ticket in Ticket.objects.all()}

    assert {
        kind: (one.regime.id, one.explained.due, one.limit.amount) for kind, one in held.items() if one is not None
    } == {kind: ("sc-12345-2026", date.fromisoformat(due), amount) for kind, (due, amount) in kinds.items()}


def test_limit_begins_when_the_ticket_is_dispatched(cast: Cast, hotline: Agency) -> None:
    taken(ndjson(派单时间=""), cast.stranger)

    assert limits.of(Ticket.objects.get()) is None


def test_answer_after_the_last_day_is_overdue(cast: Cast, hotline: Agency) -> None:
    taken(ndjson(诉求类型="咨询", 办结时间="2026-11-05 23:59"), cast.stranger)
    ticket = Ticket.objects.get()
    held = limits.of(ticket)
    assert held is not None
    in_time = held.is_overdue(ticket)

    taken(ndjson(诉求类型="咨询", 办结时间="2026-11-06 00:01"), cast.stranger)

    assert (in_time, held.is_overdue(Ticket.objects.get())) == (False, True)


# Who sees them


def test_tickets_are_seen_by_the_hotline_and_who_oversees_it(cast: Cast, hotline: Agency) -> None:
    taken(ndjson(), cast.stranger)

    sees = {name: Ticket.objects.visible_to(fresh(person)).exists() for name, person in cast.people.items()}

    assert {name for name, seen in sees.items() if seen} == {"stranger", "su"}  # su supervises in the department above
    assert Ticket.objects.visible_to(cast.root).exists() is False


# Becoming a case


def test_ticket_becomes_a_case_that_counts_from_its_day(cast: Cast, hotline: Agency) -> None:
    taken(ndjson(), cast.stranger)
    ticket = Ticket.objects.get()

    made = actions.become_a_case(ticket.uid, by=fresh(cast.stranger), respondents=["sc-market"])

    assert made.filed is not None
    case = Case.objects.get()
    assert (case.programme, case.kind, case.agency.code, case.enterprise_id) == (
        "hotline",
        "infringement",
        "sc-hotline",
        cast.enterprise.pk,
    )
    assert (case.filed_on, case.first_filed_on) == (date(2026, 11, 2), date(2026, 11, 2))
    assert made.filed.event.data["legal_date"] == "2026-11-02"
    ticket.refresh_from_db()
    assert ticket.case_id == case.pk
    assert Event.objects.get(verb="become_a_case").data == {
        "case": str(case.uid), "hotline": "sc-hotline", "number": "SC0001", "new": True,
    }  # fmt: skip
    assert code_of(lambda: actions.become_a_case(ticket.uid, by=fresh(cast.stranger))) == "became-a-case"


def test_under_another_programme_the_case_counts_from_today(cast: Cast, hotline: Agency) -> None:
    registry.appoint(cast.wei, hotline, "handler", by=cast.root)
    taken(ndjson(), cast.stranger)

    actions.become_a_case(
        Ticket.objects.get().uid, by=fresh(cast.wei), agency="sc-inward-centre", programme="inward-complaint", category="bidding",
        respondents=["sc-market"],
    )  # fmt: skip

    case = Case.objects.get()
    assert (case.filed_on, case.agency.code) == (date(2026, 11, 25), "sc-inward-centre")


def test_settled_ticket_stays_a_record_unless_the_revisit_says_otherwise(cast: Cast, hotline: Agency) -> None:
    taken(ndjson(办结时间="2026-11-10"), cast.stranger)
    uid = Ticket.objects.get().uid
    assert code_of(lambda: actions.become_a_case(uid, by=fresh(cast.stranger))) == "ticket-settled"

    taken(ndjson(回访时间="2026-11-12", 是否解决="未解决"), cast.stranger)
    actions.become_a_case(uid, by=fresh(cast.stranger), respondents=["sc-market"])

    assert Case.objects.count() == 1


def test_likely_duplicate_is_named_first_and_joined_or_told_apart(cast: Cast, hotline: Agency) -> None:
    registry.appoint(cast.wei, hotline, "handler", by=cast.root)
    held = intake.file(by=fresh(cast.lin), **filing(cast)).case
    taken(ndjson(), cast.stranger)
    uid = Ticket.objects.get().uid

    assert (
        code_of(lambda: actions.become_a_case(uid, by=fresh(cast.wei), respondents=["sc-market"])) == "likely-duplicate"
    )
    assert code_of(lambda: actions.become_a_case(uid, by=fresh(cast.stranger), same_as=held.number)) == "unknown-case"
    made = actions.become_a_case(uid, by=fresh(cast.wei), same_as=held.number)

    assert (made.filed, made.case.pk, Case.objects.count()) == (None, held.pk, 1)
    taken(ndjson(工单编号="SC0009"), cast.stranger)
    other = Ticket.objects.get(number="SC0009").uid
    actions.become_a_case(
        other,
        by=fresh(cast.wei),
        not_the_same=True,
        agency="sc-inward-centre",
        programme="inward-complaint",
        respondents=["sc-market"],
    )
    assert Case.objects.count() == 2


def test_ticket_of_a_case_is_hidden_from_whom_the_case_bars(cast: Cast, hotline: Agency) -> None:
    taken(ndjson(), cast.stranger)
    uid = Ticket.objects.get().uid
    registry.appoint(cast.ren, hotline, "handler", by=cast.root)
    assert Ticket.objects.visible_to(fresh(cast.ren)).exists() is True

    actions.become_a_case(uid, by=fresh(cast.stranger), respondents=["sc-market"])

    assert Ticket.objects.visible_to(fresh(cast.ren)).exists() is False
    assert code_of(lambda: actions.become_a_case(uid, by=fresh(cast.ren))) == "unknown-ticket"


def test_ticket_without_a_known_enterprise_waits_for_one(cast: Cast, hotline: Agency) -> None:
    taken(ndjson(企业名称="查无此企业"), cast.stranger)
    ticket = Ticket.objects.get()
    assert (ticket.enterprise, ticket.enterprise_name) == (None, "查无此企业")

    assert code_of(lambda: actions.become_a_case(ticket.uid, by=fresh(cast.stranger))) == "no-enterprise"
    actions.become_a_case(ticket.uid, by=fresh(cast.stranger), enterprise=cast.enterprise.pk, respondents=["sc-market"])

    assert Case.objects.get().enterprise_id == cast.enterprise.pk


def test_only_who_takes_in_makes_a_case(cast: Cast, hotline: Agency) -> None:
    registry.appoint(cast.pu, hotline, "handler", by=cast.root)
    taken(ndjson(), cast.stranger)

    assert (
        code_of(lambda: actions.become_a_case(Ticket.objects.get().uid, by=fresh(cast.pu), respondents=["sc-market"]))
        == "not-yours"
    )
    assert (Case.objects.count(), Ticket.objects.get().case) == (0, None)
