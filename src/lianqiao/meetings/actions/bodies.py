"""Who meets: establish a body, open a series."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.exchange.models import Peer
from lianqiao.law.categories import CATEGORIES
from lianqiao.record import time
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Agency, Membership, Person

from ..access import presides, refuse_stranger
from ..models import Body, Series, offices_of
from .recording import record, words


def establish(
    *,
    by: Person,
    name_zh: str,
    name_en: str,
    chair: Person,
    office: Agency,
    lead: Agency | None = None,
    deputies: Sequence[Person] = (),
    members: Sequence[Agency] = (),
    peer: str = "",
    others: str = "",
) -> Body:
    """Establish a standing body, by who leads in its secretariat or in its lead agency.

    `peer`, `others`: of a joint body, the code of the other node, and its conveners, organisers and liaison staff. Refused: anybody else;
    a body without members; a node that this one has not met.
    """
    lead = lead or office
    if not {office.pk, lead.pk} & offices_of(by, Membership.Role.LEAD):
        raise Refused(
            "not-lead",
            _("A body is established by who leads in its secretariat or lead agency (%(office)s)."),
            status=403,
            office=office.label,
        )
    if peer and not Peer.objects.filter(code=peer).exists():
        raise Refused("unknown-node", _("This node has not met a node with the code %(node)s."), status=422, node=peer)
    if not members:
        raise Refused("no-members", _("Name the agencies that belong to the body."), status=422)
    with transaction.atomic():
        body = Body.objects.create(
            name_zh=words(name_zh, most=120), name_en=words(name_en, most=120), chair=chair, office=office, lead=lead,
            peer=peer, others=words(others, empty=True), made_at=time.now(),
        )  # fmt: skip
        body.deputies.set(deputies)
        body.members.set(members)
        stated = {
            "office": office.code, "lead": lead.code, "chair": str(chair.pk), "peer": peer,
            "deputies": [str(one.pk) for one in deputies], "members": sorted(one.code for one in members),
        }  # fmt: skip
        record(
            "body",
            body.pk,
            "establish",
            by,
            stated | {"name_zh": body.name_zh, "name_en": body.name_en},
            others=body.others,
        )
    return body


def open_series(
    body: Body,
    *,
    by: Person,
    kind: str,
    title: str,
    field: str = "",
    country: str = "",
    topic: str = "",
    months: int = 3,
) -> Series:
    """Open a series of meetings of a body, by its secretariat or who presides. Refused: an unknown kind or field; no interval of months."""
    if not presides(by, body):
        refuse_stranger(by, body)
    if kind not in Series.Kind.values or (field and field not in CATEGORIES) or not 1 <= months <= 24:
        raise Refused(
            "unknown-kind", _("Choose a kind and a field from the lists, and 1 to 24 months between meetings."), status=422
        )  # fmt: skip
    with transaction.atomic():
        series = Series.objects.create(
            body=body, kind=kind, title=words(title, most=120), field=field, country=country[:2].upper(),
            topic=words(topic, most=120, empty=True), months=months, opened_at=time.now(),
        )  # fmt: skip
        stated = {"body": str(body.pk), "kind": kind, "field": field, "country": series.country, "months": months}
        record("series", series.pk, "open_series", by, stated, title=series.title, topic=series.topic)
    return series
