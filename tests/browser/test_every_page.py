"""Every page of the generated list, as each person who opens it: nothing that axe finds and nothing wider than the window, in both languages and
both themes."""

import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from tests.addresses import every_page
from tests.browser.conftest import NARROW, WIDE, Opens, violations, wider_than_the_window
from tests.cast import Cast, cast, node  # noqa: F401
from tests.portal.conftest import signed_in

FOLDER = os.environ.get("SCREENSHOTS", "")
LOOKS = ((WIDE, "zh-hans", "light"), (NARROW, "zh-hans", "dark"), (NARROW, "en", "light"), (WIDE, "en", "dark"))
PICTURES = {
    "/desk/registry/agencies/sc-inward-centre": "register-agency", "/desk/registry/people/he": "register-person",
    "/desk/registry/regimes/cn-mofcom-2020-3": "register-regime", "/desk/registry/nodes": "register-nodes", "/desk/registry/deeds": "audit-deeds",
    "/desk/registry/calendars/2026": "register-calendar", "/notices": "notices",
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "language", "theme"), LOOKS)
def test_every_page_is_sound(cast: Cast, open_page: Opens, width: int, language: str, theme: str) -> None:  # noqa: F811
    pages, found = every_page(cast), []
    browsers: dict[str, Any] = {}
    for who, address in pages:
        if who not in browsers:
            cookies = {name: one.value for name, one in signed_in(cast.people[who]).cookies.items()} if who else {}
            browsers[who] = open_page("/about", width=width, language=language, theme=theme, cookies=cookies)
        page = browsers[who]
        page.goto(address)
        page.wait_for_load_state("networkidle")
        found += [*violations(page), *([f"too wide: {address} {width}"] if wider_than_the_window(page) else [])]
        if FOLDER and address in PICTURES and (width, language) in ((WIDE, "zh-hans"), (NARROW, "en")):
            taken(page, f"{PICTURES[address]}-{language[:2]}")

    assert found == []


def taken(page: Any, name: str) -> None:
    from PIL import Image

    picture = Image.open(BytesIO(page.screenshot(full_page=True)))
    picture.convert("RGB").quantize(96).save(Path(FOLDER) / f"{name}.png", optimize=True)
