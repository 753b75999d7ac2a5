"""Who is told of which event. Nobody is told of a case that they may not see; the agency complained of hears only of questions put to it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from lianqiao.cases import keys, parts
from lianqiao.cases.clocks import ANSWER, CO_HANDLING, OFFER, SUPERVISION
from lianqiao.cases.models import REQUEST, Case, Clock, Kind
from lianqiao.exchange.models import Errand
from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.registry import delegating, remembered
from lianqiao.registry.delegating import Holding
from lianqiao.registry.models import EnterpriseAssociation, EnterpriseMember, Membership, Person

INTAKE, HANDLER, LEAD, LIAISON = (
    Membership.Role.INTAKE,
    Membership.Role.HANDLER,
    Membership.Role.LEAD,
    Membership.Role.LIAISON,
)
TO_THE_ENTERPRISE = {
    "file", "request_correction", "accept", "refuse", "sign_for", "offer", "taken_over", "declined", "question_reported",

    "objection_told", "reopen_on_objection", "reopening_reported",
    "extend", "pause", "resume", "settle", "result_reported", "deliver", "contact", "reopen", "withdraw",
    "merge", "unmerge", "pass_on",
    "erase", "refuse_erasure", "erasure_reported",
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
    "objection_told": (HANDLER, LEAD),
    "reopen_on_objection": (HANDLER, LEAD),
    "request_reported": (HANDLER, LEAD, LIAISON),
    "attach": (HANDLER, INTAKE),
    "supervise": (HANDLER, INTAKE, LEAD),
    "rate": (HANDLER, LEAD),
    "rating_reported": (HANDLER, LEAD),
    "object": (LEAD,),
    "reopen": (HANDLER, LEAD),
    "redate": (INTAKE, HANDLER, LEAD),
    "merge": (INTAKE, HANDLER, LEAD),
    "unmerge": (INTAKE, HANDLER, LEAD),
    "absorb": (HANDLER, LEAD),
    "release": (HANDLER, LEAD),
    "conclude_with": (INTAKE,),
    "request_erasure": (LEAD,),
    "refuse_disposal": (LEAD,),
}
OF_THE_LIMIT: dict[str, tuple[str, ...]] = {
    "correct": (INTAKE,),
    "accept": (INTAKE,),
    "transfer": (INTAKE,),
    "deliver": (INTAKE,),
    "contact": (INTAKE, HANDLER),
    "report": (LEAD,),
    "dispute": (LEAD,),
    OFFER: (INTAKE, LIAISON, LEAD),
}
"""Whose task it is to keep a limit, in the agency that answers; of the others it is the handlers'."""
OF_A_REQUEST = (HANDLER, LIAISON, LEAD)
OF_ANOTHER_AGENCY = (INTAKE, HANDLER, LEAD)


class Told(NamedTuple):
    """Who would be told on one side, in words: `people` is empty for an enterprise, whose people are not named, only counted."""

    side: str
    people: tuple[Person, ...]
    number: int


OF_AN_ERRAND: dict[str, tuple[str, ...]] = {
    "received": (INTAKE, LEAD, LIAISON),
    "assigned": (INTAKE, HANDLER, LEAD, LIAISON),
    "reminded": (INTAKE, HANDLER, LEAD, LIAISON),
    "withdrawn": (INTAKE, HANDLER, LEAD, LIAISON),
}
"""Who of the agency that has a consultation or sub-task is told of which of its events: those who must answer."""


def of_errand(errand: Errand, event: Event) -> list[Person]:
    """Whoever must answer what others ask of us and may see it, without who did it. Three queries and one for each person."""
    roles = OF_AN_ERRAND.get(event.verb, ())
    people = {
        held.person.pk: held.person
        for held in delegating.holdings(errand.agency, time.today())
        if held.role in roles and not (event.by_kind == "person" and str(held.person.pk) == event.by)
    }
    return [person for person in people.values() if Errand.objects.visible_to(person).filter(pk=errand.pk).exists()]


