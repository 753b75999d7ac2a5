import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_summaries"),
        ("exchange", "0002_errands"),
        ("notices", "0003_telling"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_of_one_thing",
        ),
        migrations.AddField(
            model_name="notice",
            name="kind",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
        migrations.AddField(
            model_name="notice",
            name="subject",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="notice",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("case__isnull", False),
                        ("clock__isnull", True),
                        ("errand__isnull", True),
                        ("event__isnull", False),
                        ("subject__isnull", True),
                        ("webhook__isnull", True),
                    ),
                    models.Q(
                        ("case__isnull", True),
                        ("clock__isnull", True),
                        ("errand__isnull", False),
                        ("event__isnull", False),
                        ("subject__isnull", True),
                        ("webhook__isnull", True),
                    ),
                    models.Q(
                        ("case__isnull", False),
                        ("clock__isnull", False),
                        ("errand__isnull", True),
                        ("event__isnull", True),
                        ("subject__isnull", True),
                        ("webhook__isnull", True),
                    ),
                    models.Q(
                        ("case__isnull", True),
                        ("clock__isnull", True),
                        ("errand__isnull", True),
                        ("event__isnull", True),
                        ("subject__isnull", True),
                        ("webhook__isnull", False),
                    ),
                    models.Q(
                        ("case__isnull", True),
                        ("clock__isnull", True),
                        ("errand__isnull", True),
                        ("event__isnull", False),
                        ("subject__isnull", False),
                        ("webhook__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="notice_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", ""), ("person__isnull", False), ("subject__isnull", True)),
                    models.Q(
                        ("days__isnull", False), ("subject__isnull", False), models.Q(("kind", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="notice_of_a_declared_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                fields=("person", "kind", "subject", "verb", "event", "days"), name="told_once_of_a_subject"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("person__isnull", True)),
                fields=("kind", "subject", "verb", "event", "days"),
                name="written_once_to_a_guest",
            ),
        ),
    ]
