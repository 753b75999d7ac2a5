"""People and their roles: entering, appointing, ending."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now, today
from lianqiao.registry import tokens
from lianqiao.registry.access import admin
from lianqiao.registry.actions.places import write_agency, write_regions
from lianqiao.registry.entering import check_choice, check_period, entered, wrong_field
from lianqiao.registry.models import ADMINISTRATORS, Agency, Membership, Person, Region


def first_admin(
    account: str,
    *,
    name: str = "",
    email: str = "",
    language: str = "zh-hans",
    password: str | None = None,
    region: Region,
    agency_code: str,
    agency_zh: str,
    agency_en: str,
) -> Person:
    """Begins the registry of a node: the first administrator, who acts for this one verb on their own authority, with
    the region (an unsaved row) and the office that runs the node. Refuses once anybody has been entered
    ("registry-begun")."""
    with transaction.atomic():
        if Person.objects.exists():
            raise Refused(
                "registry-begun",
                _("This node has people already. Ask one of its administrators to enter you."),
            )
        person = build_person(account, name=name, email=email, language=language, password=password)
        actor = person.actor
        write_person(person, by=actor)
        write_regions([region], by=actor)
        office = write_agency(
            code=agency_code,
            name_zh=agency_zh,
            name_en=agency_en,
            kind=Agency.Kind.OFFICE,
            region=region,
            by=actor,
        )
        write_membership(person, office, Membership.Role.ADMIN, today(), None, by=actor)
    return person


def add_person(
    account: str,
    *,
    name: str = "",
    email: str = "",
    language: str = "zh-hans",
    password: str | None = None,
    by: Person,
) -> Person:
    """Enters a person. Without a password there is no sign-in, only tokens. What names the person is erasable.

    Refuses an account that is there already ("account-taken"), an unknown language, a weak password ("password-weak").
    """
    with transaction.atomic():
        actor = admin(by)
        return write_person(
            build_person(account, name=name, email=email, language=language, password=password), by=actor
        )


def build_person(account: str, *, name: str, email: str, language: str, password: str | None) -> Person:
    """An unsaved person, checked."""
    if not account or account != account.strip():
        raise wrong_field("account", str(_("it must not be empty, nor begin or end with a space")))
    check_choice("language", language, Person.Language.values)
    person = Person(account=account, name=name, email=email, language=language, created_at=now())
    if password is None:
        person.set_unusable_password()
    else:
        try:
            validate_password(password, person)
        except ValidationError as error:
            raise Refused(
                "password-weak",
                _("The password cannot be taken: %(problem)s"),
                status=422,
                problem=" ".join(error.messages),
            ) from error
        person.set_password(password)
    return person


def write_person(person: Person, *, by: Actor) -> Person:
    """The row and the event of `add_person`, for callers that have checked who acts."""
    if Person.objects.filter(account=person.account).exists():
        raise Refused(
            "account-taken",
            _("There is a person with the account %(account)s already. Choose another account."),
            account=person.account,
        )
    entered(person)
    erasable = {k: v for k in ("account", "name", "email") if (v := getattr(person, k))}
    data = {"language": person.language, "sign_in": person.has_usable_password()}
    events.append("person", person.id, "add_person", by=by, data=data, erasable=erasable)
    return person


def choose_language(person: Person, language: str, *, by: Person) -> Person:
    """The language in which the person is told things. By the person themself; the same again changes nothing.

    Refuses an unknown language, and another's ("not-yours").
    """
    if by.pk != person.pk:
        raise Refused("not-yours", _("The language is chosen by the person themself."), status=403)
    check_choice("language", language, Person.Language.values)
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        if person.language != language:
            person.language = language
            person.save(update_fields=["language"])
            events.append("person", person.pk, "choose_language", by=by.actor, data={"language": language})
            tokens.forget()
    return person


def appoint(
    person: Person, agency: Agency, role: str, *, since: date | None = None, until: date | None = None, by: Person
) -> Membership:
    """Gives a person a role in an agency, from `since` (today if not said) to `until`.

    Refuses an unknown role, a reversed period, a role that the person has there already ("role-held"), an inactive
    person or agency ("not-active"), a second of the three administrators for one person ("two-administrators").
    """
    with transaction.atomic():
        actor = admin(by)
        person = Person.objects.select_for_update().get(pk=person.pk)
        return write_membership(person, agency, role, since or today(), until, by=actor)


def write_membership(
    person: Person, agency: Agency, role: str, since: date, until: date | None, *, by: Actor
) -> Membership:
    """The row and the event of `appoint`, for callers that have checked who acts and hold the person's lock."""
    check_choice("role", role, Membership.Role.values)
    check_period(since, until)
    if not person.is_active or not agency.active:
        raise Refused("not-active", _("The person or the agency is not active any more. Choose another one."))
    held = Membership.objects.filter(person=person, agency=agency, role=role)
    if held.filter(until__isnull=True).exists() or held.filter(until__gte=since).exists():
        raise Refused(
            "role-held",
            _("The person has the role %(role)s in %(agency)s already at that time. End that membership first."),
            role=role,
            agency=agency.label,
        )
    if role in ADMINISTRATORS:
        check_one_administrator(person, role, since)
    membership = entered(Membership(person=person, agency=agency, role=role, since=since, until=until))
    data = {
        "membership": membership.pk,
        "agency": str(agency.id),
        "role": role,
        "since": since.isoformat(),
        "until": until.isoformat() if until else "",
    }
    events.append("person", person.id, "appoint", by=by, data=data)
    tokens.forget()
    return membership


