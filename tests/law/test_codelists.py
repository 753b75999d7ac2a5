"""Industries, countries and regions, code lists of the standard, service areas."""

import tomllib
from datetime import date

import pytest

from lianqiao.law.areas import FILE, area_of_statistics, areas_in, service_areas
from lianqiao.law.codelists import (
    GROUPS,
    code_name,
    codelists,
    countries,
    industries,
    industry_of,
    origin_group,
    stars,
    to_standard,
)
from lianqiao.law.divisions import divisions
from lianqiao.law.text import Text
from lianqiao.law.vocabulary import MARKS

RANGES = (
    "A 01-05 B 06-12 C 13-43 D 44-46 E 47-50 F 51-52 G 53-60 H 61-62 I 63-65 J 66-69 K 70-70 L 71-72 M 73-75 N 76-79 "
    "O 80-82 P 83-83 Q 84-85 R 86-90 S 91-96 T 97-97"
)
TODAY = date(2026, 9, 18)


def test_sections_of_industry_hold_the_divisions_of_the_standard():
    assert " ".join(f"{one.code} {one.first:02}-{one.last:02}" for one in industries().values()) == RANGES
    covered = [number for one in industries().values() for number in range(one.first, one.last + 1)]
    assert covered == list(range(1, 98))
    assert industries()["C"].name == Text("制造业", "manufacturing")


@pytest.mark.parametrize(
    ("code", "section"),
    [("C", "C"), ("C13", "C"), ("13", "C"), ("4360", "C"), ("C3911", "C"), ("01", "A"), ("97", "T"), ("J66", "J")],
)
def test_section_is_found_however_the_code_is_written(code, section):
    assert industry_of(code).code == section


@pytest.mark.parametrize("code", ["", "U", "c", "98", "00", "1", "A13", "C1", "C13111", "1a", "１３"])
def test_code_of_no_section_is_none(code):
    assert industry_of(code) is None


def test_countries_are_the_codes_of_the_standard():
    assert len(countries()) == 249
    assert list(countries()) == sorted(countries())
    assert [code for code in countries() if not (len(code) == 2 and code.isascii() and code.isupper())] == []
    assert [code for code, name in countries().items() if not name.zh or not name.en] == []
    assert len({name.zh for name in countries().values()}) == len({name.en for name in countries().values()}) == 249
    assert (countries()["DE"], countries()["SG"]) == (Text("德国", "Germany"), Text("新加坡", "Singapore"))


def test_hong_kong_macao_and_taiwan_are_named_as_parts_of_china():
    assert [countries()[code] for code in ("HK", "MO", "TW")] == [
        Text("中国香港", "Hong Kong, China"), Text("中国澳门", "Macao, China"), Text("中国台湾", "Taiwan, China"),
    ]  # fmt: skip
    assert [code for code, name in countries().items() if "中国" in name.zh] == ["CN", "HK", "MO", "TW"]


def test_origin_has_three_groups():
    groups = {group: [code for code in countries() if origin_group(code) == group] for group in GROUPS}
    assert (groups["mainland"], groups["hmt"], len(groups["foreign"])) == (["CN"], ["HK", "MO", "TW"], 245)
    assert origin_group("XX") is None


def test_code_lists_are_those_of_annex_a():
    assert {name: " ".join(held.codes) for name, held in codelists().items()} == {
        "item_type": "00 01 02 03 04 05 06 07 08 09 10 20", "level": "1 2 3 4 5 6 7", "body": "1 2 3 9",
        "served": "1 2 3 4 5 6", "served_in_use": "1 2 3 4 5 6 9", "channel": "1 2 3 4 9", "case": "1 2 9",
        "special_procedure": "1 2", "satisfaction": "1 2 3 4 5",
    }  # fmt: skip
    assert [held.source for held in codelists().values() if held.mark == "V1"] == [
        f"GB/T 39046-2020 A.{place}" for place in range(1, 9)
    ]


def test_code_says_what_it_means():
    assert code_name("item_type", "01") == Text("行政许可", "administrative licence")
    assert (code_name("case", "1").zh, code_name("special_procedure", "1").zh) == ("即办件", "延长审批")
    assert code_name("level", "8") is None
    with pytest.raises(KeyError):
        code_name("levels", "1")


def test_codes_of_running_systems_lead_to_the_standard():
    led = {code: code_name("served", to_standard("served_in_use", code)).zh for code in ("5", "6", "9")}
    assert led == {"5": "企业法人", "6": "行政机关", "9": "其他组织"}
    assert (to_standard("served", "6"), to_standard("served", "9"), to_standard("served_in_use", "7")) == (
        "6",
        None,
        None,
    )
    assert set(codelists()["served_in_use"].to_standard) == set(codelists()["served_in_use"].codes)


def test_stars_run_against_the_codes():
    assert [stars(code) for code in "12345"] == [5, 4, 3, 2, 1]
    with pytest.raises(ValueError, match="'6' is no satisfaction code; known: 1 to 5"):
        stars("6")


def test_service_areas_lie_in_divisions_that_are_held():
    for area in service_areas().values():
        assert area.code not in divisions()
        assert [code for code in (*area.divisions, area.upper) if code not in divisions()] == []
        assert area.mark in MARKS
        assert area.within in ("", *service_areas())
    assert len(service_areas()) == len(tomllib.loads(FILE.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("division", "on", "areas"),
    [
        ("510116", TODAY, ["tianfu", "tianfu-chengdu", "cd-high-tech"]),
        ("511400", TODAY, ["tianfu", "tianfu-meishan"]),
        ("500112", date(2025, 11, 5), ["liangjiang"]),
        ("500112", date(2025, 11, 6), ["liangjiang-district"]),
        ("500106", TODAY, ["cq-high-tech"]),
        ("500103", TODAY, []),
        ("411002", TODAY, ["xuchang-zone"]),
        ("50", TODAY, ["liangjiang-district", "cq-high-tech"]),
    ],
)
def test_areas_of_a_division_on_a_day(division, on, areas):
    assert [area.code for area in areas_in(division, on)] == areas


def test_code_of_statistics_is_no_division():
    assert area_of_statistics("411071").name.zh == "许昌经济技术开发区"
    assert "411071" not in divisions()
    assert area_of_statistics("411002") is None
