from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "lianqiao.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import work  # noqa: F401, PLC0415 the runner registers itself
