"""The table of regimes as it was drawn up, typed anew and held cell by cell against what is loaded.

wd = working days, d = calendar days, m = months, y = years. "-": the table has no figure, so the regime has none of its own.
"""

import pytest

from lianqiao.law.limit import LIMIT_NAMES
from lianqiao.law.regime import NODE_TARGET, regime, regimes

SHORT = {"working_days": "wd", "calendar_days": "d", "months": "m", "years": "y"}
COLUMNS = ("correct", "supplement", "accept", "handle", "deliver")

TABLE = [
    # regime                  correct  supplement accept  handle          deliver  extension       mark of the figures
    ("cn-mofcom-2020-3",      "7 wd",  "15 wd",   "7 wd", "60 wd",        "3 wd",  "no cap",       "K-high K-high V2 V2 K-high"),
    ("cn-mofcom-2006-2",      "-",     "-",       "5 wd", "30 wd",        "-",     "-",            "V2 V2"),
    ("cq-fie-2021",           "-",     "-",       "-",    "-",            "-",     "-",            ""),
    ("sc-inward-2021-27",     "-",     "-",       "-",    "-",            "-",     "-",            ""),
    ("hb-fie-2022",           "5 d",   "-",       "5 d",  "60 d",         "-",     "-",            "V2 V2 V2"),
    ("hb-yshj-2020-66",       "-",     "-",       "3 wd", "15 wd",        "5 wd",  "-",            "V2 V2 V2"),
    ("ha-yshj-2020",          "-",     "-",       "-",    "30 d",         "-",     "+30 d",        "V1"),
    ("gd-fie-2022",           "-",     "-",       "5 wd", "20 wd",        "-",     "no cap",       "V1 V1"),
    ("sz-fie-2022",           "5 wd",  "15 wd",   "5 wd", "20 wd",        "-",     "total 50 wd",  "V1 V1 V1 V1"),
    ("cq-fuling-2024",        "-",     "-",       "2 wd", "5 wd",         "5 wd",  "-",            "V2 V2 V2"),
    ("sc-12345-2026",         "-",     "-",       "-",    "3 / 7 / 15 wd", "-",    "no cap",       "V2"),
    ("hotline-weifang-2021",  "-",     "-",       "-",    "5 wd",         "-",     "no cap",       "V1"),
    ("hotline-jinan-2018",    "-",     "-",       "-",    "5 wd",         "-",     "no cap",       "V1"),
    ("hotline-anyang-2021",   "-",     "-",       "-",    "5 wd",         "-",     "+5 wd",        "V1"),
    ("sh-sme-2024",           "-",     "-",       "-",    "5 wd",         "-",     "total 15 wd",  "V1"),
    ("cn-smepay-2025",        "-",     "-",       "-",    "30 d",         "-",     "total 90 d",   "V1"),
    ("cn-petition-2022",      "-",     "-",       "15 d", "60 d",         "-",     "+30 d",        "V1 V1"),
    ("cn-recon-2023",         "5 wd",  "10 wd",   "5 wd", "60 d",         "-",     "+30 d",        "V1 V1 V1 V1"),
    ("hcp-bad",               "-",     "-",       "-",    "-",            "-",     "-",            ""),
    ("hcp-bad-dezhou",        "-",     "-",       "-",    "5 wd",         "-",     "-",            "V2"),
    ("hcp-bad-suining",       "-",     "-",       "-",    "15 wd",        "-",     "-",            "V2"),
    ("hcp-bad-shanghai-2024", "-",     "-",       "-",    "-",            "-",     "-",            ""),
    ("hcp-bad-anyang-2021",   "-",     "-",       "-",    "-",            "-",     "-",            ""),
    ("roundtable-yz",         "-",     "-",       "-",    "date set",     "-",     "no cap",       "V2"),
    ("policy-fast",           "-",     "-",       "-",    "60 wd",        "-",     "-",            "V2"),
    ("credit-2026",           "-",     "-",       "-",    "-",            "-",     "-",            ""),
    ("ha-credit-obj",         "-",     "-",       "-",    "3 wd",         "-",     "total 7 wd",   "V1"),
]  # fmt: skip

