"""The yardstick of the exchange: the same server stack, and one address that checks a signature and answers 202. It stores nothing.

`python -m bench.plain PORT` runs in the settings of a node, with the public key of the sender in BENCH_SENDER ("kid algorithm hex").
"""

from __future__ import annotations

import os
import sys

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

PROCESSES, THREADS = 2, 8


@csrf_exempt
def take(request: HttpRequest) -> HttpResponse:
    from lianqiao.exchange import signing
    from lianqiao.record.algorithms import PublicKey

    node, algorithm, public = os.environ["BENCH_SENDER"].split()
    key = PublicKey(node, algorithm, bytes.fromhex(public))
    signing.verify_request(key, request.method or "", request.get_full_path(), request.headers, request.body)
    return HttpResponse(b"{}", status=202, content_type="application/json")


urlpatterns = [path("exchange/v1/parcels", take)]


def main(port: int) -> int:
    settings.ROOT_URLCONF = "bench.plain"
    django.setup()
    from lianqiao.site import serve

    shared = serve.listen("127.0.0.1", port)
    return serve.keep_alive([lambda: serve.answer(shared, THREADS)] * PROCESSES)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqiao.site.settings")
    sys.exit(main(int(sys.argv[1])))
