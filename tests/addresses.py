"""Every page of a node with something on it: who opens it, and where it stands. A route that is not among them, and not among those that are no
pages, fails the test that walks them (`tests/site/test_pages.py`); the browser walks the same list.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver
from tests import walkers
from tests.cast import Cast, confidential, filing
from tests.exchange.conftest import befriend
from tests.exchange.other_node import OtherNode
from tests.portal.conftest import signed_in

import lianqiao.site
from lianqiao.batches import enterprises
from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case
from lianqiao.desk import bulk
from lianqiao.exchange import alarms
from lianqiao.exchange.models import Errand, Offer
from lianqiao.jobs import work
from lianqiao.ledgers import actions as ledger_actions
from lianqiao.ledgers import incoming, standard, takeout
from lianqiao.meetings import actions as meeting_actions
from lianqiao.meetings import joint
from lianqiao.meetings.invitations import page_of
from lianqiao.meetings.models import JointBody, Meeting, Series
from lianqiao.record import followers, reads, sequencer, time
from lianqiao.registry import actions, agreements
from lianqiao.signin import actions as doors

NO_PAGES = {
    "account/notices/calendar": "takes a choice",
    "calendar/<str:secret>.ics": "a file",
    "calendar/cases/<str:number>.ics": "a file",
    "account/notices/reminders": "takes a choice",
    "demo": "only in the demonstration",
    "healthz": "for a supervisor",
    "style": "only where pages are built",
    "look": "takes a choice",
    "cases/<str:number>/<str:verb>": "takes a verb",
    "cases/<str:number>/documents": "part of the case",
    "cases/<str:number>/files/<uuid:attachment>": "a file",
    "cases/<str:number>/receipt.<str:language>.pdf": "a file",
    "cases/<str:number>/receipts/<int:event>.json": "a file",
    "documents/<uuid:document>/<str:language>.pdf": "a file",
    "desk/bulk": "takes ticked cases",
    "desk/jobs/<uuid:job>/cancel": "takes a choice",
    "desk/cases/<str:number>/attach": "takes a file",
    "desk/registry/<str:register>/download": "a file",
    "desk/errands/<uuid:errand>/files/<uuid:file>": "a file",
    "desk/views": "takes a name",
    "desk/views/<int:view>/drop": "takes a name away",
    "desk": "leads to a list",
    "ledgers/keep": "takes a name",
    "ledgers/<str:code>/out": "a file",
    "ledgers/out/<uuid:job>/file": "a file",
    "ledgers/<str:code>/widths": "takes widths",
    "ledgers/<uuid:kept>/change": "takes a change",
    "ledgers/<uuid:kept>/drop": "takes a ledger away",
    "meetings/establish/done": "takes a body",
    "meetings/bodies/<uuid:body>/<str:deed>": "takes a task",
    "meetings/joint/<uuid:body>/<str:deed>": "takes a report or a concern",
    "meetings/series": "takes a series",
    "meetings/series/<uuid:series>/<str:deed>": "takes a concern or a date",
    "meetings/invitation/<str:code>/meeting.ics": "a file",
    "meetings/<uuid:meeting>/meeting.ics": "a file",
    "meetings/<uuid:meeting>/write": "takes what is typed",
    "meetings/lines/<uuid:line>": "leads to a case",
    "meetings/<uuid:meeting>/invite": "takes a guest",
    "meetings/<uuid:meeting>/papers": "takes a paper",
    "meetings/<uuid:meeting>/papers/<uuid:paper>": "a file",
    "meetings/invitation/<str:code>/papers/<uuid:paper>": "a file",
    "meetings/<uuid:meeting>/do/<str:deed>": "takes a deed",
    "desk/registry": "leads to a register",
    "start": "leads to one's work",
    "file/<uuid:draft>/discard": "takes a choice",
    "file/code": "part of a page",
    "account/region/<str:node>": "leads to another node",
    "account/region/<str:node>/back": "comes from another node",
    "account/second-factor/recovery-codes/download/": "a file",
    "account/second-factor/webauthn/login/": "for the script of the door",
    ".well-known/openid-configuration": "for programs",
    ".well-known/jwks.json": "for programs",
    "identity/token": "for programs",
    "identity/userinfo": "for programs",
    "identity/revoke": "for programs",
    "notices/<int:notice>": "leads to a case",
}
ROOMS = (
    "lianqiao.portal",
    "lianqiao.desk",
    "lianqiao.ledgers",
    "lianqiao.meetings",
    "lianqiao.notices.views",
    "lianqiao.signin.views",
    "allauth",
    "lianqiao.site.views",
    "lianqiao.site.look",
    "lianqiao.site.demo",
)


def routes() -> Iterator[str]:
    """The routes that a person opens: all but those of programs and of other nodes."""
    yield from _of(get_resolver().url_patterns, "")


def _of(patterns: list[Any], before: str) -> Iterator[str]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _of(one.url_patterns, route)
        elif isinstance(one, URLPattern) and one.callback and one.callback.__module__.startswith(ROOMS):
            yield route


def every_page(cast: Cast) -> list[tuple[str, str]]:
    """Who opens it ("" for anybody) and the address, on a node with cases in many states, an agreement, a peer, an offer and an alarm."""
    walkers.come(cast)
    agreement = agreed(cast)
    for kind in ("fork", "clock-skew"):
        alarms.raise_alarm(kind, node="50", seconds=40)
    twin = actions.add_enterprise(
        name_zh="锦江秘名科技（有限公司）", name_en="锦江", kind="inward", region=cast.city.region, by=cast.root
    )
    case, draft = cases(cast)
    offer, errand = offered(agreement), asked_of_us(agreement)
    table = f"企业名称,企业类型,行政区划代码\n锦江示例公司,国有企业,{cast.city.region_id}\n".encode()
    looked = enterprises.begin(io.BytesIO(table), "企业.csv", by=cast.root)
    while work.work():
        pass
    sequencer.place_pending()
    followers.run("notices")
    reads.seal(time.today())
    job = bulk.begin(bulk.lines({case.pk: case.event_count}, cast.wei, "route"), "route", {}, by=cast.wei)
    number, clock = case.number, case.clocks.get(name="handle").pk
    waiting = Case.objects.get(title="等待受理").number
    own = [
        f"/cases/{number}",
        f"/cases/{number}/receipt",
        f"/cases/{number}/limits/{clock}",
        "/cases",
        "/notices",
        "/account/notices",
        "/file",
    ]
    steps = [f"/file/{draft}/{step}" for step in ("who", "matter", "against", "story", "contact", "check")]
    desk = [
        "/desk/accept", "/desk/all?scope=all", "/desk/questions", "/desk/jobs", f"/desk/jobs/{job.pk}",
        "/desk/offers", f"/desk/offers/{offer}", "/desk/errands", f"/desk/errands/{errand}", f"/desk/cases/{number}",
        *(f"/desk/cases/{waiting}/{verb}" for verb in ("accept", "refuse", "route", "request_correction", "request_erasure")),
        f"/desk/cases/{waiting}/route/told?agency=cd-planning",
        *(f"/desk/cases/{number}/{part}" for part in ("why-not", "documents", "similar", "outcomes")),
    ]  # fmt: skip
    registers = [
        "agencies", "agencies/sc-inward-centre", "agencies/new/add", "agencies/cd-planning/set_competence", "competence", "people", "people/he",
        "people/he/delegate", "people/he/leave", "enterprises", f"enterprises/{cast.enterprise.pk}", f"enterprises/{twin.pk}/merge",
        "duplicates", "agreements", f"agreements/{agreement}", "nodes", "nodes/50", "alarms", "regimes", "regimes/cn-mofcom-2020-3",
        "regimes/cn-mofcom-2020-3/correct", "calendars", "calendars/2026", "enterprises/import", f"enterprises/import/{looked.pk}",
    ]  # fmt: skip
    audit = ["deeds", "reads", "departures", "seals", f"seals/{time.today()}"]
    public = [
        "/",
        "/about",
        "/guide",
        "/guide/inward-complaint",
        "/where?who=inward&what=unequal&place=510100",
        "/status",
        "/verify",
    ]
    return [
        *(("", one) for one in public),
        *account(cast),
        *(("lin", one) for one in (*own, *steps)),
        *(("wei", one) for one in desk),
        *(("wei", one) for one in ledgers(cast)),
        *meetings(cast, agreement),
        ("zhao", "/desk/registry/people/he/hand_on"),
        *(("root", f"/desk/registry/{one}") for one in registers),
        *(("audit", f"/desk/registry/{one}") for one in audit),
    ]


def account(cast: Cast) -> list[tuple[str, str]]:
    """The pages of signing in and of one's own account: of somebody without second factor, of somebody with each, and between the two steps."""
    _invitation, code = doors.invite(cast.stranger, by=cast.root)
    doors.came_in(cast.xu, means=["pwd", "otp"], level=2)
    app = doors.register_app(
        name_zh="示例应用", name_en="Example App", operator="示例单位", redirect_uris=["https://app.example/back"],
        scopes=["openid", "profile", "read", "act"], by=cast.security,
    )[0]  # fmt: skip
    asked = {
        "response_type": "code", "client_id": app.client, "redirect_uri": "https://app.example/back", "scope": "openid profile read act",
        "state": "1", "nonce": "1", "code_challenge": "c" * 43, "code_challenge_method": "S256",
    }  # fmt: skip
    factor, key = "/account/second-factor", cast.xu.authenticator_set.get(type="webauthn").pk
    guarded = [
        "/account", "/account/sessions", "/account/apps", "/account/password", "/account/confirm", "/account/sign-out", f"{factor}/",
        f"{factor}/reauthenticate/", f"{factor}/totp/deactivate/", f"{factor}/webauthn/", f"{factor}/webauthn/add/",
        f"{factor}/webauthn/reauthenticate/", f"{factor}/webauthn/keys/{key}/edit/", f"{factor}/webauthn/keys/{key}/remove/",
        f"{factor}/recovery-codes/", f"{factor}/recovery-codes/generate/", f"/identity/authorize?{urlencode(asked)}",
    ]  # fmt: skip
    return [
        ("", "/account/sign-in"),
        ("", "/account/sign-in?ended=time"),
        ("", f"/account/invitation/{code}"),
        (walkers.HALFWAY, f"{factor}/authenticate/"),
        *(("lin", one) for one in ("/account", f"{factor}/", f"{factor}/totp/activate/", f"{factor}/webauthn/")),
        *(("xu", one) for one in guarded),
    ]


