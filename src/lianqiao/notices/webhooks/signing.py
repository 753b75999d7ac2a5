"""What is sent to an app, and its signature: a CloudEvent, signed as in RFC 9421 with the node's key, like everything that leaves a node.

Covered: method, path, query, content type, content digest; not the host, which proxies change. The body names the subscription, so that one
subscriber cannot pass a message on to another as the node's. docs/reference/webhooks.md shows how it is verified.
"""

import json
from urllib.parse import urlsplit

from django.conf import settings
from http_message_signatures import HTTPMessageSigner
from http_message_signatures.digests import ContentDigest

from lianqiao.exchange.signing import LABEL, OneKey, Request, algorithm, fields
from lianqiao.record import time
from lianqiao.record.algorithms import SigningKey

from .models import Delivery

TAG = "lianqiao-webhook-v1"
COVERED = ("@method", "@path", "@query", "content-type", "content-digest")
MEDIA_TYPE = "application/cloudevents+json"
TYPE = "lianqiao.case."


def body(delivery: Delivery) -> bytes:
    """The message: which case, what was done, when, where to look. Nothing of what was said, and of nobody who is named."""
    number = delivery.case.number
    told = {
        "specversion": "1.0",
        "id": str(delivery.pk),
        "source": settings.LIANQIAO_BASE_URL,
        "type": f"{TYPE}{delivery.verb}",
        "subject": number,
        "time": time.stamp(delivery.occurred_at),
        "datacontenttype": "application/json",
        "subscription": str(delivery.webhook_id),
        "data": {
            "case": number,
            "verb": delivery.verb,
            "event": delivery.event,
            "place": delivery.place,
            "address": f"{settings.LIANQIAO_BASE_URL}/api/v1/cases/{number}",
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def signed(key: SigningKey, url: str, content: bytes) -> dict[str, str]:
    """The header fields of the message, signed now."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    request = Request("POST", path, fields({"Content-Type": MEDIA_TYPE}))
    request.headers["Content-Digest"] = ContentDigest.create(content)
    signer = HTTPMessageSigner(signature_algorithm=algorithm(key.algorithm), key_resolver=OneKey(private=key.private))
    signer.sign(
        request, key_id=key.kid, created=time.now(), label=LABEL, tag=TAG, covered_component_ids=COVERED, body=content,
        use_existing_digest=True,
    )  # fmt: skip
    return {**dict(request.headers.items()), "User-Agent": "Lianqiao"}
