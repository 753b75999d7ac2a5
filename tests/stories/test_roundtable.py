"""Two live nodes: concerns become a roundtable, its lines live on as cases until all are struck off; and what the screen called saved outlives kill -9."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from tests.stories import journey, judging, roundtable
from tests.stories.pair import Pair
from tests.stories.reading import rows
from tests.stories.roundtable import Sitting, sitting_down

from lianqiao.record.time import SHANGHAI, now, today
from lianqiao.site.demo import handing
from lianqiao.site.demo.between import COMPLAINTS, MAPPED
from lianqiao.site.demo.within import ONE

pytestmark = pytest.mark.proof


def ids(pair: Pair, query: str) -> list[str]:
    found = [str(row[0]) for row in rows(pair.folder, "51", query)]
    return [f"{one[:8]}-{one[8:12]}-{one[12:16]}-{one[16:20]}-{one[20:]}" for one in found]


def body_and_series(pair: Pair, sit: Callable[..., Sitting]) -> tuple[Sitting, Sitting, str]:
    """The secretary (intake of Chengdu's centre), the chair (its lead), and the address of the series."""
    secretary, chair = sit("cd-intake"), sit("cd-lead")
    chair.post(
        "/meetings/establish/done", name_zh="成都市企业圆桌会议", name_en="Chengdu Roundtable", office="cd-inward-centre", chair="cd-lead",
        member=["cd-inward-centre", "cd-planning", "cd-market"],
    )  # fmt: skip
    body = ids(pair, "SELECT id FROM meetings_body")[0]
    secretary.post(
        "/meetings/series", body=body, kind="roundtable", title="季度圆桌会议", field="licensing", months="3"
    )
    return secretary, chair, "/meetings/series/" + ids(pair, "SELECT id FROM meetings_series")[0]


def planned(secretary: Sitting, series: str, pair: Pair, days: int) -> str:
    begins = (now() + timedelta(days=days)).astimezone(SHANGHAI)
    secretary.post(
        f"{series}/plan", starts_at=begins.strftime("%Y-%m-%dT%H:%M"), ends_at=(begins + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"), room="一号会议室"
    )  # fmt: skip
    return "/meetings/" + ids(pair, "SELECT id FROM meetings_meeting ORDER BY number DESC LIMIT 1")[0]


def test_lines_of_a_roundtable_are_struck_off_in_both_regions(fresh: Callable[..., Pair]) -> None:
    pair = fresh()
    with sitting_down(pair) as sit:
        play(pair, sit)


def play(pair: Pair, sit: Callable[..., Sitting]) -> None:
    secretary, chair, series = body_and_series(pair, sit)
    first = planned(secretary, series, pair, 1)

    # Before: concerns from an officer, by invitation link without account, and on the agenda
    secretary.post(f"{series}/collect", text="施工许可办理时间长，项目无法按时开工。", enterprise=ONE)
    guest_page = secretary.post(f"{first}/invite", name="成都某商会").text
    link = re.search(r"/meetings/invitation/[\w-]+", guest_page)
    assert link
    guest = sit()
    guest.post(link[0], do="concern", text="两地检验结果不能互认。", raised_by="陈女士")
    guest.post(link[0], do="answer", coming="1")
    concerns = ids(pair, "SELECT id FROM meetings_concern ORDER BY collected_at")
    secretary.post(
        f"{first}/do/put-on-agenda", title="施工许可", concern=concerns[0], agency="cd-planning", minutes="30"
    )
    secretary.post(f"{first}/do/put-on-agenda", title="检验互认", concern=concerns[1], minutes="30")
    topics = ids(pair, "SELECT id FROM meetings_topic ORDER BY place")

    # At: one settled on the spot, one to a department with a supervisor, one for the other region, one that stays open
    secretary.post(f"{first}/do/open", presided_by="cd-lead", early="1")
    for text, topic in (("并联审批", 0), ("规划条件核实", 0), ("重庆仓库重复检验", 1), ("检验清单比对", 1)):
        secretary.post(f"{first}/write", what="line", text=text, topic=topics[topic], key=str(uuid4()))
    due, one = (today() + timedelta(days=20)).isoformat(), pair.places["51"].enterprises[ONE]
    secretary.post(f"{first}/do/settle", line="1", undertaken="规划局承诺即日起并联审批。")
    secretary.post(
        f"{first}/do/enter",
        line="2",
        agency="cd-planning",
        supervisor="sun-supervisor",
        due_on=due,
        measure="二十日内完成核实",
    )
    secretary.post(
        f"{first}/do/enter",
        line="3",
        enterprise=one,
        programme="business-environment",
        due_on=due,
        measure="移交重庆办理",
    )
    secretary.post(f"{first}/do/enter", line="4", enterprise=one, due_on=due, measure="列出差异清单")
    supervisor = pair["sun-supervisor"]
    secretary.post(f"{first}/do/close")
    secretary.post(f"{first}/do/draft", text="纪要")
    chair.post(f"{first}/do/confirm", version="1")
    secretary.post(f"{first}/do/publish", text="一、施工许可；二、检验互认。")
    assert "施工许可" in guest.get(f"/meetings/published/{first.split('/')[2]}")

    # After: supervised, handed over, concluded
    by_title = {row["Matter"]: row["Case number"] for row in roundtable.ledger(secretary)}
    supervisor.do(by_title["规划条件核实"], "supervise", text="请按会议确定的日期完成。", answer_by=due)
    pair["cd-planning-handler"].do(by_title["规划条件核实"], "sign_for")
    agreement = handing.clause_id(pair["cd-intake"], COMPLAINTS)
    here = by_title["重庆仓库重复检验"]
    pair["cd-intake"].do(here, "offer", agreement=agreement, clause="3.5", reason="检验在重庆进行。")
    mapped = MAPPED | {"programme": "business-environment", "kind": "help"}
    there = str(handing.take_over(pair["cq-liaison"], here, **mapped)["number"])
    handing.reaches(pair["cd-intake"], here, "handed_over")
    pair["cq-handler"].do(there, "conclude", ground="resolved", text="重庆认可成都检验结果。")
    handing.reaches(pair["cd-intake"], here, "concluded")
    pair["cd-intake"].do(here, "deliver", method="electronic")
    pair["cd-planning-handler"].do(by_title["规划条件核实"], "conclude", ground="resolved", text="已完成核实。")

    # The next meeting: what is open is its first item
    second = planned(secretary, series, pair, 2)
    page = secretary.get(second)
    assert ("Open lines of earlier meetings" in page, "检验清单比对" in page, "规划条件核实" in page) == (
        True,
        True,
        False,
    )
    secretary.post(f"{second}/do/open", presided_by="cd-lead", early="1")
    pair["cd-handler"].do(by_title["检验清单比对"], "conclude", ground="explained", text="清单已交企业。")
    secretary.post(f"{first}/do/confirm-result", line="4", text="企业来函确认。")

    shown = [roundtable.figures(secretary.get(f"{at}/figures")) for at in (first, second)]
    table = roundtable.ledger(secretary)
    journey.settled(pair)
    pair.end()
    for at, told in zip((first, second), shown, strict=True):
        counted = roundtable.counted(pair.folder, "51", at.split("/")[2])
        assert {name: told[name] for name in counted} == counted
    assert shown[0] == dict.fromkeys(shown[0], 0) | {
        "Lines raised": 4, "Settled on the spot": 1, "Concluded in time": 3, "Confirmed by the enterprise": 1,
    }  # fmt: skip
    assert shown[1]["Carried over"] == 1
    assert [(row["Matter"], row["Struck off"]) for row in table] == [
        ("并联审批", "yes"), ("规划条件核实", "yes"), ("重庆仓库重复检验", "yes"), ("检验清单比对", "yes"),
    ]  # fmt: skip
    assert (judging.faults(pair.folder), judging.sound(pair)) == ([], [])


def test_no_line_that_was_called_saved_is_lost_by_kill_9(fresh: Callable[..., Pair]) -> None:
    pair = fresh()
    with sitting_down(pair) as sit:
        type_and_kill(pair, sit)


def type_and_kill(pair: Pair, sit: Callable[..., Sitting]) -> None:
    secretary, _chair, series = body_and_series(pair, sit)
    meeting = planned(secretary, series, pair, 1)
    secretary.post(f"{meeting}/do/open", presided_by="cd-lead", early="1")
    page = secretary.http.get(f"{meeting}/run")
    saved: list[str] = []
    typed = [str(uuid4()) for _n in range(60)]
    headers = {"Accept": "application/json", "Referer": str(page.url)}
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token

    def send(key: str) -> bool:
        """As the script of the page does: what is not acknowledged is sent again, with its key."""
        form = {"what": "line", "text": f"事项 {key}", "key": key, "csrfmiddlewaretoken": token[1]}  # type: ignore[index]
        with suppress(httpx.HTTPError):
            answer = secretary.http.post(f"{meeting}/write", data=form, headers=headers)
            return answer.status_code == 200 and answer.json().get("saved") == key
        return False

    def type_on() -> None:
        for key in typed:
            if send(key):
                saved.append(key)
            if len(saved) == 20:
                reached.set()

    reached = threading.Event()
    typist = threading.Thread(target=type_on)
    typist.start()
    assert reached.wait(60)
    pair.kill("51")
    called_saved = list(saved)
    assert len(called_saved) < len(typed)
    typist.join(timeout=120)
    kept = {str(row[0]) for row in rows(pair.folder, "51", "SELECT key FROM meetings_line")}
    assert {key.replace("-", "") for key in called_saved} <= kept

    pair.bring_up("51")
    for key in typed:
        assert send(key)
    pair.end()
    lines = [str(row[0]) for row in rows(pair.folder, "51", "SELECT key FROM meetings_line")]
    events = rows(pair.folder, "51", "SELECT id FROM record_event WHERE verb = 'write_line'")
    assert sorted(lines) == sorted(key.replace("-", "") for key in typed)
    assert len(events) == len(typed)
