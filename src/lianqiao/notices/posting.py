"""Which notices are also mailed, and when: as the person has chosen, and never less than the law demands."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings

from lianqiao.record import time
from lianqiao.registry.models import Person

from . import hours
from .documents.issuing import WRITING
from .models import Mail, Notice, NoticeQuerySet, Preference

DEMANDED = WRITING | {
    "deliver", "ask", "question_reported", "engage", "redate", "erase", "refuse_erasure", "limit_ends", "limit_passed",
}  # fmt: skip
"""What the law demands that one is told: whatever an official document is issued for, its delivery, a question and the limit for what one has to do,
a date that moved, and what became of a wish for erasure (Personal Information Protection Law art. 50)."""


def post(notices: NoticeQuerySet) -> None:
    """Mail for the notices that have just been written, to whoever has an address and wants it, at the time that suits them."""
    if not settings.LIANQIAO_SMTP_URL:
        return
    found = notices.filter(mail__isnull=True, person__isnull=False).exclude(person__email="").order_by("pk")
    told = [(notice, notice.person_id) for notice in found if notice.person_id]
    wishes, now, today = hours.of({person for _notice, person in told}), time.now(), time.today()
    Mail.objects.bulk_create(
        Mail(
            notice=notice,
            next_attempt_at=hours.send_at(
                wishes[person], now, due_today=notice.due_on is not None and notice.due_on <= today
            ),
        )
        for notice, person in told
        if wanted(notice, wishes[person])
    )


def tell(kind: str, subject: UUID, verb: str, *, event: int, people: Iterable[Person], days: int = 0) -> None:
    """Tell people of something of a declared kind (`kinds`), in the app and by mail; twice the same changes nothing. `days` tells the reminders of
    one event from each other."""
    now = time.now()
    Notice.objects.bulk_create(
        (
            Notice(person=one, kind=kind, subject=subject, verb=verb, event=event, days=days, created_at=now)
            for one in people
        ),
        ignore_conflicts=True,
    )
    post(Notice.objects.filter(kind=kind, subject=subject, verb=verb, event=event, created_at=now))


def tell_guest(kind: str, subject: UUID, verb: str, *, event: int, days: int = 0) -> None:
    """Write by mail to somebody without account; who and where is asked of the kind when the mail goes. Nothing where the node sends no mail."""
    if not settings.LIANQIAO_SMTP_URL:
        return
    now = time.now()
    notice, new = Notice.objects.get_or_create(
        person=None, kind=kind, subject=subject, verb=verb, event=event, days=days, defaults={"created_at": now}
    )
    if new:
        Mail.objects.create(notice=notice, next_attempt_at=hours.send_at(Preference(), now))


def wanted(notice: Notice, wish: Preference) -> bool:
    return wish.mail != Preference.Mail.REQUIRED or notice.verb in DEMANDED
