"""The rows of the exchange. Peers and alarms are written by `peers` and `alarms`, parcels by `parcels`, `post`, `inbox`."""

import uuid
from datetime import datetime
from typing import Self

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import keys
from lianqiao.cases.models import Case, Kind
from lianqiao.law.divisions import name_of
from lianqiao.record import prepared
from lianqiao.record.models import Node
from lianqiao.registry.models import Agency, Clause, Membership, Person

ANSWERING = (Membership.Role.INTAKE, Membership.Role.LEAD, Membership.Role.LIAISON)
WORKING = (*ANSWERING, Membership.Role.HANDLER)


class Peer(models.Model):
    """Another node. `received_epoch` and `received_upto` say up to where its stream of parcels to us has no gap."""

    class State(models.TextChoices):
        KNOWN = "known", _("Known, not yet trusted")
        ACTIVE = "active", _("Active")
        BLOCKED = "blocked", _("Blocked")
        GONE = "gone", _("Gone for good")

    code = models.CharField(max_length=8, primary_key=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    base_url = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State, default=State.KNOWN)
    epoch = models.PositiveIntegerField(default=1, help_text="Epoch in which the peer now writes")
    our_kid = models.CharField(
        max_length=64, blank=True, help_text="Own key the peer has acknowledged last; empty: the newest"
    )
    sent_epoch = models.PositiveIntegerField(default=0)
    sent_sequence = models.PositiveBigIntegerField(default=0)
    received_epoch = models.PositiveIntegerField(default=1)
    received_upto = models.PositiveBigIntegerField(default=0)
    last_heard_at = models.DateTimeField(null=True, blank=True)
    last_sent_at = models.DateTimeField(null=True, blank=True)
    unreachable_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="Calls in a row that found nobody there")
    retry_at = models.DateTimeField(null=True, blank=True, help_text="When to call again after such a failure")
    pull_after = models.DateTimeField(null=True, blank=True, help_text="When to ask its outbox next; empty: at once")
    skew_seconds = models.IntegerField(null=True, blank=True, help_text="Its clock minus ours, last measured")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["code"]

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en

    @property
    def region(self) -> str:
        """What its region is called, in the reader's language."""
        return name_of(self.code).in_(get_language() or "zh")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class PeerKey(models.Model):
    """A public key of a peer. Old keys stay, because old proofs stay."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="keys")
    kid = models.CharField(max_length=64, unique=True)
    algorithm = models.CharField(max_length=32)
    public = models.CharField(max_length=200, help_text="Hexadecimal")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    announced_by_kid = models.CharField(
        max_length=64, blank=True, help_text="The older key that signed for it; empty: trusted by hand"
    )

    class Meta:
        ordering = ["valid_from", "kid"]

    def holds_at(self, moment: datetime) -> bool:
        """Whether the peer may sign new messages with it at the moment."""
        return self.valid_until is None or moment < self.valid_until


USING = "INSERT INTO exchange_nonce (kid, nonce, expires) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"


class NonceQuerySet(models.QuerySet["Nonce"]):
    def use(self, kid: str, nonce: str, expires: datetime) -> bool:
        """Use up a nonce, in one statement; False if it was used before."""
        if prepared.is_possible():
            with prepared.cursor() as cursor:
                return cursor.execute(USING, (kid, nonce, expires), prepare=True).rowcount == 1
        with connection.cursor() as asked:
            asked.execute(USING, [kid, nonce, connection.ops.adapt_datetimefield_value(expires)])
            return bool(asked.rowcount == 1)


class Nonce(models.Model):
    """A nonce that was used; kept until its message would be refused for its age anyhow."""

    kid = models.CharField(max_length=64)
    nonce = models.CharField(max_length=64)
    expires = models.DateTimeField(db_index=True)

    objects = NonceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kid", "nonce"], name="nonce_used_once")]


class ParcelOut(models.Model):
    """One parcel to one peer. The body never changes after it is made; erasure can only blank it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        REFUSED = "refused", _("Refused by the peer")
        DEAD = "dead", _("Given up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="outbox")
    epoch = models.PositiveIntegerField()
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=64)
    dossier = models.UUIDField(null=True, blank=True, db_index=True)
    tenure = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=64, blank=True, help_text="Digest of the event it was made from")
    body = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    give_up_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="HTTP status; 0: no answer")
    last_error = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    acknowledgement = models.JSONField(default=dict, blank=True, help_text="The peer's signed proof of receipt")
    to_relive = models.BooleanField(
        default=False, help_text="Fetched from the peer after a restore; what it says is not yet true here"
    )
    to_erase = models.BooleanField(default=False, help_text="Loses its body as soon as it is delivered")
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["peer_id", "epoch", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["peer", "epoch", "sequence"], name="parcel_out_sequence"),
            models.UniqueConstraint(
                fields=["source", "kind", "peer"], condition=~Q(source=""), name="parcel_out_once_per_event"
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="parcel_out_due", condition=Q(state="waiting")),
            models.Index(fields=["peer", "epoch", "sequence"], name="parcel_out_open", condition=~Q(state="delivered")),
            models.Index(fields=["-created_at", "-id"], name="parcel_out_newest"),
        ]


