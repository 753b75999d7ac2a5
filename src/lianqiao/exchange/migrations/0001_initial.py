import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Errand",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("consultation", "Consultation of an agency"), ("task", "Sub-task")], max_length=12
                    ),
                ),
                ("dossier", models.UUIDField(db_index=True)),
                ("number", models.CharField(help_text="The number of the case at who asks", max_length=40)),
                ("request", models.PositiveIntegerField(help_text="The number of the request in that case")),
                ("programme", models.CharField(max_length=64)),
                ("agreement", models.UUIDField(blank=True, null=True)),
                ("clause", models.CharField(blank=True, max_length=20)),
                ("addressed", models.CharField(blank=True, max_length=40)),
                ("agency", models.CharField(blank=True, max_length=40)),
                ("folder", models.UUIDField(help_text="Where its files lie")),
                ("content", models.JSONField(blank=True, default=dict)),
                ("limit", models.JSONField(blank=True, default=dict)),
                ("due_on", models.DateField(blank=True, help_text="Index of what `limit` gives", null=True)),
                ("received_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for a first answer"),
                            ("accepted", "Taken on"),
                            ("answered", "Answered"),
                            ("done", "Completed"),
                            ("declined", "Not taken on"),
                            ("returned", "Given back undone"),
                            ("withdrawn", "Called back by who asked"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                (
                    "words",
                    models.PositiveIntegerField(
                        default=0, help_text="How many words on it have gone out, in their order"
                    ),
                ),
                ("reminders", models.PositiveSmallIntegerField(default=0)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["received_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "accepted"])),
                        fields=["agency", "due_on"],
                        name="errand_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Peer",
            fields=[
                ("code", models.CharField(max_length=8, primary_key=True, serialize=False)),
                ("name_zh", models.CharField(max_length=100)),
                ("name_en", models.CharField(max_length=100)),
                ("base_url", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("known", "Known, not yet trusted"),
                            ("active", "Active"),
                            ("blocked", "Blocked"),
                            ("gone", "Gone for good"),
                        ],
                        default="known",
                        max_length=8,
                    ),
                ),
                ("epoch", models.PositiveIntegerField(default=1, help_text="Epoch in which the peer now writes")),
                (
                    "our_kid",
                    models.CharField(
                        blank=True, help_text="Own key the peer has acknowledged last; empty: the newest", max_length=64
                    ),
                ),
                ("sent_epoch", models.PositiveIntegerField(default=0)),
                ("sent_sequence", models.PositiveBigIntegerField(default=0)),
                ("received_epoch", models.PositiveIntegerField(default=1)),
                ("received_upto", models.PositiveBigIntegerField(default=0)),
                ("last_heard_at", models.DateTimeField(blank=True, null=True)),
                ("last_sent_at", models.DateTimeField(blank=True, null=True)),
                ("unreachable_since", models.DateTimeField(blank=True, null=True)),
                (
                    "failures",
                    models.PositiveIntegerField(default=0, help_text="Calls in a row that found nobody there"),
                ),
                (
                    "retry_at",
                    models.DateTimeField(blank=True, help_text="When to call again after such a failure", null=True),
                ),
                (
                    "pull_after",
                    models.DateTimeField(
                        blank=True, help_text="When to ask its outbox next; empty: at once", null=True
                    ),
                ),
                (
                    "skew_seconds",
                    models.IntegerField(blank=True, help_text="Its clock minus ours, last measured", null=True),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_reason", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=32)),
                ("node", models.CharField(blank=True, max_length=8)),
                ("subject", models.CharField(blank=True, max_length=100)),
                ("params", models.JSONField(blank=True, default=dict)),
                ("raised_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=1)),
                ("handled_at", models.DateTimeField(blank=True, null=True)),
                ("handled_by", models.CharField(blank=True, max_length=64)),
                ("note", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ["-raised_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("handled_at__isnull", True)),
                        fields=("kind", "node", "subject"),
                        name="alarm_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ErrandFile",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("media_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("ours", models.BooleanField(default=False)),
                ("word", models.PositiveIntegerField(blank=True, null=True)),
                ("stored", models.BooleanField(default=True)),
                (
                    "errand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="exchange.errand"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Nonce",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kid", models.CharField(max_length=64)),
                ("nonce", models.CharField(max_length=64)),
                ("expires", models.DateTimeField(db_index=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kid", "nonce"), name="nonce_used_once")],
            },
        ),
        migrations.CreateModel(
            name="Fetch",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("case", models.UUIDField(help_text="Subject of the case's events")),
                ("event", models.PositiveIntegerField(help_text="Number of the event that named it")),
                ("name", models.CharField(max_length=200)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("done", "Fetched"), ("failed", "Cannot be fetched")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
                ("last_error", models.CharField(blank=True, max_length=300)),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fetches", to="exchange.peer"
                    ),
                ),
            ],
            options={
                "ordering": ["next_attempt_at", "id"],
            },
        ),
        migrations.AddField(
            model_name="errand",
            name="peer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="errands",
                to="exchange.peer",
            ),
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.CharField(max_length=64)),
                ("dossier", models.UUIDField(db_index=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Told, not answered yet"),
                            ("erased", "Erased there too"),
                            ("not_held", "Not held there"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("told_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="erasures", to="exchange.peer"
                    ),
                ),
            ],
            options={
                "ordering": ["told_at", "id"],
                "constraints": [models.UniqueConstraint(fields=("event", "peer"), name="erasure_told_once")],
            },
        ),
        migrations.CreateModel(
            name="PeerCheckpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("epoch", models.PositiveIntegerField()),
                ("size", models.PositiveBigIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("note", models.TextField()),
                ("cosigned_at", models.DateTimeField()),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checkpoints", to="exchange.peer"
                    ),
                ),
            ],
            options={
                "ordering": ["peer_id", "epoch"],
                "constraints": [models.UniqueConstraint(fields=("peer", "epoch"), name="checkpoint_one_per_epoch")],
            },
        ),
        migrations.CreateModel(
            name="PeerKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kid", models.CharField(max_length=64, unique=True)),
                ("algorithm", models.CharField(max_length=32)),
                ("public", models.CharField(help_text="Hexadecimal", max_length=200)),
                ("valid_from", models.DateTimeField()),
                ("valid_until", models.DateTimeField(blank=True, null=True)),
                (
                    "announced_by_kid",
                    models.CharField(
                        blank=True, help_text="The older key that signed for it; empty: trusted by hand", max_length=64
                    ),
                ),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="keys", to="exchange.peer"
                    ),
                ),
            ],
            options={
                "ordering": ["valid_from", "kid"],
            },
        ),
        migrations.CreateModel(
            name="Recovery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("epoch", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Asked"), ("answered", "Answered"), ("gone", "Gone for good")],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("found", models.JSONField(blank=True, default=dict, help_text="What the backup had lost")),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recoveries", to="exchange.peer"
                    ),
                ),
            ],
            options={
                "ordering": ["epoch", "peer_id"],
                "constraints": [models.UniqueConstraint(fields=("epoch", "peer"), name="recovery_one_per_peer")],
            },
        ),
        migrations.CreateModel(
            name="ParcelOut",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("epoch", models.PositiveIntegerField()),
                ("sequence", models.PositiveBigIntegerField()),
                ("kind", models.CharField(max_length=64)),
                ("dossier", models.UUIDField(blank=True, db_index=True, null=True)),
                ("tenure", models.PositiveIntegerField(default=0)),
                (
                    "source",
                    models.CharField(blank=True, help_text="Digest of the event it was made from", max_length=64),
                ),
                ("body", models.TextField(blank=True)),
                ("digest", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("delivered", "Delivered"),
                            ("refused", "Refused by the peer"),
                            ("dead", "Given up"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
                ("give_up_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                (
                    "last_status",
                    models.PositiveSmallIntegerField(blank=True, help_text="HTTP status; 0: no answer", null=True),
                ),
                ("last_error", models.CharField(blank=True, max_length=300)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "acknowledgement",
                    models.JSONField(blank=True, default=dict, help_text="The peer's signed proof of receipt"),
                ),
                (
                    "to_relive",
                    models.BooleanField(
                        default=False,
                        help_text="Fetched from the peer after a restore; what it says is not yet true here",
                    ),
                ),
                ("to_erase", models.BooleanField(default=False, help_text="Loses its body as soon as it is delivered")),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outbox", to="exchange.peer"
                    ),
                ),
            ],
            options={
                "ordering": ["peer_id", "epoch", "sequence"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["next_attempt_at"], name="parcel_out_due"
                    ),
                    models.Index(
                        condition=models.Q(("state", "delivered"), _negated=True),
                        fields=["peer", "epoch", "sequence"],
                        name="parcel_out_open",
                    ),
                    models.Index(fields=["-created_at", "-id"], name="parcel_out_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("peer", "epoch", "sequence"), name="parcel_out_sequence"),
                    models.UniqueConstraint(
                        condition=models.Q(("source", ""), _negated=True),
                        fields=("source", "kind", "peer"),
                        name="parcel_out_once_per_event",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ParcelIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("parcel", models.UUIDField()),
                ("epoch", models.PositiveIntegerField()),
                ("sequence", models.PositiveBigIntegerField()),
                ("kind", models.CharField(max_length=64)),
                ("dossier", models.UUIDField(blank=True, db_index=True, null=True)),
                ("tenure", models.PositiveIntegerField(default=0)),
                (
                    "cause",
                    models.CharField(
                        blank=True, help_text="What the sender made it from, in its own record", max_length=64
                    ),
                ),
                ("body", models.TextField(blank=True)),
                ("digest", models.CharField(max_length=64)),
                (
                    "proof",
                    models.JSONField(help_text="Method, path and signed header fields of the request that brought it"),
                ),
                ("received_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("stored", "Stored"),
                            ("waiting", "Waiting for another parcel"),
                            ("done", "Done"),
                            ("refused", "Refused"),
                        ],
                        default="stored",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("next_try_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("to_erase", models.BooleanField(default=False, help_text="Loses its body as soon as it is worked on")),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="inbox", to="exchange.peer"
                    ),
                ),
            ],
            options={
                "ordering": ["peer_id", "epoch", "sequence"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("cause", ""), _negated=True),
                        fields=["peer", "cause"],
                        name="parcel_in_cause",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["stored", "waiting"])),
                        fields=["next_try_at"],
                        name="parcel_in_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "done"), _negated=True),
                        fields=["peer", "epoch", "sequence"],
                        name="parcel_in_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("peer", "parcel"), name="parcel_in_once"),
                    models.UniqueConstraint(fields=("peer", "epoch", "sequence"), name="parcel_in_sequence"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("dossier", models.UUIDField(db_index=True)),
                ("tenure", models.PositiveIntegerField()),
                ("number", models.CharField(blank=True, help_text="The sender's number of the case", max_length=40)),
                ("agreement", models.UUIDField()),
                ("clause", models.CharField(max_length=20)),
                ("agency", models.CharField(help_text="Our agency to which the clause addresses it", max_length=40)),
                ("content", models.JSONField(blank=True, default=dict)),
                ("received_at", models.DateTimeField()),
                (
                    "due_on",
                    models.DateField(blank=True, help_text="Last day of the answer limit of the clause", null=True),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for our answer"),
                            ("taken", "Taken over"),
                            ("declined", "Declined"),
                            ("retracted", "Given back at the request of the other node"),
                            ("lost", "Taken over before a restore; take it over again"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                (
                    "mapping",
                    models.JSONField(blank=True, default=dict, help_text="What the case became in our own terms"),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="exchange.peer"
                    ),
                ),
            ],
            options={
                "ordering": ["received_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "lost"])),
                        fields=("dossier",),
                        name="offer_one_waiting_per_dossier",
                    )
                ],
            },
        ),
    ]
