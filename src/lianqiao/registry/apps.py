"""The room as a Django application."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "lianqiao.registry"
    label = "registry"
    verbose_name = _("Registry")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(keep_law, sender=self, dispatch_uid="registry.keep_law")


def keep_law(using: str, **kwargs: Any) -> None:
    """Keep the texts of the regimes that the package brings, for the day when it brings others."""
    from lianqiao.registry import lawbook  # noqa: PLC0415 (the models are loaded later than this module)

    lawbook.keep_brought(using)
