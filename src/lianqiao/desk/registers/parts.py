"""What every register is made of: a table, an entry of sections, and deeds, each with a form made from what its verb must be told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID

from django import forms
from django.db import models
from django.utils.functional import Promise
from django.utils.timezone import localtime
from pydantic import BaseModel

from lianqiao.cases.keys import memberships_of
from lianqiao.desk import fields
from lianqiao.desk.registers.words import HINTS, LABELS
from lianqiao.record.nodes import this_node
from lianqiao.registry import finding
from lianqiao.registry.models import Agency, Membership, Person

PAGE = 50
Words = str | Promise
Line = TypeVar("Line", bound=models.Model)


class Seat:
    """Who sits at the desk, and what they are in the registry today; their roles are read once."""

    def __init__(self, person: Person) -> None:
        self.person = person

    @cached_property
    def held(self) -> list[Membership]:
        """Their roles in agencies of this node, own and exercised for others."""
        here = this_node().code
        return [held for held in memberships_of(self.person) if held.agency.region.node_code == here]

    def has(self, *roles: str) -> bool:
        """Whether they have one of the roles themselves."""
        return any(held.role in roles and not held.delegation for held in self.held)

    def exercises(self, role: str, agency: Agency | None = None) -> bool:
        """Whether they have the role, or exercise it for somebody, in the agency or anywhere."""
        return any(held.role == role and agency in (None, held.agency) for held in self.held)

    @property
    def admin(self) -> bool:
        return self.has(Membership.Role.ADMIN)

    @property
    def administrator(self) -> bool:
        """Whether they are any of the three administrators."""
        return self.has(Membership.Role.ADMIN, Membership.Role.SECURITY, Membership.Role.AUDIT)

    @property
    def enters(self) -> bool:
        """Whether they may enter and read enterprises (`registry.access.may_enter`)."""
        return self.admin or self.exercises(Membership.Role.INTAKE)

    @property
    def watches(self) -> bool:
        """Whether they may see how it stands between the nodes."""
        return self.has(Membership.Role.ADMIN, Membership.Role.SECURITY) or self.exercises(Membership.Role.LIAISON)


class Cell(NamedTuple):
    """One value: words, where they lead, how they are marked ("code", "number", or the tone of a badge), and what stands small below."""

    text: Any
    href: str = ""
    mark: str = ""
    below: Words = ""


def badge(text: Any, tone: str = "") -> Cell:
    return Cell(text, mark=f"badge {tone}".strip())


def code(text: Any, below: Words = "") -> Cell:
    return Cell(text, mark="code", below=below)


def day(on: date | None) -> Cell:
    return Cell(on.isoformat() if on else "–", mark="number")


def moment(at: datetime | None) -> Cell:
    return Cell(localtime(at).strftime("%Y-%m-%d %H:%M") if at else "–", mark="number")


@dataclass(frozen=True)
class Table:
    """Rows of cells under headings; the first cell names the row. `deeds` may stand at the end of a row: label and address."""

    columns: Sequence[Words]
    rows: Sequence[Sequence[Cell]]
    empty: Words = ""
    older: str = ""
    newer: str = ""
    deeds: Sequence[Sequence[tuple[Words, str]]] = ()

    @property
    def lines(self) -> list[tuple[list[tuple[Words, Cell]], Sequence[tuple[Words, str]]]]:
        """Each row with the heading of every cell, and what may be done to it."""
        done = self.deeds or [()] * len(self.rows)
        return [(list(zip(self.columns, row, strict=True)), deeds) for row, deeds in zip(self.rows, done, strict=True)]


@dataclass(frozen=True)
class Section:
    """A part of an entry: facts, a table, sentences; whatever of it is there."""

    heading: Words
    facts: Sequence[tuple[Words, Cell]] = ()
    table: Table | None = None
    lines: Sequence[Words] = ()
    hint: Words = ""


@dataclass(frozen=True)
class Entry:
    """One row of a register on its page: `sections` in the wide column, `beside` in the narrow one."""

    title: str
    key: str
    badges: Sequence[Cell] = ()
    sections: Sequence[Section] = ()
    beside: Sequence[Section] = ()


@dataclass(frozen=True)
class Asked:
    """What a list was asked: words, the place behind which the page begins, and what its filters say."""

    words: str = ""
    after: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)

    def day(self, name: str) -> date | None:
        """The day that a filter names, or None."""
        try:
            return date.fromisoformat(self.filters.get(name, ""))
        except ValueError:
            return None

    @property
    def kept(self) -> dict[str, str]:
        """What the links to other pages of the list carry on."""
        return ({"q": self.words} if self.words else {}) | {
            name: value for name, value in self.filters.items() if value
        }


@dataclass(frozen=True)
class Done:
    """What was done, in words, and where to go now ("" for the page of the entry)."""

    said: Words
    to: str = ""


Told = dict[str, Any]


@dataclass(frozen=True)
class Deed:
    """One verb on an entry. `model`: what it must be told, the body of the same operation of the JSON API. `preview` says what it would do, and
    then it is done in a second step. `of`: it is done to one line of the entry, whose number comes along."""

    name: str
    label: Words
    model: type[BaseModel] | None
    open_to: Callable[[Seat, Any], bool]
    do: Callable[[Seat, Any, Told], Done]
    preview: Callable[[Seat, Any, Told], list[Section]] | None = None
    choices: Mapping[str, Callable[[Seat, Any], fields.Choices]] = field(default_factory=dict)
    start: Callable[[Any], Told] | None = None
    without: Iterable[str] = ("dry_run",)
    grave: bool = False
    of: bool = False
    hint: Words = ""


class DeedForm(forms.Form):
    """The form of one deed, for one person and one entry."""

    def __init__(self, deed: Deed, seat: Seat, row: Any, sent: Any = None, initial: Told | None = None) -> None:
        super().__init__(sent, auto_id=f"{deed.name}_%s", initial=initial)
        self.deed = deed
        if deed.of:
            self.fields["of"] = forms.CharField(max_length=60, widget=forms.HiddenInput)
        for name, info in (deed.model.model_fields if deed.model else {}).items():
            if name in deed.without:
                continue
            chosen = deed.choices.get(name)
            self.fields[name] = fields.field(
                info,
                label=LABELS[name],
                hint=HINTS.get((deed.name, name), ""),
                choices=chosen(seat, row) if chosen else None,
            )

    def told(self) -> Told:
        """What was filled in; what was left empty is not told at all."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [], False)}


