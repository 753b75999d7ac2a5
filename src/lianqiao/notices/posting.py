"""Which notices are also mailed, and when: as the person has chosen, and never less than the law demands."""

from django.conf import settings

from lianqiao.record import time

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
    told = list(notices.filter(mail__isnull=True).exclude(person__email="").order_by("pk"))
    wishes, now, today = hours.of({notice.person_id for notice in told}), time.now(), time.today()
    Mail.objects.bulk_create(
        Mail(
            notice=notice,
            next_attempt_at=hours.send_at(
                wishes[notice.person_id], now, due_today=notice.due_on is not None and notice.due_on <= today
            ),
        )
        for notice in told
        if wanted(notice, wishes[notice.person_id])
    )


def wanted(notice: Notice, wish: Preference) -> bool:
    return wish.mail != Preference.Mail.REQUIRED or notice.verb in DEMANDED
