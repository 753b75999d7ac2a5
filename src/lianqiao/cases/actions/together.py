"""Cases that are one matter: a duplicate follows the main case, and its enterprise gets the same progress and the same answer.

A merge moves nothing and lengthens nothing: the clocks of the duplicate stop with that reason, the main case ends no later than was promised
in the duplicate, and undoing the merge lets those clocks run on from their own first day. What follows from the main case for
those that follow it is recorded in each, by this node, in the same transaction.
"""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from .. import access, clocks, data, flow
from ..act import By, act, action
from ..models import Case, Kind
from .finding import not_complained_of

MOST = 200
"""So many cases follow one at most: they are all concluded in one transaction."""
IN_CHARGE = {flow.Role.INTAKE, flow.Role.LEAD}


# The order of the locks: the main case first, then what follows it


def _both(case: Case, given: dict[str, Any]) -> list[int]:
    main = Case.objects.numbered(str(given.get("main", ""))).values_list("pk", flat=True)
    return sorted({case.pk, *main})


def main_first(case: Case, given: dict[str, Any]) -> list[int]:
    """The main case of one that follows, if there is one."""
    return [pk for pk in Case.objects.filter(pk=case.pk).values_list("following", flat=True) if pk]


def absorb_into_main(case: Case, event: Event) -> None:
    main = case.following
    assert main is not None
    absorb(
        main,
        by=_node(),
        duplicate=case.number,
        leads=event.data["leads"],
        same_enterprise=event.data["same_enterprise"],
    )


def release_from_main(case: Case, event: Event) -> None:
    """After a case that followed another stands on its own again, or was withdrawn."""
    if number := event.data.get("main"):
        main = Case.objects.numbered(number).get()
        release(main, by=_node(), duplicate=case.number, leads=main.leads - 1)


def release_all(case: Case, event: Event) -> None:
    """When the main case ends in another way than by a result, or leaves, those that follow it stand on their own again."""
    for follower in followers(case) if case.leads else ():
        act(follower, "unmerge", by=_node(), check=unmerge.check, given={"because": event.verb})
        release(case, by=_node(), duplicate=follower.number, leads=case.leads - 1)


def withdrawn(case: Case, event: Event) -> None:
    """A withdrawn case follows nobody and leads nobody."""
    release_from_main(case, event)
    release_all(case, event)


def pass_on_progress(case: Case, event: Event) -> None:
    """What the enterprise of the main case is told on the way, the enterprises of those that follow are told as well.

    The words only where they give nobody away: to the same enterprise, or when the main case is not confidential.
    """
    if not case.leads or (event.verb == "note" and not event.data.get("shared")):
        return
    said = events.opened(event)
    text = said.get("text") or said.get("reason") or ""
    due = event.data.get("due", {}).get("handle")
    for follower in followers(case):
        shown = not case.confidential or _same_enterprise(case, follower)
        words = text if shown and isinstance(text, str) else ""
        pass_on(follower, by=_node(), step=event.verb, text=words, due_on=due, cause=event.digest)


def conclude_followers(case: Case, event: Event) -> None:
    """Each that follows is concluded with the main case: with the words for the others, if there are some, else with the same."""
    if not event.data.get("followers"):
        return
    said = events.opened(event)
    for follower in followers(case):
        text = said["text"] if _same_enterprise(case, follower) else said.get("others") or said["text"]
        conclude_with(
            follower, by=_node(), ground=said["ground"], article=said["article"], text=text, cause=event.digest
        )


def refuse_to_tell_others(case: Case, told: data.Conclude) -> None:
    """Refused: a result of a confidential case that would reach another enterprise in the same words."""
    if (
        case.leads
        and case.confidential
        and not told.others
        and any(not _same_enterprise(case, one) for one in followers(case))
    ):
        raise Refused(
            "text-for-others",
            _("This case is confidential, and others follow it. Say in `others` what their enterprises are told, so that nobody is given away."),
            status=422,
        )  # fmt: skip


def followers(case: Case) -> list[Case]:
    """The cases that follow this one now, in the order in which they are locked."""
    following = Case.objects.filter(following=case, state=flow.State.MERGED)
    return list(following.select_related("agency", "enterprise").order_by("pk"))


def _node() -> Actor:
    return Actor.node(settings.LIANQIAO_NODE)


@action
def absorb(case: Case, told: data.Absorb, by: By) -> None:
    """Another case follows this one from now on."""


@action
def release(case: Case, told: data.Release, by: By) -> None:
    """A case that followed this one stands on its own again."""


@action
def pass_on(case: Case, told: data.PassOn, by: By) -> dict[str, Any]:
    """A step of the main case, told to the enterprise of one that follows it."""
    return {"main": case.following.number} if case.following else {}


