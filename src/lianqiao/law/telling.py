"""An explanation of a limit, told line by line in both languages, and as JSON-able data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from lianqiao.law.calendar import BEIJING, WEEKDAYS
from lianqiao.law.limit import EVENT_DATE, HOURS, PERIODIC, WORKING_DAYS, amount_text
from lianqiao.law.text import Text

if TYPE_CHECKING:
    from lianqiao.law.clock import Counted, Explanation

HEAD = Text("{name}：{figure}（{authority}；{standing}）。", "{name}: {figure} ({authority}; {standing}).")
RULE = Text("规则：{regime}。", "Rule: {regime}.")
NOTE = Text("说明：{note}", "Note: {note}")
START = Text("起算：{event}{when}。", "Counted from: {event}{when}.")
CARRIED = Text(
    "期限连续计算：自 {begun} 起已在移送方计算，移交（{start}）不重新起算。",
    "Carried over: the limit has run since {begun} with the sender; the hand-over ({start}) does not restart it.",
)
PAUSED = Text("中止：{first} 至 {last}，原因：{cause}。", "Paused: {first} to {last}, because: {cause}.")
EXTENDED = Text("延长：{figure}，依据：{cause}。", "Extended: by {figure}, on the basis of: {cause}.")
DUE = Text("到期：{due} 24:00（北京时间）。", "Due: {due}, 24:00 Beijing time.")
DUE_AT = Text("到期：{due}（北京时间）。", "Due: {due} Beijing time.")
NO_DUE = Text("期限中止，暂无到期日；恢复后重新计算。", "The clock is paused: no due date until it resumes.")
STANDS = Text(
    "按上述计算于 {reckoned} 届满；{due} 已经告知，且{cause}。已告知的日期不提前，仍以 {due} 为准。",
    "By these days the limit would end on {reckoned}. {due} had been told before, and {cause}. A date that was told never moves"
    " to an earlier one, so {due} stands.",
)
PROVISIONAL = Text(
    "暂定：期间内有日期尚无国务院办公厅放假安排通知，公布后可能调整。",
    "Provisional: some of these days have no State Council notice yet; the date may move when it is published.",
)
PLAIN = ("weekend", "weekday")
SOURCE = Text("放假依据：{source}。", "Days off according to: {source}.")


def _dated(day: date) -> Text:
    weekday = WEEKDAYS[day.weekday()]
    return Text(f"{day.isoformat()}（{weekday.zh}）", f"{day.isoformat()} ({weekday.en})")


def _said(moment: date | datetime) -> Text:
    if isinstance(moment, datetime):
        stamp = moment.astimezone(BEIJING).replace(tzinfo=None).isoformat(" ", "minutes")
        return Text(stamp, stamp)
    return _dated(moment)


def line(counted: Counted) -> Text:
    """One day as a line: the date, its weekday, why it counts or not, and the count so far."""
    day = counted.day
    weekday = day.weekday
    plain = counted.cause is None and day.kind in PLAIN
    why_zh = "" if plain else f" {counted.reason.zh}"
    why_en = "" if plain else f", {counted.reason.en}"
    if counted.counted:
        unit_zh, unit_en = ("个工作日", "working day") if counted.unit == WORKING_DAYS else ("日", "day")
        what = Text(f"第{counted.number}{unit_zh}", f"{unit_en} {counted.number}")
    else:
        what = Text("不计入", "not counted")
    unsure = Text("（暂定）", " (provisional)") if day.provisional else Text("", "")
    return Text(
        f"{day.date.isoformat()} {weekday.zh}{why_zh}：{what.zh}{unsure.zh}",
        f"{day.date.isoformat()} {weekday.en}{why_en}: {what.en}{unsure.en}",
    )


def sentences(told: Explanation) -> Iterator[Text]:
    """The explanation, line by line."""
    limit = told.limit
    yield HEAD.filled(name=limit.label, figure=limit.figure, authority=limit.authority, standing=limit.standing)
    if limit.note.zh:
        yield NOTE.filled(note=limit.note)
    event = Text(limit.start.zh and f"{limit.start.zh}，", limit.start.en and f"{limit.start.en}, ")
    yield START.filled(event=event, when=_said(told.begun))
    if told.carried:
        yield CARRIED.filled(begun=_said(told.begun), start=_said(told.start))
    for pause in told.pauses:
        last = Text("今", "now") if pause.last is None else _said(pause.last)
        yield PAUSED.filled(first=_said(pause.first), last=last, cause=pause.cause)
    for extension in told.extensions:
        yield EXTENDED.filled(figure=amount_text(extension.amount, extension.unit), cause=extension.cause)
    if limit.unit not in (HOURS, EVENT_DATE, PERIODIC):
        for counted in told.days:
            yield line(counted)
    if told.floor and told.stands:
        assert told.reckoned is not None
        yield STANDS.filled(reckoned=_dated(told.reckoned), due=_dated(told.floor.day), cause=told.floor.cause)
    if told.due is None:
        yield NO_DUE
    elif limit.unit == HOURS and told.due_at is not None:
        yield DUE_AT.filled(due=_said(told.due_at))
    else:
        yield DUE.filled(due=_dated(told.due))
    if told.provisional:
        yield PROVISIONAL
    if limit.unit not in (HOURS, EVENT_DATE):
        for source in dict.fromkeys(counted.day.source for counted in told.days if counted.day.kind not in PLAIN):
            yield SOURCE.filled(source=source)


def as_data(told: Explanation) -> dict[str, object]:
    """The explanation as JSON-able data."""
    lines = list(sentences(told))
    return {
        "limit": told.limit.as_data(),
        "start": told.start.isoformat(),
        "carried_from": told.begun.isoformat() if told.carried else None,
        "due": told.due and told.due.isoformat(),
        "due_at": told.due_at and told.due_at.isoformat().replace("+00:00", "Z"),
        "reckoned": told.reckoned and told.reckoned.isoformat(),
        "paused": told.paused,
        "provisional": told.provisional,
        "calendar_version": told.calendar_version,
        "pauses": [
            {"from": p.first.isoformat(), "to": p.last and p.last.isoformat(), "cause": p.cause.as_data()}
            for p in told.pauses
        ],
        "extensions": [{"amount": e.amount, "unit": e.unit, "cause": e.cause.as_data()} for e in told.extensions],
        "days": [
            {
                "date": counted.date.isoformat(),
                "working": counted.working,
                "counted": counted.counted,
                "count": counted.number,
                "reason": counted.reason.as_data(),
                "source": counted.day.source.as_data(),
                "provisional": counted.day.provisional,
            }
            for counted in told.days
        ],
        "sentences": {"zh": [text.zh for text in lines], "en": [text.en for text in lines]},
    }
