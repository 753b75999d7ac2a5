"""The JSON API of notices: what one has been told, newest first, and marking it as read. Mounted by `site.api`."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from lianqiao.cases import flow
from lianqiao.record import time
from lianqiao.record.refusal import Refused
from lianqiao.registry.door import acting, person_of, reading

from .models import Notice

router = Router(tags=["notices"])
PREFIX = "/api/v1"


class NoticeRow(BaseModel):
    """That something has happened in a case; what it was stands in the case, or in the question."""

    id: int
    case: str
    event: int
    verb: str
    label: str
    created_at: str
    read_at: str | None
    address: str


class NoticePage(BaseModel):
    notices: list[NoticeRow]
    next: str | None = Field(description="Address of the next page; null on the last one.")


class Wanted(BaseModel):
    after: int | None = Field(None, ge=1, description="Id of the last notice of the page before.")
    limit: int = Field(20, ge=1, le=100)
    unread: bool = False


@router.get("/notices", auth=reading, response=NoticePage, summary=gettext_noop("List notices"))
def list_notices(request: HttpRequest, wanted: Query[Wanted]) -> object:
    """What the person has been told, newest first, page by page."""
    found = Notice.objects.visible_to(person_of(request)).select_related("case").order_by("-pk")
    if wanted.unread:
        found = found.unread()
    if wanted.after:
        found = found.filter(pk__lt=wanted.after)
    page = list(found[: wanted.limit + 1])
    shown = page[: wanted.limit]
    more = f"{PREFIX}/notices?after={shown[-1].pk}&limit={wanted.limit}" if len(page) > wanted.limit else None
    return {"notices": [row(notice) for notice in shown], "next": more}


@router.post("/notices/{id}/read", auth=acting, response=NoticeRow, summary=gettext_noop("Mark a notice as read"))
def mark_read(request: HttpRequest, id: int) -> object:  # noqa: A002 the name in the address
    """Mark one's own notice as read; a second time changes nothing."""
    notice = Notice.objects.visible_to(person_of(request)).select_related("case").filter(pk=id).first()
    if notice is None:
        raise Refused("unknown-notice", _("There is no such notice among yours."), status=404)
    if notice.read_at is None:
        notice.read_at = time.now()
        notice.save(update_fields=["read_at"])
    return row(notice)


def row(notice: Notice) -> dict[str, object]:
    return {
        "id": notice.pk,
        "case": notice.case.number,
        "event": notice.event,
        "verb": notice.verb,
        "label": str(flow.VERBS[notice.verb].label),
        "created_at": time.stamp(notice.created_at),
        "read_at": time.stamp(notice.read_at) if notice.read_at else None,
        "address": f"{PREFIX}/questions" if notice.verb == "ask" else f"{PREFIX}/cases/{notice.case.number}",
    }
