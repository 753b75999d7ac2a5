"""What the agencies owe again and again: reports, archives, roundtables."""

from __future__ import annotations

from datetime import date
from typing import Literal

from django.http import HttpRequest
from django.utils.translation import get_language, gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from lianqiao.record.time import today
from lianqiao.registry import access, actions, finding, owing
from lianqiao.registry.api.competence import officer
from lianqiao.registry.api.forms import Code, Form, example
from lianqiao.registry.door import acting, person_of, reading

router = Router(tags=["duties"])


class DutyRow(BaseModel):
    """One time that a duty falls due for an agency."""

    duty: str
    name: str
    agency: str
    agency_name: str
    due_on: date
    provisional: bool
    first: date = Field(description="First day of the time that it is about.")
    last: date
    state: Literal["done", "overdue", "waiting"]
    because: list[str] = Field(description="The day, explained.")


class Duties(BaseModel):
    duties: list[DutyRow]


class DutiesWanted(BaseModel):
    state: Literal["done", "overdue", "waiting"] | None = None


def duty_row(one: owing.Owed) -> dict[str, object]:
    lang = get_language() or "zh"
    return {
        "duty": one.duty.code,
        "name": one.duty.name.in_(lang),
        "agency": one.agency.code,
        "agency_name": one.agency.label,
        "due_on": one.due.due,
        "provisional": one.due.provisional,
        "first": one.due.first,
        "last": one.due.last,
        "state": one.state,
        "because": one.due.sentences(lang),
    }


@router.get("/duties", auth=reading, response=Duties, summary=gettext_noop("List what is due again and again"))
def list_duties(request: HttpRequest, wanted: Query[DutiesWanted]) -> object:
    """What one's agencies owe next and owed in the last year, with its state; for administrators, what all agencies of the node owe."""
    officer(request)
    person = person_of(request)
    agencies = None if access.is_administrator(person) else access.agencies_of(person)
    owed = owing.owed(today(), agencies)
    return {"duties": [duty_row(one) for one in owed if wanted.state in (None, one.state)]}


class DischargeForm(Form):
    agency: Code
    due_on: date
    note: str = Field("", max_length=500, description="Where it can be found, for example the number of the report.")


@router.post(
    "/duties/{duty}/discharge",
    auth=acting,
    response=DutyRow,
    summary=gettext_noop("Record that a duty was done"),
    openapi_extra=example({"agency": "sc-inward-centre", "due_on": "2027-01-12", "note": "川外投报〔2027〕1号"}),
)
def discharge(request: HttpRequest, duty: str, form: DischargeForm) -> object:
    """Record that the agency has done what fell due, as its lead or an administrator."""
    by = person_of(request)
    if not access.is_admin(by):
        officer(request)
    agency = finding.agency(form.agency)
    actions.discharge(duty, agency, form.due_on, note=form.note, by=by)
    owed = owing.owed(today(), [agency])
    return duty_row(next(one for one in owed if (one.duty.code, one.due.due) == (duty, form.due_on)))
