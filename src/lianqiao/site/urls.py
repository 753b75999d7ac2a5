"""The addresses of a node."""

from django.urls import path

from lianqiao.site import views

urlpatterns = [
    path("", views.front),
    path("healthz", views.health),
]
