"""Before a meeting: plan it, collect concerns, put them on the agenda, invite, answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import access as cases_access
from lianqiao.cases import keys
from lianqiao.cases.models import Case
from lianqiao.record import time
from lianqiao.record.actors import Actor
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Agency, Enterprise, Person

from ..access import refuse_stranger
from ..invitations import seat_behind
from ..models import Concern, Meeting, Seat, Series, Topic
from .recording import locked, record, words

Stage = Meeting.Stage
REMINDERS = (7, 3, 1)
"""So many days before a meeting the secretariat is reminded of what is missing, and who has not answered of the invitation."""
MOST_OF_A_SEAT = 20
"""Concerns that one invitation may bring, so that a link that is passed on floods nobody."""


def plan(series: Series, *, by: Person, starts_at: datetime, ends_at: datetime, room: str) -> Meeting:
    """Plan the next meeting of a series. Refused: not by the secretariat; an end before the beginning; a room that is taken then."""
    refuse_stranger(by, series.body)
    if ends_at <= starts_at:
        raise Refused("ends-before-it-begins", _("The meeting ends before it begins. Correct the times."), status=422)
    room = words(room, most=120)
    with transaction.atomic():
        series = Series.objects.select_for_update(of=("self",)).select_related("body").get(pk=series.pk)
        taken = taken_rooms(room, starts_at, ends_at)
        if taken is not None:
            raise Refused(
                "room-taken", _("%(room)s is taken then by %(meeting)s. Choose another room or time."), status=409,
                room=room, meeting=taken,
            )  # fmt: skip
        number = (series.meetings.aggregate(last=Max("number"))["last"] or 0) + 1
        meeting = Meeting.objects.create(
            series=series, number=number, starts_at=starts_at, ends_at=ends_at, room=room,
            reminded=min((days for days in REMINDERS if starts_at <= time.now() + timedelta(days=days)), default=99),
        )  # fmt: skip
        stated = {
            "series": str(series.pk), "number": number, "starts_at": time.stamp(starts_at), "ends_at": time.stamp(ends_at),
            "room": room,
        }  # fmt: skip
        record("meeting", meeting.pk, "plan", by, stated)
    return meeting


def taken_rooms(room: str, starts_at: datetime, ends_at: datetime) -> Meeting | None:
    """A meeting that has the room in that time, if there is one."""
    overlapping = Meeting.objects.filter(room=room, starts_at__lt=ends_at, ends_at__gt=starts_at)
    return overlapping.exclude(stage=Stage.CANCELLED).select_related("series").first()


def cancel(meeting: Meeting, *, by: Person, reason: str) -> None:
    """Call a planned meeting off; what was on its agenda waits for the next one."""
    refuse_stranger(by, meeting.series.body)
    with transaction.atomic():
        held = locked(meeting, Stage.PLANNED)
        held.stage = Stage.CANCELLED
        held.save(update_fields=["stage"])
        Concern.objects.filter(topic__meeting=held).update(topic=None)
        record("meeting", held.pk, "cancel", by, {}, reason=words(reason))


def collect(
    series: Series,
    *,
    by: Person,
    text: str,
    enterprise: Enterprise | None = None,
    raised_by: str = "",
    confidential: bool = False,
) -> Concern:
    """Collect a concern, by any officer who sees the body. Refused: no text."""
    concern = Concern(
        series=series, source=Concern.Source.OFFICER, text=words(text), enterprise=enterprise,
        raised_by=words(raised_by or (enterprise.name_zh if enterprise else ""), most=200, empty=True), confidential=confidential,
    )  # fmt: skip
    return _collected(concern, by)


def collect_case(series: Series, *, by: Person, number: str) -> Concern:
    """Put a case before the body. Of a confidential case only its summary is said, and not who files.

    Refused: a case that the person may not see, or that is before the body already.
    """
    seen = Case.objects.visible_to(by).numbered(number).select_related("enterprise").first()
    if seen is None:
        raise cases_access.unknown_case()
    if series.concerns.filter(case=seen, topic__isnull=True).exists():
        raise Refused("collected-already", _("This case waits for the agenda already."), status=409)
    named = seen.enterprise if not seen.confidential else None
    concern = Concern(
        series=series, source=Concern.Source.CASE, text=seen.titled(known=False), case=seen, enterprise=named,
        raised_by=named.name_zh if named else "", confidential=seen.confidential,
    )  # fmt: skip
    return _collected(concern, by)


def collect_by_code(code: str, *, text: str, raised_by: str = "", confidential: bool = False) -> Concern:
    """Collect a concern by an invitation link, without an account; recorded by this node itself, with the seat that it came from.

    Refused: a link that is not, or no longer, good; more than 20 concerns by one link.
    """
    with transaction.atomic():
        seat = seat_of(code)
        series = seat.meeting.series
        if (
            series.concerns.filter(source=Concern.Source.INVITATION, raised_by__startswith=seat.name).count()
            >= MOST_OF_A_SEAT
        ):
            raise Refused(
                "enough", _("This invitation has brought 20 concerns. Bring the others to the meeting."), status=409
            )
        name = words(raised_by, most=100, empty=True)
        concern = Concern(
            series=series, source=Concern.Source.INVITATION, text=words(text), enterprise=seat.enterprise,
            raised_by=f"{seat.name} {name}".strip()[:200], confidential=confidential,
        )  # fmt: skip
        return _collected(concern, Actor.node(settings.LIANQIAO_NODE), seat=str(seat.pk))


def _collected(concern: Concern, by: Person | Actor, **more: str) -> Concern:
    concern.collected_at = time.now()
    with transaction.atomic():
        Series.objects.select_for_update(of=("self",)).get(pk=concern.series_id)
        concern.save(force_insert=True)
        stated = {
            "concern": str(concern.pk), "source": concern.source, "case": str(concern.case.uid) if concern.case else "",
            "enterprise": str(concern.enterprise_id or ""), "confidential": concern.confidential, **more,
        }  # fmt: skip
        record("series", concern.series_id, "collect", by, stated, text=concern.text, raised_by=concern.raised_by)
    return concern


def put_on_agenda(
    meeting: Meeting,
    *,
    by: Person,
    title: str,
    concerns: Sequence[str] = (),
    minutes: int = 15,
    agency: Agency | None = None,
    confidential: bool = False,
) -> Topic:
    """Make an item of the agenda out of concerns that wait, or without any; by the secretariat.

    Where one of them is confidential the item is too. Refused: concerns of another series or on an agenda already; no minutes.
    """
    refuse_stranger(by, meeting.series.body)
    with transaction.atomic():
        held = locked(meeting, Stage.PLANNED, Stage.OPEN)
        taken = list(held.series.concerns.waiting().filter(pk__in=concerns).select_related("enterprise", "case"))
        if len(taken) != len({str(one) for one in concerns}):
            raise Refused(
                "concern-gone", _("One of these concerns is on an agenda already. Load the page anew."), status=409
            )
        if not 1 <= minutes <= 480:
            raise Refused("no-time", _("Give the item 1 to 480 minutes."), status=422)
        barred = keys.bars_of(by)
        for one in taken:
            if one.case and one.case.exclusions.filter(key__in=barred).exists():
                raise cases_access.unknown_case()
        enterprises = {one.enterprise_id: one.enterprise for one in taken if one.enterprise}
        place = (held.topics.aggregate(last=Max("place"))["last"] or 0) + 1
        topic = Topic.objects.create(
            meeting=held, place=place, title=words(title, most=200), minutes=minutes, agency=agency,
            enterprise=next(iter(enterprises.values())) if len(enterprises) == 1 else None,
            confidential=confidential or any(one.confidential for one in taken),
        )  # fmt: skip
        Concern.objects.filter(pk__in=[one.pk for one in taken]).update(topic=topic)
        stated = {
            "topic": str(topic.pk), "place": place, "minutes": minutes, "agency": agency.code if agency else "",
            "concerns": sorted(str(one.pk) for one in taken), "confidential": topic.confidential,
        }  # fmt: skip
        record("meeting", held.pk, "put_on_agenda", by, stated, title=topic.title)
    return topic


def invite(
    meeting: Meeting,
    *,
    by: Person,
    agency: Agency | None = None,
    enterprise: Enterprise | None = None,
    name: str = "",
    email: str = "",
) -> Seat:
    """Invite an agency, an enterprise or a guest by name. A link opens the answer and the form for concerns without an account
    (`invitations.code_of`); who is told how stands in `inviting`.

    Refused: not by the secretariat; who is invited already; a meeting that is over.
    """
    refuse_stranger(by, meeting.series.body)
    name = words(name or (agency.label if agency else enterprise.name_zh if enterprise else ""), most=200)
    with transaction.atomic():
        held = locked(meeting, Stage.PLANNED, Stage.OPEN)
        same = held.seats.filter(agency=agency, enterprise=enterprise, name=name)
        if same.exists():
            raise Refused("invited-already", _("%(name)s is invited already."), status=409, name=name)
        seat = Seat.objects.create(meeting=held, name=name, agency=agency, enterprise=enterprise, email=email)
        stated = {
            "seat": str(seat.pk), "agency": agency.code if agency else "",
            "enterprise": str(enterprise.pk) if enterprise else "",
        }  # fmt: skip
        record("meeting", held.pk, "invite", by, stated, name=name, email=email)
    return seat


def seat_of(code: str) -> Seat:
    """The seat that an invitation code opens. Refused: a code that is not good, or whose meeting was held or called off (404)."""
    found = seat_behind(code)
    if found is None or not found.meeting.takes_papers:
        raise invitation_gone()
    return found


def invitation_gone() -> Refused:
    return Refused("invitation-gone", _("This invitation is not, or no longer, good."), status=404)


def answer(seat: Seat, *, by: Person, coming: bool, reason: str = "") -> Seat:
    """Answer an invitation for one's agency, or, as the secretariat, for somebody who has answered otherwise; who declines may say why."""
    if seat.agency_id not in keys_of_agencies(by):
        refuse_stranger(by, seat.meeting.series.body)
    return _answered(seat, by, coming, reason)


