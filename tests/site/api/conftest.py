"""The cast, and a client that speaks JSON with a person's token."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast, cast, node  # noqa: F401  fixtures


class Caller:
    """Calls the API as one of the cast; "" is nobody."""

    def __init__(self, cast: Cast) -> None:  # noqa: F811
        self.cast, self.client = cast, Client(raise_request_exception=False)

    def __call__(self, method: str, path: str, who: str, body: Any = None, **headers: str) -> Any:
        token = {"Authorization": f"Bearer {self.cast.token(who)}"} if who else {}
        sent: dict[str, Any] = {}
        if body is not None:
            sent = {
                "data": body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode(),
                "content_type": headers.pop("type", "application/json"),
            }
        elif method not in ("get", "delete"):
            sent = {"data": b"", "content_type": "application/json"}
        url = path if path.startswith("/") else f"/api/v1/{path}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer: Any = self.client.generic(method.upper(), url, headers=token | named, **sent)
        answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer

    def get(self, path: str, who: str, **headers: str) -> Any:
        return self("get", path, who, **headers)

    def post(self, path: str, who: str, body: Any = None, **headers: str) -> Any:
        return self("post", path, who, body, **headers)

    def upload(self, path: str, who: str, file: Any, **fields: str) -> Any:
        headers = {"Authorization": f"Bearer {self.cast.token(who)}"} if who else {}
        return self.client.post(f"/api/v1/{path}", {"file": file} | fields, headers=headers)


@pytest.fixture
def call(cast: Cast) -> Caller:  # noqa: F811
    return Caller(cast)
