"""One verb done to many cases, as a job that outlives its page: each case by the ordinary verb, with an event of its own, or left as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from lianqiao.cases import access, parts
from lianqiao.cases.actions import ACTIONS
from lianqiao.cases.models import NUMBER, Case
from lianqiao.desk import foreseen, lists
from lianqiao.jobs import actions as jobs
from lianqiao.jobs import work
from lianqiao.jobs.models import Job, Row
from lianqiao.jobs.rows import Outcome, go_through
from lianqiao.notices.audience import Audience, Told
from lianqiao.record.canonical import digest
from lianqiao.registry.models import Person

KIND = "bulk"
MOST = 500
PARTS = ("questions", "participants", "exclusions")
VERBS = ("route", "reassign")


class Line(NamedTuple):
    """One case: what the officer saw of it, and why it cannot be done ("" if it can)."""

    case: Case
    version: int
    refused: str


def lines(seen: Mapping[int, int], person: Person, verb: str) -> list[Line]:
    """The cases of these serials that the person may see, each as it was seen (`seen`: the version), with what stands against the verb."""
    found = Case.objects.visible_to(person).filter(pk__in=seen).listed(person).order_by("pk")
    cases = [parts.in_hand(case, *PARTS) for case in found.select_related("agency").annotate(**parts.reading(*PARTS))]
    return [
        Line(case, seen[case.pk], str(access.refusal(access.seen(case, person), verb, person) or "")) for case in cases
    ]


def ticked(words: Iterable[str]) -> dict[int, int]:
    """The serials and versions of cases that were ticked, each as number@version; at most MOST."""
    seen: dict[int, int] = {}
    for word in list(words)[:MOST]:
        number, _at, version = word.partition("@")
        if (named := NUMBER.match(number)) and version.isdecimal():
            seen[int(named["serial"])] = int(version)
    return seen


def all_of(person: Person, code: str, scope: str, words: str) -> dict[int, int]:
    """The serials and versions of all cases of a work list as it is asked, those first due first; at most MOST."""
    found = lists.found(person, code, scope, words).values_list("pk", "event_count")[:MOST]
    return dict(found)


def told(chosen: Iterable[Line], verb: str, person: Person, given: Mapping[str, Any]) -> list[str]:
    """Who will be told when it is done to those to which it can be done, each side once, in words."""
    possible = [line.case for line in chosen if not line.refused]
    audience = Audience(possible)
    sides: dict[str, Told] = {}
    for case in possible:
        for one in audience.foreseen(case, verb, person, given):
            held = sides.get(one.side, Told(one.side, (), 0))
            people = tuple({person.pk: person for person in (*held.people, *one.people)}.values())
            sides[one.side] = Told(one.side, people, len(people) or held.number + one.number)
    return [foreseen.in_words(one) for one in sides.values()]


def begin(chosen: Iterable[Line], verb: str, given: Mapping[str, Any], *, by: Person) -> Job:
    """Begin to do it to each of the cases. The same once more, while it is being worked on, is the same job."""
    cases = [(line.case.number, line.version) for line in chosen]
    key = digest({"by": str(by.pk), "verb": verb, "told": dict(given), "cases": [list(one) for one in cases]})
    rows = [
        (place, {"case": number, "version": version, "told": dict(given)})
        for place, (number, version) in enumerate(cases, 1)
    ]
    return jobs.begin(KIND, rows, by=by, key=key, asked={"verb": verb, "cases": [number for number, _version in cases]})


@work.kind(KIND)
def step(job: Job) -> bool:
    """The next cases, each for itself: what is refused is told with the reason."""
    return go_through(job, lambda row: one(job, row))


def one(job: Job, row: Row) -> Outcome:
    content = row.content or {}
    case = Case.objects.visible_to(job.by).numbered(content["case"]).first()
    if case is None:
        raise access.unknown_case()
    ACTIONS[job.asked["verb"]](case, by=job.by, version=content["version"], **content["told"])
    return Outcome(Row.State.DONE, {"case": case.number})