def answer_by_code(code: str, *, coming: bool, reason: str = "") -> Seat:
    """Answer by the invitation link, without an account."""
    return _answered(seat_of(code), Actor.node(settings.LIANQIAO_NODE), coming, reason)


def _answered(seat: Seat, by: Person | Actor, coming: bool, reason: str) -> Seat:
    with transaction.atomic():
        held = locked(seat.meeting, Stage.PLANNED, Stage.OPEN)
        seat.answer = Seat.Answer.COMING if coming else Seat.Answer.DECLINED
        seat.reason = "" if coming else words(reason, most=500, empty=True)
        seat.save(update_fields=["answer", "reason"])
        record("meeting", held.pk, "answer", by, {"seat": str(seat.pk), "answer": seat.answer}, reason=seat.reason)
    return seat


def substitute_by_code(code: str, *, name: str) -> Seat:
    """Name by the invitation link who comes instead, without an account."""
    return _substituted(seat_of(code), Actor.node(settings.LIANQIAO_NODE), name)


def substitute(seat: Seat, *, by: Person, name: str) -> Seat:
    """Name who comes in the place of the one who was invited; by their agency or the secretariat."""
    if seat.agency_id not in keys_of_agencies(by):
        refuse_stranger(by, seat.meeting.series.body)
    return _substituted(seat, by, name)


def _substituted(seat: Seat, by: Person | Actor, name: str) -> Seat:
    with transaction.atomic():
        held = locked(seat.meeting, Stage.PLANNED, Stage.OPEN)
        seat.substitute, seat.answer, seat.reason = words(name, most=120), Seat.Answer.COMING, ""
        seat.save(update_fields=["substitute", "answer", "reason"])
        record("meeting", held.pk, "substitute", by, {"seat": str(seat.pk)}, name=seat.substitute)
    return seat


def keys_of_agencies(person: Person) -> set[UUID]:
    """The agencies in which the person has a role today."""
    return {held.agency_id for held in keys.memberships_of(person)}
