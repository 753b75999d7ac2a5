"""Unified social credit codes, divisions and matters."""

import pytest

from lianqiao.law.categories import CATEGORIES
from lianqiao.law.codes import category_of, check_uscc, organisation_check, registered_in
from lianqiao.law.divisions import children, division, divisions, is_within, name_of, parent
from lianqiao.law.text import Text

SYNTHETIC = [
    "91510100MA6C00017C", "91500103MA5U00011H", "91420600MA4900010R", "91411000MA3X00010G", "11500103009280010R",
]  # fmt: skip

CHECKS = [
    "character 17, the check of the organisation code, should be 7, not 8",
    "character 18, the check character, should be F, not C",
]
SMALL = ((9, "m"), (10, "a"), (12, "c"), (18, "c"))


@pytest.mark.parametrize("code", SYNTHETIC)
def test_right_code_has_no_problem(code):
    assert check_uscc(code) == []


@pytest.mark.parametrize("code", SYNTHETIC)
@pytest.mark.parametrize("place", range(18))
def test_changed_character_is_noticed(code, place):
    other = "1" if code[place] == "0" else "0"
    assert check_uscc(code[:place] + other + code[place + 1 :]) != []


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("91510100MA6C00017", ["a unified social credit code has 18 characters, this one has 17"]),
        ("91510100MA6C0OO17C", [f"character {place}, O, is not used in these codes (no I O S V Z)" for place in (14, 15)]),
        ("91510100ma6c00017c", [f"character {place}, {letter}, is not used in these codes (no I O S V Z)" for place, letter in SMALL]),
        ("91510100MA6C00018C", CHECKS),
        ("91510100MA6C000170", ["character 18, the check character, should be C, not 0"]),
        ("90510100MA6C000179", ["the first two characters, 90, name no authority and category"]),
    ],
)  # fmt: skip
def test_wrong_code_says_what_is_wrong(code, says):
    problems = [problem.en for problem in check_uscc(code)]
    assert problems[: len(says)] == says


@pytest.mark.parametrize(
    ("eight", "check"),
    [
        ("10000000", "8"), ("01000000", "4"), ("00100000", "2"), ("00010000", "1"),
        ("00001000", "6"), ("00000100", "3"), ("00000010", "7"), ("00000001", "9"),
        ("A0000000", "3"), ("40000000", "X"), ("00000000", "0"),
    ],
)  # fmt: skip
def test_check_of_an_organisation_code_is_that_of_the_standard(eight, check):
    """GB 11714: 11 less the remainder by 11 of the places weighed by 3, 7, 9, 10, 5, 8, 4, 2; X for ten, 0 for eleven."""
    assert organisation_check(eight) == check


def test_code_tells_its_category_and_place():
    assert category_of(SYNTHETIC[0]) == Text("市场监督管理：企业", "market regulation: enterprise")
    assert category_of("X1") is None
    assert registered_in(SYNTHETIC[1]) == Text("渝中区", "Yuzhong District")


def test_divisions_are_complete_for_sichuan_and_chongqing():
    sichuan = [held for held in divisions().values() if held.code.startswith("51")]
    assert [sum(held.level == level for held in sichuan) for level in ("province", "prefecture", "county")] == [
        1,
        21,
        183,
    ]
    assert len(children("500000")) == 38
    assert sum(len(children(prefecture.code)) for prefecture in children("510000")) == 183


def test_division_knows_its_parents_and_full_name():
    assert parent("510104") == division("5101")
    assert parent("500103") == division("50")
    assert parent("510000") is None
    assert name_of("510104") == Text("四川省成都市锦江区", "Jinjiang District, Chengdu City, Sichuan Province")
    assert (name_of("411025").zh, name_of("420602").zh) == ("河南省许昌市襄城县", "湖北省襄阳市襄城区")
    assert (name_of("").en, name_of("510199").zh) == ("China", "四川省成都市510199")


@pytest.mark.parametrize(
    ("code", "prefix", "within"),
    [
        ("510104", "51", True), ("510104", "510000", True), ("510104", "510100", True), ("510104", "510104", True),
        ("510104", "", True), ("510104", "50", False), ("510104", "510300", False), ("510000", "510100", False),
    ],
)  # fmt: skip
def test_division_lies_within_another(code, prefix, within):
    assert is_within(code, prefix) is within


def test_matters_are_named_in_both_languages():
    assert len(CATEGORIES) == 12
    assert CATEGORIES["investment-promise"] == Text("招商引资承诺不兑现", "unfulfilled investment promises")