def incoming_ledgers(cast: Cast) -> list[str]:
    """A ledger that was only handed in, and one that was looked at."""
    made = []
    for looks in (False, True):
        sample = Path(__file__).parents[1] / "demo" / "ledgers" / "county-complaints.xlsx"
        one = incoming.hand_in(io.BytesIO(sample.read_bytes()), sample.name, by=cast.wei)
        if looks:
            chosen = {"programme": "business-environment", "kind": "help", "category": "other"}
            job = incoming.look(one, by=cast.wei, mapping=one.mapping, chosen=chosen)
            while taken := work.take(job):
                work.part(taken)
        made.append(f"/ledgers/import/{one.pk}")
    return made


def ledgers(cast: Cast) -> list[str]:
    """The ledgers: standard ones, one that is kept, and one that is being taken out."""
    held = standard.named("open", cast.wei)
    kept = ledger_actions.keep("本处未销号", held.definition, by=cast.wei, agency="sc-inward-centre")
    job = takeout.begin(held, cast.wei, form="xlsx", paper="A4")
    return [
        "/ledgers", "/ledgers/import", *incoming_ledgers(cast), "/ledgers/complaints",
        "/ledgers/by-agency", f"/ledgers/{kept.pk}", "/ledgers/complaints/choose", f"/ledgers/out/{job.pk}",
    ]  # fmt: skip