OF_THE_HOUSE = {"roundtable-node"}
"""Made of targets of the node alone, without a figure of the table."""

OTHER = [
    # regime                  limit              figure   mark
    ("cn-mofcom-2020-3",      "report",          "1 y",   "K-high"),
    ("ha-yshj-2020",          "transfer",        "5 d",   "V1"),
    ("hotline-anyang-2021",   "contact",         "1 wd",  "V1"),
    ("cn-smepay-2025",        "transfer",        "10 wd", "V1"),
    ("cn-petition-2022",      "transfer",        "15 d",  "V1"),
    ("cn-petition-2022",      "dispute",         "5 wd",  "V1"),
    ("cn-petition-2022",      "ask_review",      "30 d",  "V1"),
    ("cn-petition-2022",      "review",          "30 d",  "V1"),
    ("cn-petition-2022",      "ask_re_review",   "30 d",  "V1"),
    ("cn-petition-2022",      "re_review",       "30 d",  "V1"),
    ("cn-recon-2023",         "apply",           "60 d",  "V1"),
    ("cn-recon-2023",         "handle_simple",   "30 d",  "V1"),
    ("hcp-bad-shanghai-2024", "contact",         "1 wd",  "V1"),
    ("hcp-bad-anyang-2021",   "contact",         "1 wd",  "V1"),
    ("credit-2026",           "publish_minor",   "3 m",   "V2"),
    ("credit-2026",           "repair_general",  "3 m",   "V2"),
    ("credit-2026",           "publish_general", "1 y",   "V2"),
    ("credit-2026",           "repair_serious",  "1 y",   "V2"),
    ("credit-2026",           "publish_serious", "3 y",   "V2"),
    ("ha-credit-obj",         "provider",        "3 wd",  "V1"),
    ("ha-credit-obj",         "remove",          "1 wd",  "V1"),
]  # fmt: skip

TARGETS = [
    # a figure of the table that no text of that place gives: a target of the node, never called law
    ("hcp-bad", "contact", 1, "working_days"),
    ("hcp-bad", "handle", 15, "working_days"),
    ("credit-2026", "handle", 10, "working_days"),
]

NEXT = {
    "cn-mofcom-2020-3": "complain level by level to the upper complaint agency, which decides by its own rules",
    "cq-fie-2021": "to the municipal complaint centre",
    "sc-inward-2021-27": "to the provincial complaint agency",
    "hb-yshj-2020-66": "if dissatisfied: revisit and supervision",
    "sc-12345-2026": "supervision, interview, stubborn cases to the discipline organ",
    "hotline-weifang-2021": "supervision; what stays unsolved goes to the city executive meeting",
    "hotline-jinan-2018": "the hotline designates the unit and supervises",
    "hotline-anyang-2021": "the hotline designates the unit and supervises",
    "cn-smepay-2025": "non-cooperation: supervision letter, then interview and notification",
    "cn-petition-2022": "review: asked for within 30 days, decided in 30; then re-review likewise",
    "cn-recon-2023": "litigation before a court",
    "hcp-bad": "appeal and re-check against mistaken or malicious reviews",
    "roundtable-yz": "to the next meeting",
    "policy-fast": "the 12345 hotline and the window for what could not be done",
    "credit-2026": "objection",
    "ha-credit-obj": "review",
}

