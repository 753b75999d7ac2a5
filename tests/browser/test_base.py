"""The frame and the components: nothing that axe finds, nothing wider than the window, in both languages, themes and widths."""

from typing import Any

import pytest
from tests.browser.conftest import NARROW, WIDE, Opens, violations, wider_than_the_window

from lianqiao.site import start
from lianqiao.site.demo import seeding

PAGES = ("/", "/about", "/style", "/nowhere", "/api/v1/docs")
LOOKS = ((WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (NARROW, "dark"))


@pytest.fixture
def node(transactional_db: None, settings: Any, tmp_path: Any) -> None:
    settings.LIANQIAO_DATA = tmp_path
    start.set_up(code="51", name_zh="四川", name_en="Sichuan", base_url="http://127.0.0.1:8051")


@pytest.mark.parametrize("path", PAGES)
def test_page_is_sound(node: None, open_page: Opens, settings: Any, path: str) -> None:
    settings.DEBUG = path == "/style"

    assert faults(open_page, path) == []


def test_page_of_the_demonstration_is_sound(
    transactional_db: None, open_page: Opens, settings: Any, tmp_path: Any
) -> None:
    settings.LIANQIAO_DATA, settings.LIANQIAO_DEMO = tmp_path, True
    seeding.enter()
    page = open_page("/demo")

    assert (page.locator("form.card").count() > 20, faults(open_page, "/demo")) == (True, [])


def faults(open_page: Opens, path: str) -> list[str]:
    """What is wrong with a page in both languages, widths and themes."""
    found = []
    for language in ("zh-hans", "en"):
        for width, theme in LOOKS:
            page = open_page(path, width=width, language=language, theme=theme)
            found += [*violations(page), *([f"too wide: {path} {width}"] if wider_than_the_window(page) else [])]
    return found


def test_language_and_theme_are_chosen_without_script(node: None, open_page: Opens) -> None:
    page = open_page("/about", language="zh-hans", script=False)
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="dark").click()

    assert (page.locator("html").get_attribute("lang"), page.locator("html").get_attribute("data-theme")) == (
        "en",
        "dark",
    )
    assert page.url.endswith("/about")


def test_content_is_reached_by_one_key(node: None, open_page: Opens) -> None:
    page = open_page("/about")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"
