import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("registry", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("number", models.CharField(max_length=64)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("own", "Call to this hotline"),
                            ("national", "National platform"),
                            ("transfer", "Transferred from the other region"),
                        ],
                        default="own",
                        max_length=12,
                    ),
                ),
                ("received_at", models.DateTimeField()),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("consultation", "Consultation"),
                            ("help", "Request for help"),
                            ("suggestion", "Suggestion"),
                            ("complaint", "Complaint"),
                            ("report", "Report of a breach"),
                        ],
                        max_length=16,
                    ),
                ),
                ("summary", models.CharField(max_length=1000)),
                ("region", models.CharField(blank=True, max_length=12)),
                ("category", models.CharField(blank=True, max_length=100)),
                ("dispatched_to", models.CharField(blank=True, max_length=200)),
                ("enterprise_name", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("registered", "Registered"),
                            ("dispatched", "Dispatched"),
                            ("answered", "Answered"),
                            ("revisited", "Revisited"),
                        ],
                        max_length=12,
                    ),
                ),
                ("dispatched_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("revisited_at", models.DateTimeField(blank=True, null=True)),
                ("contacted", models.BooleanField(blank=True, null=True)),
                ("resolved", models.BooleanField(blank=True, null=True)),
                (
                    "satisfaction",
                    models.PositiveSmallIntegerField(blank=True, help_text="1 best ... 5 (GB/T 39046 A.8)", null=True),
                ),
                ("imported_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="cases.case",
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
                    "hotline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.agency"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["hotline", "-id"], name="ticket_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("hotline", "number"), name="one_ticket_per_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("satisfaction__isnull", True), ("satisfaction__range", (1, 5)), _connector="OR"
                        ),
                        name="satisfaction_is_a_grade",
                    ),
                ],
            },
        ),
    ]
