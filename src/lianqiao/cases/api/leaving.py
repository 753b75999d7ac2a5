"""Somebody leaves: their cases go to another handler, and what they may do here ends."""

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import BaseModel, Field

from lianqiao.cases import figures
from lianqiao.cases.actions import leaving
from lianqiao.registry import access, actions, finding
from lianqiao.registry.api import people
from lianqiao.registry.api.forms import Form, Reason, example
from lianqiao.registry.door import acting, person_of

router = Router(tags=["people"])
MOST = 200


class HandOnForm(Form):
    to: str = Field(max_length=60, description="Account of the new handler.")
    reason: Reason
    dry_run: bool = Field(False, description="Only tell what would change.")


class HandedCases(BaseModel):
    """Open cases that were handed on, or with `dry_run` would be."""

    done: bool
    cases: int
    numbers: list[str] = Field(description=f"At most {MOST}.")
    staying: int = Field(description="Cases of the person that another lead has to hand on.")


@router.post(
    "/people/{account}/hand_on",
    auth=acting,
    response=HandedCases,
    summary=gettext_noop("Hand on all cases of a person"),
    openapi_extra=example({"to": "he", "reason": "调离岗位。", "dry_run": True}),
)
def hand_on(request: HttpRequest, account: str, form: HandOnForm) -> object:
    """Give all open cases of a person to another handler in one step, as their lead: all or none."""
    by = person_of(request)
    leaver, to = people.seen(account, by), finding.person(form.to)
    with transaction.atomic():
        led, staying = leaving.led(leaver, by)
        if not form.dry_run:
            staying = leaving.hand_on(leaver, to, reason=form.reason, by=by).staying
    return {
        "done": not form.dry_run,
        "cases": len(led),
        "numbers": [case.number for case in led[:MOST]],
        "staying": staying,
    }


class LeaveForm(Form):
    reason: Reason
    dry_run: bool = Field(False, description="Only tell what would change.")


class LeftNode(BaseModel):
    """What ended, or with `dry_run` would end."""

    done: bool
    roles: int
    delegations: int
    tokens: int
    cases: int = Field(description="Open cases that are still theirs: a lead has to hand them on.")


@router.post(
    "/people/{account}/leave",
    auth=acting,
    response=LeftNode,
    summary=gettext_noop("End all that a person may do here"),
    openapi_extra=example({"reason": "调离岗位。", "dry_run": True}),
)
def leave(request: HttpRequest, account: str, form: LeaveForm) -> object:
    """End roles, delegations in both directions and tokens in one step, as administrator. Cases are handed on by their lead (`hand_on`)."""
    by = person_of(request)
    access.admin(by)
    leaver = finding.person(account)
    left = actions.would_leave(leaver) if form.dry_run else actions.leave(leaver, reason=form.reason, by=by)
    return {
        "done": not form.dry_run,
        "roles": left.memberships,
        "delegations": left.delegations,
        "tokens": left.tokens,
        "cases": figures.counted(leaving.held_by(leaver)).total,
    }
