"""Files of shared cases: named in parcels, fetched by signed request, never pushed."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from django.db import transaction
from django.db.models import Q
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lianqiao.cases import files
from lianqiao.cases.models import Attachment, Case, Request
from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now

from . import alarms, calls, parcels, peers, signing, wire
from .models import ErrandFile, Fetch, Offer, Peer

GIVE_UP_AFTER = 12
PASSING = ("no-answer", "disk-full")
LONGEST_PAUSE = timedelta(hours=8)


class Named(BaseModel):
    """A file as a parcel names it: the digest is signed with the parcel, so the bytes need no signature of their own."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    name: str = Field(min_length=1, max_length=200)
    media_type: str = Field(max_length=100)
    size: int = Field(ge=1, lt=2**40)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


def named(given: Any) -> list[Named]:
    """The files that a parcel names. Refuses what names none."""
    try:
        return TypeAdapter(list[Named]).validate_python(given)
    except ValidationError:
        raise Refused("malformed", _("The parcel cannot be read: %(why)s."), why="attachments") from None


def told(given: Any) -> dict[str, Any]:
    """The files as an event states them, and their names apart, which are erasable. Refuses what names none."""
    files = named(given)
    return {
        "attachments": [file.model_dump(mode="json", exclude={"name"}) for file in files],
        "names": [file.name for file in files],
    }


# For a peer


