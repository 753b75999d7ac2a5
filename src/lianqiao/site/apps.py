from importlib import import_module

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "lianqiao.site"
    label = "site"

    def ready(self) -> None:
        """What registers itself by being read: the runners that clear away and sweep, departures, connections."""
        import_module("lianqiao.site.clearing")
        import_module("lianqiao.site.sweeping")
        import_module("lianqiao.site.erasures")
        import_module("lianqiao.site.departing")
        import_module("lianqiao.site.connections")
