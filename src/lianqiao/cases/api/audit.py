"""The JSON API of the audit: who has read confidential cases, and what has left the node. For the audit administrator alone. Mounted by `cases.api`."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from lianqiao.cases import departures, looks
from lianqiao.record import time
from lianqiao.registry.door import person_of, reading

from . import answers

router = Router(tags=["record"], auth=reading)


class ReadRow(BaseModel):
    """One look at confidential cases: a case, or those of one page of a list."""

    id: int
    at: str
    account: str
    stead: list[str] = Field(description="Accounts in whose stead the person acts.")
    cases: list[str]
    part: str
    identity: bool = Field(description="Whether who files was shown.")
    door: str
    token: str = Field(description="Id of the token; empty for a page.")


class ReadPage(BaseModel):
    reads: list[ReadRow]
    next: str | None = Field(description="Address of the next page; null on the last one.")


class Looked(BaseModel):
    after: int | None = Field(None, ge=1, description="Id of the last row of the page before.")
    limit: int = Field(50, ge=1, le=200)
    account: str | None = Field(None, max_length=60)
    case: str | None = Field(None, max_length=40, description="Number of a case.")
    since: date | None = None
    until: date | None = None
    identity: bool | None = None


@router.get("/audit/reads", response=ReadPage, summary=gettext_noop("List the looks at confidential cases"))
def list_reads(request: HttpRequest, wanted: Query[Looked]) -> object:
    """Who has read which confidential case when, newest first, page by page. For the audit administrator."""
    filters = wanted.model_dump(exclude={"limit"})
    page = looks.page(person_of(request), limit=wanted.limit + 1, **filters)
    shown = page[: wanted.limit]
    following = None
    if len(page) > wanted.limit:
        asked = [(name, value) for name, value in request.GET.items() if name != "after"]
        following = f"{answers.PREFIX}/audit/reads?{urlencode([*asked, ('after', shown[-1].pk)])}"
    return {"reads": [told(one) for one in looks.named(shown)], "next": following}


def told(look: looks.Look) -> dict[str, Any]:
    row = look.row
    return {
        "id": row.pk, "at": time.stamp(row.at), "account": look.account, "stead": look.stead, "cases": look.numbers,
        "part": row.part, "identity": row.identity, "door": row.door, "token": row.token,
    }  # fmt: skip


class DepartureRow(BaseModel):
    """Something that left this node: to whom, about which case and which parts of it, never their text."""

    id: str = Field(description="Its place in the account; `after` takes it.")
    at: str = Field(
        description="When it left; of a parcel when it was handed to the outbox, of a message to an app since when it was tried."
    )
    way: str = Field(description="parcel, file, mail, webhook, sign_on, backup")
    label: str
    to: str = Field(description="Code of the node, account of the person, or id of the app; empty for a backup.")
    kind: str = Field(description="Kind of the parcel, or the verb that was told of.")
    case: str | None
    event: str = Field(description="Digest of the event that it was made from, where there is one.")
    parts: list[str] = Field(description="Names of what it carried: fields of a parcel, scopes of a sign-on.")
    digest: str = Field(description="SHA-256 of what left, where it is known.")
    state: str


class DeparturePage(BaseModel):
    departures: list[DepartureRow]
    next: str | None = Field(description="Address of the next page; null on the last one.")


class Departed(BaseModel):
    after: str | None = Field(None, max_length=100, description="Id of the last row of the page before.")
    limit: int = Field(50, ge=1, le=200)
    case: str | None = Field(None, max_length=40, description="Number of a case.")
    to: str | None = Field(None, max_length=100, description="Code of a node, an account, or the id of an app.")
    since: date | None = None
    until: date | None = None


@router.get("/audit/departures", response=DeparturePage, summary=gettext_noop("List what has left the node"))
def list_departures(request: HttpRequest, wanted: Query[Departed]) -> object:
    """What has left this node, newest first, page by page: parcels and files to other nodes, mails, messages to apps, sign-ons, backups. For the
    audit administrator."""
    page = departures.page(person_of(request), limit=wanted.limit + 1, **wanted.model_dump(exclude={"limit"}))
    shown = page[: wanted.limit]
    following = None
    if len(page) > wanted.limit:
        asked = [(name, value) for name, value in request.GET.items() if name != "after"]
        following = f"{answers.PREFIX}/audit/departures?{urlencode([*asked, ('after', str(shown[-1].row.place))])}"
    return {"departures": [departed(one) for one in shown], "next": following}


def departed(told: departures.Told) -> dict[str, Any]:
    row = told.row
    return {
        "id": str(row.place), "at": time.stamp(row.place.at), "way": row.place.source, "label": str(row.way), "to": row.to,
        "kind": row.kind, "case": told.case or None, "event": row.event, "parts": list(row.parts), "digest": row.digest,
        "state": row.state,
    }  # fmt: skip
