import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("registry", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=32)),
                ("key", models.CharField(blank=True, max_length=64)),
                ("asked", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("loading", "Being handed in"),
                            ("waiting", "In the queue"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Given up"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=16,
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("counts", models.JSONField(blank=True, default=dict)),
                ("result", models.JSONField(blank=True, default=dict)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
                ("cancel_asked", models.BooleanField(default=False)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("began_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=["next_attempt_at"],
                        name="job_due",
                    ),
                    models.Index(fields=["by", "-created_at"], name="job_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["loading", "waiting", "running"]), models.Q(("key", ""), _negated=True)
                        ),
                        fields=("key",),
                        name="one_unfinished_job_per_key",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Problem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveIntegerField()),
                ("column", models.CharField(blank=True, max_length=100)),
                ("code", models.CharField(max_length=64)),
                ("sentence", models.CharField(max_length=1000)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="problems", to="jobs.job"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["job", "id"], name="problem_of_job")],
            },
        ),
        migrations.CreateModel(
            name="Row",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("content", models.JSONField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "In the queue"),
                            ("done", "Done"),
                            ("known", "Known already"),
                            ("faulty", "Cannot be taken"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("result", models.JSONField(blank=True, default=dict)),
                ("sealed", models.TextField(blank=True)),
                (
                    "job",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="jobs.job"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["job", "id"], name="row_waiting")
                ],
                "constraints": [models.UniqueConstraint(fields=("job", "number"), name="one_row_per_number")],
            },
        ),
    ]
