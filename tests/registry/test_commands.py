"""The verbs on the command line, called as the command line calls them."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from lianqiao.record.refusal import Refused
from lianqiao.registry import commands, tokens
from lianqiao.registry.models import Agency, Agreement, Enterprise, Membership, Person

pytestmark = pytest.mark.once


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    commands.register(parser.add_subparsers(required=True))
    args = parser.parse_args(words)
    return int(args.run(args))


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def test_person_first_begins_a_node_and_person_add_follows(capsys: pytest.CaptureFixture[str]) -> None:
    office = ("--agency", "sc-office", "--agency-zh", "节点", "--agency-en", "Node")
    region = ("--region", "510000", "--region-zh", "四川省", "--region-en", "Sichuan")
    assert run("person", "first", "root", *region, *office) == 0
    assert run("person", "add", "wang", "--name", "王经办", "--by", "root") == 0
    assert capsys.readouterr().out.splitlines()[0] == "root is the first administrator of this node."
    assert sorted(Person.objects.values_list("account", flat=True)) == ["root", "wang"]


def test_entering_verbs_enter(admin: Person, person: Person) -> None:
    kind = ("--kind", "office", "--region", "510000")
    assert run("agency", "add", "sc-x", "--zh", "甲", "--en", "X", *kind, "--parent", "sc-office", "--by", "root") == 0
    assert Agency.objects.get(code="sc-x").path == "/sc-office/sc-x/"
    assert run("member", "appoint", "li-intake", "sc-x", "lead", "--since", "2026-01-01", "--by", "root") == 0
    assert Membership.objects.filter(person=person, role="lead").count() == 1
    firm = ("--zh", "示例", "--en", "Example", "--kind", "private", "--region", "510000", "--owner", "li-intake")
    assert run("enterprise", "add", *firm, "--uscc", "91510100MA6C00017C", "--by", "root") == 0
    assert Enterprise.objects.get().members.get().person == person


def test_enterprise_add_enters_nothing_when_the_owner_is_unknown(admin: Person) -> None:
    firm = ("--zh", "示例", "--en", "Example", "--kind", "private", "--region", "510000", "--owner", "nobody")
    with pytest.raises(Refused) as refused:
        run("enterprise", "add", *firm, "--by", "root")
    assert refused.value.code == "person-unknown"
    assert Enterprise.objects.count() == 0


def test_token_issue_prints_the_secret_alone_on_stdout(person: Person, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("token", "issue", "li-intake", "--name", "t", "--scope", "read", "--by", "root") == 0
    secret = capsys.readouterr().out.strip()
    assert tokens.authenticate(secret).person == person
    assert run("token", "list", "li-intake") == 0
    token, account, state, _end, scopes, name = capsys.readouterr().out.strip().split("  ")
    assert (account, state, scopes, name) == ("li-intake", "active", "read", "t")
    assert run("token", "revoke", token, "--by", "root") == 0
    with pytest.raises(Refused) as refused:
        tokens.authenticate(secret)
    assert refused.value.code == "token-revoked"


def test_agreement_verbs_propose_sign_show_end(
    admin: Person, centre: Agency, terms: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "terms.json").write_text(json.dumps(terms), encoding="utf-8")
    assert run("agreement", "propose", str(tmp_path / "terms.json"), "--by", "root") == 0
    assert run("agreement", "sign", "SC-CQ-1", "--by", "root") == 0
    capsys.readouterr()
    assert run("agreement", "show", "SC-CQ-1", "--json") == 0
    assert json.loads(capsys.readouterr().out) == terms
    assert run("agreement", "show", "SC-CQ-1") == 0
    assert capsys.readouterr().out.splitlines()[:3] == [
        "SC-CQ-1 Agreement",
        "State: Proposed",
        "From 2020-05-29 until no end",
    ]
    assert run("agreement", "end", "SC-CQ-1", "--reason", "replaced", "--by", "root") == 0
    assert Agreement.objects.get().state == "ended"


def test_route_explain_answers_0_with_an_agency_and_1_without(
    admin: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("registry", "load", str(Path(commands.__file__).parents[1] / "site/demo/51.toml"), "--by", "root") == 0
    capsys.readouterr()
    assert run("route", "explain", "--region", "510104", "--programme", "fie-complaint") == 0
    assert capsys.readouterr().out.splitlines()[0] == "cd-fie-centre"
    assert run("route", "explain", "--region", "410000", "--programme", "fie-complaint") == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("person", "add", "x", "--by", "nobody"), "person-unknown"),
        (("person", "add", "x", "--by", "li-intake"), "not-admin"),
        (("member", "appoint", "li-intake", "nowhere", "lead", "--by", "root"), "agency-code-unknown"),
        (("agreement", "sign", "none", "--by", "root"), "agreement-unknown"),
        (("agreement", "propose", "/nowhere.json", "--by", "root"), "terms-unreadable"),
        (("token", "revoke", "00000000-0000-0000-0000-000000000000", "--by", "root"), "token-id-unknown"),
    ],
)
def test_verbs_refuse_what_is_not_there(person: Person, words: tuple[str, ...], code: str) -> None:
    with pytest.raises(Refused) as refused:
        run(*words)
    assert refused.value.code == code


def test_changing_verbs_demand_an_acting_person(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        ("person", "add", "x"),
        ("agreement", "sign", "x"),
        ("agreement", "end", "x", "--reason", "y"),
        ("token", "revoke", "00000000-0000-0000-0000-000000000000"),
    ):
        with pytest.raises(SystemExit) as stopped:
            run(*words)
        assert stopped.value.code == 2
        assert capsys.readouterr().err.splitlines()[-1].endswith("the following arguments are required: --by")
