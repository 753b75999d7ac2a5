import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0002_errands"),
        ("meetings", "0003_invitations"),
        ("registry", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="body",
            name="shared_under",
            field=models.UUIDField(
                blank=True,
                help_text="Agreement under which the other node is told of it; empty: it is not told",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="body",
            name="told",
            field=models.CharField(blank=True, help_text="Digest of what the other node was told last", max_length=64),
        ),
        migrations.AlterField(
            model_name="concern",
            name="source",
            field=models.CharField(
                choices=[
                    ("officer", "Entered by an officer"),
                    ("case", "From a case"),
                    ("invitation", "By invitation link"),
                    ("region", "Brought by the other region"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="JointBody",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("content", models.JSONField(help_text="What `joint.Told` says")),
                ("epoch", models.PositiveIntegerField()),
                ("sequence", models.PositiveBigIntegerField(help_text="Place of the parcel that told it")),
                ("told_at", models.DateTimeField()),
                (
                    "agency",
                    models.ForeignKey(
                        help_text="Our party to the agreement under which it is shared",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.agency",
                    ),
                ),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="exchange.peer"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "joint bodies",
                "ordering": ["told_at", "pk"],
            },
        ),
    ]
