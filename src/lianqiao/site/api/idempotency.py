"""Idempotency-Key: a request that is sent again is answered again, and done once.

The answer is stored in the transaction of its effect, so after a crash there is either both or neither. Of two at the same time the second is undone and
gets the answer of the first. Refusals are not stored: they changed nothing. Answers are sealed by the key that only the caller knows, for one of them
holds a code word; they are kept for a week.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from lianqiao.record.refusal import Refused
from lianqiao.record.time import now
from lianqiao.registry.door import bearer_of
from lianqiao.registry.models import IdempotentAnswer, Person

from .problems import refused

FORM = re.compile(r"[\x21-\x7e]{1,255}")
HEADERS = ("ETag", "Location", "Content-Type")
Run = Callable[..., HttpResponse]


def once(run: Run, request: HttpRequest, arguments: dict[str, Any]) -> HttpResponse:
    """Run the operation, or answer as it was answered before. Refuses: a malformed key (400), a key used for another request (422)."""
    key = request.headers["Idempotency-Key"].strip()
    try:
        person = bearer_of(request).person
        if not FORM.fullmatch(key):
            raise Refused(
                "idempotency-key", _("Idempotency-Key takes 1 to 255 visible signs, best a random UUID."), status=400
            )
        asked = digest(request)
        before = answered(person, key, asked)
        if before is not None:
            return before
    except Refused as error:
        return refused(request, error)
    try:
        with transaction.atomic():
            answer = run(request, **arguments)
            if answer.status_code >= 400:
                transaction.set_rollback(True)
            else:
                IdempotentAnswer.objects.create(
                    person=person,
                    key=name_of(key),
                    request_digest=asked,
                    status=answer.status_code,
                    body=sealed(person, key, answer),
                    created_at=now(),
                )
    except IntegrityError:
        answer = None
    if answer is not None and answer.status_code < 400:
        return answer
    try:  # the same request may have been carried out while this one waited
        return answered(person, key, asked) or answer or refused(request, in_progress())
    except Refused as error:
        return refused(request, error)


def in_progress() -> Refused:
    return Refused("in-progress", _("The same request is being carried out. Ask again in a moment."), status=409)


def answered(person: Person, key: str, asked: str) -> HttpResponse | None:
    """The answer that was given to this key. Refuses, 422, a key that was used for another request ("idempotency-key-reused")."""
    held = IdempotentAnswer.objects.filter(person=person, key=name_of(key)).first()
    if held is None:
        return None
    if held.request_digest != asked:
        raise Refused(
            "idempotency-key-reused",
            _("This Idempotency-Key was used for another request. Use a new one for each."),
            status=422,
        )
    return opened(person, key, held)


def digest(request: HttpRequest) -> str:
    """What makes two requests the same: address, version, and the body; of an upload its fields and files."""
    parts = [request.method or "", request.get_full_path(), request.headers.get("If-Match", "")]
    if request.content_type == "multipart/form-data":
        parts += [f"{name}={value}" for name, values in sorted(request.POST.lists()) for value in values]
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                told = hashlib.sha256()
                for chunk in file.chunks():
                    told.update(chunk)
                file.seek(0)
                parts.append(f"{name}={file.name}:{told.hexdigest()}")
    else:
        parts.append(hashlib.sha256(request.body).hexdigest())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def name_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def lock(person: Person, key: str) -> AESGCM:
    secret = f"idempotency:{person.pk}:{key}".encode()
    return AESGCM(hmac.new(settings.SECRET_KEY.encode(), secret, hashlib.sha256).digest())


def sealed(person: Person, key: str, answer: HttpResponse) -> str:
    headers = {name: answer[name] for name in HEADERS if name in answer}
    plain = json.dumps({"headers": headers, "body": answer.content.decode()}).encode()
    nonce = secrets.token_bytes(12)
    return base64.b64encode(nonce + lock(person, key).encrypt(nonce, plain, None)).decode()


def opened(person: Person, key: str, held: IdempotentAnswer) -> HttpResponse:
    stored = base64.b64decode(held.body)
    try:
        told = json.loads(lock(person, key).decrypt(stored[:12], stored[12:], None))
    except InvalidTag:  # the secret of the node was changed since
        raise Refused(
            "answered-before",
            _("This request was carried out before, but its answer can no longer be read. Look the result up."),
        ) from None
    answer = HttpResponse(told["body"], status=held.status, headers=told["headers"])
    answer["Idempotency-Replayed"] = "true"
    return answer
