from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "lianqiao.cases"
    label = "cases"
