"""People: their roles, in whose stead they act, when they are away, and how somebody leaves with all cases handed on."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianqiao.cases import figures
from lianqiao.cases.actions import leaving
from lianqiao.cases.api.leaving import HandOnForm, LeaveForm
from lianqiao.cases.pictures import listed
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import access, actions, delegating, finding
from lianqiao.registry.api import people as door
from lianqiao.registry.api.people import AbsenceForm, DelegationForm, EndForm, PersonForm, RoleForm
from lianqiao.registry.models import Absence, Delegation, Membership, Person

from .choices import agencies, programme, programmes
from .parts import (
    PAGE,
    Asked,
    Cell,
    Deed,
    Done,
    Entry,
    Register,
    Seat,
    Section,
    Table,
    Told,
    address,
    badge,
    code,
    day,
    line_of,
    number,
    paged,
)

MOST = 200
SHOWN = 50


def listing(seat: Seat, asked: Asked) -> Table:
    """The people of the node for administrators, the colleagues of one's own agencies for others."""
    found = Person.objects.order_by("account")
    if not seat.administrator:
        found = found.filter(pk__in=access.colleagues_of(seat.person))
    if asked.words:
        found = found.filter(name__icontains=asked.words) | found.filter(account__istartswith=asked.words)
    people, older, newer = paged(
        "people", asked, list(found.filter(account__gt=asked.after)[: PAGE + 1]), lambda one: one.account
    )
    held: dict[Any, list[Membership]] = {}
    on = today()
    for membership in Membership.objects.active(on).filter(person__in=people).select_related("agency"):
        held.setdefault(membership.person_id, []).append(membership)
    away = set(Absence.objects.filter(person__in=people, since__lte=on, until__gte=on).values_list("person", flat=True))
    return Table(
        (_("Name"), _("Roles today"), _("Language"), _("State")),
        [
            (
                Cell(str(one), address("people", one.account), below=one.account),
                Cell(roles_of(held.get(one.pk, []))),
                Cell(one.get_language_display()),
                badge(_("not active"), "warn")
                if not one.is_active
                else badge(_("away"), "act")
                if one.pk in away
                else Cell(""),
            )
            for one in people
        ],
        _("Nobody of this name among those that you may see."),
        older,
        newer,
    )


def roles_of(held: list[Membership]) -> str:
    """The roles of one person in one line, agency by agency."""
    by_agency: dict[str, list[str]] = {}
    for one in held:
        by_agency.setdefault(one.agency.label, []).append(str(one.get_role_display()))
    said = (
        _("%(agency)s: %(people)s") % {"agency": agency, "people": listed(roles)} for agency, roles in by_agency.items()
    )
    return listed(said, strong=True) or "–"


def find(seat: Seat, key: str) -> Person:
    return door.seen(key, seat.person)


def entry(seat: Seat, person: Person) -> Entry:
    on = today()
    roles = list(Membership.objects.of(person).not_over(on))
    delegations = list(Delegation.objects.about(person).not_over(on)[:MOST])
    absences = list(Absence.objects.filter(person=person, until__gte=on)[:MOST])
    own = seat.person == person
    may_back = own or seat.admin
    return Entry(
        str(person),
        person.account,
        [
            *([] if person.is_active else [badge(_("not active"), "warn")]),
            *([badge(_("away today"), "act")] if any(one.since <= on for one in absences) else []),
        ],
        [
            Section(
                _("Roles"),
                table=Table(
                    (_("Agency"), _("Role"), _("Since"), _("Until")),
                    [
                        (
                            Cell(one.agency.label, address("agencies", one.agency.code)),
                            Cell(one.get_role_display()),
                            day(one.since),
                            day(one.until),
                        )
                        for one in roles
                    ],
                    _("No role."),
                    deeds=[
                        [(_("End"), address("people", person.account, "end_role", of=one.pk))] if seat.admin else []
                        for one in roles
                    ],
                ),
            ),
            Section(
                _("Acting in another's stead"),
                table=Table(
                    (_("Given by"), _("Taken by"), _("Agency"), _("Roles"), _("For"), _("Since"), _("Until")),
                    [
                        (
                            Cell(str(one.giver)),
                            Cell(str(one.taker)),
                            Cell(one.agency.label),
                            Cell(
                                listed(Membership.Role(role).label for role in one.roles),
                                below=_("only on days of absence") if one.deputy else "",
                            ),
                            Cell(listed(programme(matter) for matter in one.matters) or _("all")),
                            day(one.since),
                            day(one.until),
                        )
                        for one in delegations
                    ],
                    _("No delegation, given or taken."),
                    deeds=[
                        [(_("Revoke"), address("people", person.account, "revoke", of=one.pk))]
                        if seat.admin or seat.person.pk in (one.giver_id, one.taker_id)
                        else []
                        for one in delegations
                    ],
                ),
            ),
            Section(
                _("Away"),
                table=Table(
                    (_("First day"), _("Last day")),
                    [(day(one.since), day(one.until)) for one in absences],
                    _("No absence is entered."),
                    deeds=[
                        [(_("Is here again"), address("people", person.account, "back", of=one.pk))] if may_back else []
                        for one in absences
                    ],
                ),
            ),
        ],
        [
            Section(
                _("The person"),
                facts=[
                    (_("Account"), code(person.account)),
                    (_("Name"), Cell(person.name or "–")),
                    (_("Language"), Cell(person.get_language_display())),
                    *(
                        [(_("Open cases in hand"), Cell(figures.counted(leaving.held_by(person)).total, mark="number"))]
                        if seat.administrator
                        else []
                    ),
                ],
            )
        ],
    )


