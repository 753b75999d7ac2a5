"""Sends the mail of notices by SMTP: from rows with leases, so that a crash loses and doubles nothing that it could avoid."""

from datetime import timedelta
from smtplib import SMTPException

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.translation import override

from lianqiao.record import time
from lianqiao.record.followers import runner

from . import telling
from .models import Mail

BATCH = 20
LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(hours=72)


@runner("mail")
def send_due() -> int:
    """Send what is due; returns how many were tried. A failure waits twice as long each time, up to six hours, for three days."""
    if not Mail.objects.due(time.now()).exists():
        return 0  # without a transaction: on SQLite that would hold up every writer
    mails = _claim()
    connection = get_connection()
    try:
        for mail in mails:
            _send(mail, connection)
    finally:
        connection.close()
    return len(mails)


def _claim() -> list[Mail]:
    now = time.now()
    with transaction.atomic():
        due = Mail.objects.due(now).select_for_update(skip_locked=True, of=("self",))
        mails = list(due.select_related("notice__person", "notice__case", "notice__errand")[:BATCH])
        Mail.objects.filter(pk__in=[mail.pk for mail in mails]).update(lease_until=now + LEASE)
    return mails


def _send(mail: Mail, connection: BaseEmailBackend) -> None:
    person = mail.notice.person
    with override(person.language):
        message = EmailMessage(
            telling.subject(mail.notice), telling.body(mail.notice), to=[person.email], connection=connection
        )
    message.extra_headers["Message-ID"] = f"<notice-{mail.notice_id}@lianqiao.invalid>"
    mail.attempts += 1
    mail.lease_until = None
    try:
        message.send()
    except (SMTPException, OSError) as error:
        mail.last_error = str(error)[:300]
        pause = min(FIRST_PAUSE * 2 ** (mail.attempts - 1), LONGEST_PAUSE)
        mail.next_attempt_at = time.now() + pause
        if mail.next_attempt_at - mail.notice.created_at > GIVE_UP_AFTER:
            mail.state = Mail.State.FAILED
    else:
        mail.state, mail.sent_at, mail.last_error = Mail.State.SENT, time.now(), ""
    mail.save()
