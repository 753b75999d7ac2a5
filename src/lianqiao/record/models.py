"""The tables of the record. Their protections stand in `triggers`; only the modules of this room write them."""

from uuid import UUID

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.expressions import RawSQL

from lianqiao.record.actors import Actor

DIGEST = 64  # hex digits of a SHA-256


class Node(models.Model):
    """This installation, one row. `code` (division code of its region) never changes; `epoch` rises after a restore."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    code = models.CharField(max_length=12)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    base_url = models.URLField(max_length=300)
    epoch = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(id=1), name="record_node_single_row"),
            CheckConstraint(condition=~Q(code=""), name="record_node_has_code"),
            CheckConstraint(condition=Q(epoch__gt=0), name="record_node_epoch_positive"),
        ]

    def __str__(self) -> str:
        return self.code


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, kind: str, subject: UUID | str) -> "EventQuerySet":
        """The chain of one subject, in order, with the sealed values (one query)."""
        return self.filter(subject_kind=kind, subject=subject).select_related("sealed").order_by("number")

    def placed_after(self, place: int) -> "EventQuerySet":
        """Events in the order of the log behind `place`, with their place; their sealed values by `events.unseal` (one query each)."""
        return self.filter(place__place__gt=place).select_related("place").order_by("place__place")

    def departing(self, verb: str) -> "EventQuerySet":
        """Those by which something left the node and of which no other row tells, the newest first; found by the index over these verbs."""
        among = RawSQL("record_event.verb IN ('allow_app', 'backup', 'fetched')", [], models.BooleanField())
        return self.filter(among, verb=verb).order_by("-recorded_at", "-pk")


class Event(models.Model):
    """One thing that happened to one subject. Never changed, never deleted."""

    id = models.BigAutoField(primary_key=True)
    subject_kind = models.CharField(max_length=16)
    subject = models.UUIDField()
    number = models.PositiveIntegerField()
    verb = models.CharField(max_length=32)
    by_kind = models.CharField(max_length=8)
    by = models.CharField(max_length=64)
    legal_date = models.DateField()
    recorded_at = models.DateTimeField()
    data = models.JSONField()
    previous = models.CharField(max_length=DIGEST, blank=True)
    digest = models.CharField(max_length=DIGEST)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["subject_kind", "subject", "number"], name="record_event_number_unique"),
            # Not `unique=True`: that would add a second index for LIKE on PostgreSQL to every insert.
            UniqueConstraint(fields=["digest"], name="record_event_digest_unique"),
            CheckConstraint(condition=Q(number__gt=0), name="record_event_number_positive"),
            CheckConstraint(
                condition=Q(number=1, previous="") | (Q(number__gt=1) & ~Q(previous="")),
                name="record_event_chain_begins_at_one",
            ),
            CheckConstraint(condition=~Q(by=""), name="record_event_has_actor"),
        ]
        indexes = [
            models.Index(
                fields=["-recorded_at", "-id"],
                name="record_event_departing",
                condition=Q(verb__in=("allow_app", "backup", "fetched")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind}:{self.subject} {self.number} {self.verb}"

    @property
    def actor(self) -> Actor:
        return Actor(self.by_kind, self.by)


class Sealed(models.Model):
    """The erasable values of one event: {field: {"salt": hex, "value": str}}. A field that is gone was erased."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="sealed")
    values = models.JSONField()

    def __str__(self) -> str:
        return f"sealed values of event {self.event_id}"


class Pending(models.Model):
    """An event that has no place yet. A trigger of the database adds the row; only the sequencer takes it away."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="+", db_constraint=False)

    def __str__(self) -> str:
        return f"pending event {self.event_id}"


class Place(models.Model):
    """The one order of this node: `place` runs over all epochs, `leaf` counts from 0 in each epoch's tree."""

    place = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="place")
    epoch = models.PositiveIntegerField()
    leaf = models.BigIntegerField()
    leaf_hash = models.CharField(max_length=DIGEST)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["epoch", "leaf"], name="record_place_leaf_unique"),
            CheckConstraint(condition=Q(place__gt=0), name="record_place_positive"),
            CheckConstraint(condition=Q(leaf__gte=0), name="record_place_leaf_not_negative"),
        ]

    def __str__(self) -> str:
        return f"place {self.place}"


class TreeNode(models.Model):
    """The hash of one complete subtree above the leaves (level 1 and up; level 0 stands in Place)."""

    pk = models.CompositePrimaryKey("epoch", "level", "index")
    epoch = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.CharField(max_length=DIGEST)

    class Meta:
        constraints = [CheckConstraint(condition=Q(level__gt=0), name="record_treenode_above_leaves")]

    def __str__(self) -> str:
        return f"tree node {self.epoch}/{self.level}/{self.index}"


class Checkpoint(models.Model):
    """A signed statement: the tree of this epoch had this size and this root. `note` has the node's own signature."""

    epoch = models.PositiveIntegerField()
    size = models.BigIntegerField()
    root = models.CharField(max_length=DIGEST)
    note = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["epoch", "size"], name="record_checkpoint_size_unique")]

    def __str__(self) -> str:
        return f"checkpoint {self.epoch}/{self.size}"


class Cosignature(models.Model):
    """The signature line of another node under one of our checkpoints, verified before it was stored."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="cosignatures")
    node = models.CharField(max_length=12)
    line = models.CharField(max_length=300)

    class Meta:
        constraints = [UniqueConstraint(fields=["checkpoint", "node"], name="record_cosignature_node_unique")]

    def __str__(self) -> str:
        return f"cosignature of {self.node} under {self.checkpoint_id}"


class Read(models.Model):
    """Somebody has seen something confidential: who, in whose stead, which subjects (their ids between spaces), what part, by which door.

    Never changed, never deleted; each day is sealed by an event (`reads`).
    """

    at = models.DateTimeField()
    day = models.DateField(db_index=True)
    by = models.CharField(max_length=64)
    stead = models.CharField(max_length=400, blank=True)
    subjects = models.TextField()
    part = models.CharField(max_length=32)
    identity = models.BooleanField()
    door = models.CharField(max_length=16)
    token = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [CheckConstraint(condition=~Q(by=""), name="record_read_has_reader")]

    def __str__(self) -> str:
        return f"read {self.pk}"


class Follower(models.Model):
    """How far a follower has come, and what stopped it last (empty when it runs)."""

    name = models.CharField(max_length=64, primary_key=True)
    place = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)
    failed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class NodeKey(models.Model):
    """A public key of this node (the private half is a file). Ended keys stay: old signatures stay verifiable."""

    kid = models.CharField(max_length=16, unique=True)
    algorithm = models.CharField(max_length=16)
    public = models.CharField(max_length=200)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["algorithm"], condition=Q(valid_until=None), name="record_nodekey_one_current"),
        ]

    def __str__(self) -> str:
        return self.kid
