"""What the follower process clears away once an hour: sessions that ended, codes and counted attempts that are too old."""

import time

from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from lianqiao.record.followers import runner
from lianqiao.record.time import now
from lianqiao.signin.models import Invitation, Kept, Lock

PACE = 3600.0
"""Seconds between two rounds of one process."""
ATTEMPTS_KEPT = 3600
"""Seconds for which an address stays in the count of attempts after its last one."""

_last: list[float] = []


@runner("signin.clear")
def clear() -> int:
    """Clear away what is too old, at most once an hour; how much it was."""
    if _last and time.monotonic() - _last[0] < PACE:
        return 0
    _last[:] = [time.monotonic()]
    return clear_now()


def clear_now() -> int:
    """Clear away what is too old, now; how much it was."""
    moment = now()
    cleared = Session.objects.filter(expire_date__lt=moment).delete()[0]
    cleared += UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()[0]
    cleared += Kept.objects.filter(expires__lt=moment).delete()[0]
    cleared += Lock.objects.filter(last__lt=int(moment.timestamp()) - ATTEMPTS_KEPT).delete()[0]
    cleared += Invitation.objects.filter(expires_at__lt=moment).delete()[0]
    return int(cleared + Token.objects.expired().delete()[0])
