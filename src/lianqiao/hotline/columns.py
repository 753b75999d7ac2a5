"""The columns of a hotline's export, under the names that hotlines give them, and how a row of cells becomes a ticket.

Columns that name the caller are known and not taken in; phone and identity numbers inside a text are struck out.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from lianqiao.jobs.rows import Fault, Faulty
from lianqiao.jobs.sources import Form
from lianqiao.registry import names, tables

from .models import Ticket

COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("number", "工单编号", "工单号", "工单流水号", "受理编号"),
    "source": ("source", "工单来源", "来源", "来源渠道", "诉求来源"),
    "received_at": ("received_at", "受理时间", "登记时间", "来电时间", "诉求时间"),
    "type": ("type", "诉求类型", "工单类型", "诉求性质", "类型"),
    "summary": ("summary", "内容摘要", "诉求内容", "工单内容", "诉求标题", "工单标题", "主要内容"),
    "region": ("region", "行政区划代码", "区划代码", "所属区域", "事发地"),
    "category": ("category", "问题分类", "诉求分类", "归口分类", "事项分类"),
    "dispatched_to": ("dispatched_to", "承办单位", "责任单位", "派往单位", "主办单位"),
    "enterprise": ("enterprise", "企业名称", "诉求企业", "市场主体名称"),
    "uscc": ("uscc", "统一社会信用代码", "信用代码"),
    "state": ("state", "工单状态", "状态", "办理状态"),
    "dispatched_at": ("dispatched_at", "派单时间", "交办时间", "转派时间"),
    "answered_at": ("answered_at", "答复时间", "办结时间", "反馈时间"),
    "revisited_at": ("revisited_at", "回访时间",),
    "contacted": ("contacted", "是否联系", "是否响应", "响应情况"),
    "resolved": ("resolved", "是否解决", "解决情况"),
    "satisfaction": ("satisfaction", "满意度", "满意情况", "回访评价", "评价"),
}  # fmt: skip
PERSONAL: tuple[str, ...] = (
    "caller", "caller_name", "caller_phone", "phone", "来电人", "来电人姓名", "诉求人", "诉求人姓名", "投诉人", "投诉人姓名", "姓名", "联系人",
    "联系人姓名", "联系电话", "联系方式", "来电号码", "来电电话", "手机", "手机号", "手机号码", "电话", "电话号码",
    "身份证", "身份证号", "身份证号码", "证件号码",
    "性别", "年龄", "出生日期", "住址", "家庭住址", "联系地址", "微信号", "邮箱", "电子邮箱", "被投诉人", "被投诉人姓名",
)  # fmt: skip
"""Columns that are never taken in: they name natural persons."""
NEEDED = {"number": "工单编号", "received_at": "受理时间", "type": "诉求类型", "summary": "内容摘要"}
WORDS: dict[str, dict[str, str]] = {
    "type": {
        "咨询": "consultation", "咨询类": "consultation", "求助": "help", "求助类": "help", "诉求": "help", "建议": "suggestion", "意见建议": "suggestion",
        "建议类": "suggestion", "表扬": "suggestion", "投诉": "complaint", "投诉类": "complaint", "举报": "report", "举报类": "report", "投诉举报": "complaint",
    },
    "source": {
        "电话": "own", "本级受理": "own", "本地热线": "own", "热线": "own", "网络": "own", "微信": "own", "四川热线": "own", "重庆热线": "own",
        "国家平台": "national", "国家政务服务平台": "national", "国办平台": "national", "国务院互联网+督查": "national",
        "川渝互转": "transfer", "互转": "transfer", "川渝互转工单": "transfer",
    },
    "state": {
        "已登记": "registered", "登记": "registered", "待派单": "registered", "已派单": "dispatched", "办理中": "dispatched", "承办中": "dispatched",
        "已答复": "answered", "已办结": "answered", "办结": "answered", "待回访": "answered", "已回访": "revisited", "已归档": "revisited", "归档": "revisited",
    },
    "satisfaction": {
        "非常满意": "1", "满意": "2", "基本满意": "3", "一般": "3", "不满意": "4", "非常不满意": "5", "1": "1", "2": "2", "3": "3", "4": "4", "5": "5",
    },
}  # fmt: skip
ANSWERS = {
    "是": True, "否": False, "已联系": True, "未联系": False, "已响应": True, "未响应": False, "已解决": True, "解决": True, "未解决": False, "部分解决": False,
    "true": True, "false": False, "yes": True, "no": False, "1": True, "0": False,
}  # fmt: skip
LONGEST = {
    "number": 64,
    "summary": 1000,
    "region": 12,
    "category": 100,
    "dispatched_to": 200,
    "enterprise": 200,
    "uscc": 30,
}
NUMBERS = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx]|0\d{2,3}-?\d{7,8})(?!\d)")
STRUCK = "＊＊＊"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Entry(NamedTuple):
    """A row as it was understood: the fields of the ticket, the enterprise's name and code, how many numbers were struck out."""

    told: dict[str, Any]
    name: str
    code: str
    struck: int


