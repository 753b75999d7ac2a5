from django.apps import AppConfig


class LedgersConfig(AppConfig):
    name = "lianqiao.ledgers"
    label = "ledgers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import entering, takeout  # noqa: F401, PLC0415 their kinds of jobs and their follower register themselves
