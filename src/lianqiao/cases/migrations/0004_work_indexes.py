from django.db import migrations, models
from django.db.models import Q

IN_WORK = ("filed", "correcting", "accepted", "offered", "handed_over", "merged", "concluded")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_next_due"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="case",
            name="case_due",
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=Q(("state__in", IN_WORK)),
                fields=["next_due", "id"],
                include=("state", "agency", "home_agency", "assigned", "handler"),
                name="case_due",
            ),
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="case_work_assigned",
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=Q(("assigned__isnull", False), ("state__in", IN_WORK)),
                fields=["assigned"],
                name="case_work_assigned",
            ),
        ),
    ]
