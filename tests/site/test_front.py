import re

import pytest
from django.test import Client

from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.nodes import subject


def titled(page: str) -> str:
    found = re.search(r"<title>(.*?)</title>", page)
    return found[1] if found else ""


def test_front_names_the_node_in_chinese(node: str, client: Client) -> None:
    page = client.get("/", headers={"Accept-Language": "zh-CN"}).content.decode()

    assert (titled(page), page.count('<html lang="zh-hans"'), page.count('href="/api/v1/docs"')) == (
        "企业诉求 · 连桥 四川省",
        1,
        1,
    )


def test_front_names_the_node_in_english(node: str, client: Client) -> None:
    page = client.get("/", headers={"Accept-Language": "en"}).content.decode()

    assert (titled(page), page.count('<html lang="en"')) == (
        "Difficulties of enterprises · Lianqiao Sichuan Province",
        1,
    )


def test_front_refuses_before_the_node_is_set_up(db: None, client: Client) -> None:
    response = client.get("/")

    assert (response.status_code, response.content.decode()) == (
        503,
        "This node has not been set up. Run: lianqiao init",
    )


def test_health_counts_what_waits(node: str, client: Client) -> None:
    before = client.get("/healthz").json()
    events.append("node", subject("51"), "note", by=Actor.clock("test"), data={})

    after = client.get("/healthz").json()

    assert (before["status"], after) == ("ok", {"status": "ok", "node": "51", "waiting": before["waiting"] + 1})


def test_health_says_unavailable_without_a_node(db: None, client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (503, {"status": "unavailable", "reason": "no-node"})


@pytest.mark.parametrize("path", ["/", "/healthz"])
def test_pages_refuse_what_is_no_reading(node: str, client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_every_answer_carries_the_protective_headers(node: str, client: Client) -> None:
    headers = client.get("/").headers

    assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"], headers["Cache-Control"]) == (
        "DENY",
        "nosniff",
        "no-store",
    )
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self';")


def test_body_above_the_limit_is_refused_with_a_sentence(node: str, client: Client, settings: object) -> None:
    settings.LIANQIAO_BODY_BYTES = 100  # type: ignore[attr-defined]

    response = client.post("/", b"x" * 101, content_type="application/json", headers={"Accept-Language": "zh"})

    assert (response.status_code, response["Content-Type"]) == (413, "application/problem+json")
    assert response.json()["detail"] == "请求超过本节点可接收的 100 字节，请减少一次发送的内容。"


def test_host_that_is_not_ours_is_refused(node: str, client: Client) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
