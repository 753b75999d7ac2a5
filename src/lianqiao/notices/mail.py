"""Sends the mail of notices by SMTP: from rows with leases, so that a crash loses and doubles nothing that it could avoid."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from smtplib import SMTPException

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q

from lianqiao.record import time
from lianqiao.record.followers import runner

from . import letter
from .models import Mail, Notice

BATCH = 20
"""The most people to whom one process writes in a round."""
MOST = 50
"""Notices in one mail; what is more comes with the next."""
LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(hours=72)
"""Since the notice was written."""


@runner("mail")
def send_due() -> int:
    """Send what is due, all that is due for a person in one mail; returns how many notices were tried. A failure waits twice as long each
    time, up to six hours, for three days."""
    due = _claim()
    if not due:
        return 0
    connection = get_connection()
    try:
        for mails in due:
            _send(mails, connection)
    finally:
        connection.close()
    return sum(map(len, due))


def _claim() -> list[list[Mail]]:
    now = time.now()
    first = list(Mail.objects.due(now).values_list("pk", "notice__person")[:BATCH])
    if not first:
        return []  # without a transaction: on SQLite that would hold up every writer
    people, guests = {person for _pk, person in first if person}, [pk for pk, person in first if person is None]
    with transaction.atomic():
        wanted = Q(notice__person__in=people) | Q(pk__in=guests)
        due = Mail.objects.due(now).filter(wanted).select_for_update(skip_locked=True, of=("self",))
        found = list(
            due.select_related("notice__person", "notice__case", "notice__clock", "notice__errand")[: BATCH * MOST]
        )
        by_person: dict[object, list[Mail]] = defaultdict(list)
        for mail in found:
            by_person[mail.notice.person or mail.pk].append(mail)
        claimed = [mails[:MOST] for mails in by_person.values()]
        Mail.objects.filter(pk__in=[mail.pk for mails in claimed for mail in mails]).update(lease_until=now + LEASE)
    return claimed


def _send(mails: Sequence[Mail], connection: BaseEmailBackend) -> None:
    """One mail with the notices, in the order in which they were written, that the person may still see; the others are dropped."""
    person, error = mails[0].notice.person, ""
    if person is not None:
        seen = set(Notice.objects.visible_to(person).filter(mail__in=mails).values_list("pk", flat=True))
        left = sorted((mail for mail in mails if mail.notice_id in seen), key=lambda mail: mail.notice_id)
        message = letter.message(person, [mail.notice for mail in left], connection) if left else None
    else:
        message = letter.to_guest(mails[0].notice, connection)
        left = list(mails) if message else []
    if message:
        try:
            message.send()
        except (SMTPException, OSError) as why:
            error = str(why)[:300]
    for mail in mails:
        mail.lease_until = None
        if mail not in left:
            mail.state = Mail.State.DROPPED
        else:
            _write_down(mail, error)
    Mail.objects.bulk_update(mails, ["state", "attempts", "next_attempt_at", "lease_until", "sent_at", "last_error"])


def _write_down(mail: Mail, error: str) -> None:
    mail.attempts, mail.last_error = mail.attempts + 1, error
    if not error:
        mail.state, mail.sent_at = Mail.State.SENT, time.now()
        return
    pause = min(FIRST_PAUSE * 2 ** (mail.attempts - 1), LONGEST_PAUSE)
    mail.next_attempt_at = time.now() + pause
    if mail.next_attempt_at - mail.notice.created_at > GIVE_UP_AFTER:
        mail.state = Mail.State.FAILED