# Deeds


def add(seat: Seat, row: None, told: Told) -> Done:
    made = actions.add_person(**told, by=seat.person)
    return Done(
        _("%(person)s was entered. Give a role now; an invitation lets them set a password.") % {"person": made},
        address("people", made.account),
    )


def appoint(seat: Seat, person: Person, told: Told) -> Done:
    actions.appoint(person, finding.agency(told.pop("agency")), **told, by=seat.person)
    return Done(_("The role was given."))


def end_role(seat: Seat, person: Person, told: Told) -> Done:
    held = line_of(Membership, told["of"], person_id=person.pk)
    actions.end_membership(held, on=told.get("on"), reason=told.get("reason", ""), by=seat.person)
    return Done(_("The role was ended."))


def delegate(seat: Seat, person: Person, told: Told) -> Done:
    taker, agency = finding.person(told.pop("taker")), finding.agency(told.pop("agency"))
    actions.delegate(person, taker, agency, **told, by=seat.person)
    return Done(_("%(taker)s may act in that stead now.") % {"taker": taker})


def revoke(seat: Seat, person: Person, told: Told) -> Done:
    held: Delegation = finding.row(Delegation, number(told["of"]))
    if person.pk not in (held.giver_id, held.taker_id):
        finding.row(Delegation, 0)
    actions.revoke_delegation(held, by=seat.person)
    return Done(_("The delegation was revoked."))


def be_away(seat: Seat, person: Person, told: Told) -> Done:
    actions.enter_absence(person, **told, by=seat.person)
    return Done(_("The absence was entered; deputies act on these days."))


def back(seat: Seat, person: Person, told: Told) -> Done:
    actions.end_absence(line_of(Absence, told["of"], person_id=person.pk), by=seat.person)
    return Done(_("The person is here again from today."))


def hand_on(seat: Seat, person: Person, told: Told) -> Done:
    done = leaving.hand_on(person, finding.person(told["to"]), reason=told["reason"], by=seat.person)
    said = _("%(count)s cases were handed on.") % {"count": len(done.events)}
    if done.staying:
        said += " " + _("%(count)s stay: another lead has to hand them on.") % {"count": done.staying}
    return Done(said)


def would_hand_on(seat: Seat, person: Person, told: Told) -> list[Section]:
    cases, staying = leaving.led(person, seat.person)
    to = finding.person(told["to"])
    if not cases:
        raise Refused(
            "nothing-to-hand-on", gettext_lazy("There is no case of %(person)s that you lead."), person=str(person)
        )
    table = Table(
        (_("Case"), _("State"), _("Filed on")),
        [
            (
                Cell(case.heading, f"/desk/cases/{case.number}", below=case.number),
                Cell(case.get_state_display()),
                day(case.filed_on),
            )
            for case in cases[:SHOWN]
        ],
    )
    lines = [
        _("%(count)s cases go from %(leaver)s to %(to)s, all or none, one event for each.")
        % {"count": len(cases), "leaver": person, "to": to}
    ]
    lines += [_("Will be told: %(to)s, of all of them together.") % {"to": to}] if cases and to != seat.person else []
    lines += [_("The first %(shown)s are shown.") % {"shown": SHOWN}] if len(cases) > SHOWN else []
    lines += [_("%(count)s stay: another lead has to hand them on.") % {"count": staying}] if staying else []
    return [Section(_("What will happen"), lines=lines, table=table)]


