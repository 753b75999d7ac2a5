"""The documents: settings explained, words in the glossary, generated pages fresh, links that lead somewhere."""

import re
import subprocess
from pathlib import Path

import pytest

from lianqiao.cases import flow
from lianqiao.site import reference

ROOT = Path(__file__).parents[2]
SETTING = r"LIANQIAO_[A-Z]+(?:_[A-Z]+)*"


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def read_by_code() -> set[str]:
    """Names that the package, the harness or the Makefile take from the environment; `_FILE` belongs to its name."""
    found: set[str] = set()
    for path in [*(ROOT / "src").rglob("*.py"), ROOT / "tests/databases.py", ROOT / "Makefile"]:
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(rf"\"({SETTING})\"", text)) | set(re.findall(rf"\$\(({SETTING})\)", text))
    return {name.removesuffix("_FILE") for name in found}


def test_every_setting_is_explained() -> None:
    explained = set(re.findall(rf"^\| `({SETTING})`", (ROOT / "docs/operate/settings.md").read_text(), re.MULTILINE))

    assert explained == read_by_code()


def test_glossary_has_every_state_verb_and_role() -> None:
    text = (ROOT / "docs/reference/glossary.md").read_text(encoding="utf-8")
    defined = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    wanted = {*flow.State.values, *flow.VERBS, *flow.Role.values}

    assert wanted - defined == set()


@pytest.mark.parametrize("name", reference.PAGES)
def test_generated_page_is_fresh(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == reference.PAGES[name](), "run: make docs"


def test_links_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in tracked()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists()
    ]

    assert broken == []


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    hosts = ["pypi" + ".org", "python" + "hosted", "npm" + "js", "yarn" + "pkg", "--index" + "-url"]
    paths = ["/" + r"root/\.", "/" + "home/", "/" + "work/", "/" + "opt/", "py" + "env"]
    pattern = re.compile("|".join([*map(re.escape, hosts), *(rf"(?<![\w/]){path}" for path in paths)]).encode())

    named = {
        f"{path.relative_to(ROOT)}: {found.decode()}"
        for path in tracked()
        if path.suffix not in {".mo", ".png", ".webp", ".ttf", ".otf", ".pdf"}
        for found in pattern.findall(path.read_bytes())
    }

    assert named == set()


def test_readme_is_short_and_starts_with_the_two_commands() -> None:
    for name in ("README.md", "README.zh.md"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        commands = [line for line in lines if line.startswith("make ")]

        assert len(lines) < 150
        assert [command.split()[1] for command in commands[:2]] == ["demo", "test"]


def test_every_test_that_the_security_page_names_is_there() -> None:
    text = (ROOT / "docs/operate/security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text))

    assert {
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file()
        or not re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    } == set()
    assert len(named) > 50


def test_every_locked_package_has_hashes() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        locked = re.findall(
            r"^([\w.-]+==\S+)( \\\n    --hash=sha256:)?", path.read_text(encoding="utf-8"), re.MULTILINE
        )
        assert [name for name, hashed in locked if not hashed] == []
        assert locked
