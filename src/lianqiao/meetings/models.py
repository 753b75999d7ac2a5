"""Bodies, series, meetings and what hangs on a meeting. Written by `actions` alone; reads are queryset methods.

A line keeps what the meeting decided about it (measure, supervisor, completion date); how far the matter is stands in its case.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import flow, keys
from lianqiao.cases.models import Case, Exclusion
from lianqiao.exchange.models import Peer
from lianqiao.record import time
from lianqiao.registry.models import ADMINISTRATORS, Agency, Enterprise, Membership, Person

WORKING = (Membership.Role.INTAKE, Membership.Role.HANDLER, Membership.Role.LEAD)
"""Roles of which one in the secretariat makes somebody a secretary."""


def offices_of(person: Person, *roles: str) -> set[uuid.UUID]:
    """The agencies in which the person has one of the roles today (any but an administrator's, when none is named)."""
    return {
        held.agency_id
        for held in keys.memberships_of(person)
        if (held.role in roles if roles else held.role not in ADMINISTRATORS)
    }


def givers_of(person: Person) -> set[uuid.UUID]:
    """In whose stead the person acts today, besides themself (`registry.delegating`)."""
    return {person.pk, *(held.person_id for held in keys.memberships_of(person) if held.delegation)}


def titled(series: str, number: int) -> str:
    """A meeting as it is called: by its series, and which of them it is."""
    return _("%(series)s, no. %(number)s") % {"series": series, "number": number}


class BodyQuerySet(models.QuerySet["Body"]):
    def visible_to(self, person: Person) -> Self:
        """The read filter: bodies of which an agency of the person is secretariat, lead or member, or in which they preside."""
        own, stands_for = offices_of(person), givers_of(person)
        member = Exists(Body.members.through.objects.filter(body_id=OuterRef("pk"), agency_id__in=own))
        deputy = Exists(Body.deputies.through.objects.filter(body_id=OuterRef("pk"), person_id=person.pk))
        return self.filter(Q(office__in=own) | Q(lead__in=own) | Q(chair__in=stands_for) | member | deputy)


class Body(models.Model):
    """A standing body that meets: who presides, which agencies belong to it, which agency keeps its papers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    chair = models.ForeignKey(Person, models.PROTECT, related_name="+")
    deputies = models.ManyToManyField(Person, related_name="+")
    lead = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    office = models.ForeignKey(
        Agency, models.PROTECT, related_name="+", help_text="The secretariat; lines are filed there"
    )
    members = models.ManyToManyField(Agency, related_name="+")
    peer = models.CharField(max_length=12, blank=True, help_text="Of a joint body: the code of the other node")
    others = models.TextField(
        blank=True, help_text="Of a joint body: conveners, organisers and liaison staff of the other region"
    )
    made_at = models.DateTimeField()
    shared_under = models.UUIDField(
        null=True, blank=True, help_text="Agreement under which the other node is told of it; empty: it is not told"
    )
    told = models.CharField(max_length=64, blank=True, help_text="Digest of what the other node was told last")

    objects = BodyQuerySet.as_manager()

    class Meta:
        ordering = ["name_zh", "pk"]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_zh


class Task(models.Model):
    """A task on the yearly list of a body: who does it by when, and what came of it. No case: nobody is answered by it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Body, models.PROTECT, related_name="tasks")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", null=True, blank=True)
    owner = models.CharField(max_length=200, blank=True, help_text="Somebody of the other region")
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    result = models.TextField(blank=True)

    class Meta:
        ordering = ["-year", "number"]
        constraints = [models.UniqueConstraint(fields=["body", "year", "number"], name="one_task_per_number")]

    @property
    def is_late(self) -> bool:
        return self.done_on is None and self.due_on < time.today()


class JointBodyQuerySet(models.QuerySet["JointBody"]):
    def visible_to(self, person: Person) -> Self:
        """The read filter: those that concern an agency in which the person works."""
        return self.filter(agency__in=offices_of(person))


class JointBody(models.Model):
    """A joint body whose papers another node keeps, as that node told us last. Only parcels of that node write it."""

    id = models.UUIDField(primary_key=True, editable=False)
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="+")
    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="+", help_text="Our party to the agreement under which it is shared"
    )
    content = models.JSONField(help_text="What `joint.Told` says")
    epoch = models.PositiveIntegerField()
    sequence = models.PositiveBigIntegerField(help_text="Place of the parcel that told it")
    told_at = models.DateTimeField()

    objects = JointBodyQuerySet.as_manager()

    class Meta:
        ordering = ["told_at", "pk"]
        verbose_name_plural = "joint bodies"


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(body__in=Body.objects.visible_to(person).values("pk"))


