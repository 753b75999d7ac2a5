from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "lianqiao.exchange"
    label = "exchange"
    verbose_name = _("Exchange")

    def ready(self) -> None:
        """What registers itself by being read: parcel kinds, followers and runners, departures."""
        modules = (
            "rotation",
            "handover",
            "reports",
            "treaties",
            "errands",
            "asking",
            "outgoing",
            "rounds",
            "departing",
        )
        for module in modules:
            import_module(f"lianqiao.exchange.{module}")
