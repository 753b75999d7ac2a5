from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "lianqiao.exchange"
    label = "exchange"
