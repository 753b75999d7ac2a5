from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="summary",
            field=models.TextField(
                blank=True, help_text="What is told of a confidential case to who may not know who files"
            ),
        ),
    ]