@cache
def _fields() -> dict[str, str]:
    return {names.plain(title): field for field, titles in COLUMNS.items() for title in titles}


@cache
def _personal() -> frozenset[str]:
    return frozenset(map(names.plain, PERSONAL))


def plain(title: Any) -> str:
    return names.plain(str(title)).strip().removesuffix("*").strip()


def column_of(title: Any) -> str | None:
    """The field of a heading; None for a column that is not read."""
    return _fields().get(plain(title))


def is_personal(title: str) -> bool:
    """Whether the column names natural persons, and is refused for that."""
    return plain(title) in _personal()


FORM = Form(column_of, NEEDED, "number")


def kept(content: Mapping[str, Any]) -> dict[str, Any]:
    """Of a row what may be stored at all: known fields, without the numbers of persons in any text."""
    return {field: strike(value)[0] if isinstance(value, str) and field not in ("number", "uscc") else value
            for field, value in content.items() if field in COLUMNS or not isinstance(value, str)}  # fmt: skip


def strike(text: str) -> tuple[str, int]:
    """The text without phone and identity numbers, and how many there were."""
    return NUMBERS.subn(STRUCK, text)


def read(cells: Mapping[str, Any]) -> Entry:
    """A row of texts by field, understood. Raises `Faulty` with every problem of the row at once."""
    given = {field: str(value).strip() for field, value in cells.items() if str(value).strip()}
    faults = [Fault(field, "missing", _("This is missing; enter it.")) for field in NEEDED if field not in given]
    told: dict[str, Any] = {"source": Ticket.Source.OWN}

    def take(field: str, read_as: Callable[[str], Any], wrong: str) -> None:
        if field in given:
            try:
                told[field] = read_as(given[field])
            except (ValueError, KeyError):
                faults.append(Fault(field, "wrong", wrong))

    for field, words in WORDS.items():
        known = ", ".join(dict.fromkeys([*words, *words.values()]))
        wrong = _("This is not one of the known words. Known: %(known)s.") % {"known": known}
        take(field, lambda word, words=words: _word(word, words), wrong)  # type: ignore[misc]
    for field in ("received_at", "dispatched_at", "answered_at", "revisited_at"):
        take(field, tables.moment, _("This is no valid date; write it as 2026-09-18."))
    for field in ("contacted", "resolved"):
        take(field, lambda word: ANSWERS[names.plain(word).strip()], _("Answer with yes or no."))
    for field, most in LONGEST.items():
        value = given.get(field, "")
        if len(value) > most and field != "summary":
            faults.append(
                Fault(field, "too-long", _("This is too long; use at most %(most)s characters.") % {"most": most})
            )
        if CONTROL.search(value):
            faults.append(Fault(field, "control_characters", _("This text holds control characters; remove them.")))
    if faults:
        raise Faulty(*faults)
    summary, struck = strike(given["summary"])
    told |= {field: given.get(field, "") for field in ("number", "region", "category", "dispatched_to")}
    told |= {"summary": summary[: LONGEST["summary"]], "enterprise_name": given.get("enterprise", "")}
    told["satisfaction"] = int(told["satisfaction"]) if "satisfaction" in told else None
    told.setdefault("state", _state(told))
    return Entry(told, given.get("enterprise", ""), given.get("uscc", ""), struck)


def _word(word: str, words: Mapping[str, str]) -> str:
    said = names.plain(word).strip()
    return said if said in words.values() else words[said]


def _state(told: Mapping[str, datetime | Any]) -> str:
    """How far the ticket is, where the export does not say: by the times that it has."""
    for field, state in (("revisited_at", "revisited"), ("answered_at", "answered"), ("dispatched_at", "dispatched")):
        if told.get(field):
            return state
    return "registered"
