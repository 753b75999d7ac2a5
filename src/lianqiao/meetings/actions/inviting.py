"""Who is told of a meeting, in the app and by mail: who is invited, when it is called off, who does not come; and the reminders before it.

An agency is told through those who keep its door, an enterprise through its people with an account, a guest by a mail with a signed link.
A mail says when and where (as an appointment) and nothing of the matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianqiao.notices import kinds, posting
from lianqiao.notices.kinds import Enclosed, Guest, Words
from lianqiao.record import time
from lianqiao.record.followers import follower, runner
from lianqiao.record.models import Event
from lianqiao.registry import delegating
from lianqiao.registry.models import Agency, Enterprise, EnterpriseMember, Membership, Person

from .. import agenda, invitations
from ..models import WORKING, Meeting, Seat
from .before import REMINDERS

DOOR = (Membership.Role.INTAKE, Membership.Role.LEAD, Membership.Role.LIAISON)
"""Who of an invited agency is told; where there is none of these, whoever works there."""
MEETING, SEAT = "meeting", "seat"
"""The kinds of notices: of a meeting to officers, of their own seat to everybody else."""
RESTS = timedelta(days=1)
"""So long nobody is reminded of an invitation that they have just got."""
BATCH = 20

WORDS = {
    "invite": Words(_("You are invited to a meeting"), _("You are invited to a meeting. Please answer whether you come.")),
    "cancel": Words(_("A meeting was called off"), _("The meeting to which you were invited was called off.")),
    "unanswered": Words(
        _("Please answer the invitation"), _("The meeting to which you are invited is soon, and you have not answered yet.")
    ),
    "decline": Words(_("Somebody does not come"), _("Somebody who was invited to a meeting does not come.")),
    "circulate": Words(
        _("Minutes to comment on"), _("The minutes of a meeting in which you took part can be commented on before they are confirmed.")
    ),
    "prepare": Words(_("A meeting is not ready yet"), _("A meeting is soon, and something is missing; the list stands on its page.")),
}  # fmt: skip


def meetings_of(person: Person) -> Any:
    return Meeting.objects.visible_to(person).values("pk")


def seats_of(person: Person) -> Any:
    own = EnterpriseMember.objects.active(time.today()).filter(person=person)
    return Seat.objects.filter(enterprise__in=own.values("enterprise")).values("pk")


def _appointment(meeting: Meeting, page: str, verb: str) -> Sequence[Enclosed]:
    if verb not in ("invite", "unanswered", "cancel"):
        return []
    return [Enclosed(f"meeting-{meeting.number}.ics", invitations.as_calendar(meeting, page=page, bare=True), "text/calendar")]  # fmt: skip


def of_meeting(subject: UUID, verb: str) -> Sequence[Enclosed]:
    return _appointment(Meeting.objects.get(pk=subject), "", verb)


def of_seat(subject: UUID, verb: str) -> Sequence[Enclosed]:
    meeting = Meeting.objects.get(seats=subject)
    return _appointment(meeting, invitations.page_of(subject), verb)


def guest_of(subject: UUID, verb: str) -> Guest | None:
    """The guest, unless what the mail says holds no longer."""
    seat = Seat.objects.select_related("meeting").filter(pk=subject).first()
    if seat is None or not seat.email:
        return None
    holds = {
        "invite": seat.meeting.takes_papers,
        "unanswered": seat.meeting.takes_papers and seat.answer == Seat.Answer.WAITING,
        "cancel": seat.meeting.stage == Meeting.Stage.CANCELLED,
        "circulate": seat.meeting.stage == Meeting.Stage.CLOSED,
    }
    return Guest(seat.name, seat.email, invitations.page_of(subject)) if holds[verb] else None


kinds.declare(
    MEETING,
    kinds.Kind(WORDS, meetings_of, lambda pk: f"/meetings/{pk}", lambda pk: f"/api/v1/meetings/{pk}", of_meeting),
)
kinds.declare(SEAT, kinds.Kind(WORDS, seats_of, invitations.page_of, invitations.page_of, of_seat, guest_of))


def concerns(event: Event) -> bool:
    return event.subject_kind == "meeting" and event.verb in ("invite", "cancel", "answer", "circulate")


@follower("invitations", wants=concerns)
def follow(batch: Sequence[Event]) -> None:
    """Tell those whom an event of a meeting concerns, but for who did it."""
    for event in filter(concerns, batch):
        by = UUID(event.by) if event.by_kind == "person" else None
        if event.verb == "cancel":
            meeting = Meeting.objects.with_body().get(pk=event.subject)
            for seat in meeting.seats.exclude(answer=Seat.Answer.DECLINED).select_related("agency", "enterprise"):
                tell_seat(seat, "cancel", event=event.number, but=by)
            continue
        if event.verb == "circulate":
            for seat in Seat.objects.filter(meeting=event.subject, came_at__isnull=False).select_related(
                "agency", "enterprise"
            ):
                tell_seat(seat, "circulate", event=event.number, but=by)
            continue
        found = Seat.objects.select_related("agency", "enterprise", "meeting__series__body__office")
        seat = found.get(pk=event.data["seat"])
        if event.verb == "invite":
            tell_seat(seat, "invite", event=event.number, but=by)
        elif event.data["answer"] == Seat.Answer.DECLINED:
            office = seat.meeting.series.body.office
            people = [one for one in officers(office, WORKING) if one.pk != by]
            posting.tell(MEETING, event.subject, "decline", event=event.number, people=people)


def tell_seat(seat: Seat, verb: str, *, event: int, days: int = 0, but: UUID | None = None) -> None:
    """Tell whoever the seat is for, each by the way that is theirs."""
    told: list[Person] = []
    if seat.agency:
        told = [one for one in officers(seat.agency, DOOR) or officers(seat.agency, WORKING) if one.pk != but]
        posting.tell(MEETING, seat.meeting_id, verb, event=event, days=days, people=told)
    elif seat.enterprise:
        told = people_of(seat.enterprise)
        posting.tell(SEAT, seat.pk, verb, event=event, days=days, people=told)
    if seat.email and seat.email not in {one.email for one in told}:
        posting.tell_guest(SEAT, seat.pk, verb, event=event, days=days)


def officers(agency: Agency, roles: Iterable[str]) -> list[Person]:
    """Who has one of the roles in the agency today, or acts for one who has. One query."""
    held = delegating.holdings(agency.code, time.today())
    return list({one.person.pk: one.person for one in held if one.role in roles}.values())


def people_of(enterprise: Enterprise) -> list[Person]:
    members = EnterpriseMember.objects.active(time.today()).filter(enterprise=enterprise)
    return list(Person.objects.filter(pk__in=members.values("person")).order_by("account"))


@runner("meetings")
def remind() -> int:
    """Seven days, three and one before a meeting: tell the secretariat what is missing, and who has not answered that they have not. How many
    meetings were looked at."""
    now = time.now()
    near = Q()
    for days in REMINDERS:
        near |= Q(starts_at__lte=now + timedelta(days=days), reminded__gt=days)
    found = Meeting.objects.filter(near, stage=Meeting.Stage.PLANNED, starts_at__gt=now).order_by("starts_at")
    due = list(found.values_list("pk", flat=True)[:BATCH])
    for pk in due:
        with transaction.atomic():
            held = found.select_for_update(of=("self",)).filter(pk=pk).first()
            if held is not None:
                _remind(Meeting.objects.with_body().get(pk=pk))
    return len(due)


def _remind(meeting: Meeting) -> None:
    left = meeting.starts_at - time.now()
    meeting.reminded = min(days for days in REMINDERS if left <= timedelta(days=days))
    meeting.save(update_fields=["reminded"])
    seats = list(meeting.seats.select_related("agency", "enterprise"))
    waiting = meeting.series.concerns.waiting().count()
    if agenda.missing(meeting, topics=meeting.topics.count(), seats=seats, waiting=waiting):
        people = officers(meeting.series.body.office, WORKING)
        posting.tell(MEETING, meeting.pk, "prepare", event=1, days=meeting.reminded, people=people)
    invited = {
        event.data["seat"]: event
        for event in Event.objects.about("meeting", meeting.pk).filter(verb="invite")
        if event.recorded_at <= time.now() - RESTS
    }
    for seat in seats:
        if seat.answer == Seat.Answer.WAITING and (event := invited.get(str(seat.pk))):
            seat.meeting = meeting
            tell_seat(seat, "unanswered", event=event.number, days=meeting.reminded)