def meetings(cast: Cast, agreement: str) -> list[tuple[str, str]]:
    """A roundtable that was held and published, one in session with a line of the first carried over, and one that is planned."""
    body = meeting_actions.establish(
        by=cast.zhao, name_zh="四川圆桌会议", name_en="Sichuan Roundtable", chair=cast.zhao, office=cast.centre, members=[cast.centre, cast.planning],
    )  # fmt: skip
    series = meeting_actions.open_series(body, by=cast.wei, kind="roundtable", title="季度圆桌会议", field="licensing")
    first, second, third = (planned(cast, series, days) for days in (1, 2, 3))
    told = meeting_actions.collect(series, by=cast.wei, text="施工许可办理时间长。", enterprise=cast.enterprise)
    waits = meeting_actions.collect(series, by=cast.wei, text="施工许可办理太慢。", enterprise=cast.enterprise)
    topic = meeting_actions.put_on_agenda(
        first, by=cast.wei, title="施工许可", concerns=[str(told.pk)], agency=cast.planning
    )
    for meeting in (first, second):
        seat = meeting_actions.invite(meeting, by=cast.wei, enterprise=cast.enterprise)
        held = meeting_actions.open_meeting(meeting, by=cast.wei, presided_by=cast.zhao)
        meeting_actions.attend(seat, by=cast.wei)
        under = str(topic.pk) if meeting is first else ""
        meeting_actions.say(held, by=cast.wei, key=uuid4(), text="希望并联办理。", topic=under, speaker="企业代表")
        line = meeting_actions.write_line(held, by=cast.wei, key=uuid4(), text="并联办理施工许可", topic=under)
        if meeting is first:
            due_on = time.today() + timedelta(days=20)
            meeting_actions.enter(line, by=cast.wei, supervisor=cast.su, due_on=due_on, measure="二十日内办理")
            minutes = meeting_actions.draft(meeting_actions.close(held, by=cast.wei), by=cast.wei, text="一、施工许可")
            meeting_actions.comment(minutes, by=cast.pu, text="请写明单位。")
            meeting_actions.confirm(minutes, by=cast.zhao)
            meeting_actions.publish(held, by=cast.wei, text="一、施工许可")
    fourth, commenter = to_comment_on(cast, series)
    meeting_actions.put_on_agenda(third, by=cast.wei, title="用地", concerns=[str(waits.pk)])
    for text in ("外籍员工子女入学难。", "外籍员工子女入学困难。"):
        meeting_actions.collect(series, by=cast.wei, text=text, raised_by="某商会")
    guest = meeting_actions.invite(third, by=cast.wei, name="某商会")
    meeting_actions.invite(third, by=cast.wei, agency=cast.planning)
    pages = [f"/meetings/{first.pk}{end}" for end in ("", "/run", "/lines", "/lines/1", "/minutes", "/figures")]
    pages += [
        f"/meetings/{second.pk}/run",
        f"/meetings/{second.pk}/attendance",
        f"/meetings/{second.pk}/lines/1",
        f"/meetings/{second.pk}/minutes",
        f"/meetings/{third.pk}",
    ]
    pages += [
        "/meetings",
        "/meetings/coverage",
        "/meetings/establish",
        f"/meetings/series/{series.pk}",
        f"/meetings/series/{series.pk}/figures",
    ]
    meeting_actions.set_task(
        body, by=cast.wei, year=time.today().year, text="互认清单", due_on=time.today(), agency=cast.planning
    )
    pages.append(f"/meetings/bodies/{body.pk}")
    body.shared_under = UUID(agreement)  # told as if another node kept it
    told = joint.of(body).model_dump(mode="json")
    heard = JointBody.objects.create(
        id=uuid4(), peer_id="50", agency=cast.centre, content=told, epoch=1, sequence=1, told_at=time.now()
    )
    pages.append(f"/meetings/joint/{heard.pk}")
    pages.append(f"/meetings/{fourth.pk}/minutes")
    public = [page_of(guest.pk), f"{commenter}/minutes", "/meetings/published", f"/meetings/published/{first.pk}"]
    return [*(("wei", one) for one in pages), ("su", f"/meetings/{first.pk}/run"), *(("", one) for one in public)]


