"""A person of Chongqing signs in on Sichuan's node with the Chongqing account, without a browser: over real HTTP, following redirects and forms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import httpx
import pytest
from tests.stories.pair import Pair

from lianqiao.site.calling import until
from lianqiao.site.demo.between import SERVICES
from lianqiao.site.demo.seeding import DEMO_PASSWORD

pytestmark = pytest.mark.proof
USCC = "91510100MA6C00017C"
"""Chengdu Example One: known in both regions. In Chongqing `owner-sichuan` stands for it, in Sichuan `owner-chengdu`."""
HANDED = {
    "kind": "infringement", "category": "fair-competition", "facts": "招标文件要求注册地在本市。", "request": "请求纠正。",
    "contact": {"name": "示例"},
}  # fmt: skip


class Walker:
    """A browser without script: one jar of cookies for all nodes, links and forms."""

    def __init__(self, pair: Pair) -> None:
        self.at = {code: node.public for code, node in pair.nodes.items()}
        self.http = httpx.Client(
            follow_redirects=True, timeout=60, trust_env=False, headers={"Accept-Language": "en", "Accept": "text/html"}
        )

    def get(self, code: str, path: str) -> httpx.Response:
        return self.http.get(f"{self.at[code]}{path}")

    def send(self, page: httpx.Response, **given: Any) -> httpx.Response:
        """Fill in the form of the page and send it to where it says."""
        form = re.search(
            r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>',
            re.sub(r"<header.*?</header>", "", page.text, flags=re.S),
            re.S,
        )
        assert form, page.text[:2000]
        hidden = {
            name: unescape(value)
            for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[2])
        }
        hidden |= {name: unescape(value) for name, value in re.findall(r'name="(request)" value="([^"]*)"', form[2])}
        return self.http.post(str(page.url.join(form[1])), data=hidden | given, headers={"Referer": str(page.url)})

    def titles(self, code: str) -> list[str]:
        """The titles of the cases that the node shows."""
        page = self.get(code, "/cases?which=all")
        assert page.url.path == "/cases", page.url
        return sorted(re.findall(r'<th scope="row"><a href="/cases/[0-9-]+">([^<]+)</a>', page.text))

    def come_in(self, home: str, there: str, account: str) -> httpx.Response:
        """From the door of a node to the node of one's own region, and back."""
        door = self.get(there, "/account/sign-in")
        link = re.search(rf'href="(/account/region/{home}\?[^"]*)"', door.text)
        assert link, door.text
        page = self.get(there, link[1])
        if page.url.path == "/account/sign-in":
            page = self.send(page, login=account, password=DEMO_PASSWORD)
        assert (page.url.path, "asks who you are" in page.text) == ("/identity/authorize", True), page.text[:1500]
        return self.send(page, scopes=["openid", "enterprises"], action="grant")


@contextmanager
def walking(pair: Pair) -> Iterator[Walker]:
    walker = Walker(pair)
    yield walker
    walker.http.close()


def file(pair: Pair, account: str, node: str, title: str, uscc: str, agency: str, programme: str, **more: Any) -> str:
    place = pair.places[node]
    told = (
        HANDED
        | {"title": title, "agency": agency, "programme": programme, "enterprise": place.enterprises[uscc]}
        | more
    )
    return str(pair[account].file(**told)["number"])


def test_person_of_one_region_is_known_in_the_other(fresh: Callable[..., Pair]) -> None:
    pair = fresh()
    file(
        pair,
        "owner-chengdu",
        "51",
        "在四川提交",
        USCC,
        "sc-inward-centre",
        "inward-complaint",
        respondents=["sc-market"],
    )
    file(
        pair,
        "owner-inward",
        "51",
        "他人在四川提交",
        "91500103MA5U00011H",
        "sc-inward-centre",
        "inward-complaint",
        respondents=["sc-market"],
    )
    file(
        pair,
        "owner-sichuan",
        "50",
        "在重庆提交",
        USCC,
        "cq-private-centre",
        "private-complaint",
        respondents=["cq-market"],
    )
    file(
        pair,
        "owner-yuzhong",
        "50",
        "他人在重庆提交",
        "91500103MA5U00011H",
        "cq-private-centre",
        "private-complaint",
        respondents=["cq-market"],
    )
    with walking(pair) as chongqing, walking(pair) as sichuan:
        until(
            "the keys of the other node", lambda: "/account/region/50" in chongqing.get("51", "/account/sign-in").text
        )
        until("the keys of the other node", lambda: "/account/region/51" in sichuan.get("50", "/account/sign-in").text)

        assert chongqing.come_in("50", "51", "owner-sichuan").url.path == "/cases"
        assert sichuan.come_in("51", "50", "owner-chengdu").url.path == "/cases"

        assert [chongqing.titles(code) for code in ("50", "51")] == [["在重庆提交"], ["在四川提交"]]
        assert [sichuan.titles(code) for code in ("50", "51")] == [["在重庆提交"], ["在四川提交"]]
        with walking(pair) as officer:
            officer.come_in("50", "51", "cq-lead")
            assert officer.titles("51") == []

        pair.nodes["50"].run("agreement", "end", SERVICES, "--reason", "over", "--by", "admin-50")

        until("the end at the other node", lambda: chongqing.get("51", "/account").url.path == "/account/sign-in")
        assert "people of your region come in here no more" in sichuan.get("50", "/account").text
        for walker, home, there in ((chongqing, "50", "51"), (sichuan, "51", "50")):
            assert walker.get(there, f"/account/region/{home}").status_code == 403
            assert f"/account/region/{home}" not in walker.get(there, "/account/sign-in").text
            assert walker.titles(home) == {"50": ["在重庆提交"], "51": ["在四川提交"]}[home]
