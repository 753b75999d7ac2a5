from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "lianqiao.desk"
    label = "desk"

    def ready(self) -> None:
        from . import bulk  # noqa: F401, PLC0415 the kind of job registers itself
