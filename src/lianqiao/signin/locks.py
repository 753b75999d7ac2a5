"""How many attempts to sign in are let through: counted for each account and each address in the database, so for all processes.

An attempt is counted before it is tried, in one statement. After LIANQIAO_LOCK_ATTEMPTS in a row without one that succeeded (ten times as
many from one address) every further one is refused without looking at it. That ends LIANQIAO_LOCK_SECONDS after the last one that
was let through, or when the security administrator lifts it, or the account is invited anew; attempts in between do not lengthen it.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now
from lianqiao.registry.models import Person
from lianqiao.signin.models import ADDRESS_TIMES, Lock


class Attempt(NamedTuple):
    """One attempt that was let through: whose, and from where."""

    account: str
    address: str

    def succeeded(self, *, wholly: bool) -> None:
        """Give this attempt back. `wholly`: nothing more is asked, so the account begins anew; not while a second factor is still to
        come, or somebody with the password could guess it for ever."""
        Lock.objects.filter(key__in=[self.account, self.address], attempts__gt=0).update(attempts=F("attempts") - 1)
        if wholly:
            Lock.objects.filter(key=self.account).delete()


def seconds() -> int:
    return int(now().timestamp())


def key_of(person: Person) -> str:
    return f"account:{person.pk}"


def begin(person: Person | None, named: str, address: str) -> Attempt:
    """Let one attempt through, or refuse it ("locked", 429). A name that nobody has is counted by its digest, so that it answers alike."""
    account = (
        key_of(person) if person else f"account:{hashlib.sha256(named.encode('utf-8', 'replace')).hexdigest()[:40]}"
    )
    attempt = Attempt(account, f"address:{address}")
    most = settings.LIANQIAO_LOCK_ATTEMPTS
    moment, wait = seconds(), settings.LIANQIAO_LOCK_SECONDS
    for key, limit in ((attempt.account, most), (attempt.address, most * ADDRESS_TIMES)):
        counted = Lock.objects.counted(key, limit, moment, wait)
        if counted == limit + 1 and key == attempt.account and person is not None:
            note(person)
        if counted > limit:
            raise Refused(
                "locked",
                _("Too many attempts that failed. Wait %(minutes)s minutes and try again, or ask the administrator."),
                status=429,
                minutes=-(-left(key, moment, wait) // 60),
            )
    return attempt


def left(key: str, moment: int, wait: int) -> int:
    """Seconds until the next attempt is let through."""
    last = Lock.objects.filter(key=key).values_list("last", flat=True).first() or moment
    return max(1, last + wait - moment)


def note(person: Person) -> None:
    """Put into the record that the account is locked, once for each lock."""
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        data = {"attempts": settings.LIANQIAO_LOCK_ATTEMPTS, "seconds": settings.LIANQIAO_LOCK_SECONDS}
        events.append("person", person.pk, "lock", by=Actor.clock("sign-in"), data=data)


def forget(person: Person) -> bool:
    """Lift the lock of an account; whether there was one."""
    return bool(Lock.objects.filter(key=key_of(person)).delete()[0])
