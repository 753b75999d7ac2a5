"""Whose account somebody names at the door, and whether that person has, or must have, a second factor."""

from __future__ import annotations

from allauth.mfa.models import Authenticator

from lianqiao.record.time import today
from lianqiao.registry.models import ADMINISTRATORS, Membership, Person

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def named(text: str) -> Person | None:
    """The active person with this account; else the only one with this e-mail address; else nobody."""
    text = text.strip()
    people = Person.objects.active()
    found = people.filter(account=text).first()
    if found is None and "@" in text:
        with_address = list(people.filter(email__iexact=text)[:2])
        found = with_address[0] if len(with_address) == 1 else None
    return found


def has_second_factor(person: Person) -> bool:
    """Whether a second factor is asked of the person. Recovery codes alone are none."""
    return Authenticator.objects.filter(user=person, type__in=FACTORS).exists()


def needs_second_factor(person: Person) -> bool:
    """Whether the person is one of the three administrators today, of whom a second factor is demanded."""
    return Membership.objects.active(today()).filter(person=person, role__in=ADMINISTRATORS).exists()
