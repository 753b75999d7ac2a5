from django.db import migrations, models

import lianqiao.registry.models.agreements


class Migration(migrations.Migration):
    dependencies = [("registry", "0009_erasures")]

    operations = [
        migrations.AddField(
            model_name="clause",
            name="lets",
            field=models.JSONField(
                default=lianqiao.registry.models.agreements.only_hand_over,
                help_text="hand_over, consult, task, objection",
            ),
        ),
    ]
