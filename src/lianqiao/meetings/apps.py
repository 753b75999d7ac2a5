from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "lianqiao.meetings"
    label = "meetings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import columns  # noqa: F401, PLC0415 the columns of ledgers are declared
        from .actions import due, forgetting, inviting, sharing  # noqa: F401, PLC0415 their followers and kinds of parcels register themselves
