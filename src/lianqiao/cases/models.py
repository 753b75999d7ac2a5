"""The row of a case and what hangs on it. Only `act` and its parts write; reads are queryset methods."""

import hashlib
import re
import uuid
from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianqiao.record.blank import blank, filled
from lianqiao.registry.models import AdoptedCalendar, Agency, Enterprise, Person

from . import flow, search
from .keys import OVERSEEING, PERSON, bars, bars_of, claims_of, grants_of, memberships_of

NUMBER = re.compile(r"^(?P<node>[0-9A-Za-z]{1,8})-(?P<year>[1-9]\d{3})-(?P<serial>\d{6,18})$")


class Kind(models.TextChoices):
    INFRINGEMENT = "infringement", _("Infringement complaint")
    SUGGESTION = "suggestion", _("Suggestion on the investment environment")
    HELP = "help", _("Difficulty or request for help")
    CONSULTATION = "consultation", _("Consultation")
    RETALIATION = "retaliation", _("Report of retaliation")


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, person: Person) -> Self:
        """The one read filter: the cases of which the person holds a key and from which no exclusion bars them."""
        opened = Q(pk__in=[])
        for grant in grants_of(person):
            opened |= Q(id__in=CaseKey.objects.filter(key__in=grant.keys).values("case_id")) & grant.covering()
        return self.filter(opened).exclude(
            Exists(Exclusion.objects.filter(case=OuterRef("pk"), key__in=bars_of(person)))
        )

    def numbered(self, number: str) -> Self:
        """The case with this number, or none. The number carries the node, the year and the serial."""
        found = NUMBER.match(number.strip())
        if not found or found["node"] != settings.LIANQIAO_NODE:
            return self.none()
        return self.filter(pk=int(found["serial"]), filed_on__year=int(found["year"]))

    def unread(self, number: str) -> "Case | None":
        """The case with this number as a verb takes it: not read, for the verb reads it under its lock and says whether there is one. None for what
        is no number of this node. A column that is asked for before is read then."""
        found = NUMBER.match(number.strip())
        if not found or found["node"] != settings.LIANQIAO_NODE:
            return None
        case = filled(Case, ["id"], [int(found["serial"])])
        case.year = int(found["year"])
        return case

    def search(self, query: str, person: Person) -> Self:
        """The cases that hold every word of the query. Who files is searched only where the person may know it."""
        return self.filter(search.found(query, known_to(person))) if search.wanted(query) else self.none()

    def listed(self, person: Person) -> Self:
        """The cases as lines of a list, newest first, each with whether the person may know who files."""
        return (
            self.newest_first()
            .select_related("agency")
            .defer("tokens_open", "tokens_identity")
            .annotate(known=Exists(Case.objects.filter(known_to(person), pk=OuterRef("pk"))))
        )

    def open(self) -> Self:
        return self.filter(state__in=flow.OPEN)

    def misdated(self) -> Self:
        """The cases whose stored nearest day is not the one of their clocks, each with that one as `nearest`."""
        none = Value(date.max)
        return self.annotate(
            nearest=Clock.objects.nearest(), held=Coalesce("next_due", none), told=Coalesce("nearest", none)
        ).exclude(held=F("told"))

    def newest_first(self) -> Self:
        return self.order_by("-pk")


def known_to(person: Person) -> Q:
    """The cases of which the person may know who files: `keys.shows_identity`, for a query.

    A single key is asked for, and not whether there is one: PostgreSQL would read all keys of the person for that, once for each query.
    """
    known = Q(confidential=False)
    for grant in grants_of(person):
        opening = CaseKey.objects.filter(case=OuterRef("pk"), key__in=grant.keys, identity=True)
        known |= Q(IsNull(Subquery(opening.values("pk")[:1]), False)) & grant.covering()
    return known


