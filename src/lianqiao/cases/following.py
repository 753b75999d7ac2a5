"""The follower `erasure`: what was decided about an enterprise or a person, or in a main case, is carried out in every case that still says it."""

from collections.abc import Sequence
from uuid import UUID

from lianqiao.record.followers import follower
from lianqiao.record.models import Event
from lianqiao.record.nodes import this_node
from lianqiao.registry.actions import erasing as registry
from lianqiao.registry.models import Enterprise

from . import flow
from .actions import keeping
from .models import Case


def concerns(event: Event) -> bool:
    return event.verb == "erase" and event.subject_kind in ("enterprise", "person")


@follower("erasure", wants=concerns)
def follow(batch: Sequence[Event]) -> None:
    """Erase in the cases what an event `erase` of the registry says. A case of which nothing is left is passed over."""
    for event in batch:
        if event.subject_kind == "case" and event.verb in ("erase", "erasure_reported"):
            copies(event)
        if event.verb != "erase":
            continue
        if event.subject_kind == "enterprise" and registry.CONTACTS in event.data["what"]:
            of_enterprise(event)
        elif event.subject_kind == "person" and registry.ACCOUNT in event.data["what"]:
            of_person(event)


def of_enterprise(event: Event) -> None:
    """The contact in every case of the enterprise, or of a row that is merged with it."""
    family = Enterprise.objects.family(Enterprise.objects.filter(pk=event.subject))
    for case in Case.objects.filter(enterprise__in=family).exclude(state=flow.State.DISPOSED).order_by("pk"):
        carry_out(case, event, contact=True)


def copies(event: Event) -> None:
    """The words of a main case that were passed on to those that followed it, where they were erased there."""
    gone = {spot["event"] for spot in event.data.get("fields", ())}
    tied = {case.uid: case for case in Case.objects.filter(ties__other__uid=event.subject)} if gone else {}
    passed = Event.objects.filter(subject_kind="case", subject__in=tied, verb__in=("pass_on", "conclude_with"))
    spots: dict[UUID, list[str]] = {}
    for one in passed:
        if one.data.get("cause") in gone:
            spots.setdefault(one.subject, []).append(f"{one.number}.text")
    for uid, texts in spots.items():
        if tied[uid].state != flow.State.DISPOSED:
            carry_out(tied[uid], event, texts=texts)


def of_person(event: Event) -> None:
    """The account by which a case was once assigned to the person."""
    named = Event.objects.filter(subject_kind="case", verb__in=("route", "reassign"), data__person=str(event.subject))
    spots: dict[str, list[str]] = {}
    for one in named:
        spots.setdefault(str(one.subject), []).append(f"{one.number}.handler")
    for case in Case.objects.filter(uid__in=spots).exclude(state=flow.State.DISPOSED).order_by("pk"):
        carry_out(case, event, texts=spots[str(case.uid)])


def carry_out(case: Case, event: Event, **selection: object) -> None:
    keeping.erase_for_the_node(
        case, node=this_node().code, ground=event.data["ground"], decision=event.digest, **selection
    )  # fmt: skip
