from django.apps import AppConfig


class HotlineConfig(AppConfig):
    name = "lianqiao.hotline"
    label = "hotline"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import actions  # noqa: F401, PLC0415 the kind of job registers itself
