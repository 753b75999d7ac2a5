"""The verbs of signing in: each names who acts, writes one event about the person, and refuses before it writes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now, stamp, today
from lianqiao.registry.access import admin, holds, security
from lianqiao.registry.models import Membership, Person
from lianqiao.registry.tokens import fingerprint
from lianqiao.signin import locks, sessions
from lianqiao.signin.models import Invitation


def invite(person: Person, *, by: Person) -> tuple[Invitation, str]:
    """Let the person set a password: an invitation and its code, which is shown this once. Earlier invitations end, a lock is lifted.

    The system administrator invites who never had a password; the security administrator anybody. Refuses others, an inactive
    person ("not-active"), a person of another region ("guest").
    """
    with transaction.atomic():
        person = _locked(person)
        actor = security(by) if person.has_usable_password() else lets_in(by)
        if not person.is_active:
            raise Refused("not-active", _("The person or the agency is not active any more. Choose another one."))
        if hasattr(person, "guest"):
            raise Refused("guest", _("This person signs in at the node of their own region and has no password here."))
        at = now()
        Invitation.objects.filter(person=person, used_at__isnull=True).delete()
        code = secrets.token_urlsafe(24)
        made = Invitation.objects.create(
            person=person,
            digest=fingerprint(code),
            created_at=at,
            expires_at=at + timedelta(hours=settings.LIANQIAO_INVITATION_HOURS),
        )
        locks.forget(person)
        events.append("person", person.pk, "invite", by=actor, data={"expires_at": stamp(made.expires_at)})
    return made, code


def invitation(code: str) -> Invitation:
    """The invitation with this code. Refuses, 404, one that is unknown, used or over ("invitation-over")."""
    found = Invitation.objects.open(now()).select_related("person").filter(digest=fingerprint(code)).first()
    if found is None:
        raise Refused(
            "invitation-over",
            _("This link has been used, or its time is over. Ask your administrator for a new one."),
            status=404,
        )
    return found


def accept(code: str, password: str) -> Person:
    """Set the password of the invited person, by their own hand; the link is used up and every session of theirs ends.

    Refuses what `invitation` refuses, and a weak password ("password-weak"), which leaves the link as it is.
    """
    with transaction.atomic():
        person = _locked(invitation(code).person)
        found = invitation(code)
        found.used_at = now()
        found.save(update_fields=["used_at"])
        _set_password(person, password)
        sessions.end(person)
    return person


def change_password(person: Person, password: str, *, by: Person) -> None:
    """Replace one's own password. Every other session ends by it. Refuses another's ("not-yours") and a weak one ("password-weak")."""
    if by.pk != person.pk:
        raise Refused("not-yours", _("A password is changed by the person themself."), status=403)
    with transaction.atomic():
        _set_password(_locked(person), password)
        person.refresh_from_db()


def _set_password(person: Person, password: str) -> None:
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
    person.save(update_fields=["password"])
    events.append("person", person.pk, "set_password", by=person.actor, data={})


def came_in(person: Person, *, means: Sequence[str], level: int, node: str = "") -> None:
    """Put into the record that the person signed in, how surely, and whose node vouches for them."""
    with transaction.atomic():
        _locked(person)
        data = {"means": [str(one) for one in means], "level": int(level)} | ({"node": node} if node else {})
        events.append("person", person.pk, "sign_in", by=person.actor, data=data)


def note_factor(person: Person, verb: str, kind: str) -> None:
    """Put into the record that the person added or removed a second factor of a kind (`add_factor`, `remove_factor`)."""
    with transaction.atomic():
        _locked(person)
        events.append("person", person.pk, verb, by=person.actor, data={"kind": kind})


def reset_second_factor(person: Person, *, reason: str, by: Person) -> int:
    """Take away every second factor of a person who has lost theirs, with the recovery codes, and end their sessions; how many there were.

    By the security administrator, never for themself ("own-factor"). Refuses a missing reason, a person who has none ("no-factor").
    """
    with transaction.atomic():
        actor = security(by)
        if by.pk == person.pk:
            raise Refused(
                "own-factor",
                _("Nobody resets their own second factor. Use a recovery code, or ask another security administrator."),
                status=403,
            )
        if not reason.strip():
            raise Refused("reason-missing", _("Say why: the reason stays in the record."), status=422)
        person = _locked(person)
        there = Authenticator.objects.filter(user=person)
        kinds = sorted(there.values_list("type", flat=True))
        if not kinds:
            raise Refused("no-factor", _("This person has no second factor."))
        there.delete()
        sessions.end(person)
        events.append(
            "person", person.pk, "reset_factor", by=actor, data={"kinds": kinds}, erasable={"reason": reason.strip()}
        )
    return len(kinds)


def lift_lock(person: Person, *, by: Person) -> None:
    """Let a locked account try again at once, by the security administrator. Refuses one that is not locked ("not-locked")."""
    with transaction.atomic():
        actor = security(by)
        person = _locked(person)
        if not locks.forget(person):
            raise Refused("not-locked", _("This account is not locked."))
        events.append("person", person.pk, "lift_lock", by=actor, data={})


def end_sessions(person: Person, *, only: int | None = None, but: str | None = None, by: Person) -> int:
    """End sessions at once: all of the person's, or one by its id, or all but the one with that key; how many. By the person, or the
    security administrator. Refuses others, and an id that is none of theirs ("no-such-session", 404)."""
    with transaction.atomic():
        actor = by.actor if by.pk == person.pk else security(by)
        _locked(person)
        ended = sessions.end(person, only=only, but=but)
        if only is not None and not ended:
            raise Refused("no-such-session", _("There is no such session. It may have ended already."), status=404)
        if ended:
            events.append("person", person.pk, "end_sessions", by=actor, data={"sessions": ended})
    return ended


def show_out(person: Person, *, by: Person) -> int:
    """End every session of somebody who has left, at once, by the system administrator; how many. Refuses while they have a role
    ("has-roles")."""
    with transaction.atomic():
        actor = admin(by)
        _locked(person)
        if Membership.objects.active(today()).filter(person=person, until__isnull=True).exists():
            raise Refused("has-roles", _("This person still has roles here. End them first."))
        ended = sessions.end(person)
        if ended:
            events.append("person", person.pk, "end_sessions", by=actor, data={"sessions": ended})
    return ended


def _locked(person: Person) -> Person:
    return Person.objects.select_for_update().get(pk=person.pk)


def lets_in(by: Person) -> Actor:
    """A system or a security administrator; refuses anybody else."""
    return security(by) if holds(by, Membership.Role.SECURITY) else admin(by)
