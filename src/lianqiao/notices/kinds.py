"""What a notice may be about beside cases, errands, limits and webhooks: kinds that other rooms declare, each with its words, its page and its reader.

A room declares a kind once (`declare`), tells people of it by `posting.tell`, and who has no account by `posting.tell_guest`; lists, mail, choices
and quiet hours are those of all notices. What stands in a mail is what the kind declares, and nothing of the matter.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.functional import Promise

from lianqiao.registry.models import Person


class Words(NamedTuple):
    """What happened, as a label and as a sentence."""

    label: Promise
    sentence: Promise


class Enclosed(NamedTuple):
    """A file that the mail carries: an appointment, not a paper."""

    name: str
    content: bytes
    kind: str


class Guest(NamedTuple):
    """Who is written to without an account, and the page that their link opens."""

    name: str
    address: str
    page: str


def nothing(_subject: UUID, _verb: str) -> list[Enclosed]:
    return []


def nobody(_subject: UUID, _verb: str) -> Guest | None:
    return None


@dataclass(frozen=True)
class Kind:
    """How notices of one kind are read. `seen_by` gives the subjects that a person may still see, as a subquery; the others are neither shown nor sent."""

    words: Mapping[str, Words]
    seen_by: Callable[[Person], Any]
    page: Callable[[UUID], str]
    address: Callable[[UUID], str]
    enclosed: Callable[[UUID, str], Sequence[Enclosed]] = nothing
    guest: Callable[[UUID, str], Guest | None] = nobody
    """Who it is, when the mail is about to go; None: it is no longer to be sent."""


KINDS: dict[str, Kind] = {}


def declare(name: str, kind: Kind) -> None:
    """`name` stays for ever: it is kept with each notice."""
    if KINDS.setdefault(name, kind) is not kind:
        raise ValueError(f"there is a kind of notices {name} already")
