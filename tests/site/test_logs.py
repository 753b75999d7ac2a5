"""What is confided to the node stands nowhere in its log, whatever goes wrong."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pydantic import ValidationError
from tests.cast import Cast, cast, filing, node  # noqa: F401  fixtures
from tests.site.api.conftest import Caller, call  # noqa: F401

from lianqiao.cases import data
from lianqiao.cases.actions import intake
from lianqiao.record.discreet import address, discreet
from lianqiao.site.logs import Discreet

PLANTED = (
    "秘密甲公司",
    "机密事实乙",
    "13900001234",
    "lq_" + "p" * 43,
    "Wr0ng-Passw0rd-丙",
    "x" * 20 + "-Seat_9" + "y" * 10,
)
FIRM, FACTS, PHONE, TOKEN, PASSWORD, DOOR = PLANTED


@pytest.fixture
def logs() -> Any:
    """Everything that any part of the node says at any level: written as the node writes it, and as it would stand there otherwise."""
    form = settings.LOGGING["formatters"]["line"]["format"]
    told, root = (io.StringIO(), io.StringIO()), logging.getLogger()
    handlers = [logging.StreamHandler(to) for to in told]
    for handler, formatter in zip(handlers, (Discreet(form), logging.Formatter(form)), strict=True):
        handler.setFormatter(formatter)
        root.addHandler(handler)
    before, root.level = root.level, logging.DEBUG
    yield told
    root.level = before
    for handler in handlers:
        root.removeHandler(handler)


@pytest.mark.django_db
def test_no_secret_reaches_the_log(call: Caller, cast: Cast, logs: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    matter = filing(
        cast,
        title=FIRM,
        facts=FACTS,
        contact={"name": FIRM, "phone": PHONE, "email": "", "address": "", "postcode": ""},
    )
    made = call.post("cases", "lin", matter)
    assert made.status_code == 201
    assert call.post("cases", "lin", matter | {"nonsense": FACTS}).status_code == 422
    assert call.get("me", "", Authorization=f"Bearer {TOKEN}").status_code == 401
    assert call.post("status", "", {"number": made.json()["number"], "code_word": PASSWORD}).status_code in (404, 422)
    person = Client(raise_request_exception=False)
    person.post("/account/sign-in", {"login": "lin", "password": PASSWORD})
    assert person.get(f"/account/invitation/{DOOR}").status_code == 404
    assert person.get(f"/calendar/{DOOR}.ics").status_code == 404
    assert person.get(f"/meetings/invitation/{DOOR}").status_code == 404

    def falls(**given: Any) -> None:
        """As PostgreSQL and pydantic word it."""
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("UPDATE cases_case SET tenure = 0, title = %s", [FIRM])
        except IntegrityError as error:
            raise RuntimeError(f"{error}\nDETAIL:  Failing row contains ({FIRM}, {FACTS}).") from error

    monkeypatch.setattr(intake, "file", falls)
    assert call.post("cases", "lin", matter).status_code == 500
    try:
        data.MODELS["file"].model_validate({"title": FIRM * 100, "facts": [FACTS]})
    except ValidationError:
        logging.getLogger("lianqiao.test").exception("unforeseen, %s", TOKEN)

    told, else_told = (log.getvalue() for log in logs)
    assert "POST /api/v1/cases failed" in told
    assert "RuntimeError" in told
    assert "Not Found: /account/invitation/…" in told
    assert [secret for secret in (*PLANTED, made.json()["code_word"]) if secret in told] == []
    assert {secret for secret in PLANTED if secret in else_told} == {FIRM, FACTS, TOKEN, DOOR}


def test_what_is_no_secret_stays() -> None:
    kept = "GET /api/v1/enterprises/b7e3c5a0-52d5-4c6b-9f0e-1a2b3c4d5e6f/cases/51-2026-000001/take_over failed"
    assert address(discreet(kept)) == kept
