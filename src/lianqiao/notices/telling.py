"""The follower that turns events into notices, and the words of a notice."""

from collections.abc import Sequence
from urllib.parse import urljoin

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from lianqiao.cases import flow
from lianqiao.cases.models import Case
from lianqiao.exchange.models import Errand
from lianqiao.record import time
from lianqiao.record.followers import follower
from lianqiao.record.models import Event

from .audience import OF_AN_ERRAND, Audience, of_errand
from .models import Mail, Notice

NEEDED = ("uid", "kind", "programme", "category", "agency__code", "enterprise__root")
"""What the audience of a case is found by."""


def concerns(event: Event) -> bool:
    return event.subject_kind == "case" or (event.subject_kind, event.verb) == ("person", "erase")


@follower("notices", wants=concerns)
def tell(events: Sequence[Event]) -> None:
    """Write a notice, and mail where there is an address, for everybody who is to know of the events. Doubles are left out."""
    for event in events:
        if (event.subject_kind, event.verb) == ("person", "erase"):
            forget(event)
    tell_of_errands([event for event in events if event.subject_kind == "errand"])
    about_cases = [event for event in events if event.subject_kind == "case"]
    found = Case.objects.filter(uid__in={event.subject for event in about_cases}).select_related("agency", "enterprise")
    cases = {case.uid: case for case in found.only(*NEEDED)}
    audience, now = Audience(cases.values()), time.now()
    notices = [
        Notice(person=person, case=cases[event.subject], event=event.number, verb=event.verb, created_at=now)
        for event in about_cases
        for person in audience.told(cases[event.subject], event)
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    if settings.LIANQIAO_SMTP_URL:
        for event in about_cases:
            kept = Notice.objects.filter(case=cases[event.subject], event=event.number, mail__isnull=True)
            Mail.objects.bulk_create(
                Mail(notice=notice, next_attempt_at=now) for notice in kept.exclude(person__email="")
            )


def tell_of_errands(events: Sequence[Event]) -> None:
    """What others ask of us, to whoever must answer it."""
    errands = Errand.objects.in_bulk({event.subject for event in events if event.verb in OF_AN_ERRAND})
    now = time.now()
    for event in events:
        errand = errands.get(event.subject)
        if errand is None or event.verb not in OF_AN_ERRAND:
            continue
        told = [
            Notice(person=person, errand=errand, event=event.number, verb=event.verb, created_at=now)
            for person in of_errand(errand, event)
        ]
        Notice.objects.bulk_create(told, ignore_conflicts=True)
        if settings.LIANQIAO_SMTP_URL:
            kept = Notice.objects.filter(errand=errand, event=event.number, mail__isnull=True).exclude(person__email="")
            Mail.objects.bulk_create(Mail(notice=notice, next_attempt_at=now) for notice in kept)


ERRANDS = {
    "received": {"consultation": gettext_lazy("You are consulted"), "task": gettext_lazy("You are given a sub-task")},
    "assigned": {
        "consultation": gettext_lazy("A consultation was assigned to you"),
        "task": gettext_lazy("A sub-task was assigned to you"),
    },
    "reminded": {
        "consultation": gettext_lazy("You are reminded of a consultation"),
        "task": gettext_lazy("You are reminded of a sub-task"),
    },
    "withdrawn": {
        "consultation": gettext_lazy("A consultation was called back"),
        "task": gettext_lazy("A sub-task was called back"),
    },
}


def label(notice: Notice) -> str:
    """What happened, in the reader's language."""
    if notice.errand:
        return str(ERRANDS[notice.verb][notice.errand.kind])
    return _("A subscription of yours was paused") if notice.case is None else str(flow.VERBS[notice.verb].label)


def number(notice: Notice) -> str:
    """The number of the case, at whose node it is; "" for a subscription."""
    return notice.errand.number if notice.errand else notice.case.number if notice.case else ""


def address(notice: Notice) -> str:
    """Where in the interface of this node it is to be looked at."""
    if notice.errand:
        return f"/api/v1/errands/{notice.errand_id}"
    if notice.case is None:
        return f"/api/v1/webhooks/{notice.webhook_id}"
    return "/api/v1/questions" if notice.verb == "ask" else f"/api/v1/cases/{notice.case.number}"


def read(notice: Notice) -> None:
    """Marks the notice as read; a second time changes nothing."""
    if notice.read_at is None:
        notice.read_at = time.now()
        notice.save(update_fields=["read_at"])


def page(notice: Notice) -> str:
    """The page that opens what the notice is about, wherever that is for its reader, and marks it as read."""
    return f"/notices/{notice.pk}"


def forget(event: Event) -> None:
    """What a mail server said of the address of a person goes with the address; mail that has none any more is given up."""
    mails = Mail.objects.filter(notice__person=event.subject)
    mails.update(last_error="")
    if "email" in event.data["what"]:
        mails.filter(state=Mail.State.WAITING).update(state=Mail.State.FAILED)


def subject(notice: Notice) -> str:
    """One line: the case and what happened. Nothing of what the case says, because mail travels in the open."""
    if not number(notice):
        return label(notice)
    return _("Case %(number)s: %(verb)s") % {"number": number(notice), "verb": label(notice)}


def body(notice: Notice) -> str:
    """The text of the mail in the person's language."""
    with override(notice.person.language):
        told_on = notice.created_at.astimezone(time.SHANGHAI).strftime("%Y-%m-%d %H:%M")
        if not number(notice):
            return _(
                "%(name)s:\n\nYour app has not taken a message for three days, or has said that it is gone. It is called no more.\n"
                "What happened meanwhile is held for thirty days. See, resume and resend:\n%(address)s"
            ) % {
                "name": notice.person.name or notice.person.account,
                "address": urljoin(settings.LIANQIAO_BASE_URL, address(notice)),
            }
        return _(
            "%(name)s:\n\nThere is news in case %(number)s: %(verb)s (%(when)s, Beijing time).\n"
            "Details, and the dates with their reasons, stand in the case itself:\n%(address)s\n\n"
            "This mail contains nothing of the matter on purpose. It cannot be answered."
        ) % {
            "name": notice.person.name or notice.person.account,
            "number": number(notice),
            "verb": label(notice),
            "when": told_on,
            "address": urljoin(settings.LIANQIAO_BASE_URL, page(notice)),
        }