def to_comment_on(cast: Cast, series: Series) -> tuple[Meeting, str]:
    """A meeting of which the participants have the minutes to comment on, and the link of one of them."""
    meeting = planned(cast, series, 4)
    seat = meeting_actions.invite(meeting, by=cast.wei, name="某协会")
    held = meeting_actions.open_meeting(meeting, by=cast.wei, presided_by=cast.zhao)
    meeting_actions.attend(seat, by=cast.wei)
    minutes = meeting_actions.draft(meeting_actions.close(held, by=cast.wei), by=cast.wei, text="一、用地")
    meeting_actions.circulate(minutes, by=cast.wei, text="一、用地")
    return held, page_of(seat.pk)


def planned(cast: Cast, series: Series, days: int) -> Meeting:
    begins = time.now() + timedelta(days=days)
    return meeting_actions.plan(
        series, by=cast.wei, starts_at=begins, ends_at=begins + timedelta(hours=2), room="一号会议室"
    )


def cases(cast: Cast) -> tuple[Case, str]:
    """A case in work with a question and a limit that is watched, others around it, and a draft."""
    asked = intake.file(by=cast.lin, **filing(cast)).case
    act(asked, "accept", cast.wei, remark="材料齐全，予以受理。")
    act(asked, "note", cast.he, text="已调取招标文件。", shared=True)
    act(asked, "ask", cast.he, to="enterprise", question="贵公司何时取得招标文件？")
    act(asked, "supervise", cast.su, text="请尽快办理并答复。", answer_by=time.today() + timedelta(days=3))
    act(asked, "reassign", cast.zhao, handler="he", reason="分派")
    intake.file(by=cast.lin, **filing(cast, title="等待受理"))
    secret = intake.file(by=cast.lin, **confidential(cast)).case
    signed_in(cast.wei).get(f"/desk/cases/{secret.number}")
    done = intake.file(by=cast.lin, **filing(cast, title="补贴逾期未兑现", category="policy-not-delivered")).case
    act(done, "accept", cast.wei)
    act(done, "conclude", cast.he, ground="resolved", text="经协调，补贴已拨付。")
    act(done, "deliver", cast.wei, method="electronic")
    lin = signed_in(cast.lin, "zh")
    lin.post(f"/cases/{asked.number}/attach", {"file": SimpleUploadedFile("招标文件.txt", "内容".encode())})
    begun = lin.post("/file", {"situation": "unequal", "programme": "inward-complaint", "agency": "sc-inward-centre"})
    draft = str(begun["Location"]).split("/")[2]
    told = {"title": "招标条件排斥外地企业", "facts": "要求注册地在本市。", "request": "请求纠正招标条件。"}
    lin.post(f"/file/{draft}/story", told)
    lin.post(f"/file/{draft}/against", {"respondents": ["sc-market"]})
    return Case.objects.get(pk=asked.pk), draft