class ParcelIn(models.Model):
    """One parcel from one peer, stored before it is acknowledged, kept with the proof that the peer signed it."""

    class State(models.TextChoices):
        STORED = "stored", _("Stored")
        WAITING = "waiting", _("Waiting for another parcel")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="inbox")
    parcel = models.UUIDField()
    epoch = models.PositiveIntegerField()
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=64)
    dossier = models.UUIDField(null=True, blank=True, db_index=True)
    tenure = models.PositiveIntegerField(default=0)
    cause = models.CharField(max_length=64, blank=True, help_text="What the sender made it from, in its own record")
    body = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    proof = models.JSONField(help_text="Method, path and signed header fields of the request that brought it")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.STORED)
    reason = models.CharField(max_length=300, blank=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    to_erase = models.BooleanField(default=False, help_text="Loses its body as soon as it is worked on")
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["peer_id", "epoch", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["peer", "parcel"], name="parcel_in_once"),
            models.UniqueConstraint(fields=["peer", "epoch", "sequence"], name="parcel_in_sequence"),
        ]
        indexes = [
            models.Index(fields=["peer", "cause"], name="parcel_in_cause", condition=~Q(cause="")),
            models.Index(fields=["next_try_at"], name="parcel_in_due", condition=Q(state__in=["stored", "waiting"])),
            models.Index(fields=["peer", "epoch", "sequence"], name="parcel_in_open", condition=~Q(state="done")),
        ]


class OfferQuerySet(models.QuerySet["Offer"]):
    def open(self) -> Self:
        """The offers that wait for somebody here."""
        return self.filter(state__in=[Offer.State.WAITING, Offer.State.LOST])

    def clause_between(self, case: Case, peer: str) -> Clause | None:
        """The clause that governs what travels between this node and the peer about the case: of a case that came from the peer and went on to
        another node, the one under which it came."""
        agreement, ref = case.agreement, case.clause
        if peer == case.received_from:
            came = (
                self.filter(dossier=case.dossier, peer=peer, state=Offer.State.TAKEN).order_by("-answered_at").first()
            )
            agreement, ref = (came.agreement, came.clause) if came else (agreement, ref)
        return prepared.one(Clause, agreement_id=agreement, ref=ref)

    def visible_to(self, person: Person) -> Self:
        """The one read filter for offers: those to agencies in which the person takes in, leads or liaises, or which they lead.

        A report of retaliation, whose agency complained of is not known in our terms yet, is for those alone who work nowhere but there
        and above or below. `withdrawn` says whether the enterprise has withdrawn meanwhile: that word waits for the take-over.
        """
        # Whoever stands in for some matters only does not answer offers, whose matter has yet to be mapped.
        memberships = [row for row in keys.memberships_of(person) if not (row.delegation and row.delegation.matters)]
        own = {row.agency.code for row in memberships if row.role in ANSWERING}
        above = [row.agency.path for row in memberships if row.role == Membership.Role.LEAD]
        below = Q(pk__in=[])
        for path in above:
            below |= Q(path__startswith=path)
        codes = own | set(Agency.objects.filter(below).values_list("code", flat=True))
        works_in = keys.paths_of(person)
        paths = Agency.objects.filter(code__in=codes).values_list("code", "path")
        guarded = {
            code for code, path in paths if all(path.startswith(one) or one.startswith(path) for one in works_in)
        }
        retaliation = Offer.objects.filter(content__content__kind=Kind.RETALIATION).exclude(agency__in=guarded)
        words = ParcelIn.objects.filter(
            peer=OuterRef("peer"), dossier=OuterRef("dossier"), kind="withdrawn", state=ParcelIn.State.WAITING
        )
        return self.filter(agency__in=codes).exclude(pk__in=retaliation.values("pk")).annotate(withdrawn=Exists(words))


