"""Reference pages drawn from the data: regimes, calendars, rules of the clock. Regenerate with `python -m lianqiao.law.document`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from lianqiao.law.aloud import PARTS, PATTERN, extension_of, figure_of, most_of, standing_of
from lianqiao.law.areas import service_areas
from lianqiao.law.calendar import Year, china
from lianqiao.law.codelists import GROUPS, codelists, countries, industries, origin_group
from lianqiao.law.divisions import name_of
from lianqiao.law.duties import Duty, dues, duties
from lianqiao.law.limit import Limit
from lianqiao.law.regime import Regime, regimes
from lianqiao.law.statute import Item
from lianqiao.law.text import Text
from lianqiao.law.units import UNIT_RULES, columns, days_rule
from lianqiao.law.vocabulary import KINDS, MARKS, PROGRAMMES

FOLDER = Path(__file__).parents[3] / "docs" / "reference"
MADE = "<!-- Drawn from src/lianqiao/law by `python -m lianqiao.law.document`; edit the data, not this page. -->"
HEADS = {
    "limits": (Text("期限", "Limit"), Text("数字", "Figure"), Text("起算", "Runs from"), Text("条文", "Article"), Text("核实", "Verified")),
    "items": (Text("代码", "Code"), Text("内容", "Text"), Text("条文", "Article"), Text("核实", "Verified")),
}  # fmt: skip


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _limit_row(limit: Limit, lang: str) -> tuple[str, ...]:
    kinds = "、".join(KINDS[kind].zh for kind in limit.kinds) if lang == "zh" else ", ".join(limit.kinds)
    name = f"`{limit.name}` {limit.label.in_(lang)}" + (f" ({kinds})" if kinds else "")
    return name, figure_of(limit).in_(lang), limit.start.in_(lang), limit.authority.in_(lang), limit.standing.in_(lang)


def _item_row(item: Item, lang: str) -> tuple[str, ...]:
    article, standing = standing_of(item)
    return f"`{item.code}`", item.text.in_(lang), article.in_(lang), standing.in_(lang)


def regime_page(held: Regime, lang: str) -> str:
    """One regime as markdown: what it is, its limits, grounds, materials and notices."""
    programmes = [f"{PROGRAMMES[code].in_(lang)} (`{code}`)" for code in held.programmes]
    facts = [
        (Text("适用", "For"), ", ".join(programmes)),
        (Text("区划前缀", "Division prefix"), held.jurisdiction or Text("全国", "China").in_(lang)),
        *([(Text("适用方式", "Use"), PATTERN.in_(lang))] if held.pattern else []),
        (
            Text("施行", "In force"),
            f"{held.first.isoformat()} - {held.until.isoformat() if held.until else ''}".strip(" -"),
        ),
        (Text("未规定者取自", "What it leaves unsaid comes from"), held.parent or "-"),
        (Text("来源", "Source"), held.source or "-"),
        (Text("依据程度", "Evidence"), f"{held.mark}: {MARKS[held.mark].in_(lang)}"),
    ]
    lines = [f"### {held.id}", "", f"{held.title.zh} / {held.title.en}", ""]
    lines += [f"- {name.in_(lang)}: {value}" for name, value in facts]
    lines += [f"- {Text('延期', 'Extension').in_(lang)}: {extension_of(held).in_(lang)}", "", held.note.in_(lang), ""]
    lines += [table([head.in_(lang) for head in HEADS["limits"]], (_limit_row(limit, lang) for limit in held.limits))]
    for name, title in PARTS:
        items: tuple[Item, ...] = getattr(held, name)
        if items:
            rows = (_item_row(item, lang) for item in items)
            lines += ["", f"{title.in_(lang)}:", "", table([head.in_(lang) for head in HEADS["items"]], rows)]
    return "\n".join(lines)


def regimes_document() -> str:
    """docs/reference/regimes.md"""
    held = regimes().values()
    programmes = table(
        ("Code", "Programme"), ((f"`{code}`", f"{name.en} {name.zh}") for code, name in PROGRAMMES.items())
    )
    marks = table(("Mark", "Meaning"), ((code, name.en) for code, name in MARKS.items()))
    names = ("accept", "handle", "deliver")
    overview = table(
        ("Regime", "Place", "In force", "Accept 受理", "Handle 办理", "Deliver 送达"),
        (
            (
                f"[{one.id}](#{one.id})",
                "none" if one.pattern else one.jurisdiction or "China",
                f"{one.first} - {one.until or ''}".rstrip(" -"),
                *(
                    "; ".join(figure_of(limit).en for limit in one.limits if limit.name == name) or "-"
                    for name in names
                ),
            )
            for one in held
        ),
    )
    pages = "\n\n".join(regime_page(one, "en") for one in held)
    return f"""# Regimes 规则

