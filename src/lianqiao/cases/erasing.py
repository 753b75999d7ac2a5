"""What an erasure does to a case: which texts and files it means, and their end in the record, the row, the search and the store.

The events stay as they are: they hold commitments, and the digests of files. Called by the verbs of `actions.keeping` and by `moves`.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from lianqiao.law import keeping
from lianqiao.record import events
from lianqiao.record.models import Event
from lianqiao.registry.models import EnterpriseMember, IdempotentAnswer

from . import dossier, files
from .models import Attachment, Case, Draft

CONTACT, COMPLAINANT, TEXT, FILE = "contact", "complainant", "text", "file"
NEEDED_BY_THE_RECORD = {TEXT, FILE}
"""Kinds that a complete file needs (Order 2020-3 art. 24); who files and how to reach them is needed only while the case runs."""
NAMES = ("enterprise_name", "enterprise_code")
DESTROYING = ("erase", "erasure_reported", "dispose")
SHORTEST = 2
"""A shorter value is no mark of anybody: it is not looked for in drafts."""


class Spot(NamedTuple):
    """One erasable text: the number of its event, the digest of the event, the field."""

    number: int
    digest: str
    field: str

    @property
    def name(self) -> str:
        return f"{self.number}.{self.field}"

    def as_data(self) -> dict[str, Any]:
        return {"number": self.number, "event": self.digest, "field": self.field}


@dataclass(frozen=True)
class Plan:
    """What an erasure takes: the texts that are still there, the files, and what kinds they are of."""

    spots: tuple[Spot, ...]
    files: tuple[str, ...]
    what: tuple[str, ...]
    unknown: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        return {
            "what": list(self.what),
            "fields": [spot.as_data() for spot in self.spots],
            "attachments": list(self.files),
        }


def plan(
    case: Case, *, contact: bool = False, complainant: bool = False, texts: Collection[str] = (), files: Collection[UUID] = ()
) -> Plan:  # fmt: skip
    """Find what was named in the chain of the case. Two queries.

    What was erased before is passed over; what never was stands in `unknown`. A text that is a contact or a name counts as such.
    """
    chain = list(Event.objects.about("case", case.uid))
    wanted, chosen = set(texts), {str(one) for one in files}
    there = {str(pk) for pk in case.attachments.filter(pk__in=chosen, erased=False).values_list("pk", flat=True)}
    spots: list[Spot] = []
    what: set[str] = {FILE} if there else set()
    known: set[str] = set()
    for event in chain:
        known |= {f"{event.number}.{field}" for field in events.committed(event)}
        for field in events.kept_values(event):
            spot, kind = Spot(event.number, event.digest, field), kind_of(field)
            if spot.name in wanted or (kind == CONTACT and contact) or (kind == COMPLAINANT and complainant):
                spots.append(spot)
                what.add(kind)
            elif named := file_named(event, field, chosen):
                spots.append(spot)
                what.add(FILE)
                there.add(named)
    if complainant and case.complainant:
        what.add(COMPLAINANT)
    held = (
        {str(pk) for pk in case.attachments.filter(pk__in=chosen).values_list("pk", flat=True)}
        if chosen - there
        else there
    )
    return Plan(
        tuple(spots),
        tuple(sorted(there)),
        tuple(sorted(what)),
        tuple(sorted((wanted - known) | (chosen - held - there))),
    )


def everything(case: Case) -> Plan:
    """All texts and files of the case that are still there, for its disposal."""
    chain = Event.objects.about("case", case.uid)
    spots = [Spot(event.number, event.digest, field) for event in chain for field in events.kept_values(event)]
    there = [str(pk) for pk in case.attachments.filter(erased=False).order_by("pk").values_list("pk", flat=True)]
    return Plan(
        tuple(spots),
        tuple(there),
        tuple(sorted({kind_of(spot.field) for spot in spots} | ({FILE} if there else set()))),
    )


def kind_of(field: str) -> str:
    """What kind of text a field holds."""
    if field.startswith("contact."):
        return CONTACT
    return COMPLAINANT if field in NAMES else TEXT


def file_named(event: Event, field: str, chosen: Collection[str]) -> str:
    """The file of these whose name the field is: of `attach`, or one that another node named, perhaps not noted yet; "" for none."""
    if event.verb == "attach":
        named = str(event.data.get("attachment")) if field == "name" else ""
        return named if named in chosen else ""
    place = re.fullmatch(r"names\.(\d+)", field)
    files = event.data.get("attachments", []) if place else []
    named = str(files[int(place[1])].get("id")) if place and int(place[1]) < len(files) else ""
    return named if named in chosen else ""


def destroy(
    case: Case, fields: Iterable[Mapping[str, Any]], attachments: Collection[str], what: Collection[str]
) -> None:
    """Destroy the texts, with what was derived from them, and the files; once the transaction is committed the files themselves.

    A file whose removal a crash prevents is found by `site.clearing`, because its row no longer holds it.
    """
    digests: dict[str, set[str]] = {}
    for spot in fields:
        digests.setdefault(spot["event"], set()).add(spot["field"])
    found = dict(Event.objects.about("case", case.uid).filter(digest__in=digests).values_list("digest", "pk"))
    gone = events.destroy({pk: digests[digest] for digest, pk in found.items()})
    named = {name for names in digests.values() for name in names}
    if COMPLAINANT in what:
        case.complainant = ""
    if "peer_agency" in named:
        case.peer_agency = ""
    for row in Attachment.objects.filter(case=case, pk__in=attachments):
        gone.append(row.name)
        row.name, row.stored, row.erased = "", False, True
        row.save(update_fields=["name", "stored", "erased"])
        transaction.on_commit(lambda pk=row.pk: files.remove(case.uid, pk))  # type: ignore[misc]
    dossier.derive(case)
    forget(case, {value for value in gone if len(value) >= SHORTEST})


@files.keeper
def kept(folder: UUID) -> Iterable[UUID]:
    """The files that a case keeps."""
    return Attachment.objects.filter(case__uid=folder, erased=False).values_list("pk", flat=True)


def forget(case: Case, values: Collection[str]) -> None:
    """Take the values out of what the people of the case have lying here besides: forms not yet filed, answers kept for repetition."""
    acting = Event.objects.filter(subject_kind="case", subject=case.uid, by_kind="person")
    people = {UUID(one) for one in acting.values_list("by", flat=True)}
    if case.enterprise:
        members = EnterpriseMember.objects.for_enterprises([case.enterprise])
        people |= set(members.values_list("person_id", flat=True))
    IdempotentAnswer.objects.filter(person__in=people).delete()
    for draft in Draft.objects.filter(owner__in=people):
        content = without(draft.content, values)
        if content != draft.content:
            draft.content = content
            draft.save(update_fields=["content"])


def without(value: Any, words: Collection[str]) -> Any:
    """A JSON value in which every text that is one of the words is empty."""
    if isinstance(value, dict):
        return {name: without(inner, words) for name, inner in value.items()}
    if isinstance(value, list):
        return [without(inner, words) for inner in value]
    return "" if isinstance(value, str) and value.strip() in words else value


class Mark(NamedTuple):
    """When and why a text was erased, for whoever reads the chain."""

    on: date
    because: str


def marks(case: Case, lang: str) -> dict[tuple[str, str], Mark]:
    """By digest of the event and field: when it was erased and on which ground, in the language. A disposal stands under ("", "")."""
    found: dict[tuple[str, str], Mark] = {}
    for event in Event.objects.about("case", case.uid).filter(verb__in=DESTROYING):
        mark = Mark(
            event.legal_date, keeping.named(event.data.get("ground") or event.data.get("retention") or "").in_(lang)
        )
        if event.verb == "dispose":
            found["", ""] = mark
        for spot in event.data.get("fields", ()):
            found[spot["event"], spot["field"]] = mark
    return found
