import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("registry", "0001_initial"),
        ("registry", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("url", models.CharField(max_length=500)),
                ("verbs", models.JSONField(blank=True, default=list)),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("all", "All cases that the person may see"),
                            ("enterprise", "Cases of one enterprise of the person"),
                            (
                                "agency",
                                "Cases that one agency of the person answers for, received first or is being assigned",
                            ),
                        ],
                        default="all",
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused")], default="active", max_length=8
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("rest_until", models.DateTimeField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registry.agency",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registry.enterprise",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agency__isnull", True), ("enterprise__isnull", True), ("scope", "all")),
                            models.Q(("agency__isnull", True), ("enterprise__isnull", False), ("scope", "enterprise")),
                            models.Q(("agency__isnull", False), ("enterprise__isnull", True), ("scope", "agency")),
                            _connector="OR",
                        ),
                        name="webhook_scope_names_its_thing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.PositiveIntegerField(blank=True, null=True)),
                ("verb", models.CharField(max_length=32)),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notices", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="notices.webhook",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "-id"], name="notice_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "case", "event"), name="told_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("case__isnull", False), ("event__isnull", False), ("webhook__isnull", True)),
                            models.Q(("case__isnull", True), ("event__isnull", True), ("webhook__isnull", False)),
                            _connector="OR",
                        ),
                        name="notice_of_a_case_or_a_webhook",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("event", models.PositiveIntegerField()),
                ("verb", models.CharField(max_length=32)),
                ("place", models.PositiveBigIntegerField()),
                ("occurred_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("delivered", "Delivered"),
                            ("given_up", "Given up"),
                            ("held", "Held while paused"),
                            ("barred", "No longer to be seen by the person"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("began_at", models.DateTimeField()),
                ("next_attempt_at", models.DateTimeField()),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                ("last_status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="notices.webhook"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["webhook", "next_attempt_at"],
                        name="delivery_due",
                    ),
                    models.Index(
                        condition=models.Q(("attempts__gt", 0)), fields=["-began_at", "-id"], name="delivery_tried"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("webhook", "place"), name="one_delivery_per_event")],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("event", models.PositiveIntegerField()),
                ("letter", models.CharField(max_length=32)),
                (
                    "audience",
                    models.CharField(
                        choices=[("everyone", "Everyone who may read the event"), ("officers", "Officers")],
                        max_length=8,
                    ),
                ),
                ("names_enterprise", models.BooleanField()),
                ("year", models.PositiveSmallIntegerField()),
                ("serial", models.PositiveIntegerField()),
                ("number", models.CharField(max_length=80)),
                ("issued_on", models.DateField()),
                ("content", models.JSONField()),
                ("template", models.CharField(blank=True, default="", max_length=64)),
                ("sha256_zh", models.CharField(blank=True, db_index=True, default="", max_length=64)),
                ("sha256_en", models.CharField(blank=True, db_index=True, default="", max_length=64)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.agency"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="cases.case"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("erased_at", None), ("sha256_zh", "")),
                        fields=["id"],
                        name="document_unprinted",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "event", "letter"), name="one_document_per_event"),
                    models.UniqueConstraint(fields=("agency", "year", "serial"), name="one_document_per_number"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.agency"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("agency", "year"), name="one_series_per_year")],
            },
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Given up")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                (
                    "notice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mail", to="notices.notice"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["next_attempt_at"], name="mail_due"),
                    models.Index(
                        condition=models.Q(("sent_at__isnull", False)), fields=["-sent_at", "-id"], name="mail_sent"
                    ),
                ],
            },
        ),
    ]
