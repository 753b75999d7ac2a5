from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "lianqiao.record"
    label = "record"
