"""The follower that turns events into notices, and the words of a notice: the same in the app and in the mail."""

from collections.abc import Sequence

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianqiao.cases import access, clocks, flow, keys, pictures, sentences
from lianqiao.cases.models import Case
from lianqiao.exchange.models import Errand
from lianqiao.record import time
from lianqiao.record.followers import follower
from lianqiao.record.models import Event
from lianqiao.registry.models import Person

from . import kinds, posting
from .audience import OF_AN_ERRAND, Audience, of_errand
from .models import CalendarFeed, Mail, Notice

NEAR, ENDS, PASSED = "limit_near", "limit_ends", "limit_passed"
REMINDERS = {
    NEAR: gettext_lazy("A limit ends soon"),
    ENDS: gettext_lazy("A limit ends today"),
    PASSED: gettext_lazy("A limit has passed"),
}
REMINDING = {
    NEAR: gettext_lazy("The limit “%(limit)s” ends on %(on)s."),
    ENDS: gettext_lazy("The limit “%(limit)s” ends today, %(on)s, at 24:00."),
    PASSED: gettext_lazy("The limit “%(limit)s” ended on %(on)s, and what it is for has not been done."),
}


PLAIN = {
    "file": gettext_lazy("A case was filed."),
    "refuse": gettext_lazy("The case was not accepted; the reasons stand in the case."),
    "route": gettext_lazy("The case was assigned to your agency."),
    "decide": gettext_lazy("It was decided that your agency is competent."),
    "reassign": gettext_lazy("The case was given to you to handle."),
    "engage": gettext_lazy("Your agency was asked to handle the case together."),
    "offer": gettext_lazy("The case was offered to another region under the agreement."),
    "taken_over": gettext_lazy("The other region took the case over."),
    "take_over": gettext_lazy("The case was taken over from the other region."),
    "pause": gettext_lazy("The clock was paused."),
    "extend": gettext_lazy("The limit was extended; the new date stands in the case."),
    "result_reported": gettext_lazy("The other region reported the result."),
    "deliver": gettext_lazy("The result was delivered."),
    "rate": gettext_lazy("The handling was rated."),
    "rating_reported": gettext_lazy("The enterprise rated the handling."),
    "attach": gettext_lazy("A file was added."),
    "supervise": gettext_lazy("A supervision letter was sent; the day for the answer stands in the case."),
    "merge": gettext_lazy("The case is handled together with another one."),
    "absorb": gettext_lazy("Another case follows this one and is handled together with it."),
    "release": gettext_lazy("A case that followed this one stands on its own again."),
    "pass_on": gettext_lazy("The main case went on."),
    "conclude_with": gettext_lazy("The case was concluded together with the main case."),
    "erase": gettext_lazy("Something was erased."),
    "erasure_reported": gettext_lazy("The other region erased something; the same was erased here."),
    "refuse_erasure": gettext_lazy("The erasure was refused; the reason stands in the case."),
}
"""Sentences of the timeline that would tell of the matter, without that."""
NEEDED = ("uid", "kind", "programme", "category", "agency__code", "enterprise__root")
"""What the audience of a case is found by."""


