from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery

IN_WORK = ("filed", "correcting", "accepted", "offered", "handed_over", "merged", "concluded")


def derive(apps: Any, schema_editor: Any) -> None:
    """The nearest day of the cases that are there: only those with a running clock have one."""
    cases, clocks = apps.get_model("cases", "Case").objects, apps.get_model("cases", "Clock").objects
    running = clocks.filter(stopped_on__isnull=True, due_on__isnull=False)
    nearest = running.filter(case=OuterRef("pk")).order_by("due_on").values("due_on")[:1]
    cases.filter(pk__in=running.values("case")).update(next_due=Subquery(nearest))


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_summaries"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="next_due",
            field=models.DateField(
                blank=True,
                help_text="The nearest last day of a running limit; derived from the clocks, an index for the lists",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="enterprise",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=models.PROTECT,
                related_name="+",
                to="registry.enterprise",
            ),
        ),
        migrations.RunPython(derive, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name="exclusion",
            name="one_exclusion_per_case",
        ),
        migrations.AddConstraint(
            model_name="exclusion",
            constraint=models.UniqueConstraint(fields=("key", "case"), name="one_exclusion_per_case"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=Q(("state__in", IN_WORK)), fields=["next_due", "id"], name="case_due"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=Q(("state__in", IN_WORK)), fields=["agency"], name="case_work_agency"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=Q(("state__in", IN_WORK)), fields=["home_agency"], name="case_work_home"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=Q(("state__in", IN_WORK)), fields=["assigned"], name="case_work_assigned"),
        ),
    ]
