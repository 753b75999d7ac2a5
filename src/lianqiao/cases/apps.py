from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "lianqiao.cases"
    label = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        from . import following  # noqa: F401, PLC0415 the follower registers itself
        from .actions import calendars  # noqa: F401, PLC0415 the runner registers itself

        post_migrate.connect(index, sender=self, dispatch_uid="cases.search_index")


def index(using: str, **kwargs: Any) -> None:
    """Put the search's index back after every migration."""
    from lianqiao.cases import search_index  # noqa: PLC0415 (no connection is used when this module is loaded)

    search_index.install(using)
