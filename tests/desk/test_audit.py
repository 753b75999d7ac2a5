"""The audit at the desk: for the audit administrator alone, with filters, downloads, and seals that are checked."""

from typing import Any

import pytest
from tests.cast import Cast, confidential, filing
from tests.pages import asked_by
from tests.portal.conftest import signed_in, text

from lianqiao.cases import deeds
from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.record import reads
from lianqiao.record.models import Event
from lianqiao.record.triggers import lifted
from lianqiao.registry import actions
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(cast: Cast) -> Person:
    found = actions.add_person("audit", name="审计", by=cast.root)
    actions.appoint(found, cast.root.memberships.get().agency, "audit", by=cast.root)
    return found


def test_who_did_what_is_filtered_and_downloaded(cast: Cast, auditor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    case = intake.file(by=cast.lin, **filing(cast)).case
    ACTIONS["accept"](case, by=cast.wei, remark="=HYPERLINK()")
    other = intake.file(by=cast.lin, **filing(cast)).case
    page = signed_in(auditor)

    by_case = text(page.get(f"/desk/registry/deeds?case={case.number}"))
    by_person = text(page.get("/desk/registry/deeds?account=wei"))
    none = text(page.get("/desk/registry/deeds?until=2020-01-01"))
    told = b"".join(page.get(f"/desk/registry/deeds/download?case={case.number}").streaming_content).decode()

    assert (by_case.count(case.number), by_case.count(other.number)) == (2, 0)
    assert (by_person.count(case.number), none.count(case.number)) == (1, 0)
    assert [line.split(",")[8] for line in told.splitlines()] == ["verb", "accept", "file"]
    assert ("HYPERLINK" in told, Event.objects.get(verb="accept").digest in told) == (False, True)


def test_pages_of_events_follow_without_gap_also_through_empty_windows(
    cast: Cast, auditor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deeds, "WINDOW", 7)
    intake.file(by=cast.lin, **filing(cast))
    seen, after, turns = [], None, 0
    while turns == 0 or after:
        page = deeds.page(auditor, limit=3, after=after)
        seen += [event.pk for event in page.events]
        after, turns = page.after, turns + 1
        assert turns < 100

    assert seen == list(Event.objects.order_by("-pk").values_list("pk", flat=True))


def test_looks_are_listed_and_a_changed_one_breaks_its_seal(cast: Cast, auditor: Person, settings: Any) -> None:
    case = intake.file(by=cast.lin, **confidential(cast)).case
    signed_in(cast.wei).get(f"/desk/cases/{case.number}")
    look = reads.Read.objects.latest("pk")
    reads.seal(look.day)
    page = signed_in(auditor)

    listed = text(page.get("/desk/registry/reads?account=wei"))
    told = b"".join(page.get("/desk/registry/reads/download").streaming_content).decode()
    whole = text(page.get(f"/desk/registry/seals/{look.day}"))
    with lifted():
        reads.Read.objects.filter(pk=look.pk).update(identity=False)
    broken = text(page.get(f"/desk/registry/seals/{look.day}"))

    assert (listed.count(case.number), told.count(case.number)) == (1, 1)
    assert (whole.count("are those that were sealed"), broken.count("are not those that were sealed")) == (1, 1)
    assert [
        asked_by(lambda one=one: page.get(f"/desk/registry/{one}")) <= 12 for one in ("deeds", "reads", "seals")
    ] == [True] * 3


def test_nobody_else_reads_the_audit(cast: Cast, auditor: Person) -> None:
    addresses = ("deeds", "reads", "seals", "deeds/download", "reads/download", "agencies/download")

    asked = {
        name: [signed_in(person).get(f"/desk/registry/{one}").status_code for one in addresses]
        for name, person in (("root", cast.root), ("zhao", cast.zhao), ("lin", cast.lin))
    }

    assert asked == {"root": [403] * 5 + [404], "zhao": [403] * 5 + [404], "lin": [403] * 6}
