"""What leaves for people and for regional apps, for the account of departures: mails, and messages to subscriptions."""

import hashlib
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from lianqiao.cases.departures import Departure, Place, Wanted, source

from .models import Mail, Notice
from .webhooks import signing
from .webhooks.models import Delivery


@source("mail")
def mails(wanted: Wanted, limit: int) -> Iterable[Departure]:
    """The mails that a mail server has taken: a number and a verb, to the address that the person had then."""
    found = Mail.objects.filter(wanted.within("mail", "sent_at"), sent_at__isnull=False).order_by("-sent_at", "-pk")
    if wanted.case:
        found = found.filter(notice__case=wanted.case)
    if wanted.to:
        found = found.filter(notice__person__account=wanted.to)
    return [
        Departure(
            Place(mail.sent_at, "mail", str(mail.pk)), _("Mail to a person"), addressee(mail.notice), mail.notice.verb,
            mail.notice.case.dossier if mail.notice.case else None, "", ("name", "number", "verb"), "", mail.state,
        )
        for mail in found.select_related("notice__person", "notice__case")[:limit]
        if mail.sent_at
    ]  # fmt: skip


def addressee(notice: Notice) -> str:
    """The account; of a guest, who has none, what they were written to about."""
    return notice.person.account if notice.person else f"{notice.kind}:{notice.subject}"


@source("webhook", by_uuid=True)
def messages(wanted: Wanted, limit: int) -> Iterable[Departure]:
    """The messages to subscriptions that were tried at least once, at the moment since which they were tried."""
    found = Delivery.objects.filter(wanted.within("webhook", "began_at"), attempts__gt=0).order_by("-began_at", "-pk")
    if wanted.case:
        found = found.filter(case=wanted.case)
    if wanted.to:
        found = found.filter(webhook__person__account=wanted.to)
    return [
        Departure(
            Place(row.began_at, "webhook", str(row.pk)), _("Message to an app"), row.webhook.person.account, row.verb,
            row.case.dossier, "", ("number", "verb", "event", "place"),
            hashlib.sha256(signing.body(row)).hexdigest(), row.state,
        )
        for row in found.select_related("webhook__person", "case")[:limit]
    ]  # fmt: skip
