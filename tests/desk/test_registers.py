"""The registers: every page for whom it is open and for nobody else, deeds through the verbs with their preview, and no query per row."""

from datetime import timedelta
from typing import Any

import pytest
from tests.cast import SECRET_WORDS, Cast, confidential, filing
from tests.pages import asked_by
from tests.portal.conftest import signed_in, text

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case
from lianqiao.desk.registers import REGISTERS
from lianqiao.desk.registers.words import HINTS, LABELS
from lianqiao.exchange import alarms
from lianqiao.exchange.models import Alarm
from lianqiao.record import time
from lianqiao.registry import actions
from lianqiao.registry.models import Absence, Delegation, Enterprise, Membership

pytestmark = pytest.mark.django_db
OPEN_TO_ALL = {"agencies", "competence", "people", "agreements", "regimes", "calendars"}


def post(person: Any, address: str, **told: Any) -> Any:
    return signed_in(person).post(f"/desk/registry/{address}", told)


def do(person: Any, address: str, **told: Any) -> Any:
    return post(person, address, **told, step="do")


def test_every_field_of_every_form_has_a_word() -> None:
    deeds = [deed for register in REGISTERS.values() for deed in (*register.deeds, *register.new)]
    asked = {name for deed in deeds if deed.model for name in deed.model.model_fields if name not in deed.without}

    assert (asked - LABELS.keys(), LABELS.keys() - asked) == (set(), set())
    assert {deed for deed, _field in HINTS} - {deed.name for deed in deeds} == set()


def test_registers_are_open_to_whom_they_are_for(cast: Cast) -> None:
    opened = {
        name: {code for code in REGISTERS if signed_in(person).get(f"/desk/registry/{code}").status_code == 200}
        for name, person in (
            ("root", cast.root),
            ("wei", cast.wei),
            ("he", cast.he),
            ("liu", cast.liu),
            ("lin", cast.lin),
        )
    }

    assert opened == {
        "root": set(REGISTERS) - {"deeds", "reads", "departures", "seals"},
        "wei": OPEN_TO_ALL | {"enterprises"},
        "he": OPEN_TO_ALL,
        "liu": OPEN_TO_ALL | {"nodes", "alarms"},
        "lin": set(),
    }


def test_lists_and_entries_ask_little_and_the_same_for_many(cast: Cast) -> None:
    root = signed_in(cast.root)
    addresses = [
        "agencies", "agencies/sc-inward-centre", "people", "people/zhao", "enterprises", f"enterprises/{cast.enterprise.pk}",
        "competence", "duplicates", "regimes", "regimes/cn-mofcom-2020-3", "calendars", "calendars/2026", "nodes", "alarms", "agreements",
    ]  # fmt: skip
    before = {one: asked_by(lambda one=one: root.get(f"/desk/registry/{one}")) for one in addresses}
    for number in range(6):
        person = actions.add_person(f"more{number}", name=f"人{number}", by=cast.root)
        actions.appoint(person, cast.centre, "handler", by=cast.root)
        actions.add_enterprise(
            name_zh=f"企业{number}", name_en=f"E{number}", kind="private", region=cast.city.region, by=cast.root
        )
        actions.add_agency(
            f"sc-{number}",
            name_zh=f"局{number}",
            name_en=f"B{number}",
            kind="department",
            region=cast.centre.region,
            parent=cast.centre,
            by=cast.root,
        )
        alarms.raise_alarm("fork", node=str(number))

    after = {one: asked_by(lambda one=one: root.get(f"/desk/registry/{one}")) for one in addresses}

    assert after == before


def test_case_of_a_leaver_is_shown_and_then_handed_on(cast: Cast) -> None:
    actions.appoint(cast.wei, cast.centre, "handler", by=cast.root)
    case = intake.file(by=cast.lin, **filing(cast)).case
    ACTIONS["accept"](case, by=cast.wei)
    ACTIONS["reassign"](case, by=cast.zhao, handler="he", reason="分派")

    first = post(cast.zhao, "people/he/hand_on", to="wei", reason="调离岗位")
    before = Case.objects.get(pk=case.pk).handler
    second = do(cast.zhao, "people/he/hand_on", to="wei", reason="调离岗位")

    assert (first.status_code, text(first).count(case.title), before, second.status_code) == (200, 1, cast.he, 302)
    assert Case.objects.get(pk=case.pk).handler == cast.wei
    assert do(cast.wei, "people/he/hand_on", to="wei", reason="调离岗位").status_code == 403


def test_people_get_roles_stand_in_are_away_and_leave(cast: Cast) -> None:
    soon = time.today() + timedelta(days=9)
    steps = [
        do(cast.root, "people/new/add", account="zhou", name="周敏", language="zh-hans"),
        do(cast.root, "people/zhou/appoint", agency="sc-inward-centre", role="handler"),
        do(cast.he, "people/he/delegate", taker="zhou", agency="sc-inward-centre", roles=["handler"], deputy="on", until=soon),
        do(cast.he, "people/he/away", since=time.today(), until=soon),
        do(cast.he, "people/he/back", of=Absence.objects.filter(person=cast.he).values_list("pk", flat=True).first() or 1),
    ]  # fmt: skip
    delegation = Delegation.objects.get()
    steps.append(do(cast.he, "people/he/revoke", of=delegation.pk))
    leaving = post(cast.root, "people/zhou/leave", reason="辞职")
    steps.append(do(cast.root, "people/zhou/leave", reason="辞职"))

    assert [one.status_code for one in steps] == [302] * 7
    assert (delegation.deputy, text(leaving).count("Roles that end")) == (True, 1)
    assert Membership.objects.get(person__account="zhou").until == time.today()


