"""What may be erased and on which ground, how long a file is kept, and from which day it may be disposed of."""

from datetime import date, timedelta

import pytest

from lianqiao.law import keeping
from lianqiao.law.text import NOTHING, Text
from lianqiao.law.vocabulary import KINDS

DAY = timedelta(days=1)
TODAY = date(2026, 11, 27)
LAW = date(2021, 11, 1)  # the Personal Information Protection Law is in force


def test_law_knows_five_grounds_and_what_they_reach():
    told = {code: (ground.running, ground.kept) for code, ground in keeping.grounds(TODAY).items()}
    assert told == {
        "purpose": (False, False),
        "period": (False, False),
        "consent": (True, False),
        "unlawful": (True, True),
        "secret": (True, True),
    }


@pytest.mark.parametrize(
    ("table", "first", "before", "on"),
    [
        (keeping.grounds, LAW, ["secret"], ["purpose", "period", "consent", "unlawful", "secret"]),
        (keeping.refusals, LAW, ["archives", "record"], ["duty", "retention", "archives", "record", "none"]),
        (keeping.periods, date(2006, 12, 18), [], ["permanent", "30-years", "10-years"]),
        (keeping.holds, date(2020, 1, 1), [], ["litigation", "supervision", "audit"]),
    ],
)
def test_entry_holds_from_its_first_day(table, first, before, on):
    assert (list(table(first - DAY)), list(table(first))) == (before, on)


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("duty", "为履行法定职责所必需，案件尚在办理（个人信息保护法第13(1)(3)条（已核实））",
         "needed to fulfil a statutory duty: the case is still being handled (Personal Information Protection Law, article 13(1)(3) (verified))"),
        ("consent", "个人撤回同意（个人信息保护法第47(1)(3)条（未核实））",
         "the person has withdrawn consent (Personal Information Protection Law, article 47(1)(3) (not verified))"),
        ("permanent", "永久（机关文件材料归档范围和文书档案保管期限规定（国家档案局令第8号），条次未核实）",
         "permanent (State Archives Order 8, article not verified)"),
        ("audit", "审计未结（本节点自定）", "an audit is pending (set by this node, no text found)"),
    ],
)  # fmt: skip
def test_entry_is_told_with_its_authority(code, zh, en):
    assert keeping.named(code) == Text(zh, en)


def test_what_nobody_knows_has_no_words():
    assert keeping.named("whim") == NOTHING


def test_only_what_was_compared_with_its_text_is_verified():
    tables = (keeping.grounds, keeping.refusals, keeping.periods, keeping.holds)
    assert [code for table in tables for code, entry in table(TODAY).items() if entry.verified] == ["duty"]


@pytest.mark.parametrize(
    ("archived_on", "code", "disposable_on"),
    [
        (date(2026, 1, 1), "10-years", date(2037, 1, 1)),
        (date(2026, 12, 31), "10-years", date(2037, 1, 1)),
        (date(2027, 1, 1), "10-years", date(2038, 1, 1)),
        (date(2026, 12, 31), "30-years", date(2057, 1, 1)),
        (date(2026, 12, 31), "permanent", None),
    ],
)
def test_years_count_from_the_year_after_archiving(archived_on, code, disposable_on):
    assert keeping.keeping("help", archived_on, code).disposable_on == disposable_on


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_case_has_a_period_where_nobody_orders_one(kind):
    told = keeping.keeping(kind, TODAY)
    assert told.period.code == ("30-years" if kind in ("infringement", "retaliation") else "10-years")
    assert told.chosen is False


def test_period_that_somebody_ordered_is_told_otherwise_than_the_default():
    assert keeping.keeping("help", TODAY).because.zh == (
        "保管期限10年（机关文件材料归档范围和文书档案保管期限规定（国家档案局令第8号），条次未核实；本类案件归入该期限系本节点自定）；"
        "保管期限自归档次年1月1日起算（按一般了解录入，尚未核对条文）；自2037-01-01起可以处置。"
    )
    assert keeping.keeping("help", TODAY, "10-years").because.en == (
        "Kept: 10 years (State Archives Order 8, article not verified); the period counts from 1 January of the year after archiving "
        "(from knowledge; no text compared); may be disposed of from 2037-01-01."
    )
    assert keeping.keeping("help", TODAY, "permanent").because.en == (
        "Kept: permanent (State Archives Order 8, article not verified); never disposed of."
    )


@pytest.mark.parametrize(
    ("code", "chosen", "found"),
    [("10-years", None, True), ("10-years", False, False), ("", True, True), ("", None, False)],
)
def test_who_chose_the_period_is_kept(code, chosen, found):
    told = keeping.keeping("help", TODAY, code, chosen=chosen)
    assert (told.chosen, "belong there" in told.because.en) == (found, not found)


def test_unknown_period_is_refused():
    with pytest.raises(KeyError, match="99-years"):
        keeping.keeping("help", TODAY, "99-years")
    with pytest.raises(KeyError, match="10-years"):
        keeping.keeping("help", date(2006, 12, 17))