def answer(peer: Peer, identity: UUID) -> FileResponse:
    """The bytes of a file, and an event that says who fetched it. "not-shared" for everything that neither a clause of the hand-over nor an
    officer's choice (a document of a consultation or sub-task, a file with a word on one) shares with the peer."""
    row, folder, dossier = of_case(peer, identity) or of_errand(peer, identity) or (None, identity, "")
    if row is None:
        raise wire.refuse("not-shared")
    with transaction.atomic():
        data = {"node": peer.code, "sha256": row.sha256, "size": row.size, "dossier": dossier}
        events.append("attachment", row.pk, "fetched", by=Actor.node(peer.code), data=data)
    response = FileResponse(files.opened(folder, row.pk), content_type="application/octet-stream")
    response["Content-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(row.sha256)).decode()}:"
    return response


Shown = tuple[Attachment | ErrandFile | None, UUID, str]


def of_case(peer: Peer, identity: UUID) -> Shown | None:
    """A file of a case that the peer may fetch, the folder where it lies, and the dossier."""
    row = Attachment.objects.select_related("case").filter(pk=identity, stored=True).first()
    if row is None:
        return None
    chosen = row.requests.filter(node=peer.code).exclude(state=Request.State.WITHDRAWN).exists()
    if chosen or (row.audience == "everyone" and shared(row.case, peer)):
        return row, row.case.uid, str(row.case.dossier)
    return None


def of_errand(peer: Peer, identity: UUID) -> Shown | None:
    """A file that we gave along with a word on what the peer asked."""
    row = ErrandFile.objects.select_related("errand").filter(pk=identity, ours=True, word__isnull=False).first()
    if row is None or row.errand.peer_id != peer.code:
        return None
    return row, row.errand.folder, str(row.errand.dossier)


def shared(case: Case, peer: Peer) -> bool:
    """Whether the clause of the hand-over between the peer and this node shares files."""
    clause = Offer.objects.clause_between(case, peer.code)
    sides = {case.offered_to, case.holder_node, case.received_from}
    return peer.code in sides and clause is not None and "attachments" in clause.shares


# From a peer


def note(event: Event, audience: str = "everyone") -> None:
    """Notes the files that an event names for fetching, each once; the case shows them as not fetched yet. Erased ones are left out; what an
    agency of this node gave lies here already."""
    case = Case.objects.get(uid=event.subject)
    here, said = event.by == this_node().code, events.opened(event)
    given = event.data.get("attachments", [])
    names = [said.get(f"names.{place}", file.get("name")) for place, file in enumerate(given)]
    files_named = [file | {"name": name} for file, name in zip(given, names, strict=True) if isinstance(name, str)]
    for file in named(files_named):
        Attachment.objects.get_or_create(
            id=file.id,
            defaults={
                "case": case, "event": event.number, "name": file.name, "media_type": file.media_type, "size": file.size,
                "sha256": file.sha256, "audience": audience, "origin_node": event.by, "stored": here,
            },
        )  # fmt: skip
        if here:
            continue
        Fetch.objects.get_or_create(
            id=file.id,
            defaults={
                "peer_id": event.by, "case": event.subject, "event": event.number, "name": file.name, "size": file.size,
                "sha256": file.sha256, "next_attempt_at": now(),
            },
        )  # fmt: skip


def work(http: httpx.Client, limit: int = 5) -> int:
    """Fetches files that are due; returns how many were tried."""
    callable_now = Q(peer__retry_at__isnull=True) | Q(peer__retry_at__lte=now())
    due = Fetch.objects.filter(
        callable_now, state=Fetch.State.WAITING, next_attempt_at__lte=now(), peer__state=Peer.State.ACTIVE
    )
    return sum(fetch(http, row) for row in due[:limit])


def fetch(http: httpx.Client, row: Fetch) -> int:
    """Fetches one file and enters it in its case. What is refused for good becomes an alarm, what fails is tried again."""
    try:
        stored = files.store(row.case, row.name, chunks(http, row), attachment=row.pk)
        if (stored.size, stored.sha256) != (row.size, row.sha256):
            files.remove(row.case, row.pk)
            raise Refused("digest-differs", _("The file is not the one that was named."))
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        fail(row, f"{type(error).__name__}: {error}", final=False)
    except Refused as refused:
        fail(row, refused.code, final=refused.code not in PASSING)
    else:
        with transaction.atomic():
            kept = Attachment.objects.filter(
                pk=row.pk, case__uid=row.case, origin_node=row.peer_id, erased=False
            ).update(stored=True, name=stored.name, media_type=stored.media_type)
            kept += ErrandFile.objects.filter(
                pk=row.pk, errand__folder=row.case, errand__peer=row.peer_id, ours=False
            ).update(stored=True, name=stored.name, media_type=stored.media_type)
            if not kept:  # erased while it was on its way
                files.remove(row.case, row.pk)
            Fetch.objects.filter(pk=row.pk).update(state=Fetch.State.DONE, last_error="")
            pass_on(row)
    return 1


def pass_on(row: Fetch) -> None:
    """A file of a case that lies between two other nodes is named to the one that did not bring it, once it lies here to be fetched."""
    held = Attachment.objects.select_related("case").filter(pk=row.pk, case__uid=row.case, audience="everyone").first()
    case = held.case if held else None
    if held is None or case is None or not case.received_from or case.answers_here:
        return
    other = case.holder_node if row.peer_id == case.received_from else case.received_from
    clause = Offer.objects.clause_between(case, other)
    if other == row.peer_id or clause is None or "attachments" not in clause.shares:
        return
    named = {
        "id": str(held.pk),
        "name": held.name,
        "media_type": held.media_type,
        "size": held.size,
        "sha256": held.sha256,
    }
    with suppress(Refused):  # to a node gone for good nothing goes
        parcels.send(
            other, "materials", {"text": "", "attachments": [named], "offer": ""}, by=Actor.node(this_node().code),
            dossier=case.dossier, tenure=case.tenure,
        )  # fmt: skip


def chunks(http: httpx.Client, row: Fetch) -> Iterator[bytes]:
    """The bytes as they come. Refuses, to be tried again, any answer but the file."""
    target = peers.target(row.peer_id)
    path = f"{wire.ATTACHMENTS}{row.pk}"
    headers = signing.sign_request(target.our_key, "GET", path, target.code, b"", wire.JSON_TYPE)
    with http.stream("GET", target.base_url + path, headers=headers) as response:
        if response.status_code != 200:
            reply = calls.checked(target, response, "GET", path, headers)
            raise Refused("not-shared" if reply.final else "no-answer", wire.CODES["not-shared"].sentence)
        yield from response.iter_bytes()


def fail(row: Fetch, why: str, *, final: bool) -> None:
    """Writes what went wrong; the next attempt comes later and later, or never."""
    row.attempts += 1
    row.last_error = why[:300]
    row.next_attempt_at = now() + min(timedelta(seconds=2**row.attempts), LONGEST_PAUSE)
    if final or row.attempts >= GIVE_UP_AFTER:
        row.state = Fetch.State.FAILED
        alarms.raise_alarm(
            "attachment-missing", node=row.peer_id, subject=str(row.pk), name=row.name, why=row.last_error
        )
    row.save(update_fields=["attempts", "last_error", "next_attempt_at", "state"])
