"""Somebody who talks to a node over its public interface, with a token of their own: the demonstration and the tour use nothing else."""

import time
from collections.abc import Callable
from typing import Any

import httpx

PATIENCE = 60.0
"""Seconds that something has to come about in another node."""
PAUSE = 0.08
"""Seconds between two looks."""


class Answered(Exception):  # noqa: N818 (what a node said)
    """A node said no: `status` and, from its problem+json, `code` and `detail`."""

    def __init__(self, asked: str, status: int, problem: dict[str, Any]) -> None:
        self.status, self.code = status, str(problem.get("code", ""))
        self.detail = str(problem.get("detail") or problem.get("title") or problem)
        super().__init__(f"{asked}: {status} {self.code}: {self.detail} {problem.get('problems', '')}".strip())


class NeverCame(Exception):  # noqa: N818 (what happened)
    """What another node should have done by now did not come about."""


def line(address: str) -> httpx.Client:
    """A line to the node at `address`, which all its callers share; to be closed in the end."""
    return httpx.Client(base_url=f"{address}/api/v1", timeout=30, trust_env=False)


class Caller:
    """One account at one node. Texts come in `language` ("zh-hans" or "en")."""

    def __init__(self, account: str, http: httpx.Client, token: str, language: str = "zh-hans") -> None:
        self.account, self.http, self.token = account, http, token
        self.headers = {"Accept-Language": language, "Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The answer as JSON. Raises `Answered` for every refusal."""
        reply = self.http.request(method, path, json=body, headers=self.headers | more.pop("headers", {}), **more)
        try:
            said = reply.json() if reply.content else {}
        except ValueError:
            said = {"detail": reply.text[:500]}
        if reply.status_code >= 400:
            raise Answered(f"{self.account} {method} {path}", reply.status_code, said if isinstance(said, dict) else {})
        return said

    def get(self, path: str, **params: Any) -> Any:
        return self.ask("GET", path, params=params)

    def file(self, **content: Any) -> dict[str, Any]:
        """File a case; the answer has its number."""
        filed: dict[str, Any] = self.ask("POST", "/cases", content)
        return filed

    def answer(self, number: str, text: str) -> dict[str, Any]:
        """Answer the question that was put to this account about the case; it need not be able to see the case."""
        rows = self.get("/questions")["questions"]
        asked = next(row for row in rows if row["case"] == number)
        given: dict[str, Any] = self.ask("POST", f"/questions/{asked['id']}/reply", {"text": text})
        return given

    def do(self, number: str, verb: str, /, **content: Any) -> dict[str, Any]:
        """One verb to one case."""
        done: dict[str, Any] = self.ask("POST", f"/cases/{number}/{verb}", content)
        return done

    def case(self, number: str) -> dict[str, Any]:
        sheet: dict[str, Any] = self.get(f"/cases/{number}")
        return sheet

    def events(self, number: str) -> list[dict[str, Any]]:
        steps: list[dict[str, Any]] = self.get(f"/cases/{number}/events")["events"]
        return steps


def until(what: str, look: Callable[[], Any], seconds: float | None = None) -> Any:
    """What `look` finds, once it finds something. Raises `NeverCame` with `what` after so many seconds (PATIENCE)."""
    last = time.monotonic() + (PATIENCE if seconds is None else seconds)
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > last:
            raise NeverCame(what)
        time.sleep(PAUSE)
