"""The vectors in docs/reference/vectors/webhook.json: made by this code with a key that everybody knows, and checked by the example of the page."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import time_machine
from tests.exchange.test_vectors import key

from lianqiao.notices.webhooks import signing

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def documented() -> Callable[..., dict[str, Any]]:
    """The function `verify` of docs/reference/webhooks.md."""
    page = (REFERENCE / "webhooks.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert example is not None
    names: dict[str, Any] = {}
    exec(example[1], names)  # the page's own words
    verify: Callable[..., dict[str, Any]] = names["verify"]
    return verify


def vectors() -> dict[str, Any]:
    return dict(json.loads((REFERENCE / "vectors" / "webhook.json").read_text(encoding="utf-8")))


def test_message_is_signed_as_in_the_vector() -> None:
    told = vectors()

    with time_machine.travel(datetime.fromisoformat(told["created"]), tick=False):
        made = signing.signed(key(), told["url"], told["body"].encode())

    assert {name.lower(): value for name, value in made.items()} == told["headers"]


def test_example_of_the_documentation_verifies_the_vector() -> None:
    told = vectors()

    message = documented()(told["method"], told["path"], told["headers"], told["body"].encode(), told["keys"])

    assert message == json.loads(told["body"])
