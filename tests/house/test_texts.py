"""What people read: every text that can be translated stands in its room's Chinese catalogue, and the compiled one is fresh."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "lianqiao"
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "pgettext", "pgettext_lazy", "ngettext", "ngettext_lazy"}
ROOMS = sorted(
    room.name
    for room in PACKAGE.iterdir()
    if room.is_dir()
    and any("django.utils.translation" in path.read_text(encoding="utf-8") for path in room.rglob("*.py"))
)


def texts(room: Path) -> Iterator[str]:
    for path in room.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
                for argument in node.args[: 2 if node.func.id.startswith("ngettext") else 1]:
                    assert isinstance(argument, ast.Constant), f"{path}:{node.lineno} translates what is no literal"
                    yield str(argument.value)
    for path in room.rglob("*.html"):
        yield from in_template(path.read_text(encoding="utf-8"))


def in_template(text: str) -> Iterator[str]:
    for found in re.finditer(r'{%\s*translate\s+"([^"]*)"', text):
        yield found[1]
    for found in re.finditer(r'=_\("([^"]*)"\)', text):
        yield found[1]
    for found in re.finditer(r"{%\s*blocktranslate(.*?)%}(.*?){%\s*endblocktranslate\s*%}", text, re.DOTALL):
        assert "trimmed" in found[1], f"blocktranslate without trimmed: {found[2]!r}"
        body = " ".join(line.strip() for line in found[2].strip().splitlines())
        yield re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", body)


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)[sd]", text))


def catalogue(room: str) -> polib.POFile:
    path = PACKAGE / room / "locale/zh_Hans/LC_MESSAGES/django.po"
    assert path.exists(), f"{path} is missing"
    return polib.pofile(str(path))


@pytest.mark.parametrize("room", ROOMS)
def test_catalogue_has_every_text_in_chinese(room: str) -> None:
    chinese = catalogue(room)
    wanted = set(texts(PACKAGE / room))

    present = {entry.msgid for entry in chinese} | {entry.msgid_plural for entry in chinese if entry.msgid_plural}

    assert (sorted(wanted - present), sorted(present - wanted)) == ([], [])
    assert [entry.msgid for entry in chinese if not entry.translated() or entry.fuzzy] == []


@pytest.mark.parametrize("room", ROOMS)
def test_catalogue_keeps_the_placeholders(room: str) -> None:
    changed = [
        entry.msgid
        for entry in catalogue(room)
        for said in [entry.msgstr, *entry.msgstr_plural.values()]
        if said and placeholders(said) != placeholders(entry.msgid)
    ]

    assert changed == []


@pytest.mark.parametrize("room", ROOMS)
def test_compiled_catalogue_is_fresh(room: str) -> None:
    folder = PACKAGE / room / "locale/zh_Hans/LC_MESSAGES"
    source, compiled = catalogue(room), polib.mofile(str(folder / "django.mo"))

    assert {entry.msgid: entry.msgstr for entry in compiled} == {entry.msgid: entry.msgstr for entry in source}


def test_one_word_has_one_translation_in_all_rooms() -> None:
    """Django merges the catalogues of all rooms into one, so two translations of one text would hide each other."""
    said: dict[str, set[str]] = {}
    for room in ROOMS:
        for entry in catalogue(room):
            said.setdefault(entry.msgid, set()).add(entry.msgstr)

    assert {text: sorted(ways) for text, ways in said.items() if len(ways) > 1} == {}
