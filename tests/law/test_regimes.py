"""The regimes as read: figures, grounds and their standing; inheritance; every contradiction refused by name."""

import hashlib
import tomllib
from datetime import date

import pytest

from lianqiao.law.limit import LIMIT_NAMES, UNITS
from lianqiao.law.reading import read, read_folder
from lianqiao.law.regime import FOLDER, NODE_TARGET, RegimeError, regime, regimes
from lianqiao.law.vocabulary import KINDS, PROCEDURE, PROGRAMMES, READ_MARKS

MOFCOM = regime("cn-mofcom-2020-3")


def test_package_holds_the_statutes_and_the_last_resort():
    assert list(regimes()) == [
        "cn-mofcom-2006-2", "cn-mofcom-2020-3", "cn-petition-2022", "cn-recon-2023", "cn-smepay-2025", "cq-fie-2021",
        "cq-fuling-2024", "credit-2026", "gd-fie-2022", "ha-credit-obj", "ha-yshj-2020", "hb-fie-2022", "hb-yshj-2020-66",
        "hcp-bad", "hcp-bad-anyang-2021", "hcp-bad-dezhou", "hcp-bad-shanghai-2024", "hcp-bad-suining",
        "hotline-anyang-2021", "hotline-jinan-2018", "hotline-weifang-2021", "node-target", "policy-fast", "roundtable-node",
        "roundtable-yz",
        "sc-12345-2026", "sc-inward-2021-27", "sh-sme-2024", "sz-fie-2022",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "name", "kind", "amount", "unit", "verified"),
    [
        ("cn-mofcom-2020-3", "correct", None, 7, "working_days", False),
        ("cn-mofcom-2020-3", "supplement", None, 15, "working_days", False),
        ("cn-mofcom-2020-3", "accept", None, 7, "working_days", True),
        ("cn-mofcom-2020-3", "handle", None, 60, "working_days", True),
        ("cn-mofcom-2020-3", "deliver", None, 3, "working_days", False),
        ("cn-mofcom-2020-3", "absence", None, 30, "calendar_days", False),
        ("cn-mofcom-2020-3", "report", None, 1, "years", False),
        ("cn-mofcom-2020-3", "summary", None, 7, "periodic", False),
        ("cq-fie-2021", "accept", None, 7, "working_days", False),
        ("cq-fie-2021", "handle", None, 60, "working_days", False),
        ("hb-yshj-2020-66", "accept", None, 3, "working_days", True),
        ("hb-yshj-2020-66", "handle", None, 15, "working_days", True),
        ("hb-yshj-2020-66", "deliver", None, 5, "working_days", True),
        ("ha-yshj-2020", "transfer", None, 5, "calendar_days", True),
        ("ha-yshj-2020", "handle", None, 30, "calendar_days", True),
        ("sc-12345-2026", "handle", "consultation", 3, "working_days", True),
        ("sc-12345-2026", "handle", "help", 7, "working_days", True),
        ("sc-12345-2026", "handle", "suggestion", 7, "working_days", True),
        ("sc-12345-2026", "handle", "infringement", 15, "working_days", True),
        ("sc-inward-2021-27", "accept", None, None, "working_days", False),
    ],
)
def test_regime_holds_the_figure(code, name, kind, amount, unit, verified):
    limit = regime(code).limit(name, kind)
    assert (limit.amount, limit.unit, limit.verified) == (amount, unit, verified)


def test_nothing_known_only_by_heart_is_called_verified():
    for held in regimes().values():
        parts = [*held.limits, *held.refusal_grounds, *held.conclusion_grounds, *held.materials, *held.notices]
        parts += [*held.pause_causes, *held.reports, *held.provisions, held.extension]
        assert [part for part in parts if part.verified and (part.mark not in READ_MARKS or part.inherited)] == []


def test_order_names_nine_grounds_of_refusal_and_six_of_conclusion():
    assert [ground.code for ground in MOFCOM.refusal_grounds] == list("123456789")
    assert [ground.code for ground in MOFCOM.refusal_grounds if ground.names_competent_body] == ["3"]
    assert [ground.article for ground in MOFCOM.refusal_grounds] == [f"14({place})" for place in range(1, 10)]
    assert [ground.code for ground in MOFCOM.conclusion_grounds] == [*"123456", "deemed-withdrawal"]


