"""Takes the pictures of docs/screenshots (`make screenshots`): every page of the portal wide in Chinese and narrow in English."""

import os
from pathlib import Path

import pytest
from tests.browser.conftest import NARROW, WIDE, Opens
from tests.browser.pictures import take
from tests.browser.world import World, world  # noqa: F401

FOLDER = os.environ.get("SCREENSHOTS", "")


@pytest.mark.skipif(not FOLDER, reason="run by `make screenshots`")
def test_pictures_are_taken(world: World, open_page: Opens) -> None:  # noqa: F811
    for width, language, theme, tail in ((WIDE, "zh-hans", "light", "zh"), (NARROW, "en", "dark", "en")):
        page = open_page("/", width=width, language=language, theme=theme, cookies=world.cookies)
        for name, path in world.pages.items():
            page.goto(path)
            take(page, Path(FOLDER) / f"{name}-{tail}")
