"""Many cases at once, views that are kept, and cases like one."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.cast import SECRET_WORDS, Cast, confidential, filing
from tests.pages import asked_by, fifty
from tests.portal.conftest import signed_in, text

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case, CaseKey
from lianqiao.desk.models import SavedView
from lianqiao.jobs import work
from lianqiao.jobs.models import Job
from lianqiao.record import time
from lianqiao.record.models import Event

pytestmark = pytest.mark.django_db


def ticked(*cases: Case) -> list[str]:
    return [f"{case.number}@{Case.objects.get(pk=case.pk).event_count}" for case in cases]


def send(person: Any, verb: str, cases: list[str], step: str = "", **told: Any) -> Any:
    return signed_in(person).post("/desk/bulk", {"verb": verb, "case": cases, "step": step} | told)


def test_many_are_routed_after_a_look_and_what_is_refused_is_told(cast: Cast) -> None:
    cases = [intake.file(by=cast.lin, **filing(cast)).case for _number in range(3)]
    ACTIONS["refuse"](cases[2], by=cast.wei, ground="unfounded", reason="无依据")
    chosen = ticked(*cases)
    ACTIONS["note"](cases[1], by=cast.wei, text="他人已记")

    begun = send(cast.wei, "route", chosen)
    look = send(cast.wei, "route", chosen, "preview", agency="cd-planning", reason="职责所在")
    before = Event.objects.filter(verb="route").count()
    twice = [send(cast.wei, "route", chosen, "do", agency="cd-planning", reason="职责所在") for _time in range(2)]
    [address] = {answer["Location"] for answer in twice}
    waits = signed_in(cast.wei).get(address)
    work.work()
    done = signed_in(cast.wei).get(address)

    assert [text(begun).count(case.number) for case in cases] == [1, 1, 1]
    assert (look.status_code, text(look).count("2 of 3 cases"), before) == (200, 1, 0)
    assert text(look).count(f"Chengdu Planning Bureau: {cast.people['pu']}") == 1
    assert (text(waits).count("0 of 3 worked on"), text(waits).count("Stop it")) == (1, 1)
    assert (text(done).count("3 of 3 worked on · refused: 2"), text(done).count("Stop it")) == (1, 0)
    assert [text(done).count(said) for said in ("您打开本案后已有他人办理", "不能“交办”")] == [1, 1]
    assert (Event.objects.filter(verb="route").count(), signed_in(cast.he).get(address).status_code) == (1, 404)
    assert [Case.objects.get(pk=case.pk).assigned == cast.planning for case in cases] == [True, False, False]
    assert send(cast.wei, "route", chosen, "do", agency="", reason="").status_code == 422
    assert send(cast.wei, "conclude", chosen).status_code == 404


def test_nobody_acts_on_many_cases_that_they_may_not_see(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **confidential(cast)).case
    ACTIONS["accept"](case, by=cast.wei)

    page = text(send(cast.people["ren"], "reassign", ticked(case), "do", handler="ren", reason="试"))
    page += text(send(cast.people["ren"], "reassign", [], which="all", list="all", scope="all"))

    assert ([word for word in (*SECRET_WORDS, case.number) if word in page], Case.objects.get().handler) == ([], None)


def test_look_at_all_of_a_list_asks_the_same_for_few_and_for_fifty(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **filing(cast)).case
    wei, whom = signed_in(cast.wei), {"agency": "cd-planning", "reason": "职责所在"}
    asked = {"verb": "route", "step": "preview", "which": "all", "list": "accept", "scope": "agency"} | whom
    few = asked_by(lambda: wei.post("/desk/bulk", asked))
    for one in fifty(case, uid=lambda _n: uuid4(), dossier=lambda _n: uuid4()):
        CaseKey.objects.bulk_create(CaseKey(case=one, key=key.key, identity=key.identity) for key in case.keys.all())

    assert asked_by(lambda: wei.post("/desk/bulk", asked)) == few
    assert text(wei.post("/desk/bulk", asked)).count("It will be done for 50 of 50 cases.") == 1


def test_job_is_stopped_by_who_began_it(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **filing(cast)).case
    begun = send(cast.wei, "route", ticked(case), "do", agency="cd-planning", reason="职责所在")
    stop = f"{begun['Location']}/cancel"

    assert [signed_in(one).post(stop).status_code for one in (cast.he, cast.wei)] == [404, 302]
    work.work()
    assert (Job.objects.get().state, Event.objects.filter(verb="route").count()) == ("cancelled", 0)


def test_view_is_kept_under_a_name_and_dropped(cast: Cast) -> None:
    wei, he = signed_in(cast.wei), signed_in(cast.he)

    for address in ("accept?q=招标", "accept?q=检查", "https://elsewhere.example/"):
        wei.post("/desk/views", {"name": "招标", "address": address})
    page = wei.get("/desk/all").content.decode()
    he.post(f"/desk/views/{SavedView.objects.get().pk}/drop")
    kept = SavedView.objects.get()
    wei.post(f"/desk/views/{kept.pk}/drop")

    assert (kept.address, page.count(">招标</a>"), SavedView.objects.count()) == ("accept?q=检查", 1, 0)
    assert wei.post("/desk/views", {"name": " ", "address": "all"}, follow=True).status_code == 200


def test_cases_like_one_are_shown_with_how_they_ended(cast: Cast) -> None:
    earlier = intake.file(by=cast.lin, **filing(cast)).case
    ACTIONS["accept"](earlier, by=cast.wei)
    ACTIONS["conclude"](earlier, by=cast.he, ground="resolved", text="已责令更正招标文件")
    case = intake.file(by=cast.lin, **filing(cast)).case
    wei, address = signed_in(cast.wei), f"/desk/cases/{case.number}"

    twice, ended = text(wei.get(f"{address}/similar")), text(wei.get(f"{address}/outcomes"))

    assert (twice.count(earlier.number), ended.count(earlier.number), ended.count("已责令更正招标文件")) == (1, 1, 1)
    assert [asked_by(lambda one=one: wei.get(f"{address}/{one}")) <= 12 for one in ("similar", "outcomes")] == [
        True,
        True,
    ]
    assert signed_in(cast.people["pu"]).get(f"{address}/similar").status_code == 404


def test_verbs_that_choose_among_texts_files_and_subjects_have_forms(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **filing(cast)).case
    ACTIONS["accept"](case, by=cast.wei, remark="电话 13911112222")
    wei, zhao = signed_in(cast.wei), signed_in(cast.zhao)

    def do(browser: Any, verb: str, **told: Any) -> int:
        version = Case.objects.get(pk=case.pk).event_count
        return int(browser.post(f"/desk/cases/{case.number}/{verb}", {"version": version} | told).status_code)

    form = wei.get(f"/desk/cases/{case.number}/request_erasure").content.decode()
    asked = do(wei, "request_erasure", texts=["2.remark"], reason="含个人电话")
    number = Case.objects.get(pk=case.pk).event_count
    shown = zhao.get(f"/desk/cases/{case.number}/erase").content.decode()
    erased = do(zhao, "erase", request=number, ground="unlawful")
    consulted = do(
        zhao, "consult", agency="cd-planning", question="是否需要规划许可？", reply_by=time.today() + timedelta(days=5)
    )

    assert ("13911112222" in form, f'value="{number}"' in shown) == (True, True)
    assert (asked, erased, consulted) == (302, 302, 302)
    assert "13911112222" not in zhao.get(f"/desk/cases/{case.number}").content.decode()
