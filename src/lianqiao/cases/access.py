"""Who may do what to a case now: `refusal` answers None or the reason. `act` asks it, and so does whoever shows a button."""

from collections.abc import Collection, Iterable

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianqiao.law.text import listed
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Membership, Person

from . import clocks, flow, keys, mandates, parts, requests
from .flow import Role
from .models import Case

IN_THE_AGENCY: dict[str, Role] = {
    Membership.Role.INTAKE: Role.INTAKE,
    Membership.Role.HANDLER: Role.HANDLER,
    Membership.Role.LEAD: Role.LEAD,
    Membership.Role.SUPERVISOR: Role.SUPERVISOR,
    Membership.Role.LIAISON: Role.LIAISON,
}
WORKING = {Membership.Role.INTAKE, Membership.Role.HANDLER, Membership.Role.LEAD}


SEEN_BY = "_seen_by"


def seen(case: Case, person: Person) -> Case:
    """The case, just read through `visible_to` for the person: whoever asks about this very object asks the database no second time.
    `act` reads the case anew under its lock and is not spared the question."""
    case.__dict__[SEEN_BY] = person.pk
    return case


def officer(person: Person) -> bool:
    """Whether the person has a role in an agency today."""
    return bool(keys.memberships_of(person))


def is_visible(case: Case, person: Person) -> bool:
    """The read filter for one case, also for one that is only being filed; of one whose keys and exclusions are in hand it asks nothing."""
    if case.is_new or case.__dict__.get(SEEN_BY) == person.pk:
        return True
    if parts.are_in_hand(case, "keys", "exclusions"):
        return keys.are_held(case, person)
    return Case.objects.visible_to(person).filter(pk=case.pk).exists()


def roles_of(case: Case, by: Person | Actor) -> set[Role]:
    """What `by` is to the case. A person without a key, or whom an exclusion bars, is nothing but perhaps the addressee of a question."""
    if isinstance(by, Actor):
        return _roles_of_node(case, by)
    roles: set[Role] = set()
    if not case.is_new and _is_asked(case, by):
        roles.add(Role.ADDRESSEE)
    if audits(case, by):
        roles.add(Role.AUDITOR)
    if not is_visible(case, by):
        return roles
    if keys.stands_for(case, by):
        roles.add(Role.ENTERPRISE)
    if case.enterprise_id and case.enterprise_id in keys.followed_by(by):
        roles.add(Role.ASSOCIATION)
    above = keys.codes_above(case.agency)
    co_handlers: Iterable[str] | None = None
    for membership in keys.memberships_of(by):
        if not keys.is_for(membership, case):
            continue
        code, role = membership.agency.code, membership.role
        if (code == case.agency.code and role in IN_THE_AGENCY) or (code in above and role in keys.OVERSEEING):
            roles.add(IN_THE_AGENCY[role])
        if membership.agency_id == case.assigned_id and role in WORKING:
            roles.add(Role.ASSIGNEE)
        if membership.agency_id == case.home_agency_id != case.agency_id and role in WORKING:
            roles.add(Role.DESK)
        if role in WORKING:
            co_handlers = keys.codes_of_participants(case, "co_handler") if co_handlers is None else co_handlers
            if code in co_handlers:
                roles.add(Role.CO_HANDLER)
    return roles


def _is_asked(case: Case, person: Person) -> bool:
    """Whether a question waits for the person, also of a case that they do not see."""
    if parts.are_in_hand(case, "questions", "exclusions"):
        return any(question.waits_for(person) for question in case.questions.all())
    return case.questions.unanswered().addressed_to(person).exists()


def audits(case: Case, by: Person) -> bool:
    """Whether the person, as audit administrator of this node, decides on holds and disposal of the case, which they need not see.

    No query but for an audit administrator. An agency complained of is barred here too.
    """
    own = [held for held in keys.memberships_of(by) if held.role == Membership.Role.AUDIT]
    if case.is_new or not any(held.agency.region.node_code == settings.LIANQIAO_NODE for held in own):
        return False
    return not keys.bars(case, by)


def _roles_of_node(case: Case, by: Actor) -> set[Role]:
    if by.kind == "clock":
        return {Role.CLOCK}
    if by.kind != "node":
        return set()
    asked = {Role.ASKED} if not case.is_new and case.requests.filter(node=by.id).exists() else set()
    if by.id == settings.LIANQIAO_NODE:
        return {Role.NODE} | asked
    if case.is_new or by.id in {case.offered_to, case.received_from, case.holder_node}:
        return {Role.PEER, Role.NEIGHBOUR} | asked
    offered = Event.objects.about("case", case.uid).filter(verb="offer", data__to_node=by.id)
    taken = Event.objects.about("case", case.uid).filter(verb="take_over", data__from_node=by.id)
    return asked | ({Role.NEIGHBOUR} if offered.exists() or taken.exists() else set())


