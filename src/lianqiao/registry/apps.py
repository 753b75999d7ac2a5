from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "lianqiao.registry"
    label = "registry"
