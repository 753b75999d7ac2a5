"""One click signs in on a node of the demonstration, and on no other."""

# ruff: noqa: F811

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.cast import Cast, cast, node  # noqa: F401
from tests.pages import asked_by

from lianqiao.record.models import Event
from lianqiao.registry.models import Person
from lianqiao.site import start
from lianqiao.site.demo import trying

EN = {"Accept": "text/html", "Accept-Language": "en"}


@pytest.fixture
def demo(cast: Cast, settings: Any) -> Cast:
    with transaction.atomic():
        trying.mark("51")
    settings.LIANQIAO_DEMO = True
    return cast


def test_one_click_signs_in_and_is_recorded(demo: Cast) -> None:
    browser = Client(headers=EN)

    Person.objects.filter(account="lin").update(account="owner-inward")
    asked = asked_by(lambda: browser.get("/demo"))
    page = browser.get("/demo").content.decode()
    came = browser.post("/demo", {"account": "wei"}, follow=True)

    assert (page.count("Jinjiang Test Technology"), asked <= 12) == (1, True)
    assert (page.count("Choose who you are"), came.redirect_chain[-1][0]) == (1, "/desk/all")
    assert Event.objects.get(verb="sign_in").data == {"means": ["demo"], "level": 2}
    assert browser.post("/demo", {"account": "root"}, follow=True).redirect_chain[-1][0] == "/desk/registry/agencies"
    assert browser.post("/demo", {"account": "nobody"}).status_code == 404


@pytest.mark.parametrize("missing", ["setting", "mark", "loopback", "first"])
def test_nobody_comes_in_where_it_is_no_demonstration(cast: Cast, settings: Any, missing: str) -> None:
    with transaction.atomic():
        if missing == "first":
            trying.events.append("node", trying.nodes.subject("51"), "note", by=trying.Actor.node("51"), data={})
        if missing != "mark":
            trying.mark("51")
    settings.LIANQIAO_DEMO = missing != "setting"
    settings.LIANQIAO_BASE_URL = "https://node.example" if missing == "loopback" else settings.LIANQIAO_BASE_URL
    browser = Client(headers=EN)

    answers = [browser.get("/demo"), browser.post("/demo", {"account": "wei"})]

    assert ([answer.status_code for answer in answers], Event.objects.filter(verb="sign_in").count()) == ([404, 404], 0)
    assert browser.get("/about").content.decode().count("Choose who you are") == 0
    with pytest.raises(PermissionError):
        trying.come_in(answers[0].wsgi_request, cast.wei)


def test_node_in_earnest_does_not_start_with_the_setting(node: None, settings: Any) -> None:
    without = start.faults()
    settings.LIANQIAO_DEMO = True

    assert [len(without), *(fault[:13] for fault in start.faults())] == [0, "LIANQIAO_DEMO"]
