"""The portal in a browser: a case filed by keyboard alone and without script, and what htmx makes quick."""

from typing import Any

import pytest
from tests.browser.conftest import NARROW, WIDE, Opens, counted
from tests.browser.world import World, world  # noqa: F401
from tests.portal.conftest import signed_in

from lianqiao.cases.models import Case


def in_words(language: str) -> dict[str, str]:
    zh = {
        "begin": "开始填写", "on": "继续", "matter": "招标条件、规定或者做法对我们区别对待", "search": "查找单位", "find": "查找",
        "title": "标题", "facts": "发生了什么？", "request": "您有什么请求？", "phone": "电话", "send": "提交", "receipt": "回执",
    }  # fmt: skip
    en = {
        "begin": "Begin", "on": "Continue", "matter": "A tender, rule or practice treats us worse than others", "search": "Search for an agency",
        "find": "Search", "title": "Heading", "facts": "What happened?", "request": "What do you ask for?", "phone": "Telephone", "send": "Send it",
        "receipt": "Receipt",
    }  # fmt: skip
    return zh if language == "zh-hans" else en


@pytest.mark.parametrize(("language", "width", "script"), [("zh-hans", WIDE, True), ("zh-hans", NARROW, True), ("en", NARROW, False)])  # fmt: skip
def test_case_is_filed(world: World, open_page: Opens, language: str, width: int, script: bool) -> None:  # noqa: F811
    words = in_words(language)
    page = open_page("/file", width=width, language=language, script=script, cookies=world.cookies)
    press(page, words["begin"])
    press(page, words["on"])
    page.get_by_label(words["matter"]).check()
    press(page, words["on"])
    page.get_by_label(words["search"]).fill("市场")
    if not script:
        press(page, words["find"])
    page.locator("#found input[value=sc-market]").check()
    press(page, words["on"])
    page.get_by_label(words["title"]).fill("外地企业不能报名")
    page.locator("textarea[name=facts]").fill("招标文件要求注册地在本市。")
    page.locator("textarea[name=request]").fill("请求纠正。")
    press(page, words["on"])
    page.get_by_label(words["phone"]).fill("13900000000")
    press(page, words["on"])
    press(page, words["send"])

    assert page.locator("h1").inner_text() == words["receipt"]
    case = Case.objects.latest("pk")
    assert (case.title, case.code_matches(page.locator(".mono.big").inner_text())) == ("外地企业不能报名", True)


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_case_is_filed_and_concluded_by_keyboard_alone(world: World, open_page: Opens) -> None:  # noqa: F811
    page = open_page("/file", cookies=world.cookies)
    on = "main button[value=on]"
    enters(page, "main form button.button", "**/who")
    enters(page, on, "**/matter")
    to(page, "input[name=what]")
    page.keyboard.press("Space")
    enters(page, on, "**/against")
    to(page, "input[name=q]")
    page.keyboard.type("市场")
    page.locator("#found input[value=sc-market]").wait_for()
    to(page, "#found input[value=sc-market]")
    page.keyboard.press("Space")
    enters(page, on, "**/story")
    for name, told in (("title", "上门检查过于频繁"), ("facts", "今年已检查九次。"), ("request", "请求合并检查。")):
        to(page, f"[name={name}]")
        page.keyboard.type(told)
    enters(page, on, "**/contact")
    to(page, "input[name=phone]")
    page.keyboard.type("13900000000")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check")
    enters(page, "main form button.button", "**/receipt")
    case = Case.objects.latest("pk")

    for who, verb, told in ((world.cast.wei, "accept", {}), (world.cast.he, "conclude", {"text": "已合并检查事项。"})):
        desk = open_page(
            "/desk/all?scope=all", cookies={name: one.value for name, one in signed_in(who).cookies.items()}
        )
        for _press in range(20):
            desk.keyboard.press("j")
            if case.title in desk.evaluate("document.activeElement.innerText"):
                break
        desk.keyboard.press("Enter")
        desk.wait_for_url(f"**/desk/cases/{case.number}")
        enters(desk, f"a[href^='/desk/cases/{case.number}/{verb}']")
        desk.locator("#form form").wait_for()
        if verb == "conclude":
            to(desk, "#form [name=ground]")
            desk.keyboard.press("ArrowDown")
        for name, words in told.items():
            to(desk, f"#form [name={name}]")
            desk.keyboard.type(words)
        enters(desk, "#form form button.button")
        desk.locator(".badge", has_text="已受理" if verb == "accept" else "已办结").first.wait_for()

    case.refresh_from_db()
    assert (case.title, case.state) == ("上门检查过于频繁", "concluded")


def enters(page: Any, selector: str, address: str = "") -> None:
    """Go to it by Tab, and press Enter; then the browser is at the address."""
    to(page, selector)
    page.keyboard.press("Enter")
    if address:
        page.wait_for_url(address)


def to(page: Any, selector: str) -> None:
    """Press Tab until the field is reached."""
    for _press in range(120):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


def test_reason_of_a_date_opens_in_place_and_without_script_on_its_page(world: World, open_page: Opens) -> None:  # noqa: F811
    page = open_page(world.pages["case-asked"], cookies=world.cookies)
    page.get_by_text("这个日期怎么算的").click()
    page.locator(".months").first.wait_for()
    plain = open_page(world.pages["case-asked"], script=False, cookies=world.cookies)
    plain.get_by_text("这个日期怎么算的").click()
    plain.get_by_role("link", name="逐日说明").click()

    counted(page.locator("td.last"), 1)
    counted(plain.locator("td.last"), 1)


def test_credit_code_is_checked_while_typing(world: World, open_page: Opens) -> None:  # noqa: F811
    page = open_page("/file", cookies=world.cookies)
    page.get_by_text("查验统一社会信用代码").click()
    page.locator("#code").type("91510100MA6C00017C")
    page.locator("#checked .badge.good").wait_for()

    assert page.locator("#checked").inner_text().count("该企业已在本节点登记。") == 1
