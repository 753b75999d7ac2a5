"""People at the pages of meetings of a live node: they sign in and send forms, without a script."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import httpx
from tests.stories.pair import Pair
from tests.stories.reading import rows

from lianqiao.site.demo.seeding import DEMO_PASSWORD
from lianqiao.site.running import RunningNode


class Sitting:
    """One person of a node with a browser of their own."""

    def __init__(self, node: RunningNode, account: str = "") -> None:
        self.http = httpx.Client(
            base_url=node.public or node.address, follow_redirects=True, timeout=60, trust_env=False,
            headers={"Accept-Language": "en", "Accept": "text/html"},
        )  # fmt: skip
        if account:
            door = self.http.get("/account/sign-in")
            self.send("/account/sign-in", door, login=account, password=DEMO_PASSWORD)

    def get(self, path: str) -> str:
        answer = self.http.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return answer.text

    def send(self, path: str, page: httpx.Response, **said: Any) -> httpx.Response:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, page.text[:500]
        form = {**said, "csrfmiddlewaretoken": token[1]}
        return self.http.post(path, data=form, headers={"Referer": str(page.url)})

    def post(self, path: str, **said: Any) -> httpx.Response:
        """Send a form of a page; what was refused fails."""
        answer = self.send(
            path, self.http.get("/meetings" if not path.startswith("/meetings/invitation") else path), **said
        )
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        wrong = re.findall(
            r'<(?:div|p) class="notice bad"[^>]*>(.*?)</(?:div|p)>',
            answer.text,
            re.S,
        )
        assert not wrong, (path, wrong)
        return answer


@contextmanager
def sitting_down(pair: Pair) -> Iterator[Callable[..., Sitting]]:
    """`sit("cd-intake")` is that person at Sichuan's node (or another one), `sit()` somebody without an account."""
    with ExitStack() as stack:

        def sit(account: str = "", code: str = "51") -> Sitting:
            made = Sitting(pair.nodes[code], account)
            stack.callback(made.http.close)
            return made

        yield sit


def figures(page: str) -> dict[str, int]:
    """The figures of a page by their names."""
    found = re.findall(r'<tr><th scope="row">([^<]+)</th><td class="amount">(\d+)</td><td class="soft">', page)
    return {unescape(name): int(amount) for name, amount in found}


def ledger(sitting: Sitting) -> list[dict[str, str]]:
    """The ledger of the lines, as a table."""
    return list(csv.DictReader(io.StringIO(sitting.get("/ledgers/roundtable/out?form=csv").removeprefix("\ufeff"))))


def counted(folder: Path, code: str, meeting: str) -> dict[str, int]:
    """The figures of a meeting counted anew from nothing but the events in the database of its node."""
    said = [
        dict(row) | {"data": json.loads(row["data"])}
        for row in rows(folder, code, "SELECT * FROM record_event ORDER BY id")
    ]
    own = [one for one in said if one["subject_kind"] == "meeting" and one["subject"] == meeting.replace("-", "")]
    lines = [one["data"]["line"] for one in own if one["verb"] == "write_line"]
    cases = {
        one["data"]["line"]: one["data"]["case"].replace("-", "") for one in said if one["verb"] in ("enter", "settle")
    }
    dated = [one["data"] for one in said if one["verb"] in ("enter", "extend") and {"line", "due_on"} <= {*one["data"]}]
    due = {one["line"]: one["due_on"] for one in dated}
    ends = {
        one["subject"]: one
        for one in said
        if one["subject_kind"] == "case" and one["verb"] in ("conclude", "result_reported")
    }
    ways = [way(ends.get(cases.get(line, "")), due.get(line)) for line in lines]
    return {
        "Lines raised": len(lines), "Settled on the spot": ways.count("spot"), "Concluded in time": ways.count("in time"),
        "Concluded late": ways.count("late"), "Open": ways.count("open"),
        "Carried over": sum(len(one["data"].get("carried", [])) for one in own if one["verb"] == "open"),
        "Confirmed by the enterprise": sum(one["verb"] == "confirm_result" for one in own),
    }  # fmt: skip


def way(end: Mapping[str, Any] | None, due: str | None) -> str:
    if end is None:
        return "open"
    if end["data"]["ground"] == "on-the-spot":
        return "spot"
    return "late" if due and date.fromisoformat(end["legal_date"]) > date.fromisoformat(due) else "in time"
