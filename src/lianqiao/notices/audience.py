"""Who is told of which event. Nobody is told of a case that they may not see; the agency complained of hears only of questions put to it."""

from collections.abc import Iterable

from django.db.models import QuerySet

from lianqiao.cases.models import Case, Exclusion
from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.registry.models import EnterpriseMember, Membership, Person

INTAKE, HANDLER, LEAD, LIAISON = (
    Membership.Role.INTAKE,
    Membership.Role.HANDLER,
    Membership.Role.LEAD,
    Membership.Role.LIAISON,
)
TO_THE_ENTERPRISE = {
    "file", "request_correction", "accept", "refuse", "sign_for", "offer", "taken_over", "declined", "question_reported",
    "extend", "pause", "resume", "settle", "result_reported", "deliver", "contact", "reopen", "withdraw",
}  # fmt: skip
TO_THE_AGENCY: dict[str, tuple[str, ...]] = {
    "file": (INTAKE,),
    "supplement": (INTAKE,),
    "withdraw": (INTAKE, HANDLER, LEAD),
    "sign_for": (INTAKE, LEAD),
    "dispute": (LEAD,),
    "contribute": (HANDLER, LEAD),
    "taken_over": (INTAKE, LIAISON),
    "declined": (INTAKE, LIAISON),
    "retracted": (INTAKE, LIAISON),
    "take_over": (HANDLER, LEAD),
    "materials_reported": (HANDLER, LEAD),
    "answer_reported": (HANDLER, LEAD),
    "withdrawal_reported": (HANDLER, LEAD),
    "result_reported": (INTAKE,),
    "delivery_reported": (HANDLER, LEAD),
    "reply": (HANDLER, INTAKE, LEAD),
    "attach": (HANDLER, INTAKE),
    "supervise": (HANDLER, INTAKE, LEAD),
    "rate": (HANDLER, LEAD),
    "rating_reported": (HANDLER, LEAD),
    "object": (LEAD,),
    "reopen": (HANDLER, LEAD),
}


def told(case: Case, event: Event) -> list[Person]:
    """The people who are told of the event, without whoever did it and without whom an exclusion bars."""
    people = {person.pk: person for person in _concerned(case, event)}
    if event.by_kind == "person":
        people = {key: person for key, person in people.items() if str(key) != event.by}
    if event.verb == "ask":
        return list(people.values())
    barred = Exclusion.objects.filter(case=case).values_list("key", flat=True)
    codes = [key.removeprefix("agency:") for key in barred]
    excluded = set(_in_agencies(codes).values_list("person_id", flat=True)) if codes else set()
    return [person for key, person in people.items() if key not in excluded]


def _concerned(case: Case, event: Event) -> Iterable[Person]:
    if event.verb in TO_THE_ENTERPRISE or (event.verb == "note" and event.data.get("shared")):
        yield from _of_enterprise(case)
    if event.verb in TO_THE_AGENCY:
        yield from _people(_in_agencies([case.agency.code]).filter(role__in=TO_THE_AGENCY[event.verb]))
    if event.verb in {"route", "decide", "engage"}:
        yield from _people(_in_agencies([event.data["agency"]]).filter(role__in=(HANDLER, INTAKE, LEAD)))
    if event.verb == "ask" and event.data["to"] == "enterprise":
        yield from _of_enterprise(case)
    elif event.verb == "ask":
        yield from _people(_in_agencies([event.data["agency"]]).filter(role__in=(HANDLER, INTAKE, LEAD)))


def _in_agencies(codes: list[str]) -> QuerySet[Membership]:
    return Membership.objects.active(time.today()).filter(agency__code__in=codes).select_related("person")


def _people(memberships: Iterable[Membership]) -> Iterable[Person]:
    return (membership.person for membership in memberships)


def _of_enterprise(case: Case) -> Iterable[Person]:
    members = (
        EnterpriseMember.objects.active(time.today()).filter(enterprise=case.enterprise_id).select_related("person")
    )
    return (member.person for member in members)
