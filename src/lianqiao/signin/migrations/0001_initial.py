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
            name="Kept",
            fields=[
                ("cache_key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
            options={
                "db_table": "signin_kept",
            },
        ),
        migrations.CreateModel(
            name="Lock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=100, unique=True)),
                ("attempts", models.PositiveIntegerField()),
                ("last", models.PositiveBigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Provider",
            fields=[
                ("node", models.CharField(max_length=8, primary_key=True, serialize=False)),
                ("issuer", models.CharField(max_length=200)),
                ("authorization_endpoint", models.CharField(max_length=250)),
                ("token_endpoint", models.CharField(max_length=250)),
                ("keys", models.JSONField(help_text="A JWK set")),
                ("told_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kid", models.CharField(max_length=64, unique=True)),
                ("public", models.JSONField(help_text="The public half as a JWK")),
                ("valid_from", models.DateTimeField()),
                ("valid_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["valid_from", "id"],
            },
        ),
        migrations.CreateModel(
            name="App",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("client", models.CharField(max_length=100, unique=True)),
                ("name_zh", models.CharField(max_length=100)),
                ("name_en", models.CharField(max_length=100)),
                ("operator", models.CharField(help_text="Who runs it and answers for it", max_length=200)),
                ("registered_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "acts_as",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whom it is when it acts for itself",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["registered_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Guest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("node", models.CharField(max_length=8)),
                ("subject", models.CharField(max_length=255)),
                ("first_at", models.DateTimeField()),
                (
                    "ended_at",
                    models.DateTimeField(
                        blank=True, help_text="The security administrator lets them in no more", null=True
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="guest", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["node", "first_at", "id"],
                "constraints": [models.UniqueConstraint(fields=("node", "subject"), name="guest_once")],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="invitation_expires_later"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Pseudonym",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("sector", models.CharField(help_text="Id of the client that knows the person by it", max_length=100)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pseudonyms",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("person", "sector"), name="pseudonym_one_per_sector")],
            },
        ),
    ]
