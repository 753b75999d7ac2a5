from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_next_due"),
        ("meetings", "0006_circulated"),
        ("registry", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="line",
            name="looked_on",
            field=models.DateField(blank=True, help_text="When its completion date was last looked at", null=True),
        ),
        migrations.AddIndex(
            model_name="line",
            index=models.Index(condition=models.Q(("due_on__isnull", False)), fields=["due_on"], name="line_due"),
        ),
    ]
