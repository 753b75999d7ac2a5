import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("registry", "0001_initial"),
        ("registry", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=64)),
                ("minute", models.PositiveIntegerField()),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("address", "minute"), name="one_count_per_minute")],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("dossier", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("tenure", models.PositiveIntegerField(default=1)),
                ("home_node", models.CharField(max_length=8)),
                ("holder_node", models.CharField(max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("filed", "Filed"),
                            ("correcting", "Correction requested"),
                            ("accepted", "Accepted"),
                            ("refused", "Not accepted"),
                            ("offered", "Offered to another region"),
                            ("handed_over", "Handed over"),
                            ("concluded", "Concluded"),
                            ("delivered", "Result delivered"),
                            ("withdrawn", "Withdrawn"),
                            ("archived", "Archived"),
                            ("disposed", "Disposed of"),
                            ("merged", "Handled together with another case"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "state_before_offer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("filed", "Filed"),
                            ("correcting", "Correction requested"),
                            ("accepted", "Accepted"),
                            ("refused", "Not accepted"),
                            ("offered", "Offered to another region"),
                            ("handed_over", "Handed over"),
                            ("concluded", "Concluded"),
                            ("delivered", "Result delivered"),
                            ("withdrawn", "Withdrawn"),
                            ("archived", "Archived"),
                            ("disposed", "Disposed of"),
                            ("merged", "Handled together with another case"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("infringement", "Infringement complaint"),
                            ("suggestion", "Suggestion on the investment environment"),
                            ("help", "Difficulty or request for help"),
                            ("consultation", "Consultation"),
                            ("retaliation", "Report of retaliation"),
                        ],
                        max_length=16,
                    ),
                ),
                ("programme", models.CharField(max_length=32)),
                ("category", models.CharField(max_length=64)),
                ("regime", models.CharField(max_length=64)),
                ("regime_digest", models.CharField(max_length=64)),
                ("regime_pinned", models.BooleanField(default=False)),
                ("assignment_disputed", models.BooleanField(default=False)),
                ("assignment_final", models.BooleanField(default=False)),
                ("complainant", models.CharField(blank=True, max_length=200)),
                ("title", models.CharField(max_length=200)),
                ("confidential", models.BooleanField(default=False)),
                ("correction_requested", models.BooleanField(default=False)),
                ("withdrawal_asked", models.BooleanField(default=False)),
                ("retraction_asked", models.BooleanField(default=False)),
                ("filed_on", models.DateField()),
                ("first_filed_on", models.DateField()),
                ("offer", models.UUIDField(blank=True, null=True)),
                ("offered_to", models.CharField(blank=True, max_length=8)),
                ("agreement", models.UUIDField(blank=True, null=True)),
                ("clause", models.CharField(blank=True, max_length=20)),
                ("peer_number", models.CharField(blank=True, max_length=40)),
                ("peer_agency", models.CharField(blank=True, max_length=200)),
                ("received_from", models.CharField(blank=True, max_length=8)),
                ("ground", models.CharField(blank=True, max_length=64)),
                ("retention", models.CharField(blank=True, max_length=16)),
                ("disposable_on", models.DateField(blank=True, null=True)),
                ("disposal_proposed", models.PositiveIntegerField(blank=True, null=True)),
                ("score", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "state_before_merge",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("filed", "Filed"),
                            ("correcting", "Correction requested"),
                            ("accepted", "Accepted"),
                            ("refused", "Not accepted"),
                            ("offered", "Offered to another region"),
                            ("handed_over", "Handed over"),
                            ("concluded", "Concluded"),
                            ("delivered", "Result delivered"),
                            ("withdrawn", "Withdrawn"),
                            ("archived", "Archived"),
                            ("disposed", "Disposed of"),
                            ("merged", "Handled together with another case"),
                        ],
                        max_length=16,
                    ),
                ),
                ("leads", models.PositiveSmallIntegerField(default=0)),
                ("frozen_epoch", models.PositiveIntegerField(blank=True, null=True)),
                ("code_digest", models.CharField(blank=True, max_length=64)),
                ("tokens_open", models.TextField(blank=True)),
                ("tokens_identity", models.TextField(blank=True)),
                ("event_count", models.PositiveIntegerField(default=0)),
                ("event_head", models.CharField(blank=True, max_length=64)),
                ("changed_at", models.DateTimeField()),
                (
                    "about",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="cases.case",
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.agency"
                    ),
                ),
                (
                    "assigned",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.agency",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.enterprise",
                    ),
                ),
                (
                    "following",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followers",
                        to="cases.case",
                    ),
                ),
                (
                    "handler",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "home_agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.agency"
                    ),
                ),
                (
                    "objection_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "case",
                "indexes": [
                    models.Index(fields=["state", "-id"], name="case_state"),
                    models.Index(fields=["enterprise", "-id"], name="case_enterprise"),
                    models.Index(
                        condition=models.Q(("state", "archived")),
                        fields=["disposable_on", "id"],
                        name="case_disposable",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "offered"), _negated=True),
                            models.Q(
                                ("offer__isnull", False),
                                models.Q(("offered_to", ""), _negated=True),
                                models.Q(("state_before_offer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="case_offered_has_offer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "merged"), _negated=True),
                            models.Q(("following__isnull", False), models.Q(("state_before_merge", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="case_merged_follows",
                    ),
                    models.CheckConstraint(condition=models.Q(("tenure__gte", 1)), name="case_tenure_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("event", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("media_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("audience", models.CharField(default="everyone", max_length=16)),
                ("origin_node", models.CharField(max_length=8)),
                ("stored", models.BooleanField(default=True)),
                ("erased", models.BooleanField(default=False)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attachments", to="cases.case"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CaseKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=100)),
                ("identity", models.BooleanField(default=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="keys", to="cases.case"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key", "case"), name="one_key_per_case")],
            },
        ),
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=16)),
                ("subject", models.CharField(blank=True, max_length=64)),
                ("started_on", models.DateField()),
                ("started_by", models.PositiveIntegerField()),
                ("stopped_on", models.DateField(blank=True, null=True)),
                ("stopped_by", models.PositiveIntegerField(blank=True, null=True)),
                ("given", models.JSONField(blank=True, default=dict)),
                ("pauses", models.JSONField(blank=True, default=list)),
                ("extensions", models.JSONField(blank=True, default=list)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("provisional", models.BooleanField(default=False)),
                ("notified_due_on", models.DateField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="clocks", to="cases.case"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("stopped_on__isnull", True)), fields=["due_on"], name="clock_running"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("stopped_on__isnull", True)),
                        fields=("case", "name", "subject"),
                        name="one_running_clock_per_limit",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("content", models.JSONField()),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Exclusion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=100)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="exclusions", to="cases.case"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "key"), name="one_exclusion_per_case")],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.PositiveIntegerField()),
                ("cause", models.CharField(max_length=32)),
                ("until", models.DateField(blank=True, null=True)),
                ("released_by", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="holds", to="cases.case"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "event"), name="one_hold_per_event")],
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.CharField(
                        choices=[("respondent", "Agency complained of"), ("co_handler", "Co-handling agency")],
                        max_length=16,
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.agency"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="participants", to="cases.case"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "agency", "part"), name="one_part_per_agency")],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("to", models.CharField(max_length=16)),
                ("addressee_key", models.CharField(db_index=True, max_length=100)),
                ("asked_by", models.PositiveIntegerField()),
                ("answered_by", models.PositiveIntegerField(blank=True, null=True)),
                ("reply_by", models.DateField(blank=True, null=True)),
                ("peer_question", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.agency",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="questions", to="cases.case"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "number"), name="one_question_per_number")],
            },
        ),
        migrations.CreateModel(
            name="Redating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("undone", models.BooleanField(default=False)),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("place", models.BigIntegerField(default=0)),
                ("looked", models.PositiveSmallIntegerField(default=0)),
                ("look_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("moved", models.PositiveIntegerField(default=0)),
                ("told", models.PositiveIntegerField(default=0)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.adoptedcalendar"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("done_at__isnull", True)), fields=["id"], name="redating_open")
                ],
            },
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(unique=True)),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("consultation", "Consultation of an agency"), ("task", "Sub-task")], max_length=12
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waits for a first answer"),
                            ("accepted", "Accepted there"),
                            ("answered", "Answered"),
                            ("done", "Completed"),
                            ("declined", "Not taken on"),
                            ("returned", "Given back undone"),
                            ("withdrawn", "Called back"),
                        ],
                        default="asked",
                        max_length=9,
                    ),
                ),
                ("node", models.CharField(max_length=8)),
                ("agency", models.CharField(help_text="Code of the agency, in its own node's terms", max_length=40)),
                ("agreement", models.UUIDField(blank=True, null=True)),
                ("clause", models.CharField(blank=True, max_length=20)),
                ("trigger", models.CharField(blank=True, max_length=64)),
                ("asked_by", models.PositiveIntegerField()),
                (
                    "reports",
                    models.PositiveIntegerField(default=0, help_text="How many words have come on it, in their order"),
                ),
                ("reminders", models.PositiveSmallIntegerField(default=0)),
                (
                    "closed_by",
                    models.PositiveIntegerField(blank=True, help_text="Number of the event that closed it", null=True),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="requests", to="cases.case"
                    ),
                ),
                ("documents", models.ManyToManyField(related_name="requests", to="cases.attachment")),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["node", "state"], name="request_node")],
                "constraints": [models.UniqueConstraint(fields=("case", "number"), name="one_request_per_number")],
            },
        ),
        migrations.CreateModel(
            name="Subject",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("common_issue", "Common issue"), ("mass_event", "Mass or emergency event")],
                        max_length=16,
                    ),
                ),
                (
                    "trigger",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("social_impact", "adverse social impact"),
                            ("operation", "normal production or operation seriously affected"),
                            ("major_interests", "dispute over major interests"),
                            ("business_environment", "serious harm to the business environment"),
                        ],
                        max_length=24,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("opened_on", models.DateField()),
                ("closed_on", models.DateField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.agency"
                    ),
                ),
            ],
            options={
                "ordering": ["-opened_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="SubjectCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.PositiveIntegerField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="subjects", to="cases.case"
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="cases.subject"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("subject", "case"), name="one_place_per_subject")],
            },
        ),
        migrations.CreateModel(
            name="SubjectReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.PositiveIntegerField()),
                ("form", models.CharField(max_length=8)),
                ("ground", models.CharField(blank=True, max_length=64)),
                ("made_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="cases.subject"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SubjectAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for the reply"),
                            ("done", "Has the reply"),
                            ("refused", "Refuses the reply"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("event", models.PositiveIntegerField(blank=True, null=True)),
                ("code", models.CharField(blank=True, max_length=64)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
                ),
                (
                    "reply",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="cases.subjectreply"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("reply", "case"), name="one_answer_per_case")],
            },
        ),
        migrations.CreateModel(
            name="Tie",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="ties", to="cases.case"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "other"), name="one_tie_per_pair")],
            },
        ),
    ]
