"""The cast, as it meets the pages."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from tests.cast import cast, node  # noqa: F401

from lianqiao.record.time import now
from lianqiao.registry.models import Person
from lianqiao.signin.entrance import KEY

ZH, EN = {"Accept-Language": "zh", "Accept": "text/html"}, {"Accept-Language": "en", "Accept": "text/html"}


def signed_in(person: Person, language: str = "en") -> Client:
    """A browser in which the person is signed in."""
    client = Client(headers=EN if language == "en" else ZH)
    client.force_login(person)
    session = client.session
    session[KEY] = {"began": int(now().timestamp()), "level": 2, "means": ["password"]}
    session.save()
    return client


def text(answer: Any) -> str:
    """What the page says, without marks, one space between words."""
    return (
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
        .replace("&#x27;", "'")
        .replace("&quot;", '"')
    )