def test_order_asks_for_materials_by_kind():
    required = {kind: [item.code for item in MOFCOM.materials_for(kind) if item.required] for kind in MOFCOM.kinds}
    assert required == {
        "infringement": ["complainant", "respondent", "request", "facts", "statement"],
        "suggestion": ["complainant", "proposal"],
    }


def test_child_inherits_and_says_so():
    child = regime("cq-fie-2021")
    assert [(limit.name, limit.amount, limit.inherited, limit.mark) for limit in child.limits] == [
        (limit.name, limit.amount, "cn-mofcom-2020-3", "K") for limit in MOFCOM.limits
    ]
    assert child.limit("handle").standing.en == "not verified: text not readable, figure assumed as in cn-mofcom-2020-3"
    assert child.limit("handle").authority.en == "article 19 of cn-mofcom-2020-3"
    assert child.verbs == MOFCOM.verbs
    assert child.objection.text.en == "to the municipal complaint centre"
    assert child.provision("confidentiality").inherited == "cn-mofcom-2020-3"


def test_child_of_the_last_resort_takes_no_figure_that_it_does_not_name():
    child, above = regime("cq-fuling-2024"), regime(NODE_TARGET)
    assert [(limit.name, limit.statutory, limit.mark) for limit in child.limits] == [
        ("accept", True, "V2"), ("handle", True, "V2"), ("deliver", True, "V2"),
        ("correct", False, "D"), ("supplement", False, "D"),
    ]  # fmt: skip
    assert [(item.code, item.mark, item.inherited) for item in child.refusal_grounds] == [
        (item.code, "D", NODE_TARGET) for item in above.refusal_grounds
    ]
    assert (child.extension.allowed, "extend" in child.verbs) == (False, False)
    assert child.objection.inherited == NODE_TARGET
    assert regime("roundtable-yz").refusal_grounds == ()


def test_child_of_a_child_says_where_its_words_come_from():
    child = regime("hcp-bad-dezhou")
    assert (child.limit("contact").statutory, child.limit("contact").mark) == (False, "D")
    assert (child.provision("levels").inherited, child.provision("levels").mark) == ("hcp-bad", "K")
    assert (child.conclusion_grounds[0].inherited, child.conclusion_grounds[0].mark) == (NODE_TARGET, "D")


def test_total_leaves_the_rest_for_extensions():
    rules = {code: regime(code).extension for code in ("sz-fie-2022", "cn-smepay-2025", "sh-sme-2024", "ha-credit-obj")}
    assert {code: (rule.total, rule.amount, rule.unit) for code, rule in rules.items()} == {
        "sz-fie-2022": (50, 30, "working_days"), "cn-smepay-2025": (90, 60, "calendar_days"),
        "sh-sme-2024": (15, 10, "working_days"), "ha-credit-obj": (7, 4, "working_days"),
    }  # fmt: skip


def test_extension_says_how_much_and_from_where():
    henan = regime("ha-yshj-2020").extension
    assert (henan.allowed, henan.amount, henan.unit, henan.mark, henan.verified) == (
        True,
        30,
        "calendar_days",
        "V1",
        True,
    )
    assert (MOFCOM.extension.allowed, MOFCOM.extension.amount, MOFCOM.extension.article) == (True, None, "19")
    assert regime("hb-yshj-2020-66").extension.allowed is False


def test_digest_is_the_hash_of_the_file():
    assert MOFCOM.digest == hashlib.sha256((FOLDER / "cn-mofcom-2020-3.toml").read_bytes()).hexdigest()
    assert MOFCOM.version == 1


def test_regime_allows_what_is_not_its_to_narrow():
    hotline = regime("sc-12345-2026")
    assert [verb for verb in PROCEDURE if not hotline.allows(verb)] == ["request_correction", "supplement"]
    assert hotline.allows("offer") is True


def test_label_of_a_ground_comes_before_the_label_of_the_state():
    assert regime(NODE_TARGET).label("concluded", "policy-study").en == "policy study"
    assert regime(NODE_TARGET).label("concluded", "settled") is None


def test_regime_names_the_known_ones_when_asked_for_another():
    with pytest.raises(KeyError, match="unknown regime x; known: cn-mofcom-2006-2, cn-mofcom-2020-3"):
        regime("x")