class Offer(models.Model):
    """A case that a peer offers to us. Exactly one answer leaves the state `waiting`, under the lock of this row."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for our answer")
        TAKEN = "taken", _("Taken over")
        DECLINED = "declined", _("Declined")
        RETRACTED = "retracted", _("Given back at the request of the other node")
        LOST = "lost", _("Taken over before a restore; take it over again")

    id = models.UUIDField(primary_key=True, editable=False)
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="offers")
    dossier = models.UUIDField(db_index=True)
    tenure = models.PositiveIntegerField()
    number = models.CharField(max_length=40, blank=True, help_text="The sender's number of the case")
    agreement = models.UUIDField()
    clause = models.CharField(max_length=20)
    agency = models.CharField(max_length=40, help_text="Our agency to which the clause addresses it")
    content = models.JSONField(default=dict, blank=True)
    received_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True, help_text="Last day of the answer limit of the clause")
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    mapping = models.JSONField(default=dict, blank=True, help_text="What the case became in our own terms")
    answered_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["received_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(state__in=["waiting", "lost"]), name="offer_one_waiting_per_dossier"
            )
        ]


def working_in(person: Person) -> Q:
    """The condition on errands that they lie with an agency in which the person works, for such a matter."""
    wanted = Q(pk__in=[])
    for held in keys.memberships_of(person):
        matters = held.delegation.matters if held.delegation else []
        if held.role in WORKING:
            lies = Q(agency=held.agency.code) | Q(addressed=held.agency.code)
            wanted |= lies & Q(programme__in=matters) if matters else lies
    return wanted


class ErrandQuerySet(models.QuerySet["Errand"]):
    def open(self) -> Self:
        """The errands that wait for an answer or a result."""
        return self.filter(state__in=Errand.OPEN)

    def visible_to(self, person: Person) -> Self:
        """The one read filter for errands: those of the agency that was addressed and of the one to which it is assigned, and no others."""
        return self.filter(working_in(person))


class Errand(models.Model):
    """What another node (or another agency here, then without `peer`) asks of us while its case stays with it: an opinion, or a sub-task.

    No case and no tenure. `addressed` is the agency that the clause names, `agency` the one that does it. `limit` is what its last day is
    derived from.
    """

    class Kind(models.TextChoices):
        CONSULTATION = "consultation", _("Consultation of an agency")
        TASK = "task", _("Sub-task")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a first answer")
        ACCEPTED = "accepted", _("Taken on")
        ANSWERED = "answered", _("Answered")
        DONE = "done", _("Completed")
        DECLINED = "declined", _("Not taken on")
        RETURNED = "returned", _("Given back undone")
        WITHDRAWN = "withdrawn", _("Called back by who asked")

    OPEN = (State.WAITING, State.ACCEPTED)

    id = models.UUIDField(primary_key=True, editable=False)
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="errands", null=True, blank=True)
    kind = models.CharField(max_length=12, choices=Kind)
    dossier = models.UUIDField(db_index=True)
    number = models.CharField(max_length=40, help_text="The number of the case at who asks")
    request = models.PositiveIntegerField(help_text="The number of the request in that case")
    programme = models.CharField(max_length=64)
    agreement = models.UUIDField(null=True, blank=True)
    clause = models.CharField(max_length=20, blank=True)
    addressed = models.CharField(max_length=40, blank=True)
    agency = models.CharField(max_length=40, blank=True)
    folder = models.UUIDField(help_text="Where its files lie")
    content = models.JSONField(default=dict, blank=True)
    limit = models.JSONField(default=dict, blank=True)
    due_on = models.DateField(null=True, blank=True, help_text="Index of what `limit` gives")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    words = models.PositiveIntegerField(default=0, help_text="How many words on it have gone out, in their order")
    reminders = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    to_erase = models.BooleanField(default=False, help_text="Loses what was asked as soon as it is over")
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = ErrandQuerySet.as_manager()

    class Meta:
        ordering = ["received_at", "id"]
        indexes = [
            models.Index(
                fields=["agency", "due_on"], name="errand_open", condition=Q(state__in=["waiting", "accepted"])
            )
        ]


class ErrandFile(models.Model):
    """A file of an errand: one that came with it, or one (`ours`) that goes with the word numbered `word`."""

    id = models.UUIDField(primary_key=True, editable=False)
    errand = models.ForeignKey(Errand, models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    ours = models.BooleanField(default=False)
    word = models.PositiveIntegerField(null=True, blank=True)
    stored = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "id"]


class Alarm(models.Model):
    """Something that a person must look at. One open row per kind, node and subject; it stays until it is handled."""

    kind = models.CharField(max_length=32)
    node = models.CharField(max_length=8, blank=True)
    subject = models.CharField(max_length=100, blank=True)
    params = models.JSONField(default=dict, blank=True)
    raised_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "node", "subject"], condition=Q(handled_at__isnull=True), name="alarm_one_open"
            )
        ]


class PeerCheckpoint(models.Model):
    """The newest checkpoint of a peer's log that this node has checked and cosigned, one per epoch."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="checkpoints")
    epoch = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    note = models.TextField()
    cosigned_at = models.DateTimeField()

    class Meta:
        ordering = ["peer_id", "epoch"]
        constraints = [models.UniqueConstraint(fields=["peer", "epoch"], name="checkpoint_one_per_epoch")]


