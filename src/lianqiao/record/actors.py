"""Who did it: a person, another node, or the clock. Never empty."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

KINDS = ("person", "node", "clock")


@dataclass(frozen=True)
class Actor:
    """The doer of an event, by kind and pseudonymous id; `str()` gives `kind:id`. Refuses (ValueError) an empty id."""

    kind: str
    id: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS or not self.id or len(self.id) > 64:
            raise ValueError(f"no such actor: {self.kind}:{self.id}")

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def person(cls, person: UUID | str) -> Self:
        """A natural person, by the id of the account (a UUID; never a name)."""
        return cls("person", str(person if isinstance(person, UUID) else UUID(person)))

    @classmethod
    def node(cls, code: str) -> Self:
        """Another node, by its code ("50")."""
        return cls("node", code)

    @classmethod
    def clock(cls, limit: str) -> Self:
        """The passing of time, by the name of the limit ("accept")."""
        return cls("clock", limit)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The inverse of `str()`; raises ValueError."""
        kind, _, ident = text.partition(":")
        return cls(kind, ident)