def test_verbs_of_the_regimes_are_verbs_of_the_flow():
    from lianqiao.cases import flow

    assert sorted(set(PROCEDURE) - set(flow.VERBS)) == []
    named = {name for verb in flow.VERBS.values() for rule in verb.rules for name in rule.starts}
    assert sorted(named - set(LIMIT_NAMES)) == []


GOOD = """
id = "x"
version = 1
title = { zh = "办法", en = "rules" }
programmes = ["hotline"]
jurisdiction = "51"
from = 2020-01-01
mark = "V1"
verbs = ["file", "accept", "refuse", "conclude", "extend", "pause", "object", "request_correction"]
[[limit]]
name = "supplement"
amount = 5
unit = "working_days"
start = { zh = "起", en = "start" }
article = "2"
mark = "V1"
verified = true
[extension]
allowed = true
article = "3"
mark = "V1"
[[refusal]]
code = "1"
zh = "甲"
en = "a"
article = "4"
mark = "V1"
[[conclusion]]
code = "1"
zh = "甲"
en = "a"
article = "5"
mark = "V1"
[[pause]]
code = "1"
zh = "甲"
en = "a"
article = "6"
mark = "V1"
[[provision]]
code = "objection"
zh = "甲"
en = "a"
article = "7"
mark = "V1"
"""
GROUND = '[[refusal]]\ncode = "1"\nzh = "乙"\nen = "b"\narticle = "4"\nmark = "V1"\n'
NOTICE = '[[notice]]\ncode = "n"\nzh = "乙"\nen = "b"\nverb = "settle"\narticle = "4"\nmark = "V1"\n'
LIMIT = '[[limit]]\nname = "supplement"\namount = 9\nunit = "working_days"\nstart = { zh = "起", en = "s" }\narticle = "2"\nmark = "V1"\n'