class Case(models.Model):
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    dossier = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    tenure = models.PositiveIntegerField(default=1)
    home_node = models.CharField(max_length=8)
    holder_node = models.CharField(max_length=8)
    state = models.CharField(max_length=16, choices=flow.State)
    state_before_offer = models.CharField(max_length=16, choices=flow.State, blank=True)
    kind = models.CharField(max_length=16, choices=Kind)
    programme = models.CharField(max_length=32)
    category = models.CharField(max_length=64)
    regime = models.CharField(max_length=64)
    regime_digest = models.CharField(max_length=64)
    regime_pinned = models.BooleanField(default=False)
    home_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    assigned = models.ForeignKey(Agency, models.PROTECT, related_name="+", null=True, blank=True)
    assignment_disputed = models.BooleanField(default=False)
    assignment_final = models.BooleanField(default=False)
    handler = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )  # `case_enterprise` begins with it
    complainant = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200)
    summary = models.TextField(
        blank=True, help_text="What is told of a confidential case to who may not know who files"
    )
    confidential = models.BooleanField(default=False)
    correction_requested = models.BooleanField(default=False)
    withdrawal_asked = models.BooleanField(default=False)
    retraction_asked = models.BooleanField(default=False)
    filed_on = models.DateField()
    first_filed_on = models.DateField()
    offer = models.UUIDField(null=True, blank=True)
    offered_to = models.CharField(max_length=8, blank=True)
    agreement = models.UUIDField(null=True, blank=True)
    clause = models.CharField(max_length=20, blank=True)
    peer_number = models.CharField(max_length=40, blank=True)
    peer_agency = models.CharField(max_length=200, blank=True)
    received_from = models.CharField(max_length=8, blank=True)
    ground = models.CharField(max_length=64, blank=True)
    retention = models.CharField(max_length=16, blank=True)
    disposable_on = models.DateField(null=True, blank=True)
    next_due = models.DateField(
        null=True,
        blank=True,
        help_text="The nearest last day of a running limit; derived from the clocks, an index for the lists",
    )
    disposal_proposed = models.PositiveIntegerField(null=True, blank=True)
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    objection_to = models.ForeignKey("self", models.PROTECT, related_name="objections", null=True, blank=True)
    following = models.ForeignKey("self", models.PROTECT, related_name="followers", null=True, blank=True)
    state_before_merge = models.CharField(max_length=16, choices=flow.State, blank=True)
    leads = models.PositiveSmallIntegerField(default=0)
    about = models.ForeignKey("self", models.PROTECT, related_name="reports", null=True, blank=True)
    frozen_epoch = models.PositiveIntegerField(null=True, blank=True)
    code_digest = models.CharField(max_length=64, blank=True)
    tokens_open = models.TextField(blank=True)
    tokens_identity = models.TextField(blank=True)
    event_count = models.PositiveIntegerField(default=0)
    event_head = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField()

    objects = CaseQuerySet.as_manager()

    year: int | None = None
    """Of the number by which it was asked for, where it is not read yet (`unread`)."""

    class Meta:
        verbose_name = _("case")
        constraints = [
            models.CheckConstraint(
                name="case_offered_has_offer",
                condition=~Q(state="offered")
                | (Q(offer__isnull=False) & ~Q(offered_to="") & ~Q(state_before_offer="")),
            ),
            models.CheckConstraint(
                name="case_merged_follows",
                condition=~Q(state="merged") | (Q(following__isnull=False) & ~Q(state_before_merge="")),
            ),
            models.CheckConstraint(name="case_tenure_positive", condition=Q(tenure__gte=1)),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="case_state"),
            models.Index(fields=["enterprise", "-id"], name="case_enterprise"),
            models.Index(
                fields=["next_due", "id"],
                include=[
                    "state",
                    "agency",
                    "home_agency",
                    "assigned",
                    "handler",
                ],  # what the counts ask: no row is read for it
                name="case_due",
                condition=Q(state__in=flow.IN_WORK),
            ),
            models.Index(fields=["agency"], name="case_work_agency", condition=Q(state__in=flow.IN_WORK)),
            models.Index(fields=["home_agency"], name="case_work_home", condition=Q(state__in=flow.IN_WORK)),
            models.Index(
                fields=["assigned"],
                name="case_work_assigned",
                condition=Q(
                    state__in=flow.IN_WORK, assigned__isnull=False
                ),  # else it is read through as a list of all in work
            ),
            models.Index(fields=["disposable_on", "id"], name="case_disposable", condition=Q(state="archived")),
        ]

    @classmethod
    def begin(cls) -> Self:
        """A case of which nothing is said yet."""
        return blank(cls)

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Node, year of filing, serial; serials may have gaps."""
        return f"{settings.LIANQIAO_NODE}-{self.filed_on.year}-{self.pk:06d}"

    def titled(self, *, known: bool) -> str:
        """The title for who may know who files; of a confidential case the others read the first line of its summary."""
        if known or not self.confidential:
            return self.title
        return self.summary.strip().split("\n")[0][:200] or str(_("Confidential matter"))

    def who_files(self, language: str) -> str:
        """The name of who files, "" where it was erased; read in English with the English name that is on record, if there is one."""
        english = self.filer_in(language)
        return english if english == self.complainant else f"{english} ({self.complainant})"

    def filer_in(self, language: str) -> str:
        """The same, by one name alone."""
        english = self.enterprise.name_en if self.complainant and self.enterprise and language == "en" else ""
        return english or self.complainant

    @property
    def filer(self) -> str:
        """The name of who files as a list shows it to its reader."""
        return self.filer_in(get_language() or "zh")

    @property
    def heading(self) -> str:
        """The title for the reader for whom the case was read (`listed`, `timeline.sides`); read for nobody, the summary."""
        return self.titled(known=bool(self.__dict__.get("known", self.__dict__.get("read_by_name", False))))

    @property
    def is_new(self) -> bool:
        return self._state.adding

    @property
    def travels(self) -> bool:
        """Whether another node holds a part of this case's history."""
        return self.tenure > 1 or bool(self.offered_to)

    @property
    def answers_here(self) -> bool:
        """Whether this node is the one that answers for the case (the holder of the highest tenure)."""
        return self.holder_node == settings.LIANQIAO_NODE

    def code_matches(self, code_word: str) -> bool:
        return bool(self.code_digest) and constant_time_compare(self.code_digest, digest_of_code(self.uid, code_word))