@dataclass(frozen=True)
class Register:
    """One register. `find` refuses who may not see an entry as if it were not there. `filters`: name, label and kind of field (text, date);
    `download`: all that is asked for, line by line, the headings first; `ways`: other pages that begin here, and to whom they are open."""

    code: str
    label: Words
    hint: Words
    open_to: Callable[[Seat], bool]
    listing: Callable[[Seat, Asked], Table]
    find: Callable[[Seat, str], Any] | None = None
    entry: Callable[[Seat, Any], Entry] | None = None
    deeds: tuple[Deed, ...] = ()
    new: tuple[Deed, ...] = ()
    searched: Words = ""
    filters: tuple[tuple[str, Words, str], ...] = ()
    download: Callable[[Seat, Asked], Iterator[Sequence[object]]] | None = None
    around: Callable[[Seat, Asked], list[Section]] | None = None
    ways: tuple[tuple[Words, str, Callable[[Seat], bool]], ...] = ()


def address(register: str, key: object = "", deed: str = "", **query: object) -> str:
    """Where a register, an entry or a deed stands."""
    parts = [quote(str(part), safe="") for part in (register, key, deed) if part]
    return f"/desk/registry/{'/'.join(parts)}" + (f"?{urlencode(query)}" if query else "")


def number(key: str) -> int:
    return int(key) if key.isdecimal() else 0


def uuid_of(key: str) -> UUID:
    """The id that a key of an address names; that of nothing for any other key."""
    try:
        return UUID(key)
    except ValueError:
        return UUID(int=0)


def line_of(model: type[Line], key: str, **belongs: object) -> Line:
    """The line of an entry with this number, if it belongs to the entry. Refused (404): else."""
    found = finding.row(model, number(key))
    return found if all(getattr(found, name) == value for name, value in belongs.items()) else finding.row(model, 0)


def paged(register: str, asked: Asked, rows: list[Any], place: Callable[[Any], object]) -> tuple[list[Any], str, str]:
    """The rows of one page out of one more, and the addresses of the pages behind and before."""
    older = address(register, **asked.kept, after=place(rows[PAGE - 1])) if len(rows) > PAGE else ""
    return rows[:PAGE], older, address(register, **asked.kept) if asked.after else ""
