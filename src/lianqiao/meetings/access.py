"""Who may do what at a meeting: the secretariat keeps its papers, who presides decides, members read and comment."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from .models import WORKING, Body, JointBody, Meeting, Series, givers_of, offices_of

DEPUTY = "_deputy"
"""Where a body that was read with its meeting keeps whether the reader is a deputy, so that nobody asks a second time."""


def keeps(person: Person, body: Body) -> bool:
    """Whether the person works in the secretariat today: intake officer, handler or lead there, or acts for one."""
    return body.office_id in offices_of(person, *WORKING)


def presides(person: Person, body: Body) -> bool:
    """Whether the person may preside: the chair, a deputy, or somebody to whom the chair has delegated a role that day."""
    if body.chair_id in givers_of(person):
        return True
    known = body.__dict__.get(DEPUTY)
    return known[1] if known and known[0] == person.pk else body.deputies.filter(pk=person.pk).exists()


def refuse_stranger(person: Person, body: Body) -> None:
    """Refused: who does not work in the secretariat."""
    if not keeps(person, body):
        raise Refused(
            "not-secretary",
            _("Only the secretariat (%(office)s) may do this. Ask it."),
            status=403,
            office=body.office.label,
        )


def refuse_who_does_not_preside(person: Person, body: Body) -> None:
    """Refused: neither chair, deputy nor delegate of the chair."""
    if not presides(person, body):
        raise Refused(
            "not-presiding",
            _("Only the chair, a deputy or who acts for the chair may do this: %(chair)s."),
            status=403,
            chair=body.chair,
        )


def body_for(person: Person, body: UUID) -> Body:
    """The body, where the person sees it. Refused: none such (404)."""
    found = Body.objects.visible_to(person).select_related("office", "lead", "chair").filter(pk=body).first()
    if found is None:
        raise unknown()
    return found


def series_for(person: Person, series: UUID) -> Series:
    """The series, where the person sees its body. Refused: none such (404)."""
    found = Series.objects.visible_to(person).select_related("body__office", "body__chair").filter(pk=series).first()
    if found is None:
        raise unknown()
    return found


def meeting_for(person: Person, meeting: UUID) -> Meeting:
    """The meeting, where the person sees its body. Refused: none such (404)."""
    found = Meeting.objects.visible_to(person).with_body().deputised(person).filter(pk=meeting).first()
    if found is None:
        raise unknown()
    found.series.body.__dict__[DEPUTY] = (person.pk, found.__dict__["deputy"])
    return found


def joint_for(person: Person, body: UUID) -> JointBody:
    """The joint body that another node keeps, where it concerns an agency of the person. Refused: none such (404)."""
    found = JointBody.objects.visible_to(person).select_related("peer", "agency").filter(pk=body).first()
    if found is None:
        raise unknown()
    return found


def unknown() -> Refused:
    return Refused(
        "unknown-meeting", _("There is no such meeting among those that you may see. Check the address."), status=404
    )
