"""Programs go straight to their view and get the very answers that they would get past every middleware of the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from tests.cast import Cast

from lianqiao.site import straight

STRAIGHT = "lianqiao.site.straight.straight"
ROUND_ABOUT = [name for name in settings.MIDDLEWARE if name != STRAIGHT]
ASKED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "open to all": ("GET", "/api/v1/node", {}),
    "in English": ("GET", "/api/v1/words", {"HTTP_ACCEPT_LANGUAGE": "en"}),
    "in Chinese": ("GET", "/api/v1/regimes/nothing", {"HTTP_ACCEPT_LANGUAGE": "zh"}),
    "with a token": ("GET", "/api/v1/me", {"token": "lin"}),
    "without a token": ("POST", "/api/v1/cases", {"data": "{}", "content_type": "application/json"}),
    "wrong data": ("POST", "/api/v1/cases", {"token": "lin", "data": "{}", "content_type": "application/json"}),
    "no JSON": ("POST", "/api/v1/cases", {"token": "lin", "data": "{", "content_type": "application/json"}),
    "with a parameter": ("GET", "/api/v1/cases/51-2026-000001", {"token": "lin"}),
    "a verb": (
        "POST",
        "/api/v1/cases/51-2026-000001/accept",
        {"token": "wei", "data": "", "content_type": "text/plain"},
    ),
    "wrong method": ("DELETE", "/api/v1/cases", {}),
    "no such address": ("GET", "/api/v1/nothing", {}),
    "another host": ("GET", "/api/v1/node", {"HTTP_HOST": "elsewhere.example"}),
    "a cookie for the language": ("GET", "/api/v1/regimes/nothing", {"HTTP_COOKIE": "django_language=en"}),
    "the description": ("GET", "/api/v1/openapi.json", {}),
    "a page among them": ("GET", "/api/v1/docs", {}),
    "the card": ("GET", "/exchange/v1/card", {}),
    "no such address of the exchange": ("GET", "/exchange/v1/nothing", {}),
    "https": ("GET", "/api/v1/node", {"secure": True}),
}

NEVER_THE_SAME = {"a page among them", "the card", "no such address of the exchange"}
"""Answers with a nonce or a signature: the status and the names of the headers are compared."""


def answer(cast: Cast, method: str, path: str, more: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    given = dict(more)
    if "token" in given:
        given["HTTP_AUTHORIZATION"] = f"Bearer {cast.token(given.pop('token'))}"
    said = Client().generic(method, path, **given)
    return said.status_code, dict(said.headers), said.content


@pytest.mark.parametrize("asked", list(ASKED))
def test_the_answer_is_the_same_as_round_about(cast: Cast, asked: str) -> None:
    direct = answer(cast, *ASKED[asked])
    with override_settings(MIDDLEWARE=ROUND_ABOUT):
        round_about = answer(cast, *ASKED[asked])
    if asked in NEVER_THE_SAME:
        assert (direct[0], sorted(direct[1])) == (round_about[0], sorted(round_about[1]))
    else:
        assert direct == round_about


def test_only_addresses_without_parameters_are_remembered(cast: Cast) -> None:
    straight.fixed().clear()
    for path in ("/api/v1/node", "/api/v1/cases/51-2026-000001", "/api/v1/nothing", "/api/v1/node"):
        Client().get(path)
    assert list(straight.fixed()) == ["/api/v1/node"]