def leave(seat: Seat, person: Person, told: Told) -> Done:
    left = actions.leave(person, reason=told["reason"], by=seat.person)
    return Done(
        _("Ended: %(roles)s roles, %(delegations)s delegations, %(tokens)s tokens.")
        % {"roles": left.memberships, "delegations": left.delegations, "tokens": left.tokens}
    )


def would_leave(seat: Seat, person: Person, told: Told) -> list[Section]:
    left = actions.would_leave(person)
    cases = figures.counted(leaving.held_by(person)).total
    facts = [
        (_("Roles that end"), Cell(left.memberships, mark="number")),
        (_("Delegations that end"), Cell(left.delegations, mark="number")),
        (_("Tokens that end"), Cell(left.tokens, mark="number")),
        (_("Open cases in hand"), Cell(cases, mark="number")),
    ]
    lines = [_("Have their lead hand on the open cases first.")] if cases else []
    return [Section(_("What will happen"), facts=facts, lines=lines)]


def own_or_admin(seat: Seat, person: Person) -> bool:
    return seat.admin or seat.person == person


def leads(seat: Seat, person: Person) -> bool:
    return seat.exercises(Membership.Role.LEAD)


def handlers(seat: Seat, person: Person) -> list[tuple[str, str]]:
    """Who handles cases today in an agency that one leads."""
    led = {held.agency.code for held in seat.held if held.role == Membership.Role.LEAD}
    found = {
        one.person.account: str(one.person)
        for agency in sorted(led)
        for one in delegating.holdings(agency, today())
        if one.role == Membership.Role.HANDLER and one.person != person
    }
    return sorted(found.items(), key=lambda row: row[1])


def roles_held(seat: Seat, person: Person) -> list[tuple[str, str]]:
    return [
        (str(role), str(role.label))
        for role in Membership.Role
        if role not in (Membership.Role.ADMIN, Membership.Role.SECURITY, Membership.Role.AUDIT)
    ]


REGISTER = Register(
    "people",
    gettext_lazy("People"),
    gettext_lazy("Who has which role, who stands in for whom, who is away."),
    lambda seat: True,
    listing,
    find,
    entry,
    (
        Deed(
            "hand_on",
            gettext_lazy("Hand on all cases"),
            HandOnForm,
            leads,
            hand_on,
            would_hand_on,
            choices={"to": handlers},
            grave=True,
            hint=gettext_lazy(
                "For somebody who leaves: all open cases that you lead go to another handler in one step."
            ),
        ),
        Deed(
            "appoint",
            gettext_lazy("Give a role"),
            RoleForm,
            lambda seat, row: seat.admin,
            appoint,
            choices={"agency": agencies, "role": lambda *_all: list(Membership.Role.choices)},
        ),
        Deed(
            "delegate",
            gettext_lazy("Let another act in this person's stead"),
            DelegationForm,
            own_or_admin,
            delegate,
            choices={"agency": agencies, "roles": roles_held, "matters": programmes},
        ),
        Deed("away", gettext_lazy("Enter days of absence"), AbsenceForm, own_or_admin, be_away),
        Deed(
            "end_role",
            gettext_lazy("End the role"),
            EndForm,
            lambda seat, row: seat.admin,
            end_role,
            of=True,
            grave=True,
        ),
        Deed(
            "revoke", gettext_lazy("Revoke the delegation"), None, lambda seat, row: True, revoke, of=True, grave=True
        ),
        Deed("back", gettext_lazy("Is here again"), None, own_or_admin, back, of=True),
        Deed(
            "leave",
            gettext_lazy("Leaves: end everything"),
            LeaveForm,
            lambda seat, row: seat.admin,
            leave,
            would_leave,
            grave=True,
            hint=gettext_lazy("Roles, delegations in both directions and tokens end today, in one step."),
        ),
    ),
    (
        Deed(
            "add",
            gettext_lazy("Enter a person"),
            PersonForm,
            lambda seat, row: seat.admin,
            add,
            choices={"language": lambda *_all: list(Person.Language.choices)},
        ),
    ),
    searched=gettext_lazy("Name or account"),
)
