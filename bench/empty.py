"""The yardstick of memory and start: an empty Django site on the node's own server, `python -m bench.empty PORT`.

It loads the libraries that the node loads (Django with the applications of others, ninja, allauth, cryptography, psycopg and what else the node's
own modules import from outside), reaches the same database, and has one address.
"""

from __future__ import annotations

import importlib
import os
import signal
import socket
import sys
from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.urls import path

from lianqiao.site import settings as node

PROCESSES, THREADS = 2, 8
LIBRARIES = (
    "ninja", "orjson", "rfc8785", "cryptography.hazmat.primitives.asymmetric.ed25519", "http_message_signatures", "httpx", "pydantic", "psycopg",
    "python_calamine", "rustpy_xlsxwriter", "typst", "whitenoise", "waitress",
)  # fmt: skip
SECRET_KEY = "empty"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "bench.empty"
DATABASES = node.DATABASES
INSTALLED_APPS = [app for app in node.INSTALLED_APPS if not app.startswith("lianqiao")]
MIDDLEWARE = [one for one in node.MIDDLEWARE if one.startswith(("django.", "allauth."))]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
USE_TZ = True


def ok(request: HttpRequest) -> HttpResponse:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse(b"ok")


urlpatterns = [path("", ok)]


def main(port: int) -> int:
    import django

    django.setup()
    missing = []
    for name in LIBRARIES:
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append(name)
    if missing:
        raise SystemExit(f"not installed: {', '.join(missing)}")
    import waitress
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    shared = socket.create_server(("127.0.0.1", port), backlog=1024)
    processes = []
    for _number in range(PROCESSES):
        process = os.fork()
        if not process:
            waitress.create_server(application, sockets=[shared], threads=THREADS).run()
            os._exit(0)
        processes.append(process)

    def stop(*_told: object) -> None:
        for one in processes:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    for one in processes:
        os.waitpid(one, 0)
    return 0


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.empty"
    sys.exit(main(int(sys.argv[1])))
