"""The ledgers that every node has, read from `standard.toml`, and finding any ledger by the code in its address."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from django.utils.translation import get_language

from lianqiao.law.text import Text
from lianqiao.registry.models import Person

from .actions import unknown_ledger
from .definition import Definition, read
from .models import Ledger

FILE = Path(__file__).with_name("standard.toml")


@dataclass(frozen=True)
class Shown:
    """A ledger as pages and exports show it: of the standard ones, or one that somebody keeps (`kept`)."""

    code: str
    name: str
    about: str
    basis: str
    definition: Definition
    kept: Ledger | None = None


@dataclass(frozen=True)
class Standard:
    code: str
    name: Text
    about: Text
    basis: str
    definition: Definition

    def shown(self) -> Shown:
        tongue = get_language() or "zh"
        return Shown(self.code, self.name.in_(tongue), self.about.in_(tongue), self.basis, self.definition)


@cache
def standard() -> dict[str, Standard]:
    """By code. Raises what `definition.read` refuses: a mistake in the file."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        code: Standard(
            code,
            Text(one.pop("zh"), one.pop("en")),
            Text(one.pop("about_zh"), one.pop("about_en")),
            one.pop("basis"),
            read(one),
        )
        for code, one in told.items()
    }


def named(code: str, person: Person) -> Shown:
    """The ledger at this address. Refused: one that is not there or not open to the person ("unknown-ledger", 404)."""
    if code in standard():
        return standard()[code].shown()
    try:
        kept = Ledger.objects.open_to(person).filter(pk=UUID(code)).first()
    except ValueError:
        kept = None
    if kept is None:
        raise unknown_ledger()
    return of(kept)


def of(kept: Ledger) -> Shown:
    about = kept.agency.label if kept.agency else ""
    return Shown(str(kept.pk), kept.name, about, "", read(kept.definition), kept)
