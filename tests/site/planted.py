"""A node on which a confidential case left a trace at every place where one can be left, and who knocks at its doors.

`plant(cast)` files the case of SECRET_WORDS, with a file, a question to the agency complained of, a co-handler (pu's bureau), a question to
another department, a document, a draft, a ticket, a batch, a ledger taken out and one brought in, a meeting, a feed, a webhook, a subject; and
beside it an ordinary case of another enterprise (OTHER_WORDS). What it gives back says under which name each of these stands in an address.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import addresses, walkers
from tests.batches.conftest import row
from tests.cast import Cast, confidential, filing
from tests.portal.conftest import ZH, signed_in
from tests.site.api.conftest import Caller

from lianqiao.batches import enterprises
from lianqiao.cases.actions import subjects as subject_actions
from lianqiao.cases.models import Case
from lianqiao.desk import actions as desk_actions
from lianqiao.desk import bulk
from lianqiao.exchange import alarms
from lianqiao.exchange.models import Alarm
from lianqiao.hotline.models import Ticket
from lianqiao.jobs import work
from lianqiao.ledgers import actions as ledger_actions
from lianqiao.ledgers import incoming, standard, takeout
from lianqiao.meetings import actions as meetings
from lianqiao.meetings import invitations
from lianqiao.meetings.models import Meeting
from lianqiao.notices import actions as notices
from lianqiao.notices.models import Document, Notice
from lianqiao.record import followers, sequencer, time
from lianqiao.registry import actions
from lianqiao.registry.models import ApiToken, Competence, Enterprise
from lianqiao.signin import actions as doors
from lianqiao.signin.entrance import KEY

OTHER_WORDS = ("青羊明名", "91510100MA6C000257", "青羊联系人", "13700000000", "open@example.org", "青题")
"""What nobody but its own side and the agency that answers must read of the ordinary case."""
LAWYER = ["file", "supplement", "withdraw", "receive", "rate"]


@dataclass
class Planted:
    """`secret`, `other`, `none`: by the name of a part of an address, what stands there for the confidential case, the ordinary one, and for nothing."""

    secret: Mapping[str, str]
    other: Mapping[str, str]
    none: Mapping[str, str]
    ids: tuple[str, ...]


def come(cast: Cast) -> None:
    """Whom the cast lacks: gao (owner of another enterprise), lapsed (agent whose mandate ended), former (once an officer of the co-handling bureau),
    deputy (in wei's stead until it was revoked), stand_in (in the stead of ren, of the agency complained of), late (an intake officer whose
    token and session ended). Those of tests.walkers besides."""
    walkers.come(cast)
    for name in ("gao", "lapsed", "former", "deputy", "stand_in", "late"):
        cast.people[name] = actions.add_person(name, name=f"某{name}", email=f"{name}@example.org", by=cast.root)
    other = actions.add_enterprise(
        name_zh="青羊明名有限公司", name_en="Other Enterprise", kind="inward", region=cast.city.region, uscc="91510100MA6C000257", by=cast.root
    )  # fmt: skip
    actions.link_owner(cast.gao, other, by=cast.root)
    until = time.today() + timedelta(days=100)
    since, last = time.today() - timedelta(days=9), time.today() - timedelta(days=1)
    actions.link_agent(
        cast.lapsed, cast.enterprise, powers=LAWYER, matters=["all"], since=since, until=last, by=cast.root
    )
    worked = actions.appoint(cast.former, cast.planning, "handler", since=since, by=cast.root)
    actions.end_membership(worked, on=last, reason="调离", by=cast.root)
    given = actions.delegate(cast.wei, cast.deputy, cast.centre, roles=["intake"], until=until, by=cast.wei)
    actions.revoke_delegation(given, by=cast.wei)
    actions.delegate(cast.ren, cast.stand_in, cast.market, roles=["handler", "lead"], until=until, by=cast.ren)
    actions.appoint(cast.late, cast.centre, "intake", by=cast.root)


def browser_of(cast: Cast, who: str) -> Client:
    """The browser of one of them; the session of `late` is too old."""
    if not who:
        return Client(headers=ZH)
    browser = signed_in(cast.people[who], "zh")
    if who == "late":
        session = browser.session
        session[KEY] |= {"began": int(time.now().timestamp()) - settings.LIANQIAO_SESSION_HOURS * 3600 - 1}
        session.save()
    return browser


def expire(cast: Cast) -> None:
    """The token of `late` is over since a minute."""
    cast.token("late")
    ApiToken.objects.filter(person=cast.late).update(
        created_at=time.now() - timedelta(days=1), expires_at=time.now() - timedelta(minutes=1)
    )


def plant(cast: Cast) -> Planted:
    """The node, as it is before anybody knocks."""
    come(cast)
    call = Caller(cast)
    filed = call.post("cases", "lin", confidential(cast)).json()
    number = filed["number"]
    done(call.post(f"cases/{number}/accept", "wei", {}))
    file = SimpleUploadedFile("锦江秘名营业执照.txt", "锦江秘名的材料".encode())
    attached = done(call.upload(f"cases/{number}/attachments", "lin", file))["attachment"]["id"]
    done(
        call.post(
            f"cases/{number}/ask", "he", {"to": "respondent", "agency": "sc-market", "question": "每月检查几次？"}
        )
    )
    done(call.post(f"cases/{number}/summarise", "lin", {"text": "检查频次过高\n请求减少检查。"}))
    task = {"agency": "cd-planning", "task": "说明依据。", "amount": 5, "unit": "working_days"}
    done(call.post(f"cases/{number}/engage", "he", task))
    settle()
    told = {"agency": "cd-planning", "question": "检查有无规划依据？", "reply_by": "2099-12-31"}
    done(call.post(f"cases/{number}/consult", "he", told))
    settle()
    draft = done(call.post("drafts", "lin", {"content": {"title": "秘题草稿"}}))["id"]
    erasure = done(call.post("erasures", "lin", {"enterprise": str(cast.enterprise.pk), "reason": "秘题"}))["id"]
    webhook = done(call.post("webhooks", "lin", {"url": "https://example.org/secret@example.org"}))["id"]
    ticket = {
        "工单编号": "T-1", "受理时间": "2026-11-20", "诉求类型": "投诉", "内容摘要": "青题：工单", "企业名称": "青羊明名有限公司",
    }  # fmt: skip
    line = json.dumps(ticket, ensure_ascii=False).encode()
    done(call.post("hotline/tickets", "wei", line, type="application/x-ndjson"))
    lines = json.dumps(
        row(title="秘题：批量", confidential="是", **{"contact.name": "秘密联系人"}), ensure_ascii=False
    ).encode()
    batch = done(call.post("batches", "wei", lines, type="application/x-ndjson"))["id"]
    meeting, guest = held(cast, number)
    table = f"企业名称,企业类型,行政区划代码\n锦江示例公司,国有企业,{cast.city.region_id}\n".encode()
    looked = enterprises.begin(io.BytesIO(table), "企业.csv", by=cast.root)
    settle()
    case = Case.objects.get(pk=int(number[-6:]))
    clock = call.get(f"cases/{number}/clocks", "lin").json()["clocks"][0]["id"]
    out = takeout.begin(standard.named("complaints", cast.wei), cast.wei, form="xlsx", paper="A4")
    once = bulk.begin(bulk.lines({case.pk: case.event_count}, cast.wei, "route"), "route", {}, by=cast.wei)
    sheet = "序号,企业名称,问题\n1,青羊明名有限公司,青题台账\n".encode()
    ledger = incoming.hand_in(io.BytesIO(sheet), "青羊明名台账.csv", by=cast.wei)
    kept = ledger_actions.keep("秘题", standard.named("open", cast.wei).definition, by=cast.wei, agency="")
    view = desk_actions.keep_view("秘题", "all?q=秘题", by=cast.wei)
    subject = subject_actions.open_subject(
        by=cast.zhao, agency="sc-inward-centre", kind="common_issue", title="检查频次", why="多家反映"
    )
    done(call.post(f"cases/{number}/join", "zhao", {"subject": str(subject.pk), "reason": "同类问题"}))
    agreement = addresses.agreed(cast)
    offer, errand = addresses.offered(agreement), addresses.asked_of_us(agreement)
    for name, identity in (("Offer", offer), ("Errand", errand)):
        came = apps.get_model("exchange", name).objects.get(pk=identity)
        inner = came.content["content"] if name == "Offer" else came.content
        inner |= {"enterprise_name": "青羊明名有限公司", "title": "青题：移送", "text": "青题：协查"}
        came.save()
    alarms.raise_alarm("clock-skew", node="50", seconds=40)
    _invitation, code = doors.invite(cast.stranger, by=cast.root)
    contact = actions.add_contact(cast.enterprise, name="秘密联系人", phone="13800000000", by=cast.lin)
    settle()
    common = {
        "programme": "inward-complaint", "language": "zh", "regime": "cn-mofcom-2020-3", "other": "sc-inward-2021-27", "year": "2026",
        "agency": "sc-inward-centre", "duty": "complaint-report", "event": "1", "reply": "1", "subject": str(subject.pk), "node": "50",
        "alarm": str(Alarm.objects.get().pk), "rule": str(Competence.objects.earliest("pk").pk), "offer": offer, "errand": errand,
        "agreement": agreement, "file": str(uuid4()), "association": "1", "absence": "1", "delegation": "1", "membership": "1",
        "view": str(view.pk), "record": str(uuid4()), "invitation": code, "guest": guest, "body": str(meeting.series.body_id),
        "series": str(meeting.series_id), "meeting": str(meeting.pk), "peer": "50", "pk": "1", "line": "1", "entered": str(meeting.lines.get().pk),
        "ticket": str(Ticket.objects.get().uid), "ledger": str(ledger.pk), "paper": str(uuid4()), "joint": str(uuid4()),
        "table": str(looked.pk), "secret": notices.open_calendar(cast.lin), "digest": filed["digest"],
    }  # fmt: skip
    secret = {
        "number": number, "attachment": attached, "clock": str(clock), "document": str(Document.objects.earliest("pk").uid),
        "draft": draft, "erasure": erasure, "webhook": webhook, "job": batch, "question": str(
            case.questions.earliest("pk").pk
        ), "enterprise": str(cast.enterprise.pk), "account": "lin", "contact": str(contact.pk), "link": str(cast.enterprise.members.earliest("pk").pk),
        "notice": str(Notice.objects.filter(person=cast.lin).earliest("pk").pk), "identity": attached,
        "kept": str(kept.pk), "ledger_out": str(out.pk), "bulk": str(once.pk),
    }  # fmt: skip
    other = ordinary(cast, call)
    none = common | {name: nothing(value) for name, value in secret.items()}
    kept_back = ("attachment", "document", "draft", "erasure", "webhook", "enterprise")
    expire(cast)
    return Planted(common | secret, common | secret | other, none, tuple(secret[name] for name in kept_back))


def done(answer: Any) -> Any:
    assert answer.status_code in (200, 201, 202), answer.content.decode()
    return answer.json()


def settle() -> None:
    """Whatever follows from what was done."""
    while work.work() + sequencer.place_pending() + followers.run_all():
        pass


def nothing(value: str) -> str:
    """A name of the same form under which nothing stands."""
    if len(value) == 36 and value.count("-") == 4:
        return str(uuid4())
    if re.fullmatch("[0-9a-f]{64}", value):
        return "0" * 64
    if value.isdigit():
        return "987654"
    return "51-2026-987654" if value.startswith("51-") else f"{value[:-1]}~"


def ordinary(cast: Cast, call: Caller) -> dict[str, str]:
    """The case of the other enterprise, with a file."""
    whose = Enterprise.objects.get(name_zh="青羊明名有限公司")
    told = filing(
        cast, enterprise=str(whose.pk), title="青题：招标", facts="青题所述。", respondents=["cd-planning"],
        contact={"name": "青羊联系人", "phone": "13700000000", "email": "open@example.org"},
    )  # fmt: skip
    filed = done(call.post("cases", "gao", told))
    number = filed["number"]
    attached = done(
        call.upload(f"cases/{number}/attachments", "gao", SimpleUploadedFile("青羊明名.txt", "青羊明名的材料".encode()))
    )
    done(call.post(f"cases/{number}/accept", "wei", {}))
    settle()
    case = Case.objects.get(pk=int(number[-6:]))
    return {
        "number": number, "attachment": attached["attachment"]["id"], "digest": filed["digest"], "enterprise": str(whose.pk),
        "clock": str(case.clocks.earliest("pk").pk), "document": str(Document.objects.filter(case=case).earliest("pk").uid), "account": "gao",
        "notice": str(Notice.objects.filter(person=cast.gao).earliest("pk").pk), "secret": notices.open_calendar(cast.gao),
    }  # fmt: skip


def held(cast: Cast, number: str) -> tuple[Meeting, str]:
    """A meeting in session, with the confidential case on its agenda and in its lines, of a body to which the agency complained of belongs; and the
    code of a guest."""
    members = [cast.centre, cast.market, cast.planning]
    body = meetings.establish(
        by=cast.zhao, name_zh="圆桌会议", name_en="Roundtable", chair=cast.zhao, office=cast.centre, members=members
    )
    series = meetings.open_series(body, by=cast.wei, kind="roundtable", title="季度圆桌会议")
    begins = time.now()
    meeting = meetings.plan(
        series, by=cast.wei, starts_at=begins, ends_at=begins + timedelta(hours=2), room="一号会议室"
    )
    concern = meetings.collect_case(series, by=cast.wei, number=number)
    topic = meetings.put_on_agenda(meeting, by=cast.wei, title="秘题：检查", concerns=[str(concern.pk)])
    guest = invitations.code_of(meetings.invite(meeting, by=cast.wei, name="某商会").pk)
    meetings.open_meeting(meeting, by=cast.wei, presided_by=cast.zhao)
    line = meetings.write_line(meeting, by=cast.wei, key=uuid4(), text="秘题：减少检查", topic=str(topic.pk))
    meetings.enter(line, by=cast.wei, case=number)
    return meeting, guest
