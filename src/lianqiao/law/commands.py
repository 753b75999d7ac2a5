"""`lianqiao deadline`, `regime`, `duties` and `calendar`: the arithmetic and the rules on the command line; nothing is changed.

They go by the law of the package, or where a node is set up by what it has adopted (`use`).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from lianqiao.law import comparison
from lianqiao.law.aloud import aloud
from lianqiao.law.applicable import limit_for
from lianqiao.law.calendar import BEIJING, Calendar, china
from lianqiao.law.clock import explain
from lianqiao.law.duties import case_due, duties, next_due
from lianqiao.law.limit import EVENT_DATE, HOURS
from lianqiao.law.regime import KINDS, NODE_TARGET, Regime, regimes
from lianqiao.law.text import Text
from lianqiao.law.vocabulary import MARKS

BAD_INPUT = 2


@dataclass
class Law:
    """The law by which the commands go."""

    regimes: Mapping[str, Regime]
    calendar: Calendar


_used: list[Law] = []


def use(held: Law | None) -> None:
    """Go by this law from now on; None: by that of the package."""
    _used[:] = [held] if held else []


def law() -> Law:
    return _used[0] if _used else Law(regimes(), china())


NO_REGIME = Text("没有规则“{code}”。已有：{known}。", "There is no regime {code}. Known: {known}.")
NO_LIMIT = Text("“{regime}”没有期限“{name}”。已有：{known}。", "{regime} has no limit {name}. Known: {known}.")
NO_DATE = Text(
    "“{given}”不是日期。请写成 2026-09-18，或 2026-09-18T10:00（北京时间）。",
    "{given} is not a date. Write 2026-09-18, or 2026-09-18T10:00 (Beijing time).",
)
NO_KIND = Text("没有案件类别“{kind}”。已有：{known}。", "There is no kind of case {kind}. Known: {known}.")
NEEDS_KIND = Text(
    "“{regime}”的期限“{name}”按类别不同，请用 --kind 写明：{known}。",
    "The limit {name} of {regime} differs by kind of case; name it with --kind: {known}.",
)
NEEDS_TIME = Text(
    "以小时计算的期限需要钟点：2026-09-18T10:00。", "A limit in hours needs a time of day: 2026-09-18T10:00."
)
NO_COUNT = Text(
    "该期限的日期由事项确定，不能推算。", "The date of this limit is set by the event; it cannot be computed."
)
NO_DUTY = Text("没有定期事项“{code}”。已有：{known}。", "There is no duty {code}. Known: {known}.")
NO_LONGER = Text("所依据的规则已停止施行。", "The regime behind it is no longer in force.")
EACH_CASE = Text("逐件", "each case")
ANNOUNCED, PROVISIONAL = Text("已公布", "announced"), Text("暂定，尚无放假安排通知", "provisional, no notice yet")
COUNT = Text(
    "{year}年：{state}；{working}个工作日；日历版本 {version}",
    "{year}: {state}; {working} working days; calendar {version}",
)
TOO_FAR = Text("日期超出可计算的范围（1年至9999年）。", "The date lies outside the years 1 to 9999.")


def language(chosen: str | None = None) -> str:
    """The language of the command line: the option, else LIANQIAO_LANGUAGE, else LANG, else Chinese."""
    for given in (chosen, os.environ.get("LIANQIAO_LANGUAGE"), os.environ.get("LANG")):
        if given and given.lower()[:2] in ("zh", "en"):
            return given.lower()[:2]
    return "zh"


class _BadInputError(Exception):
    def __init__(self, text: Text, **values: object) -> None:
        super().__init__(text.en)
        self.text = text.filled(**values)


def _fail(bad: _BadInputError, lang: str) -> int:
    print(bad.text.in_(lang), file=sys.stderr)
    print(bad.text.in_("en" if lang == "zh" else "zh"), file=sys.stderr)
    return BAD_INPUT


def _known(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def _regime(code: str) -> Regime:
    if code not in law().regimes:
        raise _BadInputError(NO_REGIME, code=code, known=_known(law().regimes))
    return law().regimes[code]


def _check_kind(kind: str | None) -> None:
    if kind and kind not in KINDS:
        raise _BadInputError(NO_KIND, kind=kind, known=_known(KINDS))


def _moment(given: str) -> date | datetime:
    try:
        if len(given) == 10:
            return date.fromisoformat(given)
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise _BadInputError(NO_DATE, given=given) from None
    if "T" not in given and " " not in given:
        raise _BadInputError(NO_DATE, given=given)
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)


def deadline(args: argparse.Namespace) -> int:
    """Prints the last day of a limit (ISO) on the first line, then every day that led there; 2 for bad input."""
    lang = language(args.lang)
    try:
        held = _regime(args.regime)
        _check_kind(args.kind)
        limit = limit_for(held, args.limit, args.kind, last_resort=law().regimes[NODE_TARGET])
        if limit is None:
            of_kinds = [kind for limit in held.limits if limit.name == args.limit for kind in limit.kinds]
            if of_kinds:
                raise _BadInputError(NEEDS_KIND, regime=held.id, name=args.limit, known=_known(of_kinds))
            known = _known(limit.name for limit in held.limits)
            raise _BadInputError(NO_LIMIT, regime=held.id, name=args.limit, known=known)
        start = _moment(args.start)
        if limit.unit == HOURS and not isinstance(start, datetime):
            raise _BadInputError(NEEDS_TIME)
        if limit.unit == EVENT_DATE:
            raise _BadInputError(NO_COUNT)
        try:
            told = explain(limit, start, law().calendar)
            days = told.days
        except (OverflowError, ValueError):
            raise _BadInputError(TOO_FAR) from None
    except _BadInputError as bad:
        return _fail(bad, lang)
    if args.json:
        data = told.as_data() | {"regime": held.id, "regime_digest": held.digest, "title": held.title.as_data()}
        print(json.dumps(data, ensure_ascii=False, indent=2))
        return 0
    print(told.due.isoformat() if told.due else days[-1].date.isoformat())
    print(held.title.in_(lang))
    for sentence in told.sentences(lang):
        print(sentence)
    return 0


def regime_list(args: argparse.Namespace) -> int:
    """Prints every regime: id, period, place ("-": China, "?": not known), title."""
    lang = language(args.lang)
    for held in law().regimes.values():
        period = f"{held.first.isoformat()}..{held.until.isoformat() if held.until else ''}"
        place = "?" if held.pattern else held.jurisdiction or "-"
        print(f"{held.id}\t{period}\t{place}\t{held.title.in_(lang)}")
    return 0


def regime_show(args: argparse.Namespace) -> int:
    """Prints one regime in sentences, each figure with article and standing; 2 for an unknown id."""
    lang = language(args.lang)
    try:
        held = _regime(args.regime)
    except _BadInputError as bad:
        return _fail(bad, lang)
    print(aloud(held, lang))
    return 0


def regime_compare(args: argparse.Namespace) -> int:
    """Prints two regimes side by side, differences marked; 2 for an unknown id or kind."""
    lang = language(args.lang)
    try:
        left, right = _regime(args.left), _regime(args.right)
        _check_kind(args.kind)
    except _BadInputError as bad:
        return _fail(bad, lang)
    for line in comparison.told(left, right, lang, args.kind):
        print(line)
    return 0


def duties_told(args: argparse.Namespace) -> int:
    """Prints when each duty next falls due, or one of them with its reason; 2 for an unknown duty or a bad date."""
    lang = language(args.lang)
    try:
        after = _moment(args.after) if args.after else datetime.now(BEIJING)
        day = after.date() if isinstance(after, datetime) else after
        if args.duty and args.duty not in duties():
            raise _BadInputError(NO_DUTY, code=args.duty, known=_known(duties()))
        try:
            lines = _duty(args.duty, day, lang) if args.duty else list(_duties(day, lang))
        except (OverflowError, ValueError):
            raise _BadInputError(TOO_FAR) from None
    except _BadInputError as bad:
        return _fail(bad, lang)
    print("\n".join(lines))
    return 0


def _duties(after: date, lang: str) -> Iterable[str]:
    for duty in duties().values():
        following = None if duty.per_case else next_due(duty, after, law().calendar, law().regimes)
        when = EACH_CASE.in_(lang) if duty.per_case else following.due.isoformat() if following else "-"
        yield f"{when}\t{duty.code}\t{duty.name.in_(lang)}"


def _duty(code: str, after: date, lang: str) -> list[str]:
    duty = duties()[code]
    if duty.per_case:
        told = case_due(duty, after, law().calendar, law().regimes)
        return [told.due.isoformat() if told.due else "-", duty.name.in_(lang), *told.sentences(lang)]
    following = next_due(duty, after, law().calendar, law().regimes)
    return [following.due.isoformat(), *following.sentences(lang)] if following else [NO_LONGER.in_(lang)]


def calendar_show(args: argparse.Namespace) -> int:
    """Prints the days of a year that are not what their weekday says, with the notice; 2 for a year out of range."""
    lang = language(args.lang)
    if not 1 <= args.year <= 9999:
        return _fail(_BadInputError(TOO_FAR), lang)
    calendar = law().calendar
    first, last = date(args.year, 1, 1), date(args.year, 12, 31)
    days = calendar.span(first, last)
    working = sum(day.working for day in days)
    state = PROVISIONAL if days[0].provisional else ANNOUNCED
    print(COUNT.filled(year=args.year, state=state, working=working, version=calendar.version).in_(lang))
    for notice in calendar.notice_for(args.year):
        known = f" ({MARKS[notice.number_mark].in_(lang)})" if notice.number_mark in MARKS else ""
        print(f"{notice.source.in_(lang)}, {notice.date.isoformat()}{known}")
    for day in days:
        if day.kind not in ("weekday", "weekend"):
            print(f"{day.date.isoformat()} {day.weekday.in_(lang)} {day.reason.in_(lang)}")
    return 0


def add_arguments(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `deadline`, `regime`, `duties` and `calendar` to the command line; each sets `run`, a function of the arguments."""
    lang = language()

    def said(zh: str, en: str) -> str:
        return Text(zh, en).in_(lang)

    one = subparsers.add_parser(
        "deadline", help=said("推算期限并逐日说明", "compute a time limit and explain it day by day")
    )
    one.add_argument(
        "--regime", required=True, help=said("规则代码，见 regime list", "id of the regime, see regime list")
    )
    one.add_argument(
        "--limit", required=True, help=said("期限名称，如 accept、handle", "name of the limit, e.g. accept, handle")
    )
    one.add_argument(
        "--from", required=True, dest="start", metavar="DATE",
        help=said("起算事项的日期（北京时间）", "date of the event that starts it (Beijing time)"),
    )  # fmt: skip
    one.add_argument("--kind", help=said("案件类别：", "kind of case: ") + ", ".join(KINDS))
    one.add_argument("--lang", choices=("zh", "en"), help=said("说明的语言", "language of the explanation"))
    one.add_argument("--json", action="store_true", help=said("输出 JSON", "print JSON"))
    one.set_defaults(run=deadline)

    many = subparsers.add_parser("regime", help=said("查看规则", "look at the regimes"))
    verbs = many.add_subparsers(required=True, metavar=said("命令", "VERB"))
    many.set_defaults(verbs=verbs)  # where other rooms add theirs
    listed = verbs.add_parser("list", help=said("列出全部规则", "list all regimes"))
    listed.add_argument("--lang", choices=("zh", "en"))
    listed.set_defaults(run=regime_list)
    shown = verbs.add_parser("show", help=said("显示一部规则", "show one regime"))
    shown.add_argument("regime")
    shown.add_argument("--lang", choices=("zh", "en"))
    shown.set_defaults(run=regime_show)
    compared = verbs.add_parser("compare", help=said("对照两部规则", "compare two regimes side by side"))
    compared.add_argument("left", metavar="A")
    compared.add_argument("right", metavar="B")
    compared.add_argument("--kind", help=said("案件类别：", "kind of case: ") + ", ".join(KINDS))
    compared.add_argument("--lang", choices=("zh", "en"))
    compared.set_defaults(run=regime_compare)

    due = subparsers.add_parser("duties", help=said("查看定期事项", "look at what is due again and again"))
    due.add_argument("duty", nargs="?", help=said("事项代码：", "one of them: ") + ", ".join(duties()))
    due.add_argument(
        "--after", metavar="DATE",
        help=said("此日之后（逐件事项：受理日期）；默认今天", "after this day (for a duty of each case: accepted on it); today if left out"),
    )  # fmt: skip
    due.add_argument("--lang", choices=("zh", "en"))
    due.set_defaults(run=duties_told)

    days = subparsers.add_parser("calendar", help=said("查看放假和调休日历", "look at the calendar of days off"))
    verbs = days.add_subparsers(required=True, metavar=said("命令", "VERB"))
    days.set_defaults(verbs=verbs)
    year = verbs.add_parser(
        "show", help=said("查看一年的放假和调休", "look at the days off and make-up days of a year")
    )
    year.add_argument("year", type=int, help=said("年份", "the year"))
    year.add_argument("--lang", choices=("zh", "en"))
    year.set_defaults(run=calendar_show)


register = add_arguments
