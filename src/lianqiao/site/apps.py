from importlib import import_module

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "lianqiao.site"
    label = "site"

    def ready(self) -> None:
        """What registers itself by being read: the runner that clears away."""
        import_module("lianqiao.site.clearing")