class Series(models.Model):
    """Meetings of one body that follow each other: of a kind, and for a field, a country or a topic where one is named."""

    class Kind(models.TextChoices):
        ROUNDTABLE = "roundtable", _("Roundtable")
        ON_THE_SPOT = "on_the_spot", _("On-the-spot meeting")
        JOINT = "joint", _("Joint meeting of two regions")
        DEPARTMENT_DAY = "department_day", _("Enterprises enter a department")
        SYMPOSIUM = "symposium", _("Symposium")
        EXCHANGE = "exchange", _("Exchange event")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Body, models.PROTECT, related_name="series")
    kind = models.CharField(max_length=16, choices=Kind)
    title = models.CharField(max_length=120)
    field = models.CharField(max_length=64, blank=True, help_text="Code of a field of matters")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2")
    topic = models.CharField(max_length=120, blank=True)
    months = models.PositiveSmallIntegerField(default=3, help_text="One meeting in so many months")
    opened_at = models.DateTimeField()

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.title


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, person: Person) -> Self:
        """The read filter: meetings of bodies that the person sees (`Body.objects.visible_to`), and those to which an agency of theirs is invited."""
        invited = Exists(Seat.objects.filter(meeting=OuterRef("pk"), agency_id__in=offices_of(person)))
        return self.filter(Q(series__body__in=Body.objects.visible_to(person).values("pk")) | invited)

    def with_body(self) -> Self:
        return self.select_related(
            "series__body__office__region", "series__body__lead", "series__body__chair", "presided_by"
        )

    def deputised(self, person: Person) -> Self:
        """Each with whether the person is a deputy there (`deputy`)."""
        deputies = Body.deputies.through.objects.filter(body_id=OuterRef("series__body_id"), person_id=person.pk)
        return self.annotate(deputy=Exists(deputies))


class Meeting(models.Model):
    """One meeting: when, where, how far it is."""

    class Stage(models.TextChoices):
        PLANNED = "planned", _("Planned")
        OPEN = "open", _("In session")
        CLOSED = "closed", _("Held, minutes in preparation")
        CONFIRMED = "confirmed", _("Minutes confirmed")
        PUBLISHED = "published", _("Minutes published")
        CANCELLED = "cancelled", _("Cancelled")

    HELD = (Stage.OPEN, Stage.CLOSED, Stage.CONFIRMED, Stage.PUBLISHED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.ForeignKey(Series, models.PROTECT, related_name="meetings")
    number = models.PositiveSmallIntegerField(help_text="Which of its series")
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.PLANNED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    room = models.CharField(max_length=120)
    presided_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    published = models.TextField(blank=True)
    reminded = models.PositiveSmallIntegerField(
        default=99, help_text="How many days before it the last reminders were written"
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["series", "number"], name="one_meeting_per_number")]
        indexes = [models.Index(fields=["starts_at"], name="meeting_starts")]

    def __str__(self) -> str:
        return titled(self.series.title, self.number)

    @property
    def on(self) -> date:
        """The day on which it is held, in China."""
        return time.day_of(self.starts_at)

    @property
    def is_ahead(self) -> bool:
        """Whether its day is still to come."""
        return self.on > time.today()

    @property
    def is_running(self) -> bool:
        return self.stage == self.Stage.OPEN

    @property
    def takes_papers(self) -> bool:
        """Whether agenda and invitations can still change."""
        return self.stage in (self.Stage.PLANNED, self.Stage.OPEN)


class Topic(models.Model):
    """An item of the agenda, in its place, with the minutes that it is given. A confidential one is open to the secretariat and to who presides."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="topics")
    place = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    minutes = models.PositiveSmallIntegerField(default=15)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", null=True, blank=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", null=True, blank=True)
    confidential = models.BooleanField(default=False)

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["meeting", "place"], name="one_topic_per_place")]

    def __str__(self) -> str:
        return self.title


class PaperQuerySet(models.QuerySet["Paper"]):
    def standing(self) -> Self:
        """Those that were not taken away."""
        return self.filter(removed_at__isnull=True)


class Paper(models.Model):
    """A file of an item of the agenda, in the store of the cases' files under its meeting. Who reads it is decided in `papers`."""

    class Audience(models.TextChoices):
        INVITED = "invited", _("all who are invited")
        BODY = "body", _("members of the body only")

    id = models.UUIDField(primary_key=True, editable=False)
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="papers")
    name = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", null=True, blank=True)
    audience = models.CharField(max_length=8, choices=Audience, default=Audience.INVITED)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        ordering = ["added_at", "pk"]


class ConcernQuerySet(models.QuerySet["Concern"]):
    def waiting(self) -> Self:
        """On no agenda, and not erased."""
        return self.filter(topic__isnull=True).exclude(text="")