def is_unknown(case: Case, verb: str, by: Person | Actor, roles: Collection[Role]) -> bool:
    """Whether `by` must not learn from this verb that there is such a case: they do not see it, and it is for none of their roles in any state.

    Who is only asked is led to the case by the question, never by its number.
    """
    if isinstance(by, Actor) or is_visible(case, by):
        return False
    if case.year:
        roles = set(roles) - {Role.ADDRESSEE}
    return not any(rule.who.intersection(roles) for rule in flow.VERBS[verb].rules)


def refusal(case: Case, verb: str, by: Person | Actor, roles: set[Role] | None = None) -> Refused | None:
    """None if `by` may do `verb` to the case as it is now, else why not. `roles`, where they are known already, spare asking for them.

    Codes: unknown-case (404: also for a case that exists but is not theirs to see), frozen, wrong-state (409), not-yours (403).
    """
    roles = roles_of(case, by) if roles is None else roles
    if is_unknown(case, verb, by, roles):
        return unknown_case()
    rule = flow.VERBS[verb].rule(None if case.is_new else flow.State(case.state))
    if case.frozen_epoch and rule and rule.substance:
        return Refused(
            "frozen",
            _(
                "This case is read-only until the other regions have answered what they hold of it after the restore. Try again later."
            ),
            status=409,
        )
    if rule is None:
        return Refused(
            "wrong-state",
            _('"%(verb)s" is not possible in the state "%(state)s". Possible now: %(possible)s.'),
            status=409,
            verb=flow.VERBS[verb].label,
            state=flow.State(case.state).label,
            possible=_Possible(case, roles),
        )
    if case.regime and not clocks.regime_of(case).allows(verb):
        return Refused(
            "not-in-this-regime",
            _('%(regime)s does not provide for "%(verb)s".'),
            status=409,
            regime=clocks.regime_of(case).title,
            verb=flow.VERBS[verb].label,
        )
    if not roles & rule.who:
        return Refused(
            "not-yours",
            _('"%(verb)s" is for: %(who)s. Ask one of them, or sign in with the account that has this role.'),
            status=403,
            verb=flow.VERBS[verb].label,
            who=_Names(rule.who),
        )
    return mandates.refusal(case, verb, by, roles & rule.who)


def possible(case: Case, by: Person | Actor, among: Collection[str] | None = None) -> list[str]:
    """The verbs that `by` may do to the case now, in the order of the flow; of those `among`, if only some are asked for."""
    roles = roles_of(case, by)
    regime = clocks.regime_of(case) if case.regime else None
    return [
        name
        for name, rule in _rules(case)
        if (among is None or name in among)
        and roles & rule.who
        and (regime is None or regime.allows(name))
        and not (case.frozen_epoch and rule.substance)
        and _is_timely(case, name)
        and mandates.refusal(case, name, by, roles & rule.who) is None
    ]


def _is_timely(case: Case, verb: str) -> bool:
    """Whether the case stands so that the verb makes sense; the verb itself refuses with the full reason otherwise."""
    match verb:
        case "request_correction":
            return not case.correction_requested
        case "summarise":
            return case.confidential
        case "sign_for":
            return not case.assignment_disputed
        case "dispute":
            return not (case.assignment_disputed or case.assignment_final)
        case "decide":
            return case.assignment_disputed
        case "retract":
            return not case.retraction_asked
        case "rate":
            return case.score is None
        case "lift_hold":
            return any(one.released_by is None for one in case.holds.all())
        case "propose_disposal":
            return case.disposal_proposed is None and case.disposable_on is not None
        case "refuse_disposal" | "dispose":
            return case.disposal_proposed is not None
        case "refuse_erasure":
            return bool(requests.waiting(case))
        case "remind" | "call_back":
            return any(one.is_open for one in case.requests.all())
        case "leave":
            return bool(case.subjects.all())
        case _:
            return True


def _rules(case: Case) -> list[tuple[str, flow.Rule]]:
    state = flow.State(case.state)
    return [(verb.name, rule) for verb in flow.VERBS.values() if (rule := verb.rule(state))]


class _Names:
    """Role names, joined when they are read, in the reader's language."""

    def __init__(self, roles: Iterable[Role]) -> None:
        self.roles = sorted(roles, key=list(Role).index)

    def __str__(self) -> str:
        return listed((role.label for role in self.roles), get_language() or "zh")


class _Possible:
    """The labels of what the asking person could do instead."""

    def __init__(self, case: Case, roles: set[Role]) -> None:
        self.labels = [flow.VERBS[name].label for name, rule in _rules(case) if roles & rule.who]

    def __str__(self) -> str:
        return listed(self.labels, get_language() or "zh") or str(_("nothing"))


def unknown_case() -> Refused:
    """The same answer whether a case does not exist or is not to be seen: its existence is no news for a stranger."""
    return Refused(
        "unknown-case", _("There is no such case among those that you may see. Check the number."), status=404
    )
