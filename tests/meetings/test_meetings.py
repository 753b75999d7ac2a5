"""A meeting from the concern to the line that is struck off; what is carried over; who may do and read what."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.cast import SECRET_WORDS, Cast, confidential, filing
from tests.exchange.conftest import befriend
from tests.exchange.other_node import OtherNode
from tests.meetings.conftest import Round, planned

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case
from lianqiao.ledgers import reading as ledger_reading
from lianqiao.ledgers import standard
from lianqiao.meetings import access, actions, agenda, coverage, figures, minutes, reading
from lianqiao.meetings.invitations import code_of
from lianqiao.meetings.models import Body, Concern, Line, Meeting, Seat
from lianqiao.record import events, time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions as registry
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db


def opened(cast: Cast, meeting: Meeting) -> Meeting:
    return actions.open_meeting(meeting, by=cast.chengdu, presided_by=cast.zhao)


def typed(cast: Cast, meeting: Meeting, text: str, **more: Any) -> Line:
    return actions.write_line(meeting, by=cast.chengdu, key=uuid4(), text=text, **more)


def typed_late(line: Line, *, days: int) -> Line:
    """The line as if the meeting had set another day."""
    Line.objects.filter(pk=line.pk).update(due_on=time.today() + timedelta(days=days))
    return line


def refused(code: str, verb: Any, *args: Any, **told: Any) -> None:
    with pytest.raises(Refused) as caught:
        verb(*args, **told)
    assert caught.value.code == code


def recount(meeting: Meeting) -> dict[str, int]:
    """The figures of a meeting out of nothing but events: of the meeting and of the cases that it names."""
    said = list(Event.objects.filter(subject_kind="meeting").order_by("pk"))
    own = [event for event in said if event.subject == meeting.pk]
    lines = {event.data["line"] for event in own if event.verb == "write_line"}
    cases = {event.data["line"]: event.data["case"] for event in said if event.verb in ("enter", "settle")}
    due = {
        event.data["line"]: event.data["due_on"]
        for event in said
        if event.verb in ("enter", "extend") and "due_on" in event.data
    }
    ends: dict[str, Event] = {}
    for event in Event.objects.filter(subject_kind="case").order_by("number"):
        if event.verb in ("conclude", "result_reported"):
            ends[str(event.subject)] = event
        elif event.verb == "reopen":
            ends.pop(str(event.subject), None)
    counts = dict.fromkeys(figures.DEFINITIONS, 0)
    counts["raised"] = len(lines)
    counts["carried"] = sum(len(event.data.get("carried", [])) for event in own if event.verb == "open")
    counts["confirmed"] = len({event.data["line"] for event in own if event.verb == "confirm_result"})
    for line in lines:
        end, until = ends.get(cases.get(line, "")), due.get(line)
        if end is None:
            counts["open"] += 1
            counts["overdue"] += bool(until and date.fromisoformat(until) < time.today())
        elif end.data["ground"] == "on-the-spot":
            counts["on_the_spot"] += 1
        else:
            counts["late" if until and end.legal_date > date.fromisoformat(until) else "in_time"] += 1
    return counts


def test_lines_live_on_as_cases_until_they_are_struck_off(cast: Cast, round_: Round) -> None:
    one = actions.collect(
        round_.series, by=cast.pu, text="施工许可办理时间长，影响项目开工。", enterprise=cast.enterprise
    )
    two = actions.collect(
        round_.series, by=cast.chengdu, text="施工许可办理太慢，项目无法按时开工。", enterprise=cast.enterprise
    )
    other = actions.collect(round_.series, by=cast.chengdu, text="外籍员工子女入学。", raised_by="某商会")
    assert agenda.alike([one, two, other]) == [[one, two]]
    topic = actions.put_on_agenda(
        round_.first, by=cast.chengdu, title="施工许可", concerns=[str(one.pk), str(two.pk)], agency=cast.planning
    )
    seat = actions.invite(round_.first, by=cast.chengdu, agency=cast.planning)
    actions.substitute(actions.answer(seat, by=cast.pu, coming=True), by=cast.pu, name="李某")
    meeting = opened(cast, round_.first)
    actions.attend(seat, by=cast.chengdu)
    actions.say(meeting, by=cast.chengdu, key=uuid4(), topic=str(topic.pk), speaker="李某", text="流程可以并联。")
    spot, line, late = (
        typed(cast, meeting, text, topic=str(topic.pk)) for text in ("并联审批", "规划条件核实", "用地复核")
    )
    actions.settle(spot, by=cast.chengdu, undertaken="规划局承诺即日起并联审批。")
    soon = time.today() + timedelta(days=20)
    line = actions.enter(
        line, by=cast.chengdu, agency=cast.planning, supervisor=cast.su, due_on=soon, measure="二十日内完成核实"
    )
    late = actions.enter(late, by=cast.chengdu, due_on=soon)
    letter = actions.take_charge(line, by=cast.su)
    meeting = actions.close(meeting, by=cast.chengdu)

    case = Case.objects.get(pk=line.case_id)
    assert (case.state, case.assigned, case.programme, case.regime) == (
        "accepted",
        cast.planning,
        "roundtable",
        "roundtable-node",
    )
    assert (letter.verb, letter.data["answer_by"]) == ("supervise", soon.isoformat())
    assert [one.status for one in reading.lines_of(meeting, cast.chengdu)] == [
        "on_the_spot",
        "in_progress",
        "in_progress",
    ]

    soon_due = typed_late(late, days=3)
    assert [[one.line for one in reading.due(person)] for person in (cast.chengdu, cast.pu)] == [[soon_due], []]
    typed_late(late, days=20)
    second = planned(cast, round_.series, days=4)
    assert [one.line for one in reading.carried(second, cast.chengdu)] == [line, late]
    second = opened(cast, second)
    ACTIONS["sign_for"](case, by=cast.pu)
    ACTIONS["conclude"](Case.objects.get(pk=case.pk), by=cast.pu, ground="resolved", text="已完成核实。")
    actions.confirm_result(line, by=cast.chengdu, text="企业来函确认。")
    actions.extend(late, by=cast.zhao, due_on=soon + timedelta(days=5), reason="资料较多")

    assert [(one.status, str(one.label)) for one in reading.carried(second, cast.chengdu)] == [
        ("struck_off", "struck off"),
        ("extended", "extended"),
    ]
    held = figures.of_meeting(meeting).counts
    assert (
        held
        == recount(meeting)
        == dict.fromkeys(held, 0) | {"raised": 3, "on_the_spot": 1, "in_time": 1, "open": 1, "confirmed": 1}
    )
    assert figures.of_meeting(second).counts["carried"] == recount(second)["carried"] == 2
    assert figures.of_series(round_.series).counts["raised"] == 3
    rows, _after = ledger_reading.page(standard.named("roundtable", cast.chengdu).definition, cast.chengdu)
    shown = [
        {c.code: v for c, v in ledger_reading.values(standard.named("roundtable", cast.chengdu).definition, row)}
        for row in rows
    ]
    assert [(one["line_status"], one["struck_off"], one["measure"]) for one in shown] == [
        ("settled on the spot", True, ""), ("struck off", True, "二十日内完成核实"), ("extended", False, ""),
    ]  # fmt: skip
    for subject in (meeting.pk, second.pk):
        assert events.verify_chain(subject, "meeting") == []


def test_what_was_settled_is_concluded_by_who_confirms_the_minutes(cast: Cast, round_: Round) -> None:
    registry.appoint(cast.stranger, cast.city, "intake", by=cast.root)  # may file and not conclude
    registry.appoint(cast.zhao, cast.city, "lead", by=cast.root)
    meeting = opened(cast, round_.first)
    line = actions.write_line(meeting, by=cast.stranger, key=uuid4(), text="并联办理")
    line = actions.settle(line, by=cast.stranger, undertaken="即日起并联办理。", enterprise=cast.enterprise)
    assert [one.status for one in reading.lines_of(meeting, cast.chengdu)] == ["settled"]

    version = actions.draft(actions.close(meeting, by=cast.stranger), by=cast.stranger, text="纪要")
    actions.confirm(version, by=cast.zhao)

    assert [one.status for one in reading.lines_of(meeting, cast.chengdu)] == ["on_the_spot"]
    assert figures.of_meeting(meeting).counts == recount(meeting)


def test_line_that_is_sent_again_is_the_same_line(cast: Cast, round_: Round) -> None:
    meeting, key = opened(cast, round_.first), uuid4()

    first = actions.write_line(meeting, by=cast.chengdu, key=key, text="一")
    actions.close(meeting, by=cast.chengdu)
    again = actions.write_line(meeting, by=cast.chengdu, key=key, text="一")

    assert (again, Event.objects.filter(subject=meeting.pk, verb="write_line").count()) == (first, 1)
    refused("not-in-session", actions.write_line, meeting, by=cast.chengdu, key=uuid4(), text="二")


def test_confidential_case_stays_so_at_the_meeting(cast: Cast, round_: Round) -> None:
    secret = intake.file(by=cast.lin, **confidential(cast)).case
    refused("unknown-case", actions.collect_case, round_.series, by=cast.chengdu, number=secret.number)
    open_ = intake.file(by=cast.lin, **filing(cast, agency="cd-inward-centre")).case
    secret = intake.file(by=cast.lin, **confidential(cast) | {"agency": "cd-inward-centre"}).case
    concerns = [actions.collect_case(round_.series, by=cast.chengdu, number=one.number) for one in (open_, secret)]
    topics = [
        actions.put_on_agenda(round_.first, by=cast.chengdu, title=f"议题{n}", concerns=[str(one.pk)])
        for n, one in enumerate(concerns)
    ]
    meeting = opened(cast, round_.first)
    for topic in topics:
        actions.enter(
            typed(cast, meeting, f"办理{topic.title}", topic=str(topic.pk)),
            by=cast.chengdu,
            case=str(topic.concerns.get().case),
        )

    said = " ".join(f"{one.text}{one.raised_by}" for one in Concern.objects.filter(confidential=True))
    assert [word for word in SECRET_WORDS if word in said] == []
    assert [item.is_open for item in reading.agenda(meeting, cast.chengdu)] == [True, True]
    assert [item.is_open for item in reading.agenda(meeting, cast.pu)] == [True, False]
    assert [item.is_open for item in reading.agenda(meeting, cast.ren)] == [
        False,
        False,
    ]  # the agency complained of, a member
    for person, words in (
        (cast.chengdu, ["办理议题0", "办理议题1"]),
        (cast.pu, ["办理议题0", ""]),
        (cast.ren, ["", ""]),
    ):
        shut = reading.shut(reading.agenda(meeting, person))
        assert [one.words for one in reading.lines_of(meeting, person, shut)] == words
    registry.appoint(cast.ren, cast.city, "intake", by=cast.root)  # a secretary whom the exclusion bars all the same
    ren = Person.objects.get(pk=cast.ren.pk)
    for person, whole, titles in (
        (cast.chengdu, True, ["议题0", "议题1"]),
        (cast.pu, False, ["议题0"]),
        (ren, False, []),
    ):
        sheet = reading.sheet(meeting, person)
        text = minutes.proposed(sheet)
        assert (sheet.is_whole, [title for title in ("议题0", "议题1") if title in text]) == (whole, titles)
    public = minutes.for_the_public(reading.sheet(meeting, cast.chengdu))
    assert [title for title in ("议题0", "议题1") if title in public] == ["议题0"]


def test_who_may_do_what(cast: Cast, round_: Round) -> None:
    seen = [
        p
        for p in ("chengdu", "zhao", "pu", "ren", "su", "wei", "lin", "stranger")
        if Body.objects.visible_to(cast.people[p])
    ]
    assert seen == ["chengdu", "zhao", "pu", "ren"]
    refused("unknown-meeting", access.meeting_for, cast.wei, round_.first.pk)
    refused(
        "not-secretary",
        actions.plan,
        round_.series,
        by=cast.zhao,
        starts_at=time.now(),
        ends_at=time.now() + timedelta(1),
        room="二",
    )
    refused("not-presiding", actions.open_meeting, round_.first, by=cast.chengdu, presided_by=cast.pu)
    refused("room-taken", planned, cast, round_.series)
    invited = actions.invite(round_.first, by=cast.chengdu, name="某商会")
    refused("not-secretary", actions.answer, invited, by=cast.pu, coming=True)
    actions.answer_by_code(code_of(invited.pk), coming=True)
    concern = actions.collect_by_code(code_of(invited.pk), text="希望简化通关。", raised_by="陈女士", confidential=True)
    assert (concern.raised_by, Seat.objects.get(pk=invited.pk).answer) == ("某商会 陈女士", "coming")
    assert Event.objects.get(subject=round_.series.pk, verb="collect").by_kind == "node"
    refused("invitation-gone", actions.collect_by_code, "guess", text="?")
    meeting = opened(cast, round_.first)
    line = typed(cast, meeting, "没有企业的事项")
    refused("no-enterprise", actions.enter, line, by=cast.chengdu)
    meeting = actions.close(meeting, by=cast.chengdu)
    version = actions.draft(meeting, by=cast.chengdu, text="纪要")
    actions.comment(version, by=cast.pu, text="第一行请写明单位。")
    refused("lines-not-entered", actions.confirm, version, by=cast.zhao)
    actions.enter(line, by=cast.chengdu, enterprise=cast.enterprise)
    refused("not-presiding", actions.confirm, version, by=cast.chengdu)
    refused("wrong-stage", actions.publish, meeting, by=cast.chengdu, text="公开")
    actions.confirm(version, by=cast.zhao)
    assert actions.publish(meeting, by=cast.chengdu, text="公开").stage == "published"
    assert isinstance(concern.pk, UUID)


def test_joint_body_has_a_yearly_list_of_tasks(cast: Cast, round_: Round) -> None:
    told = {
        "by": cast.chengdu,
        "name_zh": "川渝联席会议",
        "name_en": "Joint Meeting",
        "chair": cast.zhao,
        "office": cast.city,
        "members": [cast.city],
    }
    refused("unknown-node", actions.establish, **told, peer="50")
    befriend(OtherNode(), cast.root)
    body = actions.establish(**told, peer="50", others="召集人：某副秘书长；联络员：某处长")
    today = time.today()

    refused("no-owner", actions.set_task, body, by=cast.chengdu, year=today.year, text="编制清单", due_on=today)
    refused(
        "wrong-date",
        actions.set_task,
        body,
        by=cast.chengdu,
        year=today.year,
        text="编制清单",
        due_on=date(today.year + 1, 1, 1),
        owner="某处长",
    )
    refused(
        "not-secretary",
        actions.set_task,
        body,
        by=cast.pu,
        year=today.year,
        text="编制清单",
        due_on=today,
        owner="某处长",
    )
    theirs = actions.set_task(body, by=cast.chengdu, year=today.year, text="提供目录", due_on=today, owner="重庆某处长")
    ours = actions.set_task(body, by=cast.zhao, year=today.year, text="编制清单", due_on=today, agency=cast.planning)
    refused("not-secretary", actions.finish_task, theirs, by=cast.pu, result="已提供")
    actions.finish_task(ours, by=cast.pu, result="清单已编制。")
    refused("done-already", actions.finish_task, ours, by=cast.pu, result="清单已编制。")

    done = [(task.number, task.owner, task.done_on) for task in body.tasks.all()]
    assert done == [(1, "重庆某处长", None), (2, "", today)]
    assert list(Event.objects.about("body", body.pk).values_list("verb", flat=True)) == [
        "establish",
        "set_task",
        "set_task",
        "finish_task",
    ]


def test_meeting_opened_before_its_day_is_heard_today(cast: Cast, round_: Round) -> None:
    opened(cast, round_.first)

    [heard] = [one for one in coverage.of(cast.chengdu).fields if one.code == "licensing"]
    assert (heard.last, heard.days) == (time.today(), 0)
