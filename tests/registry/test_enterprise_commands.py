"""Duplicates, merging, importing, associations and delegations on the command line."""

from datetime import timedelta
from pathlib import Path

import pytest

from lianqiao.record.time import today
from lianqiao.registry import actions
from lianqiao.registry.models import Agency, Competence, Delegation, Enterprise, EnterpriseImport, Person, Region
from lianqiao.site.cli import main

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANQIAO_LANGUAGE", "en")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(
        "企业名称,统一社会信用代码,企业类型,行政区划代码\n"
        "成都示例一号科技有限公司,91510100MA6C00017C,民营企业,510000\n"
        "成都示例一號科技股份公司,,民营企业,510000\n",
        encoding="utf-8",
    )
    return path


def test_import_tries_enters_and_is_undone(
    admin: Person, sichuan: Region, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["enterprise", "import", str(file), "--dry-run", "--by", "root"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "row 3 may be row 2: 成都示例一号科技有限公司 (90 of 100): "
        "the Chinese names are the same but for script, signs and legal form",
        "2 rows: 2 new, 0 known, 0 cannot be taken. Nothing was entered.",
    ]
    assert Enterprise.objects.count() == 0

    assert main(["enterprise", "import", str(file), "--by", "root"]) == 0
    record = EnterpriseImport.objects.get()
    assert capsys.readouterr().out.splitlines() == [
        "2 enterprises entered, 0 were known, 0 rows left out.",
        f"The import is {record.pk}.",
    ]
    assert main(["enterprise", "undo-import", str(record.pk), "--reason", "x", "--by", "root"]) == 0
    assert capsys.readouterr().out == "2 enterprises taken back, 0 stay because they are in use.\n"


def test_duplicates_are_told_merged_and_unmerged(
    admin: Person, sichuan: Region, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    actions.import_enterprises(file, by=admin)
    double = str(Enterprise.objects.get(uscc="").pk)

    assert main(["enterprise", "duplicates"]) == 1
    assert "1 pairs may be the same enterprise." in capsys.readouterr().out
    assert main(["enterprise", "merge", double, "91510100MA6C00017C", "--reason", "x", "--by", "root"]) == 0
    assert main(["enterprise", "duplicates"]) == 0
    assert main(["enterprise", "unmerge", double, "--reason", "x", "--by", "root"]) == 0
    assert main(["enterprise", "duplicates", "91510100MA6C00017C"]) == 1
    assert main(["enterprise", "merge", "nobody", double, "--reason", "x", "--by", "root"]) == 2


def test_associate_and_delegate(
    admin: Person, person: Person, sichuan: Region, centre: Agency, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    actions.import_enterprises(file, by=admin)
    actions.add_agency("station", name_zh="站", name_en="Station", kind="workstation", region=sichuan, by=admin)
    actions.appoint(person, centre, "intake", by=admin)
    code = "91510100MA6C00017C"

    assert main(["enterprise", "associate", code, "station", "--by", "root"]) == 0
    assert main(["enterprise", "associate", code, "station", "--by", "root"]) == 2
    assert main(["enterprise", "associate", code, "station", "--end", "--by", "root"]) == 0
    words = ["li-intake", "root", "sc-inward-centre", "--role", "intake", "--until", "2030-01-01", "--deputy"]
    assert main(["person", "delegate", *words, "--by", "li-intake"]) == 0
    assert main(["person", "away", "li-intake", "2026-12-01", "2026-12-09", "--by", "li-intake"]) == 0
    assert [(given.giver, given.taker, given.deputy) for given in Delegation.objects.all()] == [(person, admin, True)]


def test_route_gaps_and_areas(admin: Person, centre: Agency, capsys: pytest.CaptureFixture[str]) -> None:
    actions.set_competence(centre, area="tianfu", programme="hotline", by=admin)

    assert main(["route", "gaps"]) == 1
    assert (
        "Gap: nobody is competent for enterprise demand by the 12345 hotline in Sichuan (510000)."
        in capsys.readouterr().out
    )
    assert main(["route", "explain", "--area", "tianfu", "--programme", "hotline"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "sc-inward-centre"
    assert main(["route", "explain", "--area", "nowhere", "--programme", "hotline"]) == 2
    assert main(["route", "explain", "--programme", "hotline"]) == 2


def test_enterprise_is_changed_and_shown(admin: Person, sichuan: Region, capsys: pytest.CaptureFixture[str]) -> None:
    entered = actions.add_enterprise(
        name_zh="成都示例一号公司", name_en="One", kind="private", region=sichuan, uscc="91510100MA6C00017C", by=admin
    )
    assert main(["enterprise", "change", str(entered.pk), "--uscc", "91411000MA3X00010G", "--by", "root"]) == 0
    assert main(["enterprise", "contact", str(entered.pk), "--name", "林女士", "--phone", "1", "--by", "root"]) == 0
    capsys.readouterr()

    assert main(["enterprise", "show", "91510100MA6C00017C"]) == 2
    assert main(["enterprise", "show", "91411000MA3X00010G"]) == 0
    contact = entered.contacts.get().pk
    assert [line.split("\t")[:3] for line in capsys.readouterr().out.splitlines()] == [
        [str(entered.pk), "91411000MA3X00010G", "成都示例一号公司"],
        ["former code", "91510100MA6C00017C", today().isoformat()],
        ["contact", str(contact), "林女士"],
    ]
    assert main(["enterprise", "contact", str(entered.pk), "--end", str(contact), "--by", "root"]) == 0


def test_what_a_person_may_do_is_shown_and_ended(
    admin: Person, person: Person, centre: Agency, capsys: pytest.CaptureFixture[str]
) -> None:
    held = actions.appoint(person, centre, "handler", by=admin)
    end = (today() + timedelta(days=9)).isoformat()
    given = actions.delegate(person, admin, centre, roles=["handler"], until=today() + timedelta(days=9), by=person)
    away = actions.enter_absence(person, since=today(), until=today() + timedelta(days=9), by=person)

    assert main(["person", "show", person.account]) == 0
    days = f"{today().isoformat()}..{end}"
    assert [line.split("\t") for line in capsys.readouterr().out.splitlines()[1:]] == [
        ["role", str(held.pk), centre.code, "Handler", f"{today().isoformat()}.."],
        ["delegation", str(given.pk), centre.code, f"{person.account} -> root", "handler", days],
        ["absence", str(away.pk), days],
    ]
    assert main(["person", "back", str(away.pk), "--by", person.account]) == 0
    assert main(["person", "undelegate", str(given.pk), "--by", person.account]) == 0
    assert main(["member", "end", str(held.pk), "--reason", "x", "--by", "root"]) == 0
    held.refresh_from_db()
    assert held.until == today()


def test_competence_is_set_listed_and_ended(admin: Person, centre: Agency, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["route", "set", centre.code, "--programme", "inward-complaint", "--region", "5101", "--by", "root"]
    assert main(words) == 0
    rule = Competence.objects.get()
    assert main(["route", "list", "--agency", centre.code]) == 0
    assert capsys.readouterr().out.splitlines()[1].split("\t")[:4] == [
        str(rule.pk), centre.code, "5101", "inward-complaint",
    ]  # fmt: skip
    assert main(["route", "end", str(rule.pk), "--by", "root"]) == 0
    assert main(["route", "end", "0", "--by", "root"]) == 2
