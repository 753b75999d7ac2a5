"""Mandates in words become codes as far as the words say them; the enterprises that are there get their keys for duplicates."""

from typing import Any

from django.db import migrations

WORDS = {
    "file": ("提出", "提交", "投诉", "代为申请"),
    "supplement": ("补充", "补正", "答复"),
    "withdraw": ("撤回",),
    "receive": ("接收", "签收", "领取"),
    "object": ("异议", "复核"),
    "rate": ("评价",),
}


def code(apps: Any, schema_editor: Any) -> None:
    for member in apps.get_model("registry", "EnterpriseMember").objects.exclude(powers=""):
        said = [power for power, words in WORDS.items() if any(word in member.powers for word in words)]
        # A mandate that names no matter that is known as a code was for all; words that name no power give none.
        member.coded_powers, member.coded_matters = said, []
        member.wording = "；".join(text for text in (member.powers, member.matters) if text)
        member.save(update_fields=["coded_powers", "coded_matters", "wording"])


def index(apps: Any, schema_editor: Any) -> None:
    from lianqiao.registry.duplicates import Named, keys_of  # noqa: PLC0415

    MatchKey = apps.get_model("registry", "MatchKey")
    for row in apps.get_model("registry", "Enterprise").objects.all().iterator():
        keys = keys_of(Named(row.name_zh, row.name_en, row.uscc))
        MatchKey.objects.bulk_create([MatchKey(enterprise=row, key=key) for key in keys])


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_enterprises_and_people")]

    operations = [
        migrations.RunPython(code, migrations.RunPython.noop),
        migrations.RunPython(index, migrations.RunPython.noop),
    ]
