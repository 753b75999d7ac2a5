"""The whole journey in a browser on two live nodes: an enterprise, Sichuan's desk, Chongqing's desk, and the enterprise again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import NARROW, WIDE, violations, wider_than_the_window
from tests.browser.pictures import take
from tests.stories import journey
from tests.stories.conftest import ports, seeded  # noqa: F401 fixtures
from tests.stories.pair import Pair, copied

from lianqiao.site.calling import until
from lianqiao.site.demo import handing
from lianqiao.site.demo.between import MAPPED
from lianqiao.site.demo.seeding import DEMO_PASSWORD

FOLDER = os.environ.get("SCREENSHOTS", "")
WALKS = [("zh-hans", WIDE, True), ("zh-hans", NARROW, True), ("en", WIDE, True), ("en", NARROW, True), ("zh-hans", NARROW, False)]  # fmt: skip


@pytest.fixture(scope="module")
def pair(seeded: Path, ports: list[int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:  # noqa: F811
    with copied(seeded, ports, tmp_path_factory.mktemp("journey") / "nodes") as pair:
        yield pair


ENDING = "(one, end) => [...one.options].map(option => option.value).find(value => value.endsWith(end))"
"""A choice is named by how its value ends: what stands before the number of a clause is the agreement's id."""
HERE = ["file", "accept", "offer", "taken_over", "result_reported", "deliver", "rate"]
THERE = ["take_over", "conclude", "delivery_reported", "rating_reported"]


class Person:
    """Somebody at a browser of their own: what they see is judged page by page, and kept as pictures in one of the walks."""

    def __init__(self, browser: Any, pair: Pair, account: str, language: str, width: int, script: bool) -> None:
        self.number_of_pages, self.account, self.faults = 0, account, list[str]()
        self.kept = f"journey-{'en' if language == 'en' else 'zh'}" if FOLDER and script and width == WIDE else ""
        self.script = script
        code = next(code for code, place in pair.places.items() if account in place.callers)
        self.context = browser.new_context(
            base_url=pair.nodes[code].public, viewport={"width": width, "height": 800}, java_script_enabled=script,
            locale="en" if language == "en" else "zh-CN", reduced_motion="reduce",
        )  # fmt: skip
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))
        self.page.goto("/account/sign-in")
        self.enters()

    def enters(self) -> None:
        self.page.locator("input[name=login]").fill(self.account)
        self.page.locator("input[name=password]").fill(DEMO_PASSWORD)
        self.page.locator("main form button.button").first.click()

    def goes(self, path: str) -> None:
        self.page.goto(path)

    def fills(self, **given: str) -> None:
        for name, value in given.items():
            field = self.page.locator(f"main [name={name}]")
            kind = field.first.evaluate("one => one.tagName + '/' + one.type")
            if kind.startswith("SELECT"):
                field.first.select_option(field.first.evaluate(ENDING, value))
            elif kind.endswith(("/radio", "/checkbox")):
                self.page.locator(f"main [name={name}][value='{value}']").check()
            else:
                field.first.fill(value)

    def sends(self, value: str = "") -> None:
        """Press the button of the form (the one of this value, where there are several), and wait for what follows."""
        button = self.page.locator(f"main button[value={value}]" if value else "main form button.button:visible").first
        button.click()
        self.page.wait_for_load_state("networkidle")

    def does(self, number: str, verb: str, **given: str) -> None:
        """Follow the button of the verb on the page of the case; fill in its form; send it."""
        self.goes(f"/desk/cases/{number}")
        self.page.locator(f"main a[href^='/desk/cases/{number}/{verb}']").first.click()
        self.page.locator("#form form, main form").first.wait_for()
        self.fills(**given)
        self.judged(verb)
        self.sends()
        assert self.page.url.split("#")[0].endswith(f"/desk/cases/{number}"), self.page.url

    def judged(self, name: str) -> None:
        """The page is sound, and is kept as a picture where this walk keeps them."""
        if self.script:
            self.faults += violations(self.page)
        if over := wider_than_the_window(self.page):
            self.faults.append(f"{self.page.url} is {over} too wide")
        if self.kept:
            take(self.page, Path(FOLDER) / f"{self.kept}-{name}")

    def leaves(self) -> list[str]:
        self.context.close()
        return self.faults


