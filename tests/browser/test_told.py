"""How one is told, in a browser: chosen without script, sound in both languages and widths; and the mail as a browser draws it."""

import os
from pathlib import Path

from django.core.mail import get_connection
from tests.browser.conftest import NARROW, WIDE, Opens, violations, wider_than_the_window
from tests.browser.world import World, world  # noqa: F401

from lianqiao.notices import letter
from lianqiao.notices.models import Notice
from lianqiao.record import followers, sequencer


def test_how_one_is_told_is_chosen_without_script(world: World, open_page: Opens) -> None:  # noqa: F811
    """LOOK=FOLDER keeps the pictures."""
    found = []
    for width, language, theme in ((WIDE, "zh-hans", "light"), (NARROW, "en", "dark"), (NARROW, "zh-hans", "light")):
        page = open_page("/account/notices", width=width, language=language, theme=theme, cookies=world.cookies)
        found += [*violations(page), *(["too wide"] if wider_than_the_window(page) else [])]
        if folder := os.environ.get("LOOK"):
            page.screenshot(path=f"{folder}/notices-{language}-{width}.png", full_page=True)
    page = open_page("/account/notices", width=NARROW, script=False, cookies=world.cookies)
    page.get_by_label("每日一封汇总").check()
    page.get_by_label("每日汇总的发送时间").select_option("17:00")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="生成地址").click()
    address = page.locator("code").inner_text()
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=f"{folder}/notices-address.png", full_page=True)
    page.goto("/account/notices")

    assert (found, page.get_by_label("每日一封汇总").is_checked()) == ([], True)
    assert (address.startswith("http://127.0.0.1:8051/calendar/"), page.locator("code").count()) == (True, 0)


def test_mail_is_sound_and_fits_a_telephone(world: World, open_page: Opens, tmp_path: Path) -> None:  # noqa: F811
    while sequencer.place_pending() + followers.run("notices"):
        pass
    lin = world.cast.lin
    notices = list(Notice.objects.filter(person=lin).select_related("case", "clock", "errand").order_by("pk"))
    lin.language = "zh-hans"
    html = letter.message(lin, notices, get_connection("django.core.mail.backends.dummy.EmailBackend")).alternatives[0]
    (tmp_path / "mail.html").write_text(str(html[0]), encoding="utf-8")
    for width in (WIDE, NARROW):
        page = open_page("/about", width=width)
        page.goto((tmp_path / "mail.html").as_uri())
        if folder := os.environ.get("LOOK"):
            page.screenshot(path=f"{folder}/mail-{width}.png", full_page=True)
        assert (violations(page), wider_than_the_window(page)) == ([], 0)