SCOPE = {
    "cn-mofcom-2020-3": ("fie-complaint", ""), "cn-mofcom-2006-2": ("fie-complaint", ""),
    "cq-fie-2021": ("fie-complaint", "50"), "sc-inward-2021-27": ("inward-complaint", "51"),
    "hb-fie-2022": ("fie-complaint", "42"), "hb-yshj-2020-66": ("business-environment", "42"),
    "ha-yshj-2020": ("business-environment", "41"), "gd-fie-2022": ("fie-complaint", "44"),
    "sz-fie-2022": ("fie-complaint", "4403"), "cq-fuling-2024": ("business-environment", "500102"),
    "sc-12345-2026": ("hotline", "51"), "hotline-weifang-2021": ("hotline", "3707"),
    "hotline-jinan-2018": ("hotline", "3701"), "hotline-anyang-2021": ("hotline", "4105"),
    "sh-sme-2024": ("sme-demand", "31"), "cn-smepay-2025": ("payment-complaint", ""),
    "cn-petition-2022": ("petition", ""), "cn-recon-2023": ("reconsideration", ""),
    "hcp-bad": ("bad-review", ""), "hcp-bad-dezhou": ("bad-review", "3714"), "hcp-bad-suining": ("bad-review", "5109"),
    "hcp-bad-shanghai-2024": ("bad-review", "31"), "hcp-bad-anyang-2021": ("bad-review", "4105"),
    "roundtable-yz": ("roundtable", "500103"), "policy-fast": ("policy-claim", ""),
    "credit-2026": ("credit-repair", ""), "ha-credit-obj": ("credit-objection", "41"),
}  # fmt: skip

WORDS = [
    # cells that are words, not figures
    ("hb-fie-2022", "on-the-spot", "acceptance is decided on the spot where possible"),
    ("hb-fie-2022", "simplified", "simple and clear cases, or those where both agree, use a simplified procedure"),
    ("hb-fie-2022", "abandonment", "unjustified lapse of the time to supplement counts as abandonment"),
    ("sh-sme-2024", "explain", "what cannot be solved in time is explained to the enterprise"),
    ("cn-recon-2023", "days", "periods of 3, 5, 7 and 10 days are working days"),
    ("ha-credit-obj", "mark", "the record is marked at once"),
    ("roundtable-yz", "on-the-spot", "what can be solved at the meeting is settled on the spot"),
]


def own(held, name):
    """The limits of this name that the regime itself takes from its statute."""
    return [limit for limit in held.limits if limit.name == name and limit.statutory and not limit.inherited]


def figure(held, name):
    limits = own(held, name)
    if not limits:
        return "-"
    if limits[0].unit == "event_date":
        return "date set"
    assert len({limit.unit for limit in limits}) == 1
    return " / ".join(str(limit.amount) for limit in limits) + f" {SHORT[limits[0].unit]}"


def extension(rule):
    if not rule.allowed or rule.inherited or not rule.statutory:
        return "-"
    if rule.total is not None:
        return f"total {rule.total} {SHORT[rule.unit]}"
    return "no cap" if rule.amount is None else f"+{rule.amount} {SHORT[rule.unit]}"


def test_table_names_every_regime_but_the_last_resort():
    assert sorted(row[0] for row in TABLE) == sorted(set(regimes()) - {NODE_TARGET, *OF_THE_HOUSE}) == sorted(SCOPE)


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_regime_says_what_the_table_says(row):
    held = regime(row[0])
    cells = tuple(figure(held, name) for name in COLUMNS)
    marks = [limit.mark for name in COLUMNS for limit in own(held, name)[:1]]
    assert (*cells, extension(held.extension), " ".join(marks)) == row[1:]


@pytest.mark.parametrize(("code", "name", "wanted", "mark"), OTHER)
def test_regime_holds_the_other_figures(code, name, wanted, mark):
    held = regime(code)
    assert (figure(held, name), [limit.mark for limit in own(held, name)]) == (wanted, [mark])


def test_no_figure_stands_outside_the_table():
    """What a regime says of its own is in one of the two tables, but for two rules of the national order."""
    typed = {(row[0], name) for row in TABLE for name, cell in zip(COLUMNS, row[1:6], strict=True) if cell != "-"}
    typed |= {(code, name) for code, name, _figure, _mark in OTHER}
    said = {(held.id, name) for held in regimes().values() for name in LIMIT_NAMES if own(held, name)}
    assert said - typed == {("cn-mofcom-2020-3", "absence"), ("cn-mofcom-2020-3", "summary")}
    assert typed - said == set()


