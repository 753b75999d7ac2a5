from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_words_to_codes")]

    operations = [
        migrations.RemoveField(model_name="enterprisemember", name="powers"),
        migrations.RemoveField(model_name="enterprisemember", name="matters"),
        migrations.RenameField(model_name="enterprisemember", old_name="coded_powers", new_name="powers"),
        migrations.RenameField(model_name="enterprisemember", old_name="coded_matters", new_name="matters"),
    ]
