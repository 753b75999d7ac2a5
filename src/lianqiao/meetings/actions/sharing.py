"""A joint body is shared with the other region: its node is told, and says what its people have done and wish to be spoken about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lianqiao.exchange import inbox, parcels
from lianqiao.exchange.kinds import Early, receives
from lianqiao.exchange.models import ParcelIn
from lianqiao.notices import kinds, posting
from lianqiao.notices.kinds import Words
from lianqiao.record import events, time
from lianqiao.record.actors import Actor
from lianqiao.record.canonical import digest
from lianqiao.record.followers import follower
from lianqiao.record.models import Event
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Agency, Agreement, Person

from .. import joint
from ..access import presides, refuse_stranger
from ..models import WORKING, Body, Concern, JointBody, Series, Task, offices_of
from .inviting import DOOR, officers
from .recording import record, words

Read = TypeVar("Read", bound=BaseModel)
TOLD, REPORTED, RAISED = "body.told", "body.reported", "body.raised"
QUIET = ("say", "write_line", "attend", "answer", "substitute", "comment", "collect", "draft")
"""Verbs of a meeting of which the other node is told nothing."""
KINDS = ("body", "series", "meeting")
JOINT_BODY = "joint_body"
"""The kind of notices: of a joint body that the other region keeps."""


def bodies_of(person: Person) -> Any:
    return JointBody.objects.visible_to(person).values("pk")


def page_of(body: UUID) -> str:
    return f"/meetings/joint/{body}"


kinds.declare(
    JOINT_BODY,
    kinds.Kind(
        {
            "meeting": Words(
                _("A joint meeting is planned"), _("The other region has planned a joint meeting, or moved one.")
            ),
            "cancel": Words(_("A joint meeting was called off"), _("The other region has called off a joint meeting.")),
            "task": Words(_("A new task of our region"), _("A task of our region stands on the list of a joint body.")),
            "minutes": Words(_("Minutes of a joint meeting"), _("The minutes of a joint meeting are published.")),
        },
        bodies_of,
        page_of,
        page_of,
    ),
)


# Of the node that keeps the body


def share(body: Body, *, by: Person, agreement: Agreement) -> Body:
    """Let the other node know of a joint body from now on: who belongs to it, its meetings, its tasks, its published minutes; by the secretariat or who
    presides. Refused: a body of one region; an agreement that is not in force with that node."""
    if not presides(by, body):
        refuse_stranger(by, body)
    if not body.peer:
        raise Refused("not-joint", _("This body has no other region. Only a joint body is shared."), status=422)
    if agreement.pk not in {one.pk for one in joint.agreements_with(body.peer)}:
        raise Refused(
            "no-agreement",
            _("No such agreement with node %(node)s is in force today. Choose one that is."),
            status=422,
            node=body.peer,
        )
    with transaction.atomic():
        held = locked(body.pk)
        held.shared_under = agreement.pk
        held.save(update_fields=["shared_under"])
        event = record("body", held.pk, "share", by, {"peer": held.peer, "agreement": str(agreement.pk)})
        tell(held, by=by.actor, source=event.digest)
    return held


def stop_sharing(body: Body, *, by: Person) -> Body:
    """Tell the other node no more; what it was told last stays there, marked as ended. Refused: it is not shared."""
    if not presides(by, body):
        refuse_stranger(by, body)
    with transaction.atomic():
        held = locked(body.pk)
        if held.shared_under is None:
            raise Refused("not-shared-now", _("This body is not shared now."), status=409)
        event = record("body", held.pk, "stop_sharing", by, {"peer": held.peer})
        told = joint.of(held, ended_on=time.today()).model_dump(mode="json")
        parcels.send(held.peer, TOLD, told, by=by.actor, source=event.digest)
        held.shared_under, held.told = None, ""
        held.save(update_fields=["shared_under", "told"])
    return held


def concerns(event: Event) -> bool:
    return event.subject_kind in KINDS and event.verb not in QUIET


@follower("meetings.share", wants=concerns)
def follow(batch: Sequence[Event]) -> None:
    """Tells the other node of every shared body about which something changed, once for the batch."""
    last = {event.subject: event for event in filter(concerns, batch)}
    if not last:
        return
    about = Q(pk__in=last) | Q(series__in=last) | Q(series__meetings__in=last)
    shared = Body.objects.filter(about, shared_under__isnull=False).distinct().values_list("pk", flat=True)
    for pk in sorted(shared):
        with transaction.atomic():
            tell(locked(pk), by=Actor.node(this_node().code), source=f"{batch[-1].digest}")


def tell(body: Body, *, by: Actor, source: str) -> None:
    """Send what the body is now, unless that was told last. Nothing is sent while no agreement is in force."""
    if body.shared_under not in {one.pk for one in joint.agreements_with(body.peer)}:
        return
    told = joint.of(body).model_dump(mode="json")
    if (said := digest(told)) != body.told:
        body.told = said
        body.save(update_fields=["told"])
        parcels.send(body.peer, TOLD, told, by=by, source=digest({"event": source, "body": str(body.pk)}))


def locked(pk: UUID) -> Body:
    return Body.objects.select_for_update(of=("self",)).select_related("office", "chair").get(pk=pk)


class Report(BaseModel):
    """What the other region says of one of its tasks."""

    model_config = ConfigDict(extra="ignore")

    body: UUID
    task: UUID
    result: str = Field(min_length=1, max_length=5000)


@receives(REPORTED)
def reported(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """The other region has finished one of its tasks. One that is finished already stays as it is."""
    said = understood(Report, data)
    body = kept_for(parcel, said.body)
    task = Task.objects.select_for_update(of=("self",)).filter(pk=said.task, body=body, agency__isnull=True).first()
    if task is None:
        raise Refused("unknown-task", _("The other region has no such task on the list."), status=404)
    if task.done_on is None:
        task.done_on, task.result = time.today(), said.result
        task.save(update_fields=["done_on", "result"])
        stated = {"task": str(task.pk), "parcel": parcel.digest}
        record("body", body.pk, "finish_task", inbox.actor(parcel), stated, result=task.result)


class Raised(BaseModel):
    """What the other region wishes to be spoken about."""

    model_config = ConfigDict(extra="ignore")

    body: UUID
    series: UUID
    concern: UUID
    text: str = Field(min_length=1, max_length=5000)
    raised_by: str = Field("", max_length=200)


@receives(RAISED)
def raised(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """The other region brings a concern for the agenda of a series."""
    said = understood(Raised, data)
    body = kept_for(parcel, said.body)
    series = Series.objects.select_for_update(of=("self",)).filter(pk=said.series, body=body).first()
    if series is None:
        raise Refused("unknown-series", _("The body has no such series."), status=404)
    if Concern.objects.filter(pk=said.concern).exists():
        return
    concern = Concern.objects.create(
        id=said.concern, series=series, source=Concern.Source.REGION, text=said.text, raised_by=said.raised_by, collected_at=time.now()
    )  # fmt: skip
    stated = {"concern": str(concern.pk), "source": concern.source, "parcel": parcel.digest}
    record("series", series.pk, "collect", inbox.actor(parcel), stated, text=concern.text, raised_by=concern.raised_by)


def kept_for(parcel: ParcelIn, body: UUID) -> Body:
    """The body of this node that is shared with the sender, locked. Refused: none such."""
    found = Body.objects.select_for_update(of=("self",)).filter(pk=body, peer=parcel.peer_id).first()
    if found is None or found.shared_under is None:
        raise Refused("unknown-body", _("No such body is shared with this node."), status=404)
    return found


# Of the node that is told


@receives(TOLD)
def told(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """What the node that keeps a joint body says of it. What is older than what is known changes nothing.

    Waits while the agreement is not known here. Refused: another node keeps that body; the agreement does not hold with the sender.
    """
    said = understood(joint.Told, data)
    agreement = Agreement.objects.filter(pk=said.agreement).first()
    if agreement is None or agreement.state == Agreement.State.PROPOSED:
        raise Early("agreement-unknown")
    sides = {agreement.node_a: agreement.agency_a, agreement.node_b: agreement.agency_b}
    agency = Agency.objects.filter(code=sides.get(this_node().code, "")).first()
    if parcel.peer_id not in sides or agency is None:
        raise Refused("no-agreement-with", _("The agreement that is named is not one with this node."), status=422)
    if said.ended_on is None and not Agreement.objects.in_force(time.today()).filter(pk=agreement.pk).exists():
        raise Refused("agreement-over", _("The agreement under which the body was shared does not hold today."))
    known = JointBody.objects.select_for_update(of=("self",)).filter(pk=said.body).first()
    if known is not None and known.peer_id != parcel.peer_id:
        raise Refused("another-node", _("Another node keeps this body."))
    place = (parcel.epoch, parcel.sequence)
    if known is not None and (known.epoch, known.sequence) >= place:
        return
    row = {
        "peer_id": parcel.peer_id, "agency": agency, "content": said.model_dump(mode="json"), "epoch": parcel.epoch,
        "sequence": parcel.sequence, "told_at": time.now(),
    }  # fmt: skip
    news = joint.news(joint.read(known) if known else None, said)
    JointBody.objects.update_or_create(id=said.body, defaults=row)
    stated = {"peer": parcel.peer_id, "parcel": parcel.digest, "agreement": str(said.agreement)}
    event = events.append("body", said.body, "hear", by=inbox.actor(parcel), data=stated)
    for verb in news:
        people = officers(agency, DOOR) or officers(agency, WORKING)
        posting.tell(JOINT_BODY, said.body, verb, event=event.number, people=people)


def report_task(body: JointBody, *, by: Person, task: UUID, result: str) -> None:
    """Say that our region has finished one of its tasks, and what came of it; by who works in our party to the agreement.

    Refused: a task that is not ours or is finished; one that was reported already; a body that is shared no more.
    """
    result = words(result)
    with transaction.atomic():
        held = JointBody.objects.select_for_update(of=("self",)).select_related("agency").get(pk=body.pk)
        if task not in {one.id for one in opened(held, by).open_tasks}:
            raise Refused("not-our-task", _("This is no open task of our region."), status=409)
        if task in joint.reported(held):
            raise Refused(
                "reported-already", _("This was reported already; the other region will show it."), status=409
            )
        event = record("body", body.pk, "report_task", by, {"task": str(task)}, result=result)
        data = {"body": str(body.pk), "task": str(task), "result": result}
        parcels.send(body.peer_id, REPORTED, data, by=by.actor, source=event.digest)


def raise_concern(body: JointBody, *, by: Person, series: UUID, text: str, raised_by: str = "") -> UUID:
    """Bring a concern before a joint body that the other region keeps; by who works in our party to the agreement. Gives its id there.

    Refused: no text; a series that the body does not have; a body that is shared no more.
    """
    said = opened(body, by)
    if series not in {one.id for one in said.series}:
        raise Refused("unknown-series", _("The body has no such series."), status=404)
    text, raised_by, concern = words(text), words(raised_by, most=200, empty=True), uuid4()
    with transaction.atomic():
        stated = {"concern": str(concern), "series": str(series)}
        event = record("body", body.pk, "raise_concern", by, stated, text=text, raised_by=raised_by)
        data = {
            "body": str(body.pk), "series": str(series), "concern": str(concern), "text": text, "raised_by": raised_by
        }  # fmt: skip
        parcels.send(body.peer_id, RAISED, data, by=by.actor, source=event.digest)
    return concern


def opened(body: JointBody, by: Person) -> joint.Told:
    """What is known of the body. Refused: who does not work in our party to the agreement; it is shared no more."""
    if body.agency_id not in offices_of(by, *WORKING):
        raise Refused(
            "not-our-party",
            _("Only who works in %(agency)s may do this. Ask there."),
            status=403,
            agency=body.agency.label,
        )
    said = joint.read(body)
    if said.ended_on:
        raise Refused(
            "shared-no-more", _("The other region has ended the sharing of this body. Ask its secretariat."), status=409
        )
    return said


def understood(model: type[Read], data: dict[str, Any]) -> Read:
    """The data of a parcel as this model. Refused: it cannot be read."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise Refused(
            "malformed", _("The parcel cannot be read: %(why)s."), why=str(error.errors()[0]["loc"])
        ) from None
