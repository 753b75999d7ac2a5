from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "lianqiao.desk"
    label = "desk"
