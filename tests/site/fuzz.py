"""What a machine sends to every operation of the document, right and wrong, as everybody: no answer is a failure, and each is one that is declared.

Most of what stands in the addresses is of the node of tests/site/planted.py, so that verbs meet a case; what an example did is undone.
Methods that the document does not name are tried too. `python -m tests.site.prove` draws many, the tests a few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from django.core import signals
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.cast import Cast
from tests.site.planted import Planted
from werkzeug.test import Client

from lianqiao.registry import remembered
from lianqiao.site.api import api, document
from lianqiao.site.wsgi import application

CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
METHODS = ("get", "post", "put", "patch", "delete", "trace")


@dataclass
class Fuzzed:
    """What was sent, what came back, and which answers are wrong."""

    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)


class Fuzz:
    """Sends what hypothesis draws from the document."""

    def __init__(self, cast: Cast, planted: Planted, run: int = 7) -> None:
        self.cast, self.planted, self.run, self.found = cast, planted, run, Fuzzed()
        schema = schemathesis.openapi.from_dict(document.described(api))
        schema.app = application
        self.operations = [one.ok() for one in schema.get_all_operations()]

    def all(self, roles: Sequence[str], examples: int) -> Fuzzed:
        """Every operation by each role."""
        with one_connection():
            for who in roles:
                for operation in self.operations:
                    self.draw(operation, who, examples)
            self.other_methods()
        return self.counted(roles)

    def some(self, roles: Sequence[str], examples: int = 1) -> Fuzzed:
        """Every operation by one role in turn."""
        with one_connection():
            for number, operation in enumerate(self.operations):
                self.draw(operation, roles[number % len(roles)], examples)
            self.other_methods()
        return self.counted(roles)

    def counted(self, roles: Sequence[str]) -> Fuzzed:
        self.found.counts |= {"operations": len(self.operations), "roles": len(roles)}
        self.found.wrong = list(dict.fromkeys(self.found.wrong))
        return self.found

    def draw(self, operation: Any, who: str, examples: int) -> None:
        wanted = settings(
            max_examples=examples, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
        )  # fmt: skip

        def send(case: Any) -> None:
            self.send(case, who)

        seed(self.run)(wanted(given(case=operation.as_strategy())(send)))()

    def send(self, case: Any, who: str) -> None:
        named = case.path_parameters or {}
        for name, value in named.items():
            if name in self.planted.secret and len(str(value)) % 4:
                named[name] = self.planted.secret[name]
        headers = {"Authorization": f"Bearer {self.cast.token(who)}"} if who else {}
        with transaction.atomic():
            answer = case.call(headers=headers, app=application)
            transaction.set_rollback(True)
        remembered.empty()
        self.found.counts["sent"] += 1
        self.found.answers[answer.status_code] += 1
        said = f"{case.operation.label} by {who or 'nobody'}: {answer.status_code}"
        if answer.status_code >= 500:
            self.found.wrong.append(f"{said} to {case.as_curl_command()[:600]}")
            return
        try:
            case.validate_response(answer, checks=CHECKS)
        except AssertionError as failure:
            self.found.wrong.append(f"{said} is not declared: {str(failure)[:300]}")
        except BaseExceptionGroup as failures:
            told = "; ".join(str(one)[:300] for one in failures.exceptions)
            self.found.wrong.append(f"{said} is not declared: {told}")

    def other_methods(self) -> None:
        """A method that the document does not name for an address is refused as such."""
        client = Client(application)
        for path, methods in document.described(api)["paths"].items():
            for method in METHODS:
                if method not in methods:
                    answer = client.open(path.replace("{", "").replace("}", ""), method=method.upper())
                    self.found.counts["other methods"] += 1
                    if answer.status_code not in (404, 405):
                        self.found.wrong.append(f"{method.upper()} {path}: {answer.status_code}")


@contextmanager
def one_connection() -> Iterator[None]:
    """The node lives in one transaction of one connection, which the end of a request would close."""
    both = (signals.request_started, signals.request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in both:
            signal.connect(close_old_connections)
