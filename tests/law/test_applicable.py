"""Which regime applies, why, and where a limit takes its figure from."""

from dataclasses import replace
from datetime import date

import pytest

from lianqiao.law.applicable import applicable, limit_for
from lianqiao.law.limit import Limit
from lianqiao.law.regime import regime
from lianqiao.law.text import Text
from lianqiao.law.vocabulary import NODE_TARGET

TODAY = date(2026, 9, 18)


@pytest.mark.parametrize(
    ("programme", "place", "on", "kind", "chosen", "others"),
    [
        ("fie-complaint", "510104", TODAY, "infringement", "cn-mofcom-2020-3", ["node-target"]),
        ("fie-complaint", "500103", TODAY, "infringement", "cq-fie-2021", ["cn-mofcom-2020-3", "node-target"]),
        ("fie-complaint", "500103", date(2021, 8, 2), None, "cn-mofcom-2020-3", ["node-target"]),
        ("fie-complaint", "510104", date(2020, 9, 30), None, "cn-mofcom-2006-2", ["node-target"]),
        ("fie-complaint", "510104", date(2020, 10, 1), None, "cn-mofcom-2020-3", ["node-target"]),
        ("fie-complaint", "510104", date(2006, 9, 30), None, "node-target", []),
        ("fie-complaint", "420683", TODAY, None, "hb-fie-2022", ["cn-mofcom-2020-3", "node-target"]),
        ("fie-complaint", "420683", date(2022, 4, 30), None, "cn-mofcom-2020-3", ["node-target"]),
        ("fie-complaint", "440305", TODAY, None, "sz-fie-2022", ["gd-fie-2022", "cn-mofcom-2020-3", "node-target"]),
        ("fie-complaint", "440106", TODAY, None, "gd-fie-2022", ["cn-mofcom-2020-3", "node-target"]),
        ("business-environment", "500102", TODAY, None, "cq-fuling-2024", ["node-target"]),
        ("business-environment", "500103", TODAY, None, "node-target", []),
        ("hotline", "370702", TODAY, "help", "hotline-weifang-2021", ["node-target"]),
        ("hotline", "370102", TODAY, "help", "hotline-jinan-2018", ["node-target"]),
        ("hotline", "410502", TODAY, "help", "hotline-anyang-2021", ["node-target"]),
        ("sme-demand", "310101", TODAY, None, "sh-sme-2024", ["node-target"]),
        ("payment-complaint", "510104", TODAY, None, "cn-smepay-2025", ["node-target"]),
        ("payment-complaint", "510104", date(2025, 5, 31), None, "node-target", []),
        ("petition", "510104", TODAY, None, "cn-petition-2022", ["node-target"]),
        ("reconsideration", "510104", TODAY, None, "cn-recon-2023", ["node-target"]),
        ("bad-review", "510104", TODAY, None, "hcp-bad", ["node-target"]),
        ("bad-review", "510904", TODAY, None, "hcp-bad-suining", ["hcp-bad", "node-target"]),
        ("roundtable", "500103", TODAY, None, "roundtable-yz", ["roundtable-node", "node-target"]),
        ("roundtable", "510104", TODAY, None, "roundtable-node", ["node-target"]),
        ("policy-claim", "510104", TODAY, None, "node-target", []),
        ("credit-repair", "510104", TODAY, None, "credit-2026", ["node-target"]),
        ("credit-objection", "411002", TODAY, None, "ha-credit-obj", ["node-target"]),
        ("fie-complaint", "510104", TODAY, "consultation", "node-target", []),
        ("inward-complaint", "510000", TODAY, "help", "sc-inward-2021-27", ["node-target"]),
        ("inward-complaint", "500000", TODAY, "help", "node-target", []),
        ("private-complaint", "500112", TODAY, None, "node-target", []),
        ("business-environment", "420683", TODAY, None, "hb-yshj-2020-66", ["node-target"]),
        ("business-environment", "411002", date(2026, 2, 28), None, "ha-yshj-2020", ["node-target"]),
        ("business-environment", "411002", date(2026, 3, 1), None, "node-target", []),
        ("hotline", "513401", TODAY, "help", "sc-12345-2026", ["node-target"]),
    ],
)
def test_regime_follows_from_programme_place_day_and_kind(programme, place, on, kind, chosen, others):
    choice = applicable(programme, place, on, kind)
    assert (choice.regime.id, [other.id for other in choice.others]) == (chosen, others)


def test_choice_names_its_rule():
    assert applicable("fie-complaint", "500103", TODAY).because.zh == (
        "外商投资企业投诉、重庆市渝中区、2026-09-18：适用《重庆市外商投资企业投诉工作办法（2021年）》"
        "（为重庆市所定，比上级规定更具体），自2021-08-03起施行。"
    )
    assert applicable("private-complaint", "500000", TODAY).because.en == (
        "complaint of a private enterprise, Chongqing Municipality, 2026-09-18: Targets set by the node (no statute found) "
        "applies: no statute found, every limit is a target set by the node."
    )


def test_statute_goes_before_a_target_whatever_ranks_they_name():
    statute, target = regime("cn-mofcom-2020-3"), replace(regime(NODE_TARGET), precedence=99)
    choice = applicable("fie-complaint", "510104", TODAY, held={statute.id: statute, target.id: target})
    assert (choice.regime, choice.others) == (statute, (target,))


