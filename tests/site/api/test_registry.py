"""What the registry's administrators, intake officers, owners and colleagues do by the API, and who may not."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cast import Cast, filing
from tests.site.api.conftest import Caller

from lianqiao.jobs import work
from lianqiao.record.events import verify_chain
from lianqiao.record.time import today
from lianqiao.registry import actions, finding
from lianqiao.registry.models import Enterprise, Membership

HEAD = "企业名称,统一社会信用代码,企业类型,行政区划代码\n"


def told(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def double(cast: Cast) -> Enterprise:
    """A second row of the enterprise, as somebody else wrote it."""
    return actions.add_enterprise(
        name_zh="錦江秘名科技有限責任公司",
        name_en="Jinjiang Test Technology Co., Ltd.",
        kind="inward",
        region=cast.enterprise.region,
        by=cast.root,
    )


def test_duplicate_is_found_merged_and_let_go(call: Caller, cast: Cast, double: Enterprise) -> None:
    address = f"enterprises/{double.pk}"
    found = told(call.get(f"{address}/duplicates", "wei"))["duplicates"]
    pairs = told(call.get("duplicates", "root"))

    assert [(one["enterprise"]["id"], len(one["reasons"])) for one in found] == [(str(cast.enterprise.pk), 2)]
    assert [{pair["one"]["id"], pair["other"]["id"]} for pair in pairs["pairs"]] == [
        {str(double.pk), str(cast.enterprise.pk)}
    ]
    assert pairs["next"] is None
    assert {who: call.get("duplicates", who).status_code for who in ("wei", "lin", "stranger")} == {
        "wei": 403, "lin": 403, "stranger": 403,
    }  # fmt: skip

    body = {"into": str(cast.enterprise.pk), "reason": "同一企业"}
    assert code(call.post(f"{address}/merge", "wei", body)) == (403, "not-admin")
    assert told(call.post(f"{address}/merge", "root", body))["id"] == str(cast.enterprise.pk)
    sheet = told(call.get(address, "lin"))
    assert (sheet["stands"]["id"], [one["account"] for one in sheet["people"]]) == (str(cast.enterprise.pk), ["lin"])
    assert told(call.post(f"{address}/unmerge", "root", {"reason": "两家"}))["id"] == str(double.pk)
    assert call.get(address, "lin").status_code == 404
    assert verify_chain(double.pk, "enterprise") == []


def test_enterprise_is_changed_and_keeps_its_former_code(call: Caller, cast: Cast, double: Enterprise) -> None:
    address = f"enterprises/{cast.enterprise.pk}"

    told(call.post(f"{address}/change", "wei", {"uscc": "91510100MA6C00025X", "address": "示例路1号"}), 422)
    told(call.post(f"{address}/change", "wei", {"uscc": "91411000MA3X00010G", "address": "示例路1号"}))
    told(call.post(f"{address}/add_former_code", "wei", {"code": "510100000012345"}))
    sheet = told(call.get(address, "lin"))

    assert (sheet["uscc"], sheet["address"], sheet["former_codes"]) == (
        "91411000MA3X00010G", "示例路1号", ["510100000012345", "91510100MA6C00017C"],
    )  # fmt: skip
    assert code(call.post(f"{address}/change", "wei", {"address": "示例路1号"})) == (409, "nothing-changed")
    assert code(call.post(f"{address}/change", "lin", {"address": "别处"})) == (403, "not-intake")
    assert code(call.post(f"{address}/change", "stranger", {"address": "别处"})) == (404, "unknown-enterprise")
    assert verify_chain(cast.enterprise.pk, "enterprise") == []


def test_owner_enters_contact_and_association_and_agent_is_for_the_administrator(call: Caller, cast: Cast) -> None:
    actions.add_agency(
        "sc-association", name_zh="工作站", name_en="Workstation", kind="workstation", region=cast.enterprise.region, by=cast.root
    )  # fmt: skip
    address = f"enterprises/{cast.enterprise.pk}"

    contact = told(call.post(f"{address}/add_contact", "lin", {"name": "秦女士", "phone": "1"}), 201)
    joined = told(call.post(f"{address}/associate", "lin", {"agency": "sc-association"}), 201)
    agent = {"account": "stranger", "powers": ["file"], "matters": ["all"], "until": str(today() + timedelta(days=30))}
    refused = code(call.post(f"{address}/link_agent", "lin", agent))
    linked = told(call.post(f"{address}/link_agent", "root", agent), 201)
    sheet = told(call.get(address, "stranger"))

    assert refused == (403, "not-admin")
    assert [one["name"] for one in sheet["contacts"]] == ["秦女士"]
    assert [(one["account"], one["capacity"]) for one in sheet["people"]] == [("lin", "owner"), ("stranger", "agent")]
    assert [one["agency"] for one in sheet["associations"]] == ["sc-association"]
    members = told(call.get("agencies/sc-association/members", "root"))
    assert [one["enterprise"]["id"] for one in members["members"]] == [str(cast.enterprise.pk)]
    assert call.get("agencies/sc-association/members", "lin").status_code == 403
    ended = call.post(f"contacts/{contact['id']}/end", "lin", {})
    assert told(ended) == {"id": contact["id"], "until": today().isoformat()}
    ends = [
        call.post(f"associations/{joined['id']}/end", "lin", {}),
        call.post(f"links/{linked['id']}/end", "root", {}),
    ]
    assert [told(answer)["until"] for answer in ends] == [today().isoformat()] * 2


def test_table_is_tried_imported_and_taken_back(call: Caller, cast: Cast) -> None:
    table = (
        HEAD
        + "錦江秘名科技公司,,inward,510100\n成都示例一号有限公司,,private,999999\n成都示例二号有限公司,,private,510100\n"
    ).encode()

    def bring(who: str, **fields: str) -> Any:
        return call.upload("imports", who, SimpleUploadedFile("enterprises.csv", table), **fields)

    tried = told(bring("root", dry_run="true"))
    assert (tried["done"], tried["new"], tried["faulty"], [one["row"] for one in tried["likely"]]) == (False, 2, 1, [2])
    assert [(one["row"], one["code"]) for one in tried["problems"]] == [(3, "unknown-region")]
    assert [code(bring("wei")), code(bring("root"))] == [(403, "not-admin"), (422, "import-faulty")]
    done = told(bring("root", leave_out="true"))
    assert (done["done"], done["new"]) == (True, 2)
    assert [one["id"] for one in told(call.get("imports", "root"))["imports"]] == [done["id"]]
    assert told(call.post(f"imports/{done['id']}/undo", "root", {"reason": "有误"})) == {"gone": 2, "stay": 0}

    looked = told(call.upload("imports/tables", "root", SimpleUploadedFile("enterprises.csv", table)), 202)
    while work.work():
        pass
    found = told(call.get(f"jobs/{looked['id']}", "root"))
    assert (found["state"], found["counts"]) == ("done", {"done": 2, "faulty": 1})
    assert code(call.post(f"imports/tables/{looked['id']}/enter", "wei"))[0] == 403
    entering = told(call.post(f"imports/tables/{looked['id']}/enter", "root"), 202)
    while work.work():
        pass
    assert told(call.get(f"jobs/{entering['id']}", "root"))["counts"] == {"done": 2}
    assert code(call.post(f"imports/tables/{looked['id']}/enter", "root")) == (409, "nothing-to-do")


def test_roles_delegations_and_absences(call: Caller, cast: Cast) -> None:
    until = str(today() + timedelta(days=10))
    entered = told(call.post("people", "root", {"account": "zhou", "name": "周敏"}), 201)
    role = told(call.post("people/zhou/appoint", "root", {"agency": "sc-inward-centre", "role": "handler"}), 201)
    given = {"taker": "zhou", "agency": "sc-inward-centre", "roles": ["handler"], "until": until, "deputy": True}
    delegated = told(call.post("people/he/delegate", "he", given), 201)
    away = told(call.post("people/he/enter_absence", "he", {"since": str(today()), "until": until}), 201)

    cast.people["zhou"] = finding.person("zhou")
    sheet = told(call.get("people/he", "zhou"))

    assert (entered["account"], role["role"]) == ("zhou", "handler")
    assert [(one["giver"], one["taker"], one["deputy"]) for one in sheet["delegations"]] == [("he", "zhou", True)]
    assert [one["until"] for one in sheet["absences"]] == [until]
    assert code(call.post("people/he/delegate", "zhao", given)) == (403, "not-admin")
    assert [call.get("people/he", who).status_code for who in ("pu", "lin", "root")] == [404, 404, 200]
    assert told(call.post(f"absences/{away['id']}/end", "he")) == {"ended": True}
    assert told(call.post(f"delegations/{delegated['id']}/revoke", "zhou"))["revoked_on"] == str(today())
    ended = told(call.post(f"memberships/{role['id']}/end", "root", {"reason": "调离"}))
    assert ended["until"] == str(today())
    listed = {who: [one["account"] for one in told(call.get("people", who))["people"]] for who in ("pu", "stranger")}
    assert listed == {"pu": ["pu"], "stranger": []}


def test_leaver_is_previewed_and_leaves(call: Caller, cast: Cast) -> None:
    number = call.post("cases", "lin", filing(cast)).json()["number"]
    told(call.post(f"cases/{number}/accept", "wei", {}))
    told(call.post(f"cases/{number}/reassign", "zhao", {"handler": "he", "reason": "x"}))
    body = {"to": "wei", "reason": "调离"}

    tried = told(call.post("people/he/hand_on", "zhao", body | {"dry_run": True}))
    before = told(call.post("people/he/leave", "root", {"reason": "调离", "dry_run": True}))
    done = told(call.post("people/he/hand_on", "zhao", body))
    left = told(call.post("people/he/leave", "root", {"reason": "调离"}))

    assert tried == {"done": False, "cases": 1, "numbers": [number], "staying": 0}
    assert done == tried | {"done": True}
    assert (before["roles"], before["cases"], left["roles"], left["cases"]) == (1, 1, 1, 0)
    assert Membership.objects.get(person=cast.he).until == today()
    assert code(call.post("people/he/leave", "zhao", {"reason": "x"})) == (403, "not-admin")


def test_competence_is_entered_explained_and_ended(call: Caller, cast: Cast) -> None:
    rule = {"agency": "cd-inward-centre", "region": "510100", "programme": "inward-complaint", "basis": "示例文件"}
    made = told(call.post("competences", "root", rule), 201)
    ask = "competence?region=510104&programme=inward-complaint"

    answer = told(call.get(ask, "lin"))
    holes = told(call.get("competences/gaps", "wei"))

    assert (made["region"], answer["agency"]) == ("5101", "cd-inward-centre")
    assert "示例文件" in answer["because"]
    assert (len(holes["gaps"]) > 0, holes["overlaps"]) == (True, [])
    assert told(call.get(f"competences?agency={rule['agency']}", "wei"))["competences"] == [made]
    yesterday = str(today() - timedelta(days=1))
    assert told(call.get(f"{ask}&on={yesterday}", "lin"))["agency"] is None
    assert told(call.post(f"competences/{made['id']}/end", "root", {}))["until"] == str(today())
    assert [code(call.get("competences", "lin")), code(call.post("competences", "wei", rule))] == [
        (403, "not-officer"), (403, "not-admin"),
    ]  # fmt: skip
    assert [code(call.get("competence?programme=inward-complaint", "lin")), code(call.get("competence?programme=x&area=nowhere", "lin"))] == [
        (422, "place-missing"), (422, "area-unknown"),
    ]  # fmt: skip
    areas = {one["code"] for one in told(call.get("areas", ""))["areas"]}
    assert len(areas) > 3
    target = {
        "programme": "inward-complaint",
        "limit": "handle",
        "amount": 30,
        "unit": "working_days",
        "since": "2030-01-01",
    }
    assert told(call.post("targets", "root", target), 201) in told(call.get("targets", "wei"))["targets"]


def test_duties_are_listed_to_their_agency_and_discharged_by_its_lead(call: Caller, cast: Cast) -> None:
    long_ago = today() - timedelta(days=400)
    actions.set_competence(cast.centre, region="51", programme="fie-complaint", since=long_ago, by=cast.root)
    listed = {who: told(call.get("duties?state=overdue", who))["duties"] for who in ("zhao", "wei", "pu", "root")}
    [due, *_earlier] = [row for row in listed["zhao"] if row["duty"] == "summary"]
    body = {"agency": due["agency"], "due_on": due["due_on"], "note": "报告文号"}

    assert listed["zhao"] == listed["wei"] == listed["root"]
    assert (listed["pu"], due["state"], len(due["because"]) > 5) == ([], "overdue", True)
    assert code(call.post("duties/summary/discharge", "wei", body)) == (403, "not-admin")
    assert told(call.post("duties/summary/discharge", "zhao", body))["state"] == "done"
    assert told(call.get("duties?state=overdue", "zhao"))["duties"] == [row for row in listed["zhao"] if row != due]
    assert code(call.get("duties", "lin")) == (403, "not-officer")