def concerns(event: Event) -> bool:
    return event.subject_kind in ("case", "errand") or (event.subject_kind, event.verb) == ("person", "erase")


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
    audience, now, today = Audience(cases.values()), time.now(), time.today().isoformat()
    notices = [
        Notice(
            person=person,
            case=cases[event.subject],
            event=event.number,
            verb=event.verb,
            created_at=now,
            due_on=today if today in event.data.get("due", {}).values() else None,
        )
        for event in about_cases
        for person in audience.told(cases[event.subject], event)
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    posting.post(Notice.objects.filter(case__in=cases.values(), created_at=now))


def tell_of_errands(events: Sequence[Event]) -> None:
    """What others ask of us, to whoever must answer it."""
    errands = Errand.objects.in_bulk({event.subject for event in events if event.verb in OF_AN_ERRAND})
    now = time.now()
    told = [
        Notice(person=person, errand=errands[event.subject], event=event.number, verb=event.verb, created_at=now)
        for event in events
        if event.verb in OF_AN_ERRAND and event.subject in errands
        for person in of_errand(errands[event.subject], event)
    ]
    Notice.objects.bulk_create(told, ignore_conflicts=True)
    if told:
        posting.post(Notice.objects.filter(errand__in=errands.values(), created_at=now))


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
    if notice.subject:
        return str(kinds.KINDS[notice.kind].words[notice.verb].label)
    if notice.errand:
        return str(ERRANDS[notice.verb][notice.errand.kind])
    if notice.case is None:
        return _("A subscription of yours was paused")
    return str(REMINDERS.get(notice.verb) or flow.VERBS[notice.verb].label)


def sentence(notice: Notice) -> str:
    """The same as a sentence. Nothing of what the case says, because mail travels in the open."""
    if notice.subject:
        return str(kinds.KINDS[notice.kind].words[notice.verb].sentence)
    if notice.errand:
        return label(notice)
    if notice.case is None:
        return _("Your app has not taken a message for three days, or has said that it is gone. It is called no more.")
    if notice.clock is not None and notice.due_on is not None:
        notice.clock.case = notice.case
        limit = pictures.name_of(notice.clock, clocks.limit_of(notice.clock))
        return REMINDING[notice.verb] % {"limit": limit, "on": notice.due_on.isoformat()}
    said = str(PLAIN.get(notice.verb) or sentences.SENTENCES.get(notice.verb, ""))
    return label(notice) if "%(" in said else said or label(notice)


def number(notice: Notice) -> str:
    """The number of the case, at whose node it is; "" for anything else."""
    return notice.errand.number if notice.errand else notice.case.number if notice.case else ""


def read(notice: Notice) -> None:
    """Marks the notice as read; a second time changes nothing."""
    if notice.read_at is None:
        notice.read_at = time.now()
        notice.save(update_fields=["read_at"])


def address(notice: Notice) -> str:
    """Where in the interface of this node it is to be looked at."""
    if notice.subject:
        return kinds.KINDS[notice.kind].address(notice.subject)
    if notice.errand:
        return f"/api/v1/errands/{notice.errand_id}"
    if notice.case is None:
        return f"/api/v1/webhooks/{notice.webhook_id}"
    return "/api/v1/questions" if notice.verb == "ask" else f"/api/v1/cases/{notice.case.number}"


def page(notice: Notice, reader: Person) -> str:
    """The page on which the reader sees it."""
    if notice.subject:
        return kinds.KINDS[notice.kind].page(notice.subject)
    if notice.errand:
        return f"/desk/errands/{notice.errand_id}"
    if notice.case is None:
        return "/account/apps"
    asked = notice.verb == "ask" or (notice.clock is not None and notice.clock.name == clocks.ANSWER)
    return page_of(notice.case, reader, asked=asked)


def page_of(case: Case, reader: Person, *, asked: bool = False) -> str:
    """The page of the case: in the portal for whoever stands for its enterprise, else at the desk; the list of questions for an officer who
    is `asked` about a case that they do not see."""
    if keys.stands_for(case, reader) or not access.officer(reader):
        return f"/cases/{case.number}"
    return "/desk/questions" if asked and not access.is_visible(case, reader) else f"/desk/cases/{case.number}"


def subject(notice: Notice) -> str:
    """One line: the case and what happened."""
    if not number(notice):
        return label(notice)
    return _("Case %(number)s: %(verb)s") % {"number": number(notice), "verb": label(notice)}


def when(notice: Notice) -> str:
    """When it was told, by the clock in China."""
    return formats.date_format(notice.created_at.astimezone(time.SHANGHAI), "Y-m-d H:i")


def forget(event: Event) -> None:
    """What a mail server said of the address of a person goes with the address; mail that has none any more is given up. With the account ends the
    calendar."""
    mails = Mail.objects.filter(notice__person=event.subject)
    mails.update(last_error="")
    if "email" in event.data["what"]:
        mails.filter(state=Mail.State.WAITING).update(state=Mail.State.FAILED)
    if "account" in event.data["what"]:
        CalendarFeed.objects.filter(person=event.subject).delete()