@pytest.mark.parametrize("first", ["a", "b"])
def test_of_two_statutes_for_one_place_the_higher_rank_goes_first(first):
    statute = regime("cq-fie-2021")
    held = {code: replace(statute, id=code, precedence=2 if code == first else 1) for code in ("a", "b")}
    choice = applicable("fie-complaint", "500103", TODAY, held=held)
    assert (choice.regime.id, len(choice.others)) == (first, 1)


def test_unknown_programme_is_refused():
    with pytest.raises(ValueError, match="unknown programme coldline; known: fie-complaint"):
        applicable("coldline", "510000", TODAY)


@pytest.mark.parametrize(
    ("code", "name", "targets", "amount", "statutory"),
    [
        ("cn-mofcom-2020-3", "accept", {"accept": (2, "working_days")}, 7, True),
        ("sc-inward-2021-27", "accept", {"accept": (5, "calendar_days")}, 5, False),
        ("sc-inward-2021-27", "accept", {}, 7, False),
        ("sc-inward-2021-27", "accept", None, 7, False),
        ("node-target", "handle", {"handle": (30, "working_days")}, 30, False),
        ("node-target", "handle", {}, 60, False),
        ("cn-mofcom-2020-3", "contact", {"contact": (1, "working_days")}, 1, False),
    ],
)
def test_limit_takes_the_figure_of_the_statute_else_the_target_of_the_node(code, name, targets, amount, statutory):
    limit = limit_for(regime(code), name, None, targets)
    assert (limit.amount, limit.statutory) == (amount, statutory)


def test_target_says_that_no_statutory_limit_was_found():
    limit = limit_for(regime("sc-inward-2021-27"), "handle", None, {"handle": (30, "working_days")})
    assert (limit.authority.zh, limit.verified) == ("未见法定期限，为本节点自设目标", False)
    assert (limit.figure.en, limit.start.en, limit.regime) == ("30 working days", "acceptance", "sc-inward-2021-27")


ADOPTED = replace(
    regime(NODE_TARGET),
    limits=(
        Limit("handle", 45, "calendar_days", start=Text("受理", "acceptance"), statutory=False),
        Limit("contact", 2, "working_days", start=Text("提交", "filing"), statutory=False),
        Limit("accept", None, "working_days", statutory=False),
    ),
)
"""Targets that a node has adopted in place of those of the package."""


def test_target_in_force_at_the_node_fills_what_the_statute_leaves_open():
    statute = regime("sc-inward-2021-27")
    told = [limit_for(statute, "handle", None, {}, last_resort) for last_resort in (ADOPTED, None)]
    assert [(limit.amount, limit.unit, limit.regime) for limit in told] == [
        (45, "calendar_days", statute.id),
        (60, "working_days", statute.id),
    ]


@pytest.mark.parametrize("last_resort", [ADOPTED, replace(ADOPTED, limits=())], ids=["no figure", "no limit"])
def test_limit_without_a_figure_anywhere_is_none(last_resort):
    assert limit_for(regime("sc-inward-2021-27"), "accept", None, {}, last_resort) is None


def test_target_of_its_own_stands_before_the_last_resort():
    assert limit_for(regime(NODE_TARGET), "handle", None, {}, ADOPTED).amount == 60


def test_target_for_a_limit_that_the_statute_does_not_name_begins_as_the_last_resort_says():
    limit = limit_for(regime("cn-mofcom-2020-3"), "contact", None, {"contact": (1, "calendar_days")}, ADOPTED)
    assert (limit.amount, limit.unit, limit.start.en, limit.statutory) == (1, "calendar_days", "filing", False)


def test_target_for_a_limit_that_nobody_names_is_a_limit():
    limit = limit_for(regime("cn-mofcom-2020-3"), "visit", None, {"visit": (3, "months")}, ADOPTED)
    assert (limit.name, limit.amount, limit.unit, limit.statutory) == ("visit", 3, "months", False)
    assert limit.regime == "cn-mofcom-2020-3"


@pytest.mark.parametrize(("name", "kind"), [("contact", None), ("transfer", None), ("handle", None)])
def test_limit_that_nobody_has_set_is_none(name, kind):
    assert limit_for(regime("sc-12345-2026"), name, kind, {}) is None


def test_case_of_2019_computes_under_the_law_of_2019():
    from lianqiao.law.calendar import china
    from lianqiao.law.clock import due_date

    filed = date(2019, 9, 27)
    held = applicable("fie-complaint", "500103", filed).regime
    assert (held.id, due_date(held.limit("accept"), filed, china())) == ("cn-mofcom-2006-2", date(2019, 10, 10))
    assert due_date(held.limit("handle"), date(2019, 10, 10), china()) == date(2019, 11, 20)


def test_limit_differs_by_kind():
    hotline = regime("sc-12345-2026")
    assert [limit_for(hotline, "handle", kind).amount for kind in ("consultation", "help", "infringement")] == [
        3,
        7,
        15,
    ]


def test_regime_is_chosen_among_those_that_are_held():
    held = {code: regime(code) for code in ("node-target", "cn-mofcom-2020-3")}

    choice = applicable("fie-complaint", "500103", TODAY, held=held)

    assert (choice.regime.id, [other.id for other in choice.others]) == ("cn-mofcom-2020-3", ["node-target"])
