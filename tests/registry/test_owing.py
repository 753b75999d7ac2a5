"""What agencies owe again and again: from when they are competent, until it is done, overdue in between."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine

from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import actions, owing
from lianqiao.registry.models import Agency, Person
from lianqiao.site.cli import main


@pytest.fixture(autouse=True)
def _on_a_day() -> Iterator[None]:
    """Everybody is entered on the day on which the test begins, whenever it is run."""
    with time_machine.travel("2026-11-25T10:00+08:00", tick=False):
        yield


@pytest.fixture
def competent(admin: Person, centre: Agency, city_centre: Agency) -> Agency:
    for agency, region in ((centre, "51"), (city_centre, "5101")):
        actions.set_competence(agency, region=region, programme="fie-complaint", since=date(2026, 8, 1), by=admin)
    return centre


def told(*agencies: Agency) -> list[tuple[str, str, str, str]]:
    owed = owing.owed(today(), agencies or None)
    return [(one.state, one.due.due.isoformat(), one.duty.code, one.agency.code) for one in owed]


def test_agency_owes_from_the_day_on_which_it_is_competent(competent: Agency, city_centre: Agency) -> None:
    with time_machine.travel("2026-11-25T10:00+08:00", tick=False):
        assert told() == [
            ("overdue", "2026-09-09", "summary", competent.code),
            ("overdue", "2026-11-10", "summary", competent.code),
            ("waiting", "2026-12-31", "archive", city_centre.code),
            ("waiting", "2026-12-31", "archive", competent.code),
            ("waiting", "2027-01-12", "summary", competent.code),
        ]
        assert told(city_centre) == [("waiting", "2026-12-31", "archive", city_centre.code)]


def test_duty_is_discharged_once_by_a_lead(
    admin: Person,
    person: Person,
    competent: Agency,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LIANQIAO_LANGUAGE", "en")
    with time_machine.travel("2026-11-25T10:00+08:00", tick=False):

        def refused(duty: str, due: date) -> str:
            with pytest.raises(Refused) as error:
                actions.discharge(duty, competent, due, by=person)
            return error.value.code

        assert refused("summary", date(2026, 11, 10)) == "not-admin"
        actions.appoint(person, competent, "lead", by=admin)
        assert [refused("summary", date(2026, 11, 11)), refused("x", date(2026, 11, 10))] == [
            "duty-not-owed",
            "choice-unknown",
        ]
        actions.discharge("summary", competent, date(2026, 11, 10), note="川外投报〔2026〕9号", by=person)
        assert refused("summary", date(2026, 11, 10)) == "duty-done"
        assert Event.objects.filter(subject_kind="duty").count() == 1
        capsys.readouterr()
        assert main(["duty", "list", "--agency", competent.code]) == 1
        assert [line.split("\t")[:3] for line in capsys.readouterr().out.splitlines()] == [
            ["overdue", "2026-09-09", "summary"], ["waiting", "2026-12-31", "archive"], ["waiting", "2027-01-12?", "summary"],
        ]  # fmt: skip
        assert main(["duty", "discharge", "summary", competent.code, "2026-09-09", "--by", "root"]) == 0
        assert main(["duty", "list", "--agency", competent.code, "--all"]) == 0