def _associations(cases: list[Case]) -> dict[int, list[str]]:
    """Per case, the codes of the associations whose officers follow it today."""
    held = [row for row in parts.held(cases, "keys", key__startswith=keys.ASSOCIATION) if keys.ASSOCIATION in row.key]
    ids = [(row.case_id, int(row.key.removeprefix(keys.ASSOCIATION))) for row in held]
    active = EnterpriseAssociation.objects.active(time.today()).filter(pk__in={one for _case, one in ids})
    codes = dict(active.values_list("pk", "agency__code")) if ids else {}
    found: dict[int, list[str]] = defaultdict(list)
    for case_id, one in ids:
        found[case_id] += [codes[one]] if one in codes else []
    return found


class Audience:
    """Who is to know, for the events of one batch: what it needs of the registry is asked once for each agency and enterprise."""

    def __init__(self, cases: Iterable[Case]) -> None:
        cases = list(cases)
        self.barred: dict[int, list[str]] = defaultdict(list)
        for row in parts.held(cases, "exclusions"):
            self.barred[row.case_id].append(row.key)
        self.following = _associations(cases)
        self.officers: dict[str, list[Holding]] = {}
        self.excluded: dict[delegating.Reach, set[UUID]] = {}
        self.members: dict[UUID | None, list[EnterpriseMember]] = {}

    def told(self, case: Case, event: Event) -> list[Person]:
        """The people who are told of the event, without whoever did it and without whom an exclusion bars."""
        by = event.by if event.by_kind == "person" else ""
        return self._without(case, self._concerned(case, event.verb, event.data), by, asked=event.verb == "ask")

    def foreseen(self, case: Case, verb: str, by: Person, data: Mapping[str, Any] | None = None) -> list[Told]:
        """Who would be told if the person did `verb` to the case as it stands now, with what of `data` is known (the agency that is chosen,
        whom one asks, whether a note is shared): the enterprise, then each agency. What only the verb itself brings about is not foreseen."""
        data = data or {}
        told: dict[str, dict[UUID, Person]] = {}
        for side, people in self._sides(case, verb, data):
            left = self._without(case, people, str(by.pk), asked=verb == "ask")
            told.setdefault(side, {}).update((person.pk, person) for person in left)
        return [
            Told(_named(side), tuple(people.values()) if side else (), len(people))
            for side, people in told.items()
            if people
        ]

    def of_limit(self, clock: Clock, *, passed: bool = False) -> list[Person]:
        """Whose task it is to keep the limit, with who acts for somebody who is away; when it has passed, the leads too."""
        return self._without(
            clock.case, self._keeping(clock, passed), asked=clock.name == ANSWER and not _of_request(clock)
        )

    def _without(self, case: Case, people: Iterable[Person], by: str = "", *, asked: bool) -> list[Person]:
        """The people without whoever acts and whom an exclusion bars; of a question it bars only where it may cost somebody dearly."""
        found = {person.pk: person for person in people if str(person.pk) != by}
        if asked and case.kind != Kind.RETALIATION:
            return list(found.values())
        excluded = self._excluded_from(case) if found else set()
        return [person for key, person in found.items() if key not in excluded]

    def _concerned(self, case: Case, verb: str, data: Mapping[str, Any]) -> Iterable[Person]:
        for _side, people in self._sides(case, verb, data):
            yield from people

    def _sides(self, case: Case, verb: str, data: Mapping[str, Any]) -> Iterable[tuple[str, Iterable[Person]]]:
        """The sides that an event concerns: the code of an agency, "" for the enterprise, each with its people."""
        if verb in TO_THE_ENTERPRISE or (verb == "note" and data.get("shared")):
            yield "", self._of_enterprise(case)
        for moved in data.get("moved", ()) if verb == "redate" else ():
            if moved["clock"] == CO_HANDLING:
                yield moved["subject"], self._people(moved["subject"], OF_ANOTHER_AGENCY, case)
            else:
                yield "", self._of_enterprise(case)
        if verb in TO_THE_AGENCY:
            yield case.agency.code, self._people(case.agency.code, TO_THE_AGENCY[verb], case)
        if verb == "reassign":
            yield case.agency.code, self._given_to(case, data)
        chosen = data.get("agency")
        if verb in {"route", "decide", "engage"} and chosen:
            yield chosen, self._people(chosen, OF_ANOTHER_AGENCY, case)
        if verb == "ask" and data.get("to") == "enterprise":
            yield "", self._of_enterprise(case)
        elif verb == "ask" and chosen:
            yield chosen, self._people(chosen, OF_ANOTHER_AGENCY, case)

    def _given_to(self, case: Case, data: Mapping[str, Any]) -> Iterable[Person]:
        """To whom the case is given (by id as it was recorded, or by account as it is being chosen), and who acts for them."""
        held = [one for one in self.in_agency(case.agency.code) if one.role in OF_ANOTHER_AGENCY and _is_for(one, case)]
        wanted = data.get("person") or data.get("handler") or ""
        own = [one for one in held if one.person.pk == one.holder]
        to = {one.holder for one in own if wanted in (str(one.holder), one.person.account)}
        return (one.person for one in held if one.holder in to)

    def _keeping(self, clock: Clock, passed: bool) -> Iterable[Person]:
        case, name = clock.case, clock.name
        own, more = case.agency.code, (LEAD,) if passed else ()
        if name == "supplement":
            yield from self._of_enterprise(case)
        elif _of_request(clock):
            yield from self._people(own, OF_A_REQUEST, case)
        elif name == CO_HANDLING:
            yield from self._people(clock.subject, OF_ANOTHER_AGENCY, case)
        elif name == ANSWER:
            question = next((one for one in case.questions.all() if str(one.number) == clock.subject), None)
            if question and question.agency:
                yield from self._people(question.agency.code, OF_ANOTHER_AGENCY, case)
            elif question:
                yield from self._of_enterprise(case)
        elif name == "deliver":
            yield from self._people(case.home_agency.code, OF_THE_LIMIT[name] + more, case)
        elif name in OF_THE_LIMIT:
            yield from self._people(own, OF_THE_LIMIT[name] + more, case)
        else:
            yield from self._handling(case)
            yield from self._people(own, (LEAD,) if passed or name == SUPERVISION else (), case)

    def _handling(self, case: Case) -> Iterable[Person]:
        """Who handles the case: the one to whom it was given, and who acts for them; else every handler of the agency, else its leads."""
        held = [one for one in self.in_agency(case.agency.code) if one.role in (HANDLER, LEAD) and _is_for(one, case)]
        own = [one.person for one in held if one.holder == case.handler_id]
        return own or [one.person for one in held if one.role == HANDLER] or [one.person for one in held]

    def _people(self, code: str, roles: tuple[str, ...], case: Case) -> Iterable[Person]:
        return (held.person for held in self.in_agency(code) if held.role in roles and _is_for(held, case))

    def in_agency(self, code: str) -> list[Holding]:
        """Who has a role in the agency today, and who acts for them."""
        if code not in self.officers:
            self.officers[code] = delegating.holdings(code, time.today())
        return self.officers[code]

    def _excluded_from(self, case: Case) -> set[UUID]:
        """Whom the exclusions of the case bar: the members of the agency (or of those below it) and, wherever they act for them, their delegates."""
        barring = self._barring(case.pk)
        if barring - self.excluded.keys():
            every = {reach for one in self.barred for reach in self._barring(one)}
            self.excluded |= delegating.barred_by(every - self.excluded.keys(), time.today())
        return {one for key in barring for one in self.excluded[key]}

    def _barring(self, case: int) -> set[delegating.Reach]:
        found = (key.partition(":") for key in self.barred.get(case, ()))
        return {(code, reach == "below") for reach, _colon, code in found}

    def _of_enterprise(self, case: Case) -> Iterable[Person]:
        """Owners, agents who may receive for such a matter, and the association's officers who follow the case."""
        if case.enterprise_id not in self.members:
            today = EnterpriseMember.objects.active(time.today())
            found = today.for_enterprises([case.enterprise] if case.enterprise else []).select_related("person")
            self.members[case.enterprise_id] = list(found)
        for member in self.members[case.enterprise_id]:
            if member.may(EnterpriseMember.Power.RECEIVE) and member.covers(case.programme, case.category):
                yield member.person
        for code in self.following[case.pk]:
            yield from self._people(code, (INTAKE,), case)


def _named(side: str) -> str:
    agency = remembered.agency(side) if side else None
    return agency.label if agency else side or str(_("the enterprise"))


def _of_request(clock: Clock) -> bool:
    return clock.subject.startswith(REQUEST)


def _is_for(held: Holding, case: Case) -> bool:
    """Whether somebody's role counts for the case: one's own always, a delegated one for its matters."""
    return not held.matters or case.programme in held.matters
