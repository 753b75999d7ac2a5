from django.apps import AppConfig


class BatchesConfig(AppConfig):
    name = "lianqiao.batches"
    label = "batches"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import actions, enterprises  # noqa: F401, PLC0415 the kinds of job register themselves
