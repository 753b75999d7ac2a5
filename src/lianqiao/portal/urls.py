"""The addresses of the portal."""

from django.urls import path

from lianqiao.portal.views import public

urlpatterns = [
    path("", public.home),
    path("guide", public.guides),
    path("guide/<str:programme>", public.programme),
    path("where", public.where),
    path("status", public.status),
    path("verify", public.verify),
]
