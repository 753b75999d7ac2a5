"""What is handed in as a whole at the Sichuan node of the demonstration: a batch of a workstation, the tickets of the hotline. Invented, like all."""

import json
from collections.abc import Sequence
from typing import Any

from lianqiao.site.calling import Caller, until
from lianqiao.site.demo.tales import Place, day
from lianqiao.site.demo.within import ONE, TWO

BATCH: list[dict[str, Any]] = [
    {
        "ref": f"CD-{number}", "uscc": TWO, "agency": "sc-fie-centre", "programme": "外商投资企业投诉", "kind": kind, "category": category,
        "title": title, "facts": facts, "request": request, "channel": "workstation", "respondents": ["cd-planning"],
    }
    for number, (kind, category, title, facts, request) in enumerate((
        ("权益受侵害投诉", "licensing", "许可续期要求重复提交材料", "续期时要求重新提交已存档的全部材料。", "请求不再重复提交。"),
        ("困难求助", "no-coordination", "外籍员工办理居留手续周期长", "三个部门的材料要求不一致。", "请求统一要求。"),
        ("投资环境建议", "other", "建议公布英文版办事指南", "多项办事指南没有英文版本。", "建议同步公布英文版。"),
    ), 1)
]  # fmt: skip


def tickets() -> list[dict[str, Any]]:
    """An export of the hotline, as hotlines write it."""
    rows = (
        ("SC1001", "川渝互转", "投诉", "跨省招标文件设置本地注册条件", ONE, "成都市发展和改革部门", "", ""),
        ("SC1002", "热线", "咨询", "高新技术企业申报需要哪些材料", ONE, "科技部门", f"{day(-5)} 16:20", "满意"),
        ("SC1003", "国家平台", "求助", "出口退税资料被退回，不知如何补正", TWO, "税务部门", "", ""),
        ("SC1004", "热线", "建议", "建议园区增设公交班次", "", "交通部门", f"{day(-2)} 10:00", ""),
        ("SC1005", "热线", "举报", "反映个别窗口指定中介机构", "", "", "", ""),
    )
    return [
        {
            "工单编号": number, "来源": source, "诉求类型": kind, "内容摘要": summary, "信用代码": code, "承办单位": unit, "受理时间": f"{day(-8)} 9:05",
            "派单时间": f"{day(-8)} 9:20" if unit else "", "办结时间": answered, "满意度": satisfaction, "来电人": "不予导入",
        }
        for number, source, kind, summary, code, unit, answered, satisfaction in rows
    ]  # fmt: skip


def hand_in(place: Place) -> int:
    """Both, each by whoever does it in earnest, until the node has worked on them; how many cases the batch filed."""
    batch = handed_in(place.callers["workstation-51"], "/batches", BATCH)
    handed_in(place.callers["hotline-51"], "/hotline/tickets", tickets())
    return int(batch["counts"]["done"])


def handed_in(caller: Caller, path: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The job of the rows, when it is done."""
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    begun = caller.ask("POST", path, content=lines.encode(), headers={"Content-Type": "application/x-ndjson"})

    def done() -> dict[str, Any] | None:
        job: dict[str, Any] = caller.get(f"/jobs/{begun['id']}")
        return job if job["state"] == "done" else None

    job: dict[str, Any] = until(f"job {begun['id']}", done)
    return job
