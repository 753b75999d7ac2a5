"""A regime read out, and two of them side by side."""

import pytest

from lianqiao.law.aloud import aloud
from lianqiao.law.comparison import compare, told
from lianqiao.law.regime import regime, regimes

MOFCOM, HUBEI, SHENZHEN = regime("cn-mofcom-2020-3"), regime("hb-fie-2022"), regime("sz-fie-2022")


def test_regime_reads_as_sentences_in_chinese():
    lines = aloud(SHENZHEN, "zh").splitlines()
    assert lines[:5] == [
        "sz-fie-2022",
        "深圳经济特区外商投资条例（2022年）",
        "适用于外商投资企业投诉；地域：广东省深圳市；2022-11-01起施行。",
        "依据：深圳市人大常委会公告（第六十六号） 2022-09-05（读过原文（法规、标准））。",
        "未规定者取自 cn-mofcom-2020-3，均标为未核实。",
    ]
    assert lines[7:12] == [
        "一、期限",
        "（一）一次性补正告知期限：自收到投诉材料起5个工作日（第27条；已核实：读过原文）。一次性告知。",
        "（二）补正期限：自收到补正通知起15个工作日（第27条；已核实：读过原文）。",
        "（三）受理期限：自收到完整材料起5个工作日（第27条；已核实：读过原文）。不予受理的，也在5个工作日内告知。",
        "（四）办理期限：自受理起20个工作日（第27条；已核实：读过原文）。",
    ]
    assert "（一）情况复杂，说明理由；连同原期限共50个工作日（第27条；已核实：读过原文）" in lines
    assert "四、不予受理的事由（未读到，暂按 cn-mofcom-2020-3，均未核实）" in lines


def test_regime_reads_as_sentences_in_english():
    lines = aloud(regime("cn-mofcom-2006-2"), "en").splitlines()
    assert (
        lines[2]
        == "For: complaint of a foreign-invested enterprise. Place: China. In force from 2006-10-01 until 2020-09-30."
    )
    assert lines[4] == "What it leaves unsaid is filled by the node's own words, which are no law."
    assert lines[7:10] == [
        "1. Limits",
        "(1) acceptance decision: 5 working days from: the complaint is received (article not identified; figure verified: read in a public page).",
        "(2) handling: 30 working days from: acceptance (article not identified; figure verified: read in a public page).",
    ]  # fmt: skip
    assert "4. Grounds of refusal (the node's own, no rule of the statute)" in lines


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("code", list(regimes()))
def test_every_regime_can_be_read_out(code, lang):
    lines = aloud(regime(code), lang).splitlines()
    assert lines[0] == code
    assert [line for line in lines if "{" in line or not line.strip()] == []


def marks(left, right, kind=None):
    return {line.name.en: line.mark for line in compare(left, right, kind) if line.part.en in ("Limits", "Extension")}


def test_differences_are_marked():
    assert marks(MOFCOM, HUBEI) == {
        "one-off correction notice": "#", "supplement": "#", "acceptance decision": "#", "handling": "#",
        "delivery of the result": "~", "absence of the complainant": "~", "report to the government": "~",
        "periodic summary to the next level": "~", "Extension": "~",
    }  # fmt: skip


def test_regime_does_not_differ_from_itself():
    for held in regimes().values():
        assert {line.mark for line in compare(held, held)} == {"="}


def test_comparison_is_the_same_from_the_other_side():
    there = {(line.part.en, line.name.en): (line.left, line.right, line.mark) for line in compare(MOFCOM, SHENZHEN)}
    back = {(line.part.en, line.name.en): (line.right, line.left, line.mark) for line in compare(SHENZHEN, MOFCOM)}
    assert there == back


def test_kind_narrows_the_comparison():
    hotline, weifang = regime("sc-12345-2026"), regime("hotline-weifang-2021")
    help_, all_kinds = compare(hotline, weifang, "help"), compare(hotline, weifang)
    assert [line.left.zh.split("，")[0] for line in help_ if line.name.en == "handling"] == ["7个工作日"]
    assert [line.name.en for line in all_kinds if line.part.en == "Limits"] == [
        "handling (consultation)", "handling (difficulty, request for help, suggestion on the investment environment)",
        "handling (complaint about an infringement)", "handling",
    ]  # fmt: skip


def test_comparison_is_told_line_by_line():
    lines = list(told(MOFCOM, HUBEI, "zh"))
    assert lines[:3] == ["cn-mofcom-2020-3 | hb-fie-2022", "= 相同；~ 数字相同，起算或者依据程度不同；# 不同。", "概况"]
    assert "= 适用：外商投资企业投诉" in lines
    assert "# 没有的环节：- | -" not in lines
    assert (
        "# 办理期限：60个工作日，受理投诉起（第19条；已核实数字：读自公开转载） | "
        "60日，受理起（条号待核；已核实数字：读自公开转载）"
    ) in lines
