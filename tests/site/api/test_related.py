"""Cases that belong together, by the interface: likeness on demand, merging and its undoing, drafts that are checked."""

from tests.cast import Cast, filing
from tests.site.api.conftest import Caller

CHINESE = {"Accept_Language": "zh-hans"}


def test_merge_and_unmerge_show_on_both_sheets(call: Caller, cast: Cast) -> None:
    first, second = (call.post("cases", "lin", filing(cast)).json() for _each in range(2))
    merged = call.post(f"cases/{second['number']}/merge", "wei", {"main": first["number"], "reason": "重复提交"})
    sheets = [call.get(f"cases/{one['number']}", "lin").json() for one in (first, second)]
    sentences = [
        step["label"] for step in call.get(f"cases/{second['number']}/events", "lin", **CHINESE).json()["events"]
    ]
    undone = call.post(f"cases/{second['number']}/unmerge", "wei", {"reason": "另案"})

    assert [(answer.status_code, answer.json()["state"]) for answer in (merged, undone)] == [
        (200, "merged"),
        (200, "filed"),
    ]
    assert [sheet["together"] for sheet in sheets] == [
        {"main": None, "followers": [second["number"]], "follows": False},
        {"main": first["number"], "followers": [], "follows": True},
    ]
    assert sentences == ["提交投诉", "并入其他诉求"]
    clock = call.get(f"cases/{second['number']}/clocks", "lin").json()["clocks"][0]["address"]
    assert "与其他诉求合并办理，其间期限照常计算。" in call.get(clock, "lin", **CHINESE).json()["sentences"][-1]
    assert call.get("cases?state=merged", "lin").json()["cases"] == []


def test_similar_is_for_who_sees_both(call: Caller, cast: Cast) -> None:
    first = call.post("cases", "lin", filing(cast)).json()
    second = call.post("cases", "lin", filing(cast)).json()

    for who in ("lin", "wei"):
        answer = call.get(second["similar_at"], who, **CHINESE).json()
        rows = [(row["number"], row["share"], row["reasons"]) for row in answer["likely_duplicates"]]
        assert rows == [(first["number"], 100, ["同一企业", "同一被投诉机关", "同一事项", "文字100%相同"])]
        assert answer["similar_concluded"] == []
    assert call.get(second["similar_at"], "ren").status_code == 404


def test_check_of_a_draft_tells_problems_and_duplicates(call: Caller, cast: Cast) -> None:
    first = call.post("cases", "lin", filing(cast)).json()
    whole = call.post("drafts", "lin", {"content": filing(cast)}).headers["Location"]
    partial = call.post("drafts", "lin", {"content": {"title": "招标"}}).headers["Location"]

    checked = call.get(f"{whole}/check", "lin").json()
    problems = call.get(f"{partial}/check", "lin").json()

    assert (checked["problems"], [row["number"] for row in checked["likely_duplicates"]]) == ([], [first["number"]])
    assert (sorted(one["field"] for one in problems["problems"])[:3], problems["likely_duplicates"]) == (
        ["agency", "category", "enterprise"],
        [],
    )
    assert call.get(f"{whole}/check", "wei").status_code == 404


def test_subject_from_opening_to_closing(call: Caller, cast: Cast) -> None:
    numbers = [call.post("cases", "lin", filing(cast)).json()["number"] for _each in range(2)]
    opened = call.post(
        "subjects",
        "zhao",
        {"agency": "sc-inward-centre", "kind": "common_issue", "title": "本地门槛", "why": "多家反映"},
    )
    address, told = opened.headers["Location"], {"subject": opened.json()["id"], "reason": "同一做法"}
    joined = [call.post(f"cases/{number}/join", "zhao", told).status_code for number in numbers]
    call.post(f"cases/{numbers[1]}/withdraw", "lin", {"reason": "已解决"})

    foreseen = call.post(f"{address}/preview", "zhao", {"form": "note"}).json()["cases"]
    replied = call.post(f"{address}/reply", "zhao", {"form": "note", "text": "已发文清理。"})
    again = call.post(f"{replied.json()['address']}/continue", "zhao")

    assert (opened.status_code, joined) == (201, [200, 200])
    assert [(row["case"], row["possible"], row["code"]) for row in foreseen] == [
        (numbers[0], True, None), (numbers[1], False, "wrong-state"),
    ]  # fmt: skip
    assert [(row["case"], row["state"], row["code"]) for row in replied.json()["answered"]] == [
        (numbers[0], "done", ""), (numbers[1], "refused", "wrong-state"),
    ]  # fmt: skip
    assert (replied.status_code, again.json(), call.get(replied.json()["address"], "wei").json()) == (
        201,
        replied.json(),
        replied.json(),
    )
    assert [(row["id"], row["title"]) for row in call.get("subjects?limit=1", "wei").json()["subjects"]] == [
        (told["subject"], "本地门槛")
    ]
    assert call.get(address, "he").json()["cases"] == numbers
    assert call.post(f"{address}/close", "zhao", {"reason": "已解决"}).json()["closed_on"] is not None
    assert [call.get(address, who).status_code for who in ("ren", "pu", "lin", "stranger")] == [404] * 4
    assert call.get("subjects", "ren").json() == {"subjects": [], "next": None}
