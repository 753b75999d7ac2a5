from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "lianqiao.notices"
    label = "notices"

    def ready(self) -> None:
        from . import mail, telling  # noqa: F401, PLC0415 the followers and the runners register themselves
        from .documents import issuing  # noqa: F401, PLC0415
        from .webhooks import delivering, following  # noqa: F401, PLC0415
