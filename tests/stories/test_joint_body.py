"""Two live nodes: a joint body is kept at one, read and answered at the other, through a kill of either."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.stories.pair import Pair
from tests.stories.reading import rows
from tests.stories.roundtable import Sitting, sitting_down

from lianqiao.record.time import SHANGHAI, now, today
from lianqiao.site.calling import until

pytestmark = pytest.mark.proof


def address(pair: Pair, code: str, table: str) -> str:
    ((found,),) = rows(pair.folder, code, f"SELECT id FROM {table}")
    return f"{found[:8]}-{found[8:12]}-{found[12:16]}-{found[16:20]}-{found[20:]}"


def shows(sitting: Sitting, path: str, *words: str) -> bool:
    page = sitting.get(path)
    return all(word in page for word in words)


def test_joint_body_is_kept_at_one_node_and_worked_with_at_both(fresh: Callable[..., Pair]) -> None:
    pair = fresh()
    with sitting_down(pair) as sit:
        play(pair, sit)


def play(pair: Pair, sit: Callable[..., Sitting]) -> None:
    chair, secretary, there = sit("zhao-lead"), sit("li-intake"), sit("cq-intake", "50")
    chair.post(
        "/meetings/establish/done", name_zh="川渝投诉工作联席会议", name_en="Joint Meeting", office="sc-inward-centre", chair="zhao-lead",
        member=["sc-inward-centre", "cd-inward-centre"], peer="50", others="召集人：某副主任；联络员：某处长",
    )  # fmt: skip
    body = f"/meetings/bodies/{address(pair, '51', 'meetings_body')}"
    secretary.post(
        "/meetings/series",
        body=body.rpartition("/")[2],
        kind="joint",
        title="年度联席会议",
        months="12",
    )
    series = f"/meetings/series/{address(pair, '51', 'meetings_series')}"
    agreements = dict(re.findall(r'<option value="([0-9a-f-]{36})">([^<]+)</option>', chair.get(body)))
    wanted = next(
        one for (one,) in rows(pair.folder, "51", "SELECT id FROM registry_agreement WHERE reference = 'SC-CQ-2020-05-29'")
    )  # fmt: skip
    chair.post(f"{body}/share", agreement=next(one for one in agreements if one.replace("-", "") == wanted))
    begins = (now() + timedelta(days=6)).astimezone(SHANGHAI)
    secretary.post(
        f"{series}/plan", starts_at=begins.strftime("%Y-%m-%dT%H:%M"), ends_at=(begins + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"), room="一号会议室"
    )  # fmt: skip
    secretary.post(f"{body}/set-task", text="提供重庆事项目录", owner="重庆某处长", due_on=today().isoformat())

    until("the other node is told", lambda: rows(pair.folder, "50", "SELECT 1 FROM meetings_jointbody"))
    at = f"/meetings/joint/{address(pair, '50', 'meetings_jointbody')}"
    until("meeting and task are shown there", lambda: shows(there, at, "一号会议室", "提供重庆事项目录"))
    assert "川渝投诉工作联席会议" not in sit("fie-intake-50", "50").get("/meetings")

    pair.kill("51")
    (task,) = re.findall(r'name="task" value="([0-9a-f-]{36})"', there.get(at))
    there.post(f"{at}/report", task=task, result="目录已提供，共12项。")
    there.post(f"{at}/raise", series=series.rpartition("/")[2], text="跨区域经营许可互认", raised_by="某商会")
    pair.bring_up("51")
    chair, secretary = sit("zhao-lead"), sit("li-intake")
    until("the report has arrived", lambda: shows(chair, body, "目录已提供，共12项。"))
    until(
        "the concern has arrived", lambda: shows(secretary, series, "跨区域经营许可互认", "Brought by the other region")
    )
    pair.kill("50")
    pair.bring_up("50")
    there = sit("cq-intake", "50")
    until(
        "the task is finished there too",
        lambda: shows(there, at, "目录已提供，共12项。") and 'name="task"' not in there.get(at),
    )