def check_one_administrator(person: Person, role: str, since: date) -> None:
    """Refuses to make one person two of the three administrators, wherever, while the other role has not ended."""
    others = Membership.objects.filter(person=person, role__in=ADMINISTRATORS).exclude(role=role)
    held = others.filter(Q(until__isnull=True) | Q(until__gte=since)).first()
    if held is not None:
        raise Refused(
            "two-administrators",
            _(
                "The person is %(held)s; nobody is two of the three administrators. Appoint another person, or end that role first."
            ),
            held=held.get_role_display(),
        )


def end_membership(membership: Membership, *, on: date | None = None, reason: str, by: Person) -> Membership:
    """Ends a membership: `on` (today if not said) is its last day.

    Refuses a missing reason, a day before it began, one that has ended, and the end of the node's last administrator
    ("last-admin").
    """
    with transaction.atomic():
        actor = admin(by)
        Person.objects.select_for_update().get(pk=membership.person_id)
        membership = Membership.objects.select_related("agency__region").get(pk=membership.pk)
        last = on or today()
        check_period(membership.since, last)
        if not reason.strip():
            raise Refused("reason-missing", _("Say why this ends: the reason stays in the record."), status=422)
        if membership.until is not None and membership.until <= last:
            raise Refused(
                "membership-ended",
                _("This membership ended on %(until)s already."),
                until=membership.until.isoformat(),
            )
        if membership.role == Membership.Role.ADMIN and not others_administer(membership):
            raise Refused(
                "last-admin",
                _("This is the last administrator of the node. Appoint another one first, without an end."),
            )
        membership.until = last
        membership.save(update_fields=["until"])
        data = {"membership": membership.pk, "until": last.isoformat()}
        events.append(
            "person", membership.person_id, "end_membership", by=actor, data=data, erasable={"reason": reason}
        )
        tokens.forget()
    return membership


def others_administer(membership: Membership) -> bool:
    """True if somebody else administers this node without an end."""
    return (
        Membership.objects.active(today())
        .filter(role=Membership.Role.ADMIN, until__isnull=True, agency__region__node_code=this_node().code)
        .exclude(pk=membership.pk)
        .exists()
    )