class Fetch(models.Model):
    """A file that a peer has named to us and that is to be fetched from it, or was, or never can be."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Fetched")
        FAILED = "failed", _("Cannot be fetched")

    id = models.UUIDField(primary_key=True, editable=False)
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="fetches")
    case = models.UUIDField(help_text="Subject of the case's events")
    event = models.PositiveIntegerField(help_text="Number of the event that named it")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["next_attempt_at", "id"]


class Erasure(models.Model):
    """A neighbour was told that something of a dossier was erased here. `event` is the digest of our event; it waits until they answer."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Told, not answered yet")
        ERASED = "erased", _("Erased there too")
        NOT_HELD = "not_held", _("Not held there")

    event = models.CharField(max_length=64)
    dossier = models.UUIDField(db_index=True)
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="erasures")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    told_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["told_at", "id"]
        constraints = [models.UniqueConstraint(fields=["event", "peer"], name="erasure_told_once")]


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    def waiting(self, peer: str = "") -> Self:
        """The peers that have not answered yet since the last restore; this one alone, if one is named."""
        present = Node.objects.values("epoch")[:1]
        rows = self.filter(epoch=present, state=Recovery.State.ASKED).select_related("peer")
        return rows.filter(peer=peer) if peer else rows


class Recovery(models.Model):
    """After a restore: one row per peer that must say what it holds before shared cases move again."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        ANSWERED = "answered", _("Answered")
        GONE = "gone", _("Gone for good")

    epoch = models.PositiveIntegerField()
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="recoveries")
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    begun_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    found = models.JSONField(default=dict, blank=True, help_text="What the backup had lost")

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        ordering = ["epoch", "peer_id"]
        constraints = [models.UniqueConstraint(fields=["epoch", "peer"], name="recovery_one_per_peer")]
