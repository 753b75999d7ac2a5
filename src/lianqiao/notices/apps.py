from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "lianqiao.notices"
    label = "notices"

    def ready(self) -> None:
        from . import departing, mail, reminding, telling  # noqa: F401, PLC0415 what registers itself by being read
        from .documents import issuing  # noqa: F401, PLC0415
        from .webhooks import delivering, following  # noqa: F401, PLC0415