def act(case: Case, verb: str, by: Any, **told: Any) -> None:
    ACTIONS[verb](Case.objects.get(pk=case.pk), by=by, **told)


def agreed(cast: Cast) -> str:
    """An agreement of the demonstration, with the centre as our agency, signed by us; and the peer that is to sign it."""
    befriend(OtherNode(), cast.root)
    folder = Path(lianqiao.site.__file__).parent / "demo"
    terms = json.loads((folder / "agreement-2020.json").read_text(encoding="utf-8"))
    ours = {"code": cast.centre.code, "zh": cast.centre.name_zh, "en": cast.centre.name_en}
    for party in terms["parties"]:
        party["agencies"] = [ours] if party["node"] == "51" else party["agencies"]
    for clause in terms["clauses"]:
        for side in ("from", "to"):
            clause[side]["agency"] = ours["code"] if clause[side]["node"] == "51" else clause[side]["agency"]
    return str(agreements.sign(agreements.propose(terms, by=cast.root), by=cast.root).pk)


def asked_of_us(agreement: str) -> str:
    content = {
        "text": "请核实该项目停工情况。", "asked_on": "2026-11-03", "category": "fair-competition", "due_on": "2026-12-01", "limit": None,
        "agency": {"code": "cq-centre", "zh": "重庆市投诉中心", "en": "重庆市投诉中心"},
    }  # fmt: skip
    made = Errand.objects.create(
        id=uuid4(), peer_id="50", kind="task", dossier=uuid4(), number="50-2026-000011", request=1, programme="inward-complaint",
        agreement=agreement, clause="3.2", addressed="sc-inward-centre", agency="sc-inward-centre", folder=uuid4(), content=content,
        received_at=time.now(), state="accepted", limit={"start": "2026-11-03", "amount": 5, "unit": "working_days", "zh": "任务书", "en": "the sub-task"},
    )  # fmt: skip
    return str(made.pk)


def offered(agreement: str) -> str:
    content = {
        "programme": "inward-complaint", "kind": "infringement", "category": "fair-competition", "title": "许可迟延", "facts": "逾期未决。",
        "request": "请求督促。", "first_filed_on": "2026-11-02", "home_node": "50", "enterprise_name": "渝中示例公司",
    }  # fmt: skip
    made = Offer.objects.create(
        id=uuid4(), peer_id="50", dossier=uuid4(), tenure=2, number="50-2026-000009", agreement=agreement, clause="3.2",
        agency="sc-inward-centre", content={"content": content, "reason": "属贵省管辖"}, received_at=time.now(),
    )  # fmt: skip
    return str(made.pk)
