"""The portal in a browser: a case filed by keyboard alone and without script, and what htmx makes quick."""

from typing import Any

import pytest
from tests.browser.conftest import NARROW, WIDE, Opens
from tests.browser.world import World, world  # noqa: F401

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


def test_case_is_filed_by_keyboard_alone(world: World, open_page: Opens) -> None:  # noqa: F811
    page = open_page(world.pages["file-contact"], cookies=world.cookies)
    to(page, "input[name=phone]")
    page.keyboard.type("13900000000")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check")
    to(page, "main form button.button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt")

    assert Case.objects.latest("pk").title == "招标条件排斥外地企业"


def to(page: Any, selector: str) -> None:
    """Press Tab until the field is reached."""
    for _press in range(60):
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

    assert page.locator("td.last").count() == plain.locator("td.last").count() == 1


def test_credit_code_is_checked_while_typing(world: World, open_page: Opens) -> None:  # noqa: F811
    page = open_page("/file", cookies=world.cookies)
    page.get_by_text("查验统一社会信用代码").click()
    page.locator("#code").type("91510100MA6C00017C")
    page.locator("#checked .badge.good").wait_for()

    assert page.locator("#checked").inner_text().count("该企业已在本节点登记。") == 1
