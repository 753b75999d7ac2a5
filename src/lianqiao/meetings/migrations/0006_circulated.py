from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0005_papers"),
    ]

    operations = [
        migrations.AddField(
            model_name="minutes",
            name="circulated",
            field=models.TextField(blank=True, help_text="What of it the participants were given to comment on"),
        ),
    ]