def digest_of_code(uid: uuid.UUID, code_word: str) -> str:
    """What is stored of a code word: its digest, salted by the case."""
    return hashlib.sha256(f"lianqiao/code/v1:{uid}:{code_word.strip().upper()}".encode()).hexdigest()


class CaseKey(models.Model):
    """A right to read one case. The key names a person, an enterprise, an agency, or all that stand above an agency."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="keys")
    key = models.CharField(max_length=100)
    identity = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "case"], name="one_key_per_case")]


class Exclusion(models.Model):
    """Bars whoever holds the key, whatever else they hold: the agency complained of beats every grant."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="exclusions")
    key = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "case"], name="one_exclusion_per_case")]


class Participant(models.Model):
    """An agency that takes part in a case without answering for it."""

    class Part(models.TextChoices):
        RESPONDENT = "respondent", _("Agency complained of")
        CO_HANDLER = "co_handler", _("Co-handling agency")

    case = models.ForeignKey(Case, models.CASCADE, related_name="participants")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    part = models.CharField(max_length=16, choices=Part)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "agency", "part"], name="one_part_per_agency")]


class Tie(models.Model):
    """Two cases are, or once were, handled together. Each points to the other for whoever may see both."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="ties")
    other = models.ForeignKey(Case, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "other"], name="one_tie_per_pair")]


class ClockQuerySet(models.QuerySet["Clock"]):
    def running(self) -> Self:
        return self.filter(stopped_on__isnull=True)

    def reached_by(self, first: date, last: date) -> Self:
        """The running ones whose date rests on days from `first` to `last`. A paused clock has no date; it is reckoned when it resumes."""
        return self.running().filter(started_on__lte=last, due_on__gte=first)

    def nearest(self) -> Subquery:
        """The nearest last day of a running clock, for a query of cases."""
        dated = self.running().filter(case=OuterRef("pk"), due_on__isnull=False).order_by("due_on")
        return Subquery(dated.values("due_on")[:1])

    def due_until(self, on: date) -> Self:
        return self.running().filter(due_on__lte=on).order_by("due_on", "pk")


class Clock(models.Model):
    """Starts, stops, pauses and extensions of one limit of a case. `due_on` is derived from them and only an index."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="clocks")
    name = models.CharField(max_length=16)
    subject = models.CharField(max_length=64, blank=True)
    started_on = models.DateField()
    started_by = models.PositiveIntegerField()
    stopped_on = models.DateField(null=True, blank=True)
    stopped_by = models.PositiveIntegerField(null=True, blank=True)
    given = models.JSONField(default=dict, blank=True)
    pauses = models.JSONField(default=list, blank=True)
    extensions = models.JSONField(default=list, blank=True)
    due_on = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    provisional = models.BooleanField(default=False)
    notified_due_on = models.DateField(null=True, blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_on"], name="clock_running", condition=Q(stopped_on__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "name", "subject"],
                condition=Q(stopped_on__isnull=True),
                name="one_running_clock_per_limit",
            )
        ]


