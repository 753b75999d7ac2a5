from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RecordConfig(AppConfig):
    name = "lianqiao.record"
    label = "record"
    verbose_name = _("Record")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from lianqiao.record import log, reads  # noqa: F401, PLC0415 (their runners register themselves)

        post_migrate.connect(protect, sender=self, dispatch_uid="record.triggers")


def protect(using: str, **kwargs: Any) -> None:
    """Put the triggers back after every migration: SQLite silently loses those of an altered table."""
    from lianqiao.record import triggers  # noqa: PLC0415 (models are not loaded yet when this module is)

    triggers.install(using)
