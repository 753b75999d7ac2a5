"""The end of a case: conclude, deliver, rate, follow up, object, reopen, archive."""

from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.law import keeping
from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from .. import clocks, data, dossier, objections
from ..act import By, act, action
from ..models import Case
from . import intake, requests, routing, together

ERASED = "-"
"""Stands where a text was erased that a new case repeats."""


@action(then=together.conclude_followers)
def conclude(case: Case, told: data.Conclude, by: By) -> dict[str, Any]:
    """Conclude with a ground of the regime and a reasoned text (Order 2020-3 art. 20); the limit of delivery begins.

    The cases that follow it are concluded with it, each to be delivered and rated by itself. Refused: an unknown ground; a confidential
    case whose text would reach other enterprises; while a consultation or sub-task is open.
    """
    together.refuse_to_tell_others(case, told)
    requests.refuse_while_open(case)
    statute = clocks.regime_of(case)
    ground = next((ground for ground in statute.conclusion_grounds if ground.code == told.ground), None)
    if ground is None:
        known = ", ".join(ground.code for ground in statute.conclusion_grounds)
        raise Refused(
            "unknown-ground",
            _("%(regime)s knows no such ground. Known: %(known)s."),
            status=422,
            regime=statute.title,
            known=known,
        )
    if (told.outcome is None) == objections.is_objection(case):
        raise Refused(
            "outcome",
            _(
                "Say of an objection whether the first outcome is maintained, is changed, or goes back; of other cases say nothing."
            ),
            status=422,
        )
    return {"article": ground.article} | ({"followers": case.leads} if case.leads else {})


@action
def deliver(case: Case, told: data.Deliver, by: By) -> None:
    """Record that the written result has reached the enterprise. Refused: a case that came from another region, whose home desk delivers."""
    if case.home_node != settings.LIANQIAO_NODE:
        raise Refused(
            "home-desk-delivers",
            _("The home desk of the enterprise in the other region delivers the result and reports it here."),
        )


@action
def rate(case: Case, told: data.Rate, by: By) -> None:
    """Rate the handling, once. Two lowest grades open the limit for contacting the enterprise. Refused: rated already."""
    if case.score is not None:
        raise Refused("rated-already", _("This case has been rated; a case is rated once."))


@action
def contact(case: Case, told: data.ContactAfterRating, by: By) -> None:
    """Record the contact with the enterprise after a bad rating, and what was put right. Refused: no bad rating waits for it."""
    if not any(row.name == "contact" for row in clocks.running(case)):
        raise Refused("no-bad-rating", _("No bad rating of this case waits to be followed up."))


class Objected(NamedTuple):
    """The event on the first case, and the new case at the agency above."""

    event: Event
    filed: intake.Filed


@transaction.atomic
def object(case: Case, *, by: Person, version: int | None = None, **given: Any) -> Objected:  # noqa: A001 the verb's own name
    """Object to a refusal or a result: a new case at the agency above, level by level (Order 2020-3 art. 22).

    Where that agency is of another node, the new case begins at the home desk and is passed on at once; the enterprise follows both here.
    Refused: no agency above, or none to which objections may go; an objection that is already before it.
    """
    event = act(case, "object", by=by, check=_object, version=version, given=given)
    to = objections.instance_above(case)
    upper = to.agency if to.is_here and to.agency else case.home_agency
    first = dossier.filing(case)
    filed = intake.file(
        by=by,
        objection_to=case,
        agency=upper.code,
        programme=case.programme,
        kind=case.kind,
        category=case.category,
        title=case.title or ERASED,
        facts=given["reason"],
        request=first["request"] if isinstance(first.get("request"), str) else ERASED,
        enterprise=case.enterprise_id,
        confidential=case.confidential,
        summary=case.summary,
        respondents=list(first.get("respondents", [])),
    )
    if not to.is_here:
        routing.pass_on(filed.case, to, given["reason"])
    return Objected(event, filed)


def _object(case: Case, told: data.Object, by: By) -> dict[str, Any]:
    if case.objections.open().exists():
        raise Refused(
            "objected-already", _("An objection against this case is before the agency above; its decision is awaited.")
        )
    to = objections.instance_above(case)
    return {"upper": to.agency.code if to.agency else "", "node": to.node}


@action
def objection_told(case: Case, told: data.ObjectionTold, by: By) -> None:
    """What became of an objection against this case: accepted or declined, and then maintained, changed or returned. Told by this node."""


@action
def reopen_on_objection(case: Case, told: data.ReopenOnObjection, by: By) -> None:
    """The agency above has returned the case: it is handled anew, with a new limit, by the agency that answered. Refused: another node answers."""
    if not case.answers_here:
        raise Refused("answered-elsewhere", _("Another region answers for this case."))


@action
def reopening_reported(case: Case, told: data.ReopeningReported, by: By) -> None:
    """The answering node handles the case anew after an objection. Refused: a lower tenure."""
    routing.refuse_lower_tenure(case, told.tenure)


@action
def reopen(case: Case, told: data.Reopen, by: By) -> None:
    """Take a finished case up again, with reasons. Refused: a case that has been with another region; there the enterprise objects or files anew."""
    if case.travels:
        raise Refused(
            "has-travelled",
            _(
                "This case has been with another region and cannot be reopened by one side alone. The enterprise can object."
            ),
        )


@action
def archive(case: Case, told: data.Archive, by: By) -> dict[str, Any]:
    """Close the file of the case by year (Order 2020-3 art. 24); it is kept as long as its kind asks, or as `retention` says.

    Refused: while a bad rating waits to be followed up.
    """
    if any(row.name == "contact" for row in clocks.running(case)):
        raise Refused("bad-rating-open", _("A bad rating of this case waits to be followed up; do that first."))
    kept = keeping.keeping(case.kind, told.legal_date or time.today(), told.retention or "")
    return {
        "retention": kept.period.code, "retention_chosen": kept.chosen,
        "disposable_on": kept.disposable_on.isoformat() if kept.disposable_on else "",
    }  # fmt: skip
