from django.apps import AppConfig


class LedgersConfig(AppConfig):
    name = "lianqiao.ledgers"
    label = "ledgers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import takeout  # noqa: F401, PLC0415 its kind of job and its follower register themselves