class RedatingQuerySet(models.QuerySet["Redating"]):
    def due(self, now: datetime) -> Self:
        """What is to be looked through now, the oldest first: they follow each other."""
        return self.filter(done_at__isnull=True, look_at__lte=now).order_by("pk")


class Redating(models.Model):
    """The running clocks are looked through after a holiday notice was adopted or undone.

    Twice: at once, and a minute later for what other processes reckoned by the calendar that they still remembered.
    `place` is the last clock that was looked at, `first` and `last` the days on which the notice makes a difference.
    """

    notice = models.ForeignKey(AdoptedCalendar, models.PROTECT, related_name="+")
    undone = models.BooleanField(default=False)
    first = models.DateField()
    last = models.DateField()
    place = models.BigIntegerField(default=0)
    looked = models.PositiveSmallIntegerField(default=0)
    look_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    moved = models.PositiveIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)

    objects = RedatingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["id"], name="redating_open", condition=Q(done_at__isnull=True))]


class QuestionQuerySet(models.QuerySet["Question"]):
    def unanswered(self) -> Self:
        return self.filter(answered_by__isnull=True)

    def addressed_to(self, person: Person) -> Self:
        """The questions that the person's agencies or enterprises have to answer. It opens no view of the case itself.

        Of a report of retaliation nobody whom an exclusion bars hears even the question.
        """
        addressed = Q(pk__in=[])
        for grant in grants_of(person):
            addressed |= Q(addressee_key__in=grant.keys) & grant.covering("case__")
        if claims := claims_of(person):
            filed = CaseKey.objects.filter(key=f"{PERSON}{person.pk}").values("case_id")
            addressed |= Q(addressee_key__in=claims, case__in=filed)
        barred = Exclusion.objects.filter(case=OuterRef("case"), key__in=bars_of(person))
        return self.filter(addressed).exclude(Exists(barred), case__kind=Kind.RETALIATION)


class Question(models.Model):
    """A question to the enterprise, to the agency complained of, or to another agency; answered once."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField()
    to = models.CharField(max_length=16)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", null=True, blank=True)
    addressee_key = models.CharField(max_length=100, db_index=True)
    asked_by = models.PositiveIntegerField()
    answered_by = models.PositiveIntegerField(null=True, blank=True)
    reply_by = models.DateField(null=True, blank=True)
    peer_question = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    def waits_for(self, person: Person) -> bool:
        """Whether it has no answer yet and `addressed_to` finds it for the person. No query where keys and exclusions of the case are in hand."""
        if self.answered_by is not None:
            return False
        addressed = any(self.addressee_key in grant.keys and grant.covers(self.case) for grant in grants_of(person))
        if not addressed and self.addressee_key in claims_of(person):
            addressed = any(row.key == f"{PERSON}{person.pk}" for row in self.case.keys.all())
        return addressed and not (self.case.kind == Kind.RETALIATION and bars(self.case, person))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_question_per_number")]


class Attachment(models.Model):
    """A file of a case: stored outside the database, fetched by case and id, never by digest alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, models.CASCADE, related_name="attachments")
    event = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    audience = models.CharField(max_length=16, default="everyone")
    origin_node = models.CharField(max_length=8)
    stored = models.BooleanField(default=True)
    erased = models.BooleanField(default=False)


class HoldQuerySet(models.QuerySet["Hold"]):
    def standing(self, on: date) -> Self:
        """Those that stop a disposal on the day."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=on), released_by__isnull=True)


class Hold(models.Model):
    """A file is held back from disposal, until a day or until it is released. `event` and `released_by` are numbers of events."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="holds")
    event = models.PositiveIntegerField()
    cause = models.CharField(max_length=32)
    until = models.DateField(null=True, blank=True)
    released_by = models.PositiveIntegerField(null=True, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "event"], name="one_hold_per_event")]


class RequestQuerySet(models.QuerySet["Request"]):
    def open(self) -> Self:
        """The requests that wait for an answer or a result."""
        return self.filter(state__in=Request.OPEN)