def test_line_of_another_entry_is_not_touched(cast: Cast) -> None:
    foreign = Membership.objects.filter(person=cast.he).get()

    answer = do(cast.root, "people/wei/end_role", of=foreign.pk, reason="误")

    foreign.refresh_from_db()
    assert (answer.status_code, foreign.until) == (404, None)


def test_enterprises_are_merged_after_a_look_and_parted_again(cast: Cast) -> None:
    twin = actions.add_enterprise(
        name_zh="锦江秘名科技（有限公司）", name_en="Jinjiang", kind="inward", region=cast.city.region, by=cast.root
    )

    pairs = signed_in(cast.root).get("/desk/registry/duplicates").content.decode()
    begun = (
        signed_in(cast.root)
        .get(f"/desk/registry/enterprises/{twin.pk}/merge?into={cast.enterprise.pk}")
        .content.decode()
    )
    look = post(cast.root, f"enterprises/{twin.pk}/merge", into=cast.enterprise.pk, reason="重复登记")
    untouched = Enterprise.objects.get(pk=twin.pk).root_id
    done = do(cast.root, f"enterprises/{twin.pk}/merge", into=cast.enterprise.pk, reason="重复登记")
    merged = Enterprise.objects.get(pk=twin.pk).root_id
    back = do(cast.root, f"enterprises/{twin.pk}/unmerge", reason="两家企业")

    assert f"/desk/registry/enterprises/{twin.pk}/merge?into={cast.enterprise.pk}" in pairs
    assert begun.count(f'name="into" value="{cast.enterprise.pk}"') == 1
    assert (look.status_code, text(look).count("What will happen"), untouched) == (200, 1, None)
    assert (done.status_code, merged, back.status_code, Enterprise.objects.get(pk=twin.pk).root_id) == (
        302,
        cast.enterprise.pk,
        302,
        None,
    )
    assert do(cast.wei, f"enterprises/{twin.pk}/merge", into=cast.enterprise.pk, reason="重复").status_code == 403


def test_intake_officer_finds_an_enterprise_by_its_whole_code_only(cast: Cast) -> None:
    wei = signed_in(cast.wei)

    found = {
        words: text(wei.get("/desk/registry/enterprises", {"q": words})).count("Jinjiang Test")
        for words in ("", "锦江", "91510100MA6C00017", cast.enterprise.uscc)
    }

    assert list(found.values()) == [0, 0, 0, 1]


def test_agency_gets_a_rule_of_competence_which_ends(cast: Cast) -> None:
    made = do(
        cast.root,
        "agencies/cd-planning/set_competence",
        region="5101",
        programme="business-environment",
        basis="成府发1号",
    )
    rule = cast.planning.competences.get()

    page = text(signed_in(cast.he, "zh").get("/desk/registry/agencies/cd-planning"))
    ended = do(cast.root, "agencies/cd-planning/end_competence", of=rule.pk, on=time.today())

    rule.refresh_from_db()
    assert (made.status_code, page.count("成府发1号"), ended.status_code, rule.until) == (302, 1, 302, time.today())


def test_alarm_is_closed_with_a_note(cast: Cast) -> None:
    alarm = alarms.raise_alarm("fork", node="50")

    refused = do(cast.liu, f"alarms/{alarm.pk}/handle", note="核对")
    done = do(cast.root, f"alarms/{alarm.pk}/handle", note="已核对")

    assert (refused.status_code, done.status_code, Alarm.objects.get().note) == (403, 302, "已核对")


def test_figure_of_a_rule_is_corrected_after_a_look(cast: Cast) -> None:
    told = {
        "limit": "handle",
        "amount": "30",
        "unit": "working_days",
        "article": "18",
        "verified": "on",
        "mark": "V1",
        "text": "第十八条 三十个工作日",
    }

    look = post(cast.root, "regimes/cn-mofcom-2020-3/correct", **told)
    done = do(cast.root, "regimes/cn-mofcom-2020-3/correct", **told)

    page = text(signed_in(cast.he).get("/desk/registry/regimes/cn-mofcom-2020-3"))
    assert (look.status_code, text(look).count("What differs"), done.status_code) == (200, 1, 302)
    assert page.count("30 working days") >= 1


def test_registers_name_nobody_of_a_confidential_case(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **confidential(cast)).case
    ren = signed_in(cast.people["ren"], "zh")

    pages = [text(ren.get(f"/desk/registry/{code}")) for code in (*sorted(OPEN_TO_ALL), "enterprises", "people/ren")]

    assert [word for page in pages for word in (*SECRET_WORDS, case.title) if word in page] == []