{MADE}

A regime is one statute for some programmes, in one place and period: one file in `src/lianqiao/law/regimes`. It is read
strictly: an unknown word, a figure without unit or article, two grounds with one code, an end before its beginning or a
missing parent stop it, with the file, the key and the reason. A released file never changes; a node cites it by the
sha256 of its bytes.

Which regime applies (`lianqiao.law.applicable`): of those made for the programme, the place, the day and the kind of
case, the one with the most specific place; among equals the higher precedence; where there is none, `node-target`. The
answer names the rule and the others that would have applied. A limit without a figure in law is a target of the node,
and every page says "no statutory limit found" 未见法定期限.

{programmes}

A figure is called verified when it was itself read: in the primary text (V1) or in a public page (V2). An article
number that is not identified is written `unknown`.

{marks}

## Overview

{overview}

## The regimes one by one

{pages}
"""


def _year_rows(year: Year) -> tuple[str, ...]:
    def span(kind: tuple[str, ...]) -> str:
        return " ".join(special.date.strftime("%m-%d") for special in year.specials if special.kind in kind)

    notices = "; ".join(
        f"{notice.title.zh} {notice.number} ({notice.date}, {notice.number_mark})" for notice in year.notices
    )
    return (
        str(year.year),
        "announced" if year.announced else "provisional",
        span(("holiday", "in_lieu")),
        span(("make_up",)),
        notices,
    )


def calendars_document() -> str:
    """docs/reference/calendars.md"""
    calendar = china()
    rows = table(
        ("Year", "Status", "Off 放假", "Make-up workdays 调休上班", "Notice (date, evidence of its number)"),
        map(_year_rows, calendar.years),
    )
    return f"""# Calendars 日历

{MADE}

A working day 工作日 is a make-up workday, or a Monday to Friday that no notice declares off. The days come from the
yearly notice of the General Office of the State Council: one file per notice year in `src/lianqiao/law/calendars`. A
notice may name days of the December before its year.

A year without a notice is never refused. 2027 holds the statutory days of the regulation as revised on 2024-11-10,
with the days in lieu on the next working days; later years hold weekdays only. All of that, and 29-31 December of the
last announced year, is provisional 暂定: a date that depends on it says so, and it may move when the notice comes.
The version of a calendar is the years that it holds and a digest of its data; every explanation carries it.

A province's own days off are added with `Calendar(years(), extra=[extra_day(...)])`.

{rows}
"""


def _extended(held: Regime) -> str:
    if not held.extension.allowed:
        return "-"
    return (
        most_of(held).en + ("" if held.extension.statutory else " (target)") + ("*" if held.extension.inherited else "")
    )


def clocks_document() -> str:
    """docs/reference/clocks.md"""
    units = table(
        ("Unit", "Counted", "End"),
        ((f"`{unit}` {rule.name.zh}", rule.counted.en, rule.end.en) for unit, rule in UNIT_RULES.items()),
    )
    head = ("Regime", "Working days", "Days, months, years that roll", "That do not roll", "Otherwise")
    differ = table(
        (*head, "What a day is", "Extension"),
        (
            (
                f"[{held.id}](regimes.md#{held.id})",
                *(said.en for said in columns(held).values()),
                days_rule(held).en,
                _extended(held),
            )
            for held in regimes().values()
        ),
    )
    return f"""# Clocks 期限

{MADE}

1. The day of the event is not counted 当日不计入. A filing on a day off counts from that day.
2. A limit ends at 24:00 of its last day in Beijing. `due` is that day, `due_at` the instant after it in UTC.
3. A day is paused 中止 when the pause is in force at its 24:00: the day on which the pause begins is not counted, the
   day on which the clock resumes is. A pause and a resumption on one day change nothing. While a pause is open there is
   no due date; a limit that had run out before the pause stays run out. (Rule of the house; no statute read settles it.)
4. An extension 延长 is added to the amount before an end is moved off a day off; one in another unit goes on from
   where the first ended.
5. A limit that is carried over 连续计算 with a hand-over goes on from the event that started it at the sender.
6. What depends on a day without a notice is provisional 暂定.

Rules 1 and 2 and the moving of an end: Civil Code 民法典 arts 201-203 and the law of procedure (knowledge, not compared).

{units}

## Where the regimes differ

