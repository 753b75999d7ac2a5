"""A real browser on a real server. Chromium is the system's (install-chromium.sh); without playwright nothing here is collected.

`open_page` opens a page of a width, language and theme, with or without script, and fails on any error that the browser reports.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

if find_spec("playwright") is None:
    collect_ignore_glob = ["*"]

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
    "true"  # playwright keeps a loop in this thread; it does not touch the database
)

AXE = Path(__file__).parent / "vendor/axe.min.js"
WIDE, NARROW = 1280, 390
Opens = Callable[..., Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    found = os.environ.get("LIANQIAO_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        raise pytest.UsageError("No Chromium: run tests/browser/install-chromium.sh, or name one in LIANQIAO_CHROMIUM.")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Any, live_server: Any) -> Iterator[Opens]:
    """Opens a page. What the browser complains about (an error of a script, something the policy forbade) fails the test."""
    opened: list[Any] = []
    complaints: list[str] = []

    def opens(
        path: str = "/",
        *,
        width: int = WIDE,
        language: str = "zh-hans",
        theme: str = "light",
        script: bool = True,
        cookies: dict[str, str] | None = None,
    ) -> Any:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
            color_scheme=theme,
            locale="en" if language == "en" else "zh-CN",
            reduced_motion="reduce",
        )
        kept = {"django_language": language} | (cookies or {})
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in kept.items()])
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: (
                complaints.append(f"{page.url}: {said.text}")
                if said.type == "error" and "the server responded with a status of 4" not in said.text
                else None
            ),
        )
        page.goto(path)
        opened.append(context)
        return page

    yield opens
    for context in opened:
        context.close()
    assert complaints == []


def violations(page: Any) -> list[str]:
    """What axe finds on the page once it is there whole: rule, and the places."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']}).then(result => result.violations)")
    return [f"{rule['id']} {page.url}: {[node['html'][:160] for node in rule['nodes'][:3]]}" for rule in found]


def counted(places: Any, many: int) -> None:
    """Wait until so many are there: a click returns while the page that it leads to still comes in."""
    from playwright.sync_api import expect

    expect(places).to_have_count(many)


def wider_than_the_window(page: Any) -> int:
    """By how many pixels the page is wider than the window: a page never scrolls sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
