"""The columns of a batch: their names, what may stand in them, and how a row of cells becomes the data of the verb `file`."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from lianqiao.cases.models import Kind
from lianqiao.jobs.rows import Fault, Faulty
from lianqiao.jobs.sources import Form
from lianqiao.law import categories, vocabulary
from lianqiao.law.text import Text
from lianqiao.registry import names, tables
from lianqiao.registry.models import Agency


class Column(NamedTuple):
    """One column: its field, headings in both languages (the first is ours, others are understood), whether it is needed, an explanation."""

    field: str
    zh: tuple[str, ...]
    en: tuple[str, ...]
    needed: bool
    about: Text
    example: str = ""


COLUMNS = (
    Column("ref", ("编号", "序号", "来文编号", "本地编号"), ("reference", "ref"), True,
           Text("本单位给该行的编号，不重复；同一编号再次提交不会重复立案", "your own reference of the row; the same one files nothing twice"), "2026-0001"),
    Column("uscc", ("统一社会信用代码", "信用代码", "社会信用代码"), ("credit code", "uscc"), False,
           Text("18位，按文本填写", "18 signs, as text"), "91510100MA6C00017C"),
    Column("name", ("企业名称", "诉求企业", "名称", "单位名称"), ("enterprise", "name"), False,
           Text("全称；已填信用代码的可不填", "the whole name; not needed beside the code"), "成都示例一号科技有限公司"),
    Column("agency", ("受理机构", "受理机构代码", "受理单位"), ("received by", "agency"), False,
           Text("代码或全称；受理机构自行提交的可不填", "code or whole name; not needed when the receiving body itself files"), "sc-inward-centre"),
    Column("programme", ("事项类别", "诉求类别"), ("programme",), True, Text("见“代码”表", "see the sheet of codes"), "inward-complaint"),
    Column("kind", ("诉求类型", "类型"), ("kind",), True, Text("见“代码”表", "see the sheet of codes"), "权益受侵害投诉"),
    Column("category", ("问题类别", "问题分类"), ("matter", "category"), True, Text("见“代码”表", "see the sheet of codes"), "levies"),
    Column("title", ("标题", "诉求标题", "投诉标题"), ("title",), True, Text("200字以内", "at most 200 characters"), "收费项目未公示"),
    Column("facts", ("事实和理由", "事实", "诉求内容", "投诉内容"), ("facts",), True, Text("20000字以内", "at most 20,000 characters"),
           "收费窗口未公示收费依据。"),
    Column("request", ("具体请求", "请求", "诉求请求"), ("request",), True, Text("5000字以内", "at most 5,000 characters"), "请求公示并核查。"),
    Column("basis", ("依据", "法律依据"), ("basis",), False, Text("", "")),
    Column("respondents", ("被投诉单位", "被投诉机关"), ("complained of", "respondents"), False,
           Text("代码或全称，多个用“；”分隔", "codes or whole names, several with a semicolon"), "sc-market"),
    Column("confidential", ("是否保密", "保密"), ("confidential",), False, Text("是或否", "yes or no"), "否"),
    Column("summary", ("可告知事项", "可告知他人的事项"), ("summary",), False,
           Text("保密的才填，不得写明投诉人；5000字以内", "of confidential cases only, without names; at most 5,000 characters"), ""),
    Column("contact.name", ("联系人",), ("contact",), False, Text("", "")),
    Column("contact.phone", ("联系电话", "电话"), ("phone", "contact.phone"), False, Text("", "")),
    Column("contact.email", ("电子邮箱", "邮箱"), ("e-mail", "email"), False, Text("", "")),
    Column("contact.address", ("联系地址", "通信地址"), ("address",), False, Text("", "")),
    Column("contact.postcode", ("邮政编码", "邮编"), ("postcode",), False, Text("", "")),
    Column("channel", ("来源方式", "来源渠道"), ("channel",), False, Text("见“代码”表", "see the sheet of codes"), "workstation"),
    Column("legal_date", ("收到日期", "收件日期"), ("received on", "legal_date"), False,
           Text("早于今日的须填凭证", "earlier than today only with evidence"), ""),
    Column("evidence", ("收到凭证", "凭证"), ("evidence",), False, Text("如信封邮戳", "such as a post mark"), ""),
)  # fmt: skip
CHANNELS: dict[str, Text] = {
    "web": Text("网络", "web"), "visit": Text("来访", "visit"), "letter": Text("来信", "letter"), "fax": Text("传真", "fax"),
    "email": Text("电子邮件", "email"), "phone": Text("电话", "phone"), "hotline": Text("热线", "hotline"),
    "workstation": Text("工作站", "workstation"), "meeting": Text("会议", "meeting"),
}  # fmt: skip
CODES: dict[str, Mapping[str, Text]] = {
    "programme": vocabulary.PROGRAMMES,
    "kind": vocabulary.KINDS,
    "category": categories.CATEGORIES,
    "channel": CHANNELS,
}
MORE_WORDS: dict[str, dict[str, str]] = {
    "kind": {
        "投诉": Kind.INFRINGEMENT,
        "权益投诉": Kind.INFRINGEMENT,
        "建议": Kind.SUGGESTION,
        "求助": Kind.HELP,
        "困难": Kind.HELP,
    }
}
"""What people write for a code beside its names."""
FIELDS = {column.field for column in COLUMNS}
NEEDED = tuple(column for column in COLUMNS if column.needed)
OF_REFUSALS = {
    "unknown-agency": "agency", "unknown-programme": "programme", "unknown-category": "category", "legal-date": "legal_date",
    "no-respondent": "respondents", "complained-of-itself": "respondents", "wrong-code": "uscc", "unknown-enterprise": "name",
    "name-differs": "name", "no-enterprise": "name", "several-enterprises": "name", "matter-outside": "programme", "ref-taken": "ref",
}  # fmt: skip
"""Which column a refusal of the whole row is about."""
MOST_RESPONDENTS = 20


@cache
def _fields() -> dict[str, str]:
    return {names.plain(title): column.field for column in COLUMNS for title in (column.field, *column.zh, *column.en)}


def column_of(title: Any) -> str | None:
    """The field of a heading, in whatever width and case; None for a column that is not read."""
    return _fields().get(names.plain(str(title)).strip().removesuffix("*").strip())


@cache
def _codes(field: str) -> dict[str, str]:
    known = {names.plain(word): code for code, name in CODES[field].items() for word in (code, name.zh, name.en)}
    return known | {names.plain(word): code for word, code in MORE_WORDS.get(field, {}).items()}


def code(field: str, word: str) -> str:
    """The code that a word stands for. Raises `Faulty` for a word that is not known."""
    found = _codes(field).get(names.plain(word).strip())
    if found is None:
        known = ", ".join(f"{code} {name.zh}" for code, name in CODES[field].items())
        raise Faulty(
            Fault(field, "unknown-word", _("This is not one of the known words. Known: %(known)s.") % {"known": known})
        )
    return found


def agency(field: str, word: str) -> str:
    """The code of the agency with this code or whole name."""
    word = word.strip()
    found = Agency.objects.filter(code=names.plain(word), active=True).first()
    if found is None:
        named = list(Agency.objects.filter(name_zh=word, active=True)[:2])
        found = named[0] if len(named) == 1 else None
    if found is None:
        sentence = _("There is no agency with this code or name. Take it from the list of agencies.")
        raise Faulty(Fault(field, "unknown-agency", sentence))
    return found.code


class Entry(NamedTuple):
    """A row as it was understood: what `file` is to be told but for the enterprise, and the cells that were filled in, by field."""

    told: dict[str, Any]
    given: dict[str, str]


def read(cells: Mapping[str, Any]) -> Entry:
    """A row of texts by field, understood. Raises `Faulty` with every problem of the row at once."""
    faults: list[Fault] = []
    told: dict[str, Any] = {}
    given = {field: str(value).strip() for field, value in cells.items() if str(value).strip()}

    def take(field: str, read_as: Callable[[str], Any], wrong: str) -> None:
        if field in given:
            try:
                told[field] = read_as(given[field])
            except Faulty as fault:
                faults.extend(fault.faults)
            except ValueError:
                faults.append(Fault(field, "wrong", wrong))

    for field in ("title", "facts", "request", "basis", "summary", "evidence"):
        take(field, str, "")
    for field in CODES:
        take(field, lambda word, field=field: code(field, word), "")  # type: ignore[misc]
    take("agency", lambda word: agency("agency", word), "")
    take("respondents", _agencies, "")
    take("confidential", tables.yes, _("Answer with yes or no."))
    take("legal_date", tables.day, _("This is no valid date; write it as 2026-09-18."))
    contact = {field.removeprefix("contact."): given[field] for field in given if field.startswith("contact.")}
    missing = [column.field for column in NEEDED if column.field not in given]
    faults += [Fault(field, "missing", _("This is missing; enter it.")) for field in missing]
    ref = given.get("ref", "")
    if len(ref) > 64:
        faults.append(Fault("ref", "too-long", _("This is too long; use at most %(most)s characters.") % {"most": 64}))
    if faults:
        raise Faulty(*faults)
    return Entry(told | {"contact": contact}, given)


def _agencies(words: str) -> list[str]:
    parts = [part.strip() for part in words.replace(";", "；").replace("、", "；").replace("\n", "；").split("；")]
    return [agency("respondents", part) for part in parts if part][: MOST_RESPONDENTS + 1]


FORM = Form(column_of, {column.field: column.zh[0] for column in NEEDED}, "ref")
