"""The addresses of a node."""

from importlib.util import find_spec

from django.urls import include, path

from lianqiao.site import look, views
from lianqiao.site.demo import doors as demo

handler400 = "lianqiao.site.faults.bad_request"
handler403 = "lianqiao.site.faults.forbidden"
handler404 = "lianqiao.site.faults.not_found"
handler500 = "lianqiao.site.faults.failed"

urlpatterns = [
    path("about", views.about),
    path("style", views.style),
    path("look", look.choose),
    path("demo", demo.choose),
    path("healthz", views.health),
    path("", include("lianqiao.portal.urls")),
    path("", include("lianqiao.desk.urls")),
    path("", include("lianqiao.exchange.urls")),
    path("", include("lianqiao.signin.urls")),
    path("", include("lianqiao.notices.urls")),
    path("", include("lianqiao.ledgers.urls")),
    path("", include("lianqiao.meetings.urls")),
]

if find_spec("lianqiao.site.api"):
    from lianqiao.site.api import api

    routes, app, namespace = api.urls
    # Addresses are tried one after the other: what a node is asked most stands first.
    routes = sorted(routes, key=lambda route: not str(route.pattern).startswith("cases"))
    urlpatterns.insert(0, path("api/v1/", (routes, app, namespace)))