class Request(models.Model):
    """What is asked of another node, or of another agency here, while the case stays where it is: an opinion, or a sub-task.

    `uid` names it between nodes. A request that was called back stays so; a word that comes later is recorded on the case all the same.
    """

    class Kind(models.TextChoices):
        CONSULTATION = "consultation", _("Consultation of an agency")
        TASK = "task", _("Sub-task")

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for a first answer")
        ACCEPTED = "accepted", _("Accepted there")
        ANSWERED = "answered", _("Answered")
        DONE = "done", _("Completed")
        DECLINED = "declined", _("Not taken on")
        RETURNED = "returned", _("Given back undone")
        WITHDRAWN = "withdrawn", _("Called back")

    OPEN = (State.ASKED, State.ACCEPTED)

    uid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="requests")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    node = models.CharField(max_length=8)
    agency = models.CharField(max_length=40, help_text="Code of the agency, in its own node's terms")
    agreement = models.UUIDField(null=True, blank=True)
    clause = models.CharField(max_length=20, blank=True)
    trigger = models.CharField(max_length=64, blank=True)
    lead = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    documents = models.ManyToManyField(Attachment, related_name="requests")
    asked_by = models.PositiveIntegerField()
    reports = models.PositiveIntegerField(default=0, help_text="How many words have come on it, in their order")
    reminders = models.PositiveSmallIntegerField(default=0)
    closed_by = models.PositiveIntegerField(null=True, blank=True, help_text="Number of the event that closed it")

    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_request_per_number")]
        indexes = [models.Index(fields=["node", "state"], name="request_node")]

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def subject(self) -> str:
        """How its clock is told apart from those of questions and co-handlers."""
        return f"{REQUEST}{self.number}"


REQUEST = "request:"


class DraftQuerySet(models.QuerySet["Draft"]):
    def of(self, person: Person) -> Self:
        """The person's own drafts, the last changed first; nobody else sees them."""
        return self.filter(owner=person).order_by("-changed_at")


class Draft(models.Model):
    """A filing form that its owner has not yet submitted. No case, no event, no clock; the owner alone sees it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Person, models.CASCADE, related_name="+")
    content = models.JSONField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def counted(self, address: str, minute: int) -> int:
        """Count one more attempt of the address in the minute, in one statement, and say how many there are."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO cases_attempt (address, minute, count) VALUES (%s, %s, 1) "
                "ON CONFLICT (address, minute) DO UPDATE SET count = cases_attempt.count + 1 RETURNING count",
                [address, minute],
            )
            return int(cursor.fetchone()[0])


class Attempt(models.Model):
    """How often an address asked with a code word in one minute. The address is kept as a keyed digest, for an hour."""

    address = models.CharField(max_length=64)
    minute = models.PositiveIntegerField()
    count = models.PositiveIntegerField()

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "minute"], name="one_count_per_minute")]


# Subjects: cases that suffer the same


class SubjectQuerySet(models.QuerySet["Subject"]):
    def visible_to(self, person: Person) -> Self:
        """The subjects of the agencies in which the person works, and those below agencies in which they lead or supervise."""
        held = [row for row in memberships_of(person) if not (row.delegation and row.delegation.matters)]
        opened = Q(agency__in={row.agency_id for row in held})
        for row in held:
            if row.role in OVERSEEING:
                opened |= Q(agency__path__startswith=row.agency.path)
        return self.filter(opened)


class Subject(models.Model):
    """Many cases under one heading: a common issue, or a mass or emergency event. What is said of it stands in its events."""

    class Kind(models.TextChoices):
        COMMON_ISSUE = "common_issue", _("Common issue")
        MASS_EVENT = "mass_event", _("Mass or emergency event")

    class Trigger(models.TextChoices):
        SOCIAL_IMPACT = "social_impact", _("adverse social impact")
        OPERATION = "operation", _("normal production or operation seriously affected")
        MAJOR_INTERESTS = "major_interests", _("dispute over major interests")
        BUSINESS_ENVIRONMENT = "business_environment", _("serious harm to the business environment")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    trigger = models.CharField(max_length=24, choices=Trigger, blank=True)
    title = models.CharField(max_length=200)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_on", "id"]


class SubjectCase(models.Model):
    """A case stands under a subject; since which of its events."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="cases")
    case = models.ForeignKey(Case, models.CASCADE, related_name="subjects")
    since = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "case"], name="one_place_per_subject")]


class SubjectReply(models.Model):
    """One text for all cases of a subject; the text stands in the subject's event."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="replies")
    event = models.PositiveIntegerField()
    form = models.CharField(max_length=8)
    ground = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)


class SubjectAnswer(models.Model):
    """What became of a reply in one case."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Waits for the reply")
        DONE = "done", _("Has the reply")
        REFUSED = "refused", _("Refuses the reply")

    reply = models.ForeignKey(SubjectReply, models.CASCADE, related_name="answers")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    event = models.PositiveIntegerField(null=True, blank=True)
    code = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reply", "case"], name="one_answer_per_case")]
