import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("subject_kind", models.CharField(max_length=16)),
                ("subject", models.UUIDField()),
                ("number", models.PositiveIntegerField()),
                ("verb", models.CharField(max_length=32)),
                ("by_kind", models.CharField(max_length=8)),
                ("by", models.CharField(max_length=64)),
                ("legal_date", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("data", models.JSONField()),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("verb__in", ("allow_app", "backup", "fetched"))),
                        fields=["-recorded_at", "-id"],
                        name="record_event_departing",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject_kind", "subject", "number"), name="record_event_number_unique"
                    ),
                    models.UniqueConstraint(fields=("digest",), name="record_event_digest_unique"),
                    models.CheckConstraint(condition=models.Q(("number__gt", 0)), name="record_event_number_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", 1), ("previous", "")),
                            models.Q(("number__gt", 1), models.Q(("previous", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="record_event_chain_begins_at_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("by", ""), _negated=True), name="record_event_has_actor"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Follower",
            fields=[
                ("name", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("place", models.BigIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                ("failed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=12)),
                ("name_zh", models.CharField(max_length=100)),
                ("name_en", models.CharField(max_length=100)),
                ("base_url", models.URLField(max_length=300)),
                ("epoch", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="record_node_single_row"),
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True), name="record_node_has_code"
                    ),
                    models.CheckConstraint(condition=models.Q(("epoch__gt", 0)), name="record_node_epoch_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NodeKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kid", models.CharField(max_length=16, unique=True)),
                ("algorithm", models.CharField(max_length=16)),
                ("public", models.CharField(max_length=200)),
                ("valid_from", models.DateTimeField()),
                ("valid_until", models.DateTimeField(null=True)),
                ("ended_reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_until", None)),
                        fields=("algorithm",),
                        name="record_nodekey_one_current",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("place", models.BigIntegerField(primary_key=True, serialize=False)),
                ("epoch", models.PositiveIntegerField()),
                ("leaf", models.BigIntegerField()),
                ("leaf_hash", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("epoch", "leaf"), name="record_place_leaf_unique"),
                    models.CheckConstraint(condition=models.Q(("place__gt", 0)), name="record_place_positive"),
                    models.CheckConstraint(condition=models.Q(("leaf__gte", 0)), name="record_place_leaf_not_negative"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Read",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("day", models.DateField(db_index=True)),
                ("by", models.CharField(max_length=64)),
                ("stead", models.CharField(blank=True, max_length=400)),
                ("subjects", models.TextField()),
                ("part", models.CharField(max_length=32)),
                ("identity", models.BooleanField()),
                ("door", models.CharField(max_length=16)),
                ("token", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("by", ""), _negated=True), name="record_read_has_reader")
                ],
            },
        ),
        migrations.CreateModel(
            name="TreeNode",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "epoch", "level", "index", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("epoch", models.PositiveIntegerField()),
                ("level", models.PositiveSmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("level__gt", 0)), name="record_treenode_above_leaves")
                ],
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("epoch", models.PositiveIntegerField()),
                ("size", models.BigIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("note", models.TextField()),
                ("signed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("epoch", "size"), name="record_checkpoint_size_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("node", models.CharField(max_length=12)),
                ("line", models.CharField(max_length=300)),
                (
                    "checkpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cosignatures", to="record.checkpoint"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("checkpoint", "node"), name="record_cosignature_node_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="Pending",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="record.event",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Sealed",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="sealed",
                        serialize=False,
                        to="record.event",
                    ),
                ),
                ("values", models.JSONField()),
            ],
        ),
        migrations.AddField(
            model_name="place",
            name="event",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="place", to="record.event"
            ),
        ),
    ]
