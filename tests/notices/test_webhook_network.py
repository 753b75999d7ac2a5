"""Where a webhook may lead: to public addresses and nowhere inside, whatever a name says and however it is written."""

import socket
from ipaddress import ip_address
from typing import Any

import pytest

from lianqiao.notices.webhooks import network
from lianqiao.record.refusal import Refused

INSIDE = (
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_inside_is_not_allowed(address: str) -> None:
    assert network.is_allowed(ip_address(address)) is False


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_outside_is_allowed(address: str) -> None:
    assert network.is_allowed(ip_address(address)) is True


def test_network_that_the_node_allows_is_allowed(settings: Any) -> None:
    settings.LIANQIAO_WEBHOOK_NETWORKS = ["10.1.0.0/16", "::1/128"]

    assert [network.is_allowed(ip_address(one)) for one in ("10.1.2.3", "10.2.0.1", "::1", "127.0.0.1")] == [
        True, False, True, False,
    ]  # fmt: skip


URLS = {
    "http://app.example.org/": "webhook-url",
    "ftp://app.example.org/": "webhook-url",
    "file:///etc/passwd": "webhook-url",
    "app.example.org": "webhook-url",
    "https://": "webhook-url",
    "https://user:word@app.example.org/": "webhook-url",
    "https://app.example.org/#part": "webhook-url",
    "https://app.example.org:0/": "webhook-url",
    "https://app.example.org:99999/": "webhook-url",
    "https://app.example.org/\r\nX: y": "webhook-url",
    "https://app.example.org/a b": "webhook-url",
    "https://例子.测试/": "webhook-url",
    "https://app.example.org/" + "a" * 500: "webhook-url",
    "https://127.0.0.1/": "webhook-inside",
    "https://[::1]:8443/": "webhook-inside",
    "https://169.254.169.254/latest": "webhook-inside",
}


@pytest.mark.parametrize("url", URLS)
def test_subscribe_refuses(url: str) -> None:
    with pytest.raises(Refused) as refused:
        network.checked(url)

    assert (refused.value.code, refused.value.status) == (URLS[url], 422)


def test_address_is_kept_as_it_was_written() -> None:
    assert network.checked("https://app.example.org:8443/a?b=c") == "https://app.example.org:8443/a?b=c"


def answering(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Let names have these addresses; what was asked for is listed."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_more: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, port)) for answer in answers]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize("answers", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], []])
def test_name_that_leads_inside_is_not_called(monkeypatch: pytest.MonkeyPatch, answers: list[str]) -> None:
    answering(monkeypatch, *answers)

    assert network.post("https://app.example.org/", b"", {}) == (
        0,
        "the name app.example.org leads inside a network of its own",
    )


def test_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is looked up once: an answer that changes in between is never asked for."""
    asked, connected = answering(monkeypatch, "8.8.8.8"), []

    def connect(address: Any, *_more: Any, **_named: Any) -> Any:
        connected.append(address)
        raise ConnectionRefusedError("closed")

    monkeypatch.setattr(socket, "create_connection", connect)

    answer = network.post("https://app.example.org/", b"", {})

    assert (answer, asked, connected) == (
        (0, "ConnectionRefusedError: closed"),
        ["app.example.org"],
        [("8.8.8.8", 443)],
    )


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "127.1"])
def test_other_spellings_of_loopback_are_not_called(host: str) -> None:
    answer = network.post(f"https://{host}/", b"", {})

    assert (
        answer.status,
        "127.0.0.1" in answer.error or "leads inside" in answer.error or "has no address" in answer.error,
    ) == (0, True)


def test_plain_http_is_only_for_networks_that_the_node_allows(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.LIANQIAO_WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    answering(monkeypatch, "8.8.8.8")

    assert network.post("http://app.example.org/", b"", {}) == (
        0,
        "plain HTTP is only for networks that the node allows",
    )