def written(folder, text, name="x"):
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_example_without_contradiction_is_read(tmp_path):
    held = read(written(tmp_path, GOOD))
    assert (held.id, held.first, held.until, held.limit("supplement").amount) == ("x", date(2020, 1, 1), None, 5)


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('programmes = ["hotline"]', 'programmes = ["coldline"]', "programmes", "unknown word 'coldline'; known: " + ", ".join(PROGRAMMES)),
        ('jurisdiction = "51"', 'jurisdiction = "51"\nkinds = ["love"]', "kinds", "unknown word 'love'; known: " + ", ".join(KINDS)),
        ('"file", ', '"fly", ', "verbs", "unknown word 'fly'; known: " + ", ".join(PROCEDURE)),
        ('from = 2020-01-01', 'from = 2020-01-01\nuntil = 2019-12-31', "until", "2019-12-31 lies before 2020-01-01"),
        ('from = 2020-01-01', 'from = "2020-01-01"', "from", "should be date, not '2020-01-01'"),
        ('version = 1', '', "version", "is missing"),
        ('version = 1', 'version = true', "version", "should be int, not True"),
        ('version = 1', 'version = 1\nparent = "y"', "parent", "there is no y"),
        ('version = 1', 'version = 1\ncolour = "red"', "colour", "there is no such key"),
        ('id = "x"', 'id = "y"', "id", "must be the name of the file, x"),
        ('en = "rules"', 'en = ""', "title", "a text has both languages, zh and en"),
        ('name = "supplement"', 'name = "dream"', "limit[1].name", "unknown word 'dream'; known: " + ", ".join(LIMIT_NAMES)),
        ('unit = "working_days"', '', "limit[1].unit", "is missing"),
        ('unit = "working_days"', 'unit = "weeks"', "limit[1].unit", "unknown word 'weeks'; known: " + ", ".join(UNITS)),
        ('unit = "working_days"', 'unit = "periodic"', "limit[1].every", "belongs to a periodic limit, and it needs it"),
        ('amount = 5', 'amount = -5', "limit[1].amount", "must be positive, not -5"),
        ('amount = 5', '', "limit[1].amount", "a limit of the statute has a figure"),
        ('article = "2"', '', "limit[1].article", 'rests on no article (write "unknown" if not identified)'),
        ('mark = "V1"\nverified = true', 'mark = "K"\nverified = true', "limit[1].verified", "mark K is no reading: it cannot be verified"),
        ('verified = true', 'verified = true\nnode_target = true', "limit[1].verified", "mark V1 is no reading: it cannot be verified"),
        ('mark = "V1"\nverified = true', 'mark = "V9"', "limit[1].mark", "unknown word 'V9'; known: V1, V2, V3, K-high, K, K-low, D"),
        ('allowed = true\narticle = "3"', 'allowed = true', "extension.article", 'rests on no article (write "unknown" if not identified)'),
        ('allowed = true\n', 'allowed = true\namount = 30\n', "extension.amount", "must be positive and have a unit"),
        ('allowed = true\n', 'allowed = false\namount = 30\nunit = "working_days"\n', "extension.allowed", "allows nothing, yet says how much"),
        ('allowed = true\n', 'allowed = true\ntotal = 30\n', "extension.total", "must be positive, have a unit and stand without amount"),
        ('allowed = true\n', 'allowed = true\ntotal = 30\nunit = "working_days"\n', "extension.total", "does not fit the limit of handling"),
        ('unit = "working_days"', 'unit = "event_date"', "limit[1].amount", "a date set by the event has no figure"),
        ('version = 1', 'version = 1\ntargets = ["accept"]', "targets", "stand in node-target only, for those that inherit from it"),
        ('allowed = true\n', 'allowed = false\n', "extension", "contradicts verbs: extend is listed, yet nothing stands here"),
        ('"extend", ', '', "extension", "contradicts verbs: extend is not listed"),
        ('"refuse", ', '', "refusal", "contradicts verbs: refuse is not listed"),
        ('[[refusal]]', GROUND + '[[refusal]]', "refusal", "1 is there twice"),
        ('[extension]', LIMIT + '[extension]', "limit", "supplement is there twice"),
        ('[[refusal]]', NOTICE + '[[refusal]]', "notice", "settle is not among the verbs"),
    ],
)  # fmt: skip
def test_contradiction_stops_the_regime_and_says_where(tmp_path, old, new, key, says):
    assert GOOD.count(old) >= 1
    with pytest.raises(RegimeError) as refused:
        read(written(tmp_path, GOOD.replace(old, new, 1)))
    assert (refused.value.file, refused.value.key, refused.value.what.en) == ("x.toml", key, says)
    assert refused.value.in_("zh").startswith(f"x.toml: {key}: ")
    assert refused.value.what.zh != refused.value.what.en


@pytest.mark.parametrize("text", ["id = ", "id = " + "[" * 3000, "precedence = " + "9" * 5000])
def test_file_that_is_no_toml_is_refused(tmp_path, text):
    with pytest.raises(RegimeError, match=r"^x\.toml: -: is not valid TOML"):
        read(written(tmp_path, text))


def test_two_regimes_of_equal_standing_are_refused(tmp_path):
    written(tmp_path, GOOD)
    written(tmp_path, GOOD.replace('id = "x"', 'id = "y"'), "y")
    with pytest.raises(RegimeError) as refused:
        read_folder(tmp_path)
    assert str(refused.value) == "y.toml: precedence: is as strong as x for the same matter"


def test_regime_after_another_is_no_rival(tmp_path):
    written(tmp_path, GOOD.replace("from = 2020-01-01", "from = 2020-01-01\nuntil = 2020-12-31"))
    written(tmp_path, GOOD.replace('id = "x"', 'id = "y"').replace("from = 2020-01-01", "from = 2021-01-01"), "y")
    assert list(read_folder(tmp_path)) == ["x", "y"]


def test_regime_is_not_its_own_ancestor(tmp_path):
    written(tmp_path, GOOD.replace("version = 1", 'version = 1\nparent = "y"'))
    written(tmp_path, GOOD.replace('id = "x"', 'id = "y"').replace("version = 1", 'version = 1\nparent = "x"'), "y")
    with pytest.raises(RegimeError) as refused:
        read_folder(tmp_path)
    assert str(refused.value) == "x.toml: parent: is its own ancestor"


def test_every_file_is_plain_data():
    assert [path.stem for path in sorted(FOLDER.glob("*.toml"))] == [
        tomllib.loads(path.read_text(encoding="utf-8"))["id"] for path in sorted(FOLDER.glob("*.toml"))
    ]