@pytest.mark.parametrize(("code", "name", "amount", "unit"), TARGETS)
def test_figure_without_a_text_is_a_target_of_the_node(code, name, amount, unit):
    limit = regime(code).limit(name)
    assert (limit.amount, limit.unit, limit.statutory, limit.verified) == (amount, unit, False, False)


def test_chongqing_stands_as_the_national_rules_unverified():
    child, above = regime("cq-fie-2021"), regime("cn-mofcom-2020-3")
    for name in COLUMNS:
        limit = child.limit(name)
        assert (limit.amount, limit.unit) == (above.limit(name).amount, above.limit(name).unit)
        assert (limit.mark, limit.verified, limit.inherited) == ("K", False, "cn-mofcom-2020-3")


@pytest.mark.parametrize("code", ["gd-fie-2022", "sz-fie-2022", "hb-fie-2022"])
def test_local_rule_leaves_the_rest_to_the_national_one(code):
    held = regime(code)
    assert (held.limit("deliver").amount, held.limit("deliver").inherited) == (3, "cn-mofcom-2020-3")
    assert {ground.inherited for ground in held.refusal_grounds} == {"cn-mofcom-2020-3"}


@pytest.mark.parametrize("code", NEXT)
def test_next_instance_is_named(code):
    assert regime(code).objection.text.en.removeprefix("against non-acceptance or the result: ") == NEXT[code]


@pytest.mark.parametrize("code", SCOPE)
def test_scope_is_one_programme_in_one_place(code):
    held = regime(code)
    assert (held.programmes, held.jurisdiction) == ((SCOPE[code][0],), SCOPE[code][1])


@pytest.mark.parametrize(("code", "provision", "says"), WORDS)
def test_words_of_the_table_stand_in_the_regime(code, provision, says):
    assert regime(code).provision(provision).text.en == says


def test_days_in_force_are_those_that_are_known():
    known = {
        "cn-mofcom-2006-2": ("2006-10-01", "2020-09-30"), "cn-mofcom-2020-3": ("2020-10-01", None),
        "hb-fie-2022": ("2022-05-01", None), "gd-fie-2022": ("2022-03-01", None), "cn-smepay-2025": ("2025-06-01", None),
        "credit-2026": ("2026-04-01", None), "cq-fie-2021": ("2021-08-03", None), "sc-inward-2021-27": ("2021-10-28", None),
    }  # fmt: skip
    held = {
        code: (regime(code).first.isoformat(), regime(code).until and regime(code).until.isoformat()) for code in known
    }
    assert held == known


def test_letter_of_supervision_and_the_pause_for_experts_are_articles():
    letter = next(item for item in regime("cn-smepay-2025").notices if item.code == "supervision")
    assert (letter.text.zh, letter.article, letter.mark) == ("督办书", "25", "V1")
    assert [(item.code, item.mark) for item in regime("ha-credit-obj").pause_causes] == [("expert", "V1")]


def test_roundtable_speaks_in_its_own_words():
    held = regime("roundtable-yz")
    said = {
        ("accepted", ""): "in progress", ("accepted", "extended"): "extended", ("archived", ""): "struck off",
        ("concluded", "on-the-spot"): "settled on the spot", ("concluded", "policy-study"): "policy study",
        ("concluded", "explained"): "explained",
    }  # fmt: skip
    assert {one: held.label(*one).en for one in said} == said
    assert held.label("archived").zh == "已销号"


def test_scheme_of_an_unknown_province_applies_nowhere():
    from datetime import date

    held = regime("policy-fast")
    assert held.pattern is True
    assert held.covers("policy-claim", "510104", date(2026, 9, 18)) is False