@pytest.fixture
def comes(browser: Any, pair: Pair) -> Iterator[Callable[..., Person]]:
    came: list[Person] = []

    def come(account: str, *how: Any) -> Person:
        came.append(Person(browser, pair, account, *how))
        return came[-1]

    yield come
    assert [fault for person in came for fault in person.leaves()] == []


@pytest.mark.parametrize(("language", "width", "script"), WALKS)
def test_enterprise_sichuan_chongqing_enterprise(
    pair: Pair, comes: Callable[..., Person], language: str, width: int, script: bool
) -> None:
    how = (language, width, script)
    lin, wei = comes("owner-chengdu", *how), comes("li-intake", *how)

    number = files(lin, "上门检查过于频繁")
    wei.does(number, "accept")
    wei.does(number, "offer", clause=" 3.1", reason="作出检查决定的单位在重庆市。")
    there = takes_over(comes("cq-liaison", *how), number)
    comes("cq-handler", *how).does(there, "conclude", ground="resolved", text="已合并检查事项，今年不再重复检查。")
    handing.reaches(pair["li-intake"], number, "concluded")
    wei.does(number, "deliver", method="electronic")
    lin.goes(f"/cases/{number}")
    lin.judged("two-lanes")
    rates(lin)

    handing.hears(pair["cq-handler"], there, "rating_reported")
    assert (journey.verbs(pair, "li-intake", number), journey.verbs(pair, "cq-handler", there)) == (HERE, THERE)


def files(lin: Person, title: str) -> str:
    """The six pages of a filing, from the door to the receipt; the number."""
    lin.goes("/file")
    lin.sends()
    lin.sends("on")
    lin.fills(what="inspection")
    lin.judged("matter")
    lin.sends("on")
    lin.fills(q="市场")
    lin.sends("search")
    lin.fills(respondents="cd-market")
    lin.sends("on")
    lin.fills(title=title, facts="今年以来同一事项已上门检查九次，每次停产半日。", request="请求合并检查事项。")
    lin.sends("on")
    lin.fills(phone="13900000000")
    lin.sends("on")
    lin.judged("summary")
    lin.sends()
    lin.page.wait_for_url("**/receipt")
    lin.judged("receipt")
    return str(lin.page.url.split("/")[-2])


def takes_over(liaison: Person, number: str) -> str:
    """The offer, beside one's own terms: first what follows from it, then the take-over; the number of the case there."""

    def arrived() -> bool:
        liaison.goes("/desk/offers")
        return bool(liaison.page.locator("main tr", has_text=number).count())

    until(f"{number} lies before {liaison.account}", arrived)
    liaison.judged("offers")
    liaison.page.locator("main tr", has_text=number).locator("a").first.click()
    liaison.fills(**MAPPED)
    liaison.sends("map")
    liaison.judged("take_over")
    liaison.sends("take_over")
    liaison.page.wait_for_url("**/desk/cases/**")
    return str(liaison.page.url.rsplit("/", 1)[1])


def rates(lin: Person) -> None:
    lin.fills(score="1")
    lin.page.locator("main form", has=lin.page.locator("[name=score]")).locator("button.button").first.click()
    lin.page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("account", ["owner-chengdu", "li-intake"])
def test_first_page_after_signing_in_is_one_request(comes: Callable[..., Person], account: str) -> None:
    """All else is in the browser's cache, where it came with the pages of an earlier visit."""
    person = comes(account, "zh-hans", WIDE, True)
    person.page.wait_for_load_state("networkidle")
    person.goes("/account/sign-out")
    person.sends()
    person.goes("/account/sign-in")
    fetched: list[str] = []
    listening = person.context.new_cdp_session(person.page)
    listening.send("Network.enable")
    cached: set[str] = set()

    def received(told: dict[str, Any]) -> None:
        if not told["response"].get("fromDiskCache") and told["requestId"] not in cached:
            fetched.append(told["response"]["url"])

    listening.on("Network.requestServedFromCache", lambda told: cached.add(told["requestId"]))
    listening.on("Network.responseReceived", received)
    person.enters()
    person.page.wait_for_load_state("networkidle")

    assert fetched == [person.page.url]