Figures of law only, by the way in which they are counted; `*`: assumed from the rule above, not read. "What a day is" is
what the text itself says of 日; where it is silent, a figure in 日 is counted in calendar days. The tests compute each
of these figures over the National Day holiday.

{differ}

## Asking

    lianqiao deadline --regime cn-mofcom-2020-3 --limit accept --from 2026-09-18

prints the ISO date, then the rule, its article, whether the figure is verified, and every day with its reason. `--json`
gives the same as data, `--kind` chooses among limits that differ by kind of case, `--lang` the language.
"""


def duties_document() -> str:
    """docs/reference/duties.md"""
    rows = (
        (
            f"`{duty.code}`",
            f"{duty.name.en} {duty.name.zh}",
            duty.who.en,
            f"{duty.regime}, {duty.rule().authority.en}; {duty.rule().standing.en}",
            duty.day_note.en or "-",
        )
        for duty in duties().values()
    )
    head = ("Duty", "What", "Who", "Regime, article", "Where no day is named")
    yearly = [duty for duty in duties().values() if not duty.per_case]
    held = [year.year for year in china().years]

    def days(duty: Duty, year: int) -> str:
        found = dues(duty, date(year, 1, 1), date(year, 12, 31), china())
        return " ".join(due.due.strftime("%m-%d") + ("?" if due.provisional else "") for due in found) or "-"

    calendar = table(
        ("Year", *(f"`{duty.code}`" for duty in yearly)),
        ((str(year), *(days(duty, year) for duty in yearly)) for year in held),
    )
    return f"""# Duties 定期事项

{MADE}

What is due again and again. A duty that rests on a limit of a regime takes its figure from there; the others fall on days
that a text names, or, where it names none, on a day that is said to be taken. Such a day does not move off a day off.

{table(head, rows)}

`one-year` runs for each case from its acceptance. `lianqiao duties` prints the next day of each, `lianqiao duties summary
--after 2026-09-18` explains one.

## Days by year

`?`: provisional, a notice of days off is still missing.

{calendar}
"""


def _meanings(codes: Mapping[str, Text]) -> Iterable[tuple[str, str]]:
    return ((f"`{code}`", f"{name.en} {name.zh}") for code, name in codes.items())


def codes_document() -> str:
    """docs/reference/codes.md"""
    lists = "\n\n".join(
        f"### `{held.name}` {held.title.en} {held.title.zh}\n\n{held.source} ({held.mark}).\n\n"
        + table(("Code", "Meaning"), _meanings(held.codes))
        for held in codelists().values()
    )
    sections = table(
        ("Section", "Name", "Divisions"),
        (
            (f"`{one.code}`", f"{one.name.en} {one.name.zh}", f"{one.first:02}-{one.last:02}")
            for one in industries().values()
        ),
    )
    areas = table(
        ("Area", "Name", "Exists", "Lies in", "Answers if no agency of its own", "Evidence", "Note"),
        (
            (
                f"`{one.code}`",
                f"{one.name.en} {one.name.zh}",
                f"{one.first} - {one.until or ''}".rstrip(" -"),
                ", ".join(f"{code} {name_of(code).zh}" for code in one.divisions),
                f"{one.upper} {name_of(one.upper).zh}",
                one.mark,
                one.note.en,
            )
            for one in service_areas().values()
        ),
    )
    groups = table(
        ("Group", "Meaning", "Codes"),
        (
            (
                f"`{group}`",
                f"{name.en} {name.zh}",
                ", ".join(code for code in countries() if origin_group(code) == group),
            )
            for group, name in GROUPS.items()
        ),
    )
    return f"""# Codes 代码

{MADE}

## Industries 行业

Sections of GB/T 4754-2017; names V2, ranges K-high. `industry_of` finds the section of "C", "C13", "13" or "1311".

{sections}

## Origin of capital 资本来源

ISO 3166-1 alpha-2 (GB/T 2659.1), {len(countries())} codes. Hong Kong, Macao and Taiwan are named as parts of China and are a
group of their own.

{groups}

## Service areas 服务区域

New areas and zones that have agencies of their own but no division code. Most lie in parts of a division only: the address
of an enterprise decides, not its division.

{areas}

## Code lists of GB/T 39046 附录A代码表

{lists}
"""


DOCUMENTS = {
    "regimes.md": regimes_document,
    "calendars.md": calendars_document,
    "clocks.md": clocks_document,
    "duties.md": duties_document,
    "codes.md": codes_document,
}


def write() -> None:
    """Writes the pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, draw in DOCUMENTS.items():
        (FOLDER / name).write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    write()