class Concern(models.Model):
    """What somebody wishes to be spoken about. One that comes from a confidential case says nothing but the summary of that case."""

    class Source(models.TextChoices):
        OFFICER = "officer", _("Entered by an officer")
        CASE = "case", _("From a case")
        INVITATION = "invitation", _("By invitation link")
        REGION = "region", _("Brought by the other region")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.ForeignKey(Series, models.PROTECT, related_name="concerns")
    topic = models.ForeignKey(Topic, models.SET_NULL, related_name="concerns", null=True, blank=True)
    source = models.CharField(max_length=10, choices=Source)
    text = models.TextField()
    raised_by = models.CharField(max_length=200, blank=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", null=True, blank=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", null=True, blank=True)
    confidential = models.BooleanField(default=False)
    collected_at = models.DateTimeField()

    objects = ConcernQuerySet.as_manager()

    class Meta:
        ordering = ["collected_at", "pk"]


class Seat(models.Model):
    """Somebody who is invited: an agency, an enterprise or a guest; what they answered, and who came."""

    class Answer(models.TextChoices):
        WAITING = "waiting", _("No answer yet")
        COMING = "coming", _("Coming")
        DECLINED = "declined", _("Not coming")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="seats")
    name = models.CharField(max_length=200)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", null=True, blank=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", null=True, blank=True)
    email = models.EmailField(blank=True)
    answer = models.CharField(max_length=8, choices=Answer, default=Answer.WAITING)
    reason = models.CharField(max_length=500, blank=True, help_text="Why somebody does not come")
    substitute = models.CharField(max_length=120, blank=True)
    came_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return f"{self.name}（{self.substitute}）" if self.substitute else self.name


class Statement(models.Model):
    """What somebody said, as it was typed. `key` is the typing side's own: sent again, it is the same statement."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="statements")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="statements", null=True, blank=True)
    key = models.UUIDField()
    speaker = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    said_at = models.DateTimeField()

    class Meta:
        ordering = ["said_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "key"], name="one_statement_per_key")]


class LineQuerySet(models.QuerySet["Line"]):
    def open(self) -> Self:
        """The lines that are not struck off: typed and not yet a case, or a case that is not concluded."""
        return self.filter(Q(case__isnull=True) | Q(case__state__in=flow.OPEN))

    def told_to(self, person: Person) -> Self:
        """Each with whether the reader sees its case (`seen`), and whether an exclusion bars them from it (`barred`); both without a further query."""
        seen = Case.objects.visible_to(person).filter(pk=OuterRef("case_id"))
        barred = Exclusion.objects.filter(case=OuterRef("case_id"), key__in=keys.bars_of(person))
        return self.annotate(seen=Exists(seen), barred=Exists(barred)).select_related(
            "case__agency", "case__assigned", "agency", "supervisor", "topic", "meeting__series"
        )

    def before(self, meeting: Meeting) -> Self:
        """The lines of earlier meetings of the same series."""
        return self.filter(meeting__series=meeting.series_id, meeting__number__lt=meeting.number)


class Line(models.Model):
    """A line of the minutes: typed in the meeting, from then on a case. What the meeting decided about it stands here, how far it is in the case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="lines")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="lines", null=True, blank=True)
    key = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    raised_by = models.CharField(max_length=200, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", null=True, blank=True)
    co_agencies = models.ManyToManyField(Agency, related_name="+")
    measure = models.TextField(blank=True)
    follow_up = models.TextField(blank=True)
    supervisor = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    looked_on = models.DateField(null=True, blank=True, help_text="When its completion date was last looked at")
    extensions = models.PositiveSmallIntegerField(default=0)
    undertaken = models.TextField(blank=True, help_text="Who undertook what, where it was settled on the spot")
    case = models.ForeignKey(Case, models.PROTECT, related_name="meeting_lines", null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    written_at = models.DateTimeField()

    objects = LineQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "key"], name="one_line_per_key"),
            models.UniqueConstraint(fields=["meeting", "number"], name="one_line_per_number"),
        ]
        indexes = [models.Index(fields=["due_on"], name="line_due", condition=Q(due_on__isnull=False))]

    @property
    def is_open(self) -> bool:
        return self.case is None or self.case.state in flow.OPEN


class Carried(models.Model):
    """An open line of an earlier meeting stood on the agenda of this one."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="carried")
    line = models.ForeignKey(Line, models.CASCADE, related_name="carries")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "line"], name="carried_once_per_meeting")]


class Minutes(models.Model):
    """A version of the minutes. None is changed; the next one takes its place until the chair confirms one."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="versions")
    version = models.PositiveSmallIntegerField()
    text = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    circulated = models.TextField(blank=True, help_text="What of it the participants were given to comment on")

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["meeting", "version"], name="one_minutes_per_version")]


class Comment(models.Model):
    """A remark of a participant on a version of the minutes."""

    minutes = models.ForeignKey(Minutes, models.CASCADE, related_name="comments")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+", null=True, blank=True)
    text = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["made_at", "pk"]


def begins(meeting: Meeting, minutes: int) -> datetime:
    """When an item begins that so many minutes of others stand before."""
    return meeting.starts_at + timedelta(minutes=minutes)
