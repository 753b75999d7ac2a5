from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "lianqiao.notices"
    label = "notices"
