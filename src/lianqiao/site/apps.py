from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "lianqiao.site"
    label = "site"
