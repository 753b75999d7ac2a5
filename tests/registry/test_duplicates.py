"""Names that are the same name, and enterprises that may be the same one, each with its reasons."""

from typing import Any

import pytest

from lianqiao.registry import actions, duplicates, names
from lianqiao.registry.models import Enterprise, Person, Region

STANDS = {
    "name_zh": "成都示例一号科技有限公司",
    "name_en": "Chengdu Example One Technology Co., Ltd.",
    "uscc": "91510100MA6C00017C",
}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("成都示例一号科技有限公司", "成都示例一號科技股份有限公司", True),
        ("成都示例一号科技有限公司", "成都示例一号科技 有限责任公司", True),
        ("成都示例一号科技有限公司", "成都（示例）一号科技有限公司", True),
        ("ＡＢＣ电子有限公司", "abc電子有限公司", True),
        ("成都示例一号科技有限公司", "成都示例一号科技有限公司第二分公司", False),
        ("成都示例一号科技有限公司", "成都示例二号科技有限公司", False),
        ("四川有限公司", "四川公司", True),
    ],
)
def test_folded_sees_the_same_name(one: str, other: str, same: bool) -> None:
    assert (names.folded(one) == names.folded(other)) is same


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("成都示例一号科技有限公司", "示例一号科技"),
        ("示例一号科技（成都）有限公司", "示例一号科技"),
        ("四川省成都市示例一号科技有限公司", "示例一号科技"),
        ("重慶渝中示例三號貿易有限公司", "示例三号贸易"),
        ("成都有限公司", "成都"),
    ],
)
def test_core_leaves_the_places_out(name: str, core: str) -> None:
    assert names.core(name) == core


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Chengdu Example-One Technology CO.,LTD", "chengduexampleonetechnology"),
        ("The Example & Sons Company Limited", "exampleandsons"),
        ("Beispiel GmbH & Co. KG", "beispielgmbhandcokg"),
        ("Co., Ltd.", "co"),
    ],
)
def test_folded_english_leaves_signs_and_forms_out(name: str, folded: str) -> None:
    assert names.folded_english(name) == folded


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("示例一号科技", "示例二号科技", True),
        ("示例一号科技", "示例一号科技园", True),
        ("示例一号科技", "示例一号科技", False),
        ("示例一号科技", "示例二号科枝", False),
        ("鼎盛科技", "鼎新科技", False),
    ],
)
def test_one_apart_holds_for_long_names_only(one: str, other: str, apart: bool) -> None:
    assert names.one_apart(one, other) is apart
    shared = names.neighbours(one) & names.neighbours(other)
    assert bool(shared) or not apart


@pytest.fixture
def stands(admin: Person, sichuan: Region) -> Enterprise:
    firm = actions.add_enterprise(**STANDS, kind="private", region=sichuan, by=admin)
    actions.add_former_code(firm, "510100000012345", by=admin)
    actions.add_enterprise(
        name_zh="绵阳无关贸易有限公司", name_en="Unrelated", kind="private", region=sichuan, by=admin
    )
    return firm


@pytest.mark.parametrize(
    ("given", "score", "codes"),
    [
        ({"uscc": "91510100ma6c00017c"}, 100, ["same-code"]),
        ({"former": ("510100000012345",)}, 95, ["former-code"]),
        ({"former": ("MA6C0001-7",)}, 90, ["same-organisation"]),
        ({"uscc": "91420600MA6C00017X"}, 90, ["same-organisation"]),
        ({"name_zh": "成都示例一號科技（有限責任公司）"}, 90, ["same-name"]),
        ({"name_zh": "示例一号科技（重庆）有限公司"}, 65, ["name-apart-from-place"]),
        ({"name_zh": "成都示例二号科技有限公司"}, 55, ["name-one-character"]),
        ({"name_en": "CHENGDU EXAMPLE ONE TECHNOLOGY LIMITED"}, 75, ["same-english-name"]),
        (STANDS | {"uscc": ""}, 95, ["same-name", "same-english-name"]),
        (STANDS | {"uscc": "91420600MA4900010R"}, 65, ["same-name", "same-english-name", "other-codes"]),
        ({"name_zh": "完全不同有限公司"}, None, []),
    ],
)
def test_candidates_give_score_and_reasons(
    stands: Enterprise, given: dict[str, Any], score: int | None, codes: list[str]
) -> None:
    wanted = {"name_zh": "另一名称", "name_en": "Some Other Name"} | given

    found = [
        (one.enterprise, one.score, [code for code, _said in one.reasons])
        for one in duplicates.candidates(duplicates.Named(**wanted))
    ]

    assert found == ([(stands, score, codes)] if score else [])


def test_candidates_ask_three_queries(stands: Enterprise, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        duplicates.candidates(duplicates.Named(**STANDS))


def test_sweep_finds_every_pair_once(stands: Enterprise, admin: Person, sichuan: Region) -> None:
    other = actions.add_enterprise(
        name_zh="成都示例一號科技公司", name_en="x", kind="private", region=sichuan, by=admin
    )

    pairs = [({pair.one, pair.other}, pair.score) for pair in duplicates.Sweep()]

    assert pairs == [({stands, other}, 90)]
    actions.merge(other, stands, reason="same", by=admin)
    assert list(duplicates.Sweep()) == []
    assert [one.enterprise for one in duplicates.candidates(duplicates.Named("成都示例一号科技公司", "x"))] == [stands]
