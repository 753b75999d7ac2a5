"""The audit at the desk: for the audit administrator alone, with filters, downloads, and seals that are checked."""

import re
from pathlib import Path
from typing import Any

import pytest
from tests.cast import Cast, confidential, filing
from tests.pages import asked_by
from tests.portal.conftest import signed_in, text

from lianqiao.cases import deeds
from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.desk.registers import audit, departing, verbs
from lianqiao.exchange.erasure import Told as Erased
from lianqiao.exchange.errands import Asked
from lianqiao.exchange.handover import Offered
from lianqiao.exchange.kinds import HANDLERS
from lianqiao.meetings.actions.sharing import Raised, Report
from lianqiao.meetings.joint import Told
from lianqiao.record import events, nodes, reads, time
from lianqiao.record.models import Event
from lianqiao.record.triggers import lifted
from lianqiao.registry import actions
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db
PACKAGE = Path(__file__).parents[2] / "src" / "lianqiao"


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
    addresses = ("deeds", "reads", "departures", "seals", "deeds/download", "departures/download", "agencies/download")

    asked = {
        name: [signed_in(person).get(f"/desk/registry/{one}").status_code for one in addresses]
        for name, person in (("root", cast.root), ("zhao", cast.zhao), ("lin", cast.lin))
    }

    assert asked == {"root": [403] * 6 + [404], "zhao": [403] * 6 + [404], "lin": [403] * 7}


def test_what_was_done_outside_of_cases_is_said_in_words() -> None:
    said = re.compile(r'(?:events\.append|\brecord)\(\s*"(\w+)",\s*(?:subject\([^)]*\)|[^",]+),\s*"(\w+)"')
    written = {pair for path in PACKAGE.rglob("*.py") for pair in said.findall(path.read_text(encoding="utf-8"))}

    assert len(written) > 80
    assert {pair for pair in written if verbs.word(*pair) is None} == set()


def test_what_left_is_found_by_case_and_downloaded(
    cast: Cast, auditor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "PAGE", 1)
    events.append("node", nodes.subject("51"), "backup", by=cast.root.actor, data={"backup": "x"})
    case = intake.file(by=cast.lin, **filing(cast)).case
    page = signed_in(auditor)

    for _time in range(2):
        events.append(
            "person", cast.wei.pk, "allow_app", by=cast.wei.actor, data={"client": "app-1", "scopes": ["openid"]}
        )
    first = page.get("/desk/registry/departures").content.decode()
    [older] = re.findall(r'href="(/desk/registry/departures\?after=[^"]+)"', first)
    told = b"".join(page.get("/desk/registry/departures/download?to=app-1").streaming_content).decode()

    assert (text(page.get(older.replace("&amp;", "&"))).count("app-1"), len(told.splitlines())) == (1, 3)
    assert text(page.get(f"/desk/registry/departures?case={case.number}")).count("Backup of the node") == 0
    assert text(page.get(f"/desk/registry/departures?since={time.today()}&to=nobody")).count("Nothing has left") == 1


def test_what_left_is_said_in_words_in_both_languages(cast: Cast, auditor: Person) -> None:
    fields = {name for model in (Offered, Asked, Told, Report, Raised, Erased) for name in model.model_fields}
    assert fields - set(departing.PARTS) == set()
    assert set(HANDLERS) - set(departing.KINDS) == set()
    scopes = ["openid", "profile"]
    events.append("person", cast.wei.pk, "allow_app", by=cast.wei.actor, data={"client": "app-1", "scopes": scopes})

    said = {language: text(signed_in(auditor, language).get("/desk/registry/departures")) for language in ("en", "zh")}

    assert said["en"].count("who it is, under a name of their own; the name") == 1
    assert said["zh"].count("身份（匿名标识）；姓名") == 1
    assert [page.count("openid") for page in said.values()] == [0, 0]
