"""The password of the demonstration is set by its seeding, and by nothing else."""

from pathlib import Path

import pytest
from tests.signin.conftest import Browser, Few, at

from lianqiao.registry.models import Person
from lianqiao.site.demo import seeding

PACKAGE = Path(seeding.__file__).parents[2]


def test_demo_password_is_known_to_the_demonstration_alone() -> None:
    names = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*")
        if path.suffix in {".py", ".toml", ".json", ".html"}
        for words in (seeding.DEMO_PASSWORD, "DEMO_PASSWORD")
        if words in path.read_text(encoding="utf-8")
    }

    assert names == {"site/demo/seeding.py", "site/demo/show.py"}


def test_nobody_has_a_password_before_they_set_one(few: Few) -> None:
    assert [person.has_usable_password() for person in Person.objects.all()] == [False, False, False]


@pytest.mark.parametrize("account", ["wei", "root"])
def test_demo_lets_everybody_in_with_its_password(browser: Browser, few: Few, account: str) -> None:
    seeding.let_in(few.root)

    assert (
        at(browser.sign_in(account, seeding.DEMO_PASSWORD))
        == {"wei": "/desk/all", "root": "/account/second-factor/"}[account]
    )
