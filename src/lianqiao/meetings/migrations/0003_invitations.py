from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0002_tasks"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="seat",
            name="digest",
        ),
        migrations.AddField(
            model_name="meeting",
            name="reminded",
            field=models.PositiveSmallIntegerField(
                default=99, help_text="How many days before it the last reminders were written"
            ),
        ),
        migrations.AddField(
            model_name="seat",
            name="reason",
            field=models.CharField(blank=True, help_text="Why somebody does not come", max_length=500),
        ),
    ]
