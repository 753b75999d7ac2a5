from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SigninConfig(AppConfig):
    name = "lianqiao.signin"
    label = "signin"
    verbose_name = _("Signing in")

    def ready(self) -> None:
        """What registers itself by being read: followers and runners, departures."""
        for module in ("announcing", "bearing", "clearing", "departing"):
            import_module(f"lianqiao.signin.{module}")
