"""The addresses of a node."""

from importlib.util import find_spec

from django.urls import include, path

from lianqiao.site import views

urlpatterns = [
    path("", views.front),
    path("healthz", views.health),
    path("", include("lianqiao.exchange.urls")),
]

if find_spec("lianqiao.site.api"):
    from lianqiao.site.api import api

    urlpatterns.append(path("api/v1/", api.urls))