@action
def conclude_with(case: Case, told: data.ConcludeWith, by: By) -> dict[str, Any]:
    """The main case has been concluded, and this one with it; its own limit of delivery begins."""
    return {"main": case.following.number} if case.following else {}


@action(then=absorb_into_main, locks=_both)
def merge(case: Case, told: data.Merge, by: By) -> dict[str, Any]:
    """Let the case follow another one that is the same matter, with reasons. Its enterprise is told, and gets progress and result of both.

    By who takes in or leads in the agencies that answer for the two. Refused: a case that other cases follow, that has been with another
    region, or in which an answer is awaited; a main case that is not running, not accepted though this one is, would end later than
    was promised here, or is answered for by the agency complained of; a report of retaliation with a case that is none.
    """
    main = _seen(told.main, by)
    if main.pk == case.pk:
        raise Refused("same-case", _("A case cannot follow itself. Name the other one."), status=422)
    if not access.roles_of(main, by) & IN_CHARGE:
        raise Refused(
            "not-yours", _("Only who takes in or leads for both cases can merge them. Ask the lead of the other."), status=403
        )  # fmt: skip
    _refuse_unfit(case)
    _refuse_main(case, main)
    return {"main": main.number, "leads": main.leads + 1, "same_enterprise": _same_enterprise(case, main)}


def _seen(number: str, by: By) -> Case:
    found = Case.objects.visible_to(by).numbered(number) if isinstance(by, Person) else Case.objects.none()
    main = found.select_related("agency", "enterprise").first()
    if main is None:
        raise access.unknown_case()
    return main


def _refuse_unfit(case: Case) -> None:
    if case.leads:
        raise Refused(
            "leads-others", _("Other cases follow this one. Take it as the main case, or undo those merges first.")
        )
    if case.travels:
        raise Refused(
            "has-travelled",
            _("This case has been with another region and cannot follow another one. Take it as the main case."),
        )
    awaited = any(row.subject or row.name == clocks.OFFER for row in clocks.running(case))
    if awaited or case.assigned_id or case.questions.unanswered().exists():
        raise Refused(
            "answer-awaited", _("An answer, a signature or an opinion is awaited in this case. Wait for it, then merge.")
        )  # fmt: skip


def _refuse_main(case: Case, main: Case) -> None:
    if main.state not in (flow.State.FILED, flow.State.ACCEPTED) or main.frozen_epoch:
        raise Refused(
            "main-not-running", _("%(number)s is not running here. Choose a main case that is."), number=main.number
        )
    if case.state == flow.State.ACCEPTED != main.state:
        raise Refused(
            "main-not-accepted",
            _("This case is accepted and %(number)s is not. Accept it first, or let it follow this one."),
            number=main.number,
        )
    if (case.kind == Kind.RETALIATION) != (main.kind == Kind.RETALIATION):
        raise Refused("kinds-differ", _("A report of retaliation is kept apart from other cases."), status=422)
    if main.leads >= MOST:
        raise Refused(
            "too-many-follow", _("%(most)s cases follow that one already. Choose another main case."), most=MOST
        )
    not_complained_of(case, main.agency)
    ends = {row.name: row.due_on for row in clocks.running(main) if not row.subject}
    for row in clocks.running(case):
        if row.subject or row.name not in ends:
            continue
        promised, end = row.notified_due_on or row.due_on, ends[row.name]
        if promised is None or end is None:
            raise Refused(
                "paused", _("A limit of one of the two is paused. Resume it first, so that the dates can be compared.")
            )
        if end > promised:
            raise Refused(
                "later-than-promised",
                _("%(number)s would end on %(end)s, later than %(promised)s, which was promised here. Let it follow this case instead."),
                number=main.number, end=end.isoformat(), promised=promised.isoformat(),
            )  # fmt: skip


def _same_enterprise(case: Case, other: Case) -> bool:
    one, two = case.enterprise, other.enterprise
    return one is not None and two is not None and (one.root_id or one.pk) == (two.root_id or two.pk)


@action(then=release_from_main, locks=main_first)
def unmerge(case: Case, told: data.Unmerge, by: By) -> dict[str, Any]:
    """Let the case stand on its own again, in the state that it had, with reasons. Its limits run on from their own first day: the days
    under the main case counted. Refused: no reason."""
    if isinstance(by, Person) and not told.reason:
        raise Refused(
            "reason-missing", _("Say why the case stands on its own again; its enterprise reads it."), status=422
        )
    merged = (
        Event.objects.about("case", case.uid).filter(verb="merge").order_by("-number").values_list("number", flat=True)
    )
    main = case.following
    assert main is not None
    return {"main": main.number, "merge": merged[0]}
