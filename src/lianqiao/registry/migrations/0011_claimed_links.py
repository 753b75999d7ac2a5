from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0010_what_a_clause_lets")]

    operations = [
        migrations.AddField(
            model_name="enterprisemember",
            name="claimed",
            field=models.BooleanField(
                default=False, help_text="By the person's own word, which no officer has confirmed yet"
            ),
        ),
    ]
