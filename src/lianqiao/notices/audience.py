"""Who is told of which event. Nobody is told of a case that they may not see; the agency complained of hears only of questions put to it."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from lianqiao.cases import keys
from lianqiao.cases.clocks import CO_HANDLING
from lianqiao.cases.models import Case, CaseKey, Exclusion, Kind
from lianqiao.exchange.models import Errand
from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.registry import delegating
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
    held = CaseKey.objects.filter(case__in=cases, key__startswith=keys.ASSOCIATION).values_list("case_id", "key")
    ids = [(case_id, int(key.removeprefix(keys.ASSOCIATION))) for case_id, key in held]
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
        for case_id, key in Exclusion.objects.filter(case__in=cases).values_list("case_id", "key"):
            self.barred[case_id].append(key)
        self.following = _associations(cases)
        self.officers: dict[str, list[Holding]] = {}
        self.excluded: dict[str, set[UUID]] = {}
        self.members: dict[UUID | None, list[EnterpriseMember]] = {}

    def told(self, case: Case, event: Event) -> list[Person]:
        """The people who are told of the event, without whoever did it and without whom an exclusion bars."""
        people = {person.pk: person for person in self._concerned(case, event)}
        if event.by_kind == "person":
            people = {key: person for key, person in people.items() if str(key) != event.by}
        if event.verb == "ask" and case.kind != Kind.RETALIATION:
            return list(people.values())
        excluded = {one for key in self.barred[case.pk] for one in self._barred_by(key)}
        return [person for key, person in people.items() if key not in excluded]

    def _concerned(self, case: Case, event: Event) -> Iterable[Person]:
        if event.verb in TO_THE_ENTERPRISE or (event.verb == "note" and event.data.get("shared")):
            yield from self._of_enterprise(case)
        for moved in event.data["moved"] if event.verb == "redate" else ():
            if moved["clock"] == CO_HANDLING:
                yield from self._people(moved["subject"], (HANDLER, INTAKE, LEAD))
            else:
                yield from self._of_enterprise(case)
        if event.verb in TO_THE_AGENCY:
            yield from self._people(case.agency.code, TO_THE_AGENCY[event.verb])
        if event.verb in {"route", "decide", "engage"}:
            yield from self._people(event.data["agency"], (HANDLER, INTAKE, LEAD))
        if event.verb == "ask" and event.data["to"] == "enterprise":
            yield from self._of_enterprise(case)
        elif event.verb == "ask":
            yield from self._people(event.data["agency"], (HANDLER, INTAKE, LEAD))

    def _people(self, code: str, roles: tuple[str, ...]) -> Iterable[Person]:
        return (held.person for held in self._in_agency(code) if held.role in roles)

    def _in_agency(self, code: str) -> list[Holding]:
        """Who has a role in the agency today, and who acts for them."""
        if code not in self.officers:
            self.officers[code] = delegating.holdings(code, time.today())
        return self.officers[code]

    def _barred_by(self, key: str) -> set[UUID]:
        """Whom an exclusion bars: the members of the agency (or of those below it) and, wherever they act for them, their delegates."""
        if key not in self.excluded:
            reach, code = key.split(":", 1)
            self.excluded[key] = delegating.barred_by(code, time.today(), below=reach == "below")
        return self.excluded[key]

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
            yield from self._people(code, (INTAKE,))
