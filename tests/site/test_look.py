"""Language and theme are kept without a script, and what the pages take from others is what was taken."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

ROOT = Path(__file__).parents[2]
VENDORED = ("src/lianqiao/site/static/vendor", "src/lianqiao/notices/documents/fonts", "tests/browser/vendor")


def test_language_is_kept_and_the_page_too(node: str, client: Client) -> None:
    answer = client.post("/look", {"language": "en", "next": "/about?x=1"})

    assert (answer.status_code, answer["Location"]) == (302, "/about?x=1")
    assert client.get("/about", headers={"Accept-Language": "zh"}).content.count(b'<html lang="en"') == 1


def test_theme_is_kept(node: str, client: Client) -> None:
    client.post("/look", {"theme": "dark", "next": "/"})

    assert client.get("/").content.count(b'data-theme="dark"') == 1


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_choice_leads_to_no_other_house(node: str, client: Client, wanted: str) -> None:
    answer = client.post("/look", {"language": "xx", "theme": "pink", "next": wanted})

    assert (answer["Location"], dict(answer.cookies)) == ("/", {})


def test_page_takes_nothing_from_elsewhere_and_no_inline_script(node: str, client: Client) -> None:
    page = client.get("/").content.decode()

    fetched = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]*)"', page)
    assert [address for address in fetched if not address.startswith("/static/")] == []
    assert re.findall(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page) == []


@pytest.mark.parametrize("folder", VENDORED)
def test_vendored_file_is_the_one_of_the_manifest(folder: str) -> None:
    manifest = json.loads((ROOT / folder / "manifest.json").read_text(encoding="utf-8"))
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (ROOT / folder).iterdir()
        if path.name != "manifest.json"
    }

    assert {entry["file"]: entry["sha256"] for entry in manifest} == found


def test_lock_of_the_assets_names_no_address() -> None:
    lock = json.loads((ROOT / "assets/package-lock.json").read_text(encoding="utf-8"))
    wanted = {entry["package"]: entry["version"] for folder in VENDORED for entry in json.loads((ROOT / folder / "manifest.json").read_text())}  # fmt: skip

    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert {name.removeprefix("node_modules/"): package["version"] for name, package in lock["packages"].items() if name} == wanted  # fmt: skip


def test_components_are_shown_only_where_things_are_built(node: str, client: Client, settings: Any) -> None:
    hidden = client.get("/style").status_code
    settings.DEBUG = True

    assert (hidden, client.get("/style").status_code) == (404, 200)


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "<h1>此网址没有内容</h1>"), ("en", "<h1>There is nothing at this address</h1>")]
)
def test_unknown_address_is_said_in_the_language_of_the_reader(
    node: str, client: Client, language: str, said: str
) -> None:
    answer = client.get("/nowhere", headers={"Accept-Language": language})

    assert (answer.status_code, answer.content.decode().count(said)) == (404, 1)


def test_page_is_shown_when_the_node_is_not_set_up(db: None, client: Client) -> None:
    answer = client.get("/", headers={"Accept": "text/html"})

    assert (answer.status_code, answer.content.decode().count("no-node")) == (503, 1)


def test_form_without_the_mark_of_this_browser_is_refused_with_a_page(node: str) -> None:
    answer = Client(enforce_csrf_checks=True).post("/look", {"language": "en"}, headers={"Accept-Language": "zh"})

    assert (answer.status_code, answer.content.decode().count("表单已过期")) == (403, 1)


def test_too_much_is_refused_with_a_page(node: str, client: Client, settings: Any) -> None:
    settings.LIANQIAO_BODY_BYTES = 10

    answer = client.post("/look", {"language": "en" * 9}, headers={"Accept": "text/html", "Accept-Language": "zh"})
    told = client.post("/look", b"x" * 99, content_type="application/json", headers={"Accept": "text/html"})

    assert (told.status_code, told["Content-Type"], answer.status_code) == (413, "text/html; charset=utf-8", 302)


def test_form_shows_what_is_wrong_at_its_field(node: str, client: Client, settings: Any) -> None:
    settings.DEBUG = True

    page = client.get("/style", headers={"Accept-Language": "en"}).content.decode()

    wrong = re.findall(r'<input type="text" name="title"[^>]*aria-invalid="true"[^>]*aria-describedby="([^"]*)"', page)
    assert wrong == ["id_title_helptext id_title_error"]


def test_address_of_an_asset_names_its_content_and_is_kept_for_a_year(node: str, client: Client) -> None:
    page = client.get("/about").content.decode()
    address = re.findall(r'href="(/static/site/face\.css[^"]*)"', page)[0]
    answer = client.get(address)
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]

    assert (address, answer["Cache-Control"]) == (
        f"/static/site/face.css?{hashlib.sha256(content).hexdigest()[:10]}",
        "max-age=31536000, public",
    )
