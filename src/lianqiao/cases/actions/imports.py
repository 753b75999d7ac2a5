"""What an office kept in a ledger of its own before, entered as cases in the state that the ledger tells; and taken back as a whole.

An imported case begins with one event that says so: from which file, sheet and row, and whether its state is the office's word. What came
before it in the ledger is told in that event and is no event of this record. From then on it is a case like any other.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianqiao.law.regime import Regime
from lianqiao.record import time
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Enterprise, Membership, Person

from .. import access, clocks, data, flow, keys
from ..act import By, act, action, begin_many
from ..models import Case
from . import against, intake
from .finding import agencies_named, agency_named

FINISHED = (flow.State.REFUSED, flow.State.CONCLUDED, flow.State.DELIVERED, flow.State.WITHDRAWN)
ENDED = (flow.State.CONCLUDED, flow.State.DELIVERED)
DAYS = ("legal_date", "accepted_on", "concluded_on", "delivered_on")


def imported(*, by: Person, firm: Enterprise | None = None, **given: Any) -> Case:
    """Enter one line of a ledger as a case. By an intake officer of the agency whose ledger it is.

    Refused: unknown agency, programme or category; days that lie in no order or in the future, a concluded case without its day; another agency
    that answers for a case that still runs: it is assigned by the verb for that; a ledger of the agency complained of.
    """
    told = data.read("imported", given)
    case = begun(told, firm)
    act(case, "imported", by=by, check=_imported, given=told)
    return case


def enter(told: Sequence[tuple[data.Imported, Enterprise | None]], *, by: Person) -> list[Case]:
    """Enter many lines at once, all or none. Refused: whatever `imported` refuses of one of them."""
    begun_ones = [(begun(one, firm), one) for one, firm in told]
    begin_many("imported", begun_ones, by=by, check=_imported)
    return [case for case, _told in begun_ones]


def refusal(told: data.Imported, firm: Enterprise | None, *, by: Person) -> Refused | None:
    """None, or why the line would be refused now; nothing is written."""
    case = begun(told, firm)
    refused = access.refusal(case, "imported", by)
    if refused is None:
        try:
            _imported(case, told, by)
        except Refused as error:
            return error
    return refused


def begun(told: data.Data, firm: Enterprise | None) -> Case:
    """The case of which nothing is written yet, at the agency whose ledger it is."""
    assert isinstance(told, data.Imported)
    case = Case.begin()
    case.home_agency = agency_named(told.agency)
    case.agency = agency_named(told.answered_by) if told.answered_by else case.home_agency
    case.enterprise = firm
    return case


def _imported(case: Case, told: data.Imported, by: By) -> None:
    intake.refuse_unknown_matter(told.programme, told.category)
    agencies_named(told.respondents)
    against.refuse_near(case, told.kind, told.respondents, by)
    _refuse_not_theirs(case, told, by)
    if {case.home_agency.code, case.agency.code} & set(told.respondents):
        raise Refused(
            "complained-of-itself",
            _("An agency complained of keeps no ledger of it here and answers for nothing of it. Correct who is complained of."),
            status=422,
        )  # fmt: skip
    if told.answered_by and told.state not in FINISHED:
        raise Refused(
            "still-runs",
            _("This case still runs: enter it for your own agency, and assign it to the other one afterwards."),
            status=422,
        )
    _refuse_unnamed(case, told)
    _refuse_unknown_ground(case, told)
    if (case.enterprise.pk if case.enterprise else None) != told.enterprise:
        raise LookupError("the enterprise that is told is not the one of the case")
    days = [day for name in DAYS if (day := getattr(told, name))]
    if not told.legal_date or (told.state in ENDED and not told.concluded_on):
        raise Refused("day-missing", _("A day is missing: that of the filing, or of the conclusion."), status=422)
    if any(later < earlier for earlier, later in pairwise(days)) or days[-1] > time.today():
        raise Refused("days-in-disorder", _("The days lie in no order, or in the future. Correct them."), status=422)


def regime_for(case: Case, told: data.Imported) -> Regime:
    """The statute under which the line comes in, by its programme and its day of filing."""
    case.programme, case.kind = told.programme, told.kind
    return clocks.choose_regime(case, told.legal_date or time.today()).regime


def _refuse_unnamed(case: Case, told: data.Imported) -> None:
    """A line that names nobody comes in, unless the statute of its programme asks who complains (Order 2020-3 art. 11 (1))."""
    if told.enterprise or told.enterprise_name or told.enterprise_code:
        return
    statute = regime_for(case, told)
    asked = next((one for one in statute.materials_for(told.kind) if one.code == "complainant"), None)
    if asked:
        raise Refused(
            "who-complains",
            _("%(regime)s, article %(article)s, asks who complains, and the line names nobody. Enter the enterprise, or another programme."),
            status=422,
            regime=statute.title,
            article=asked.article,
        )  # fmt: skip


def _refuse_unknown_ground(case: Case, told: data.Imported) -> None:
    if not told.ground:
        return
    statute = regime_for(case, told)
    if told.state not in ENDED or told.ground not in {one.code for one in statute.conclusion_grounds}:
        known = ", ".join(one.code for one in statute.conclusion_grounds)
        raise Refused(
            "unknown-ground", _("%(regime)s knows no such ground. Known: %(known)s."), status=422, regime=statute.title, known=known
        )  # fmt: skip


def _refuse_not_theirs(case: Case, told: data.Imported, by: By) -> None:
    held = keys.memberships_of(by) if isinstance(by, Person) else []
    for one in held:
        matters = keys.matters_of(one)
        if (
            one.role == Membership.Role.INTAKE
            and one.agency_id == case.home_agency_id
            and (not matters or told.programme in matters)
        ):
            return  # fmt: skip
    raise Refused(
        "no-intake", _("A ledger is entered by an intake officer of the agency whose ledger it is."), status=403
    )


@action
def import_undone(case: Case, told: data.ImportUndone, by: By) -> None:
    """Take an imported case back, with its whole import. Refused: a case of another import, one on which somebody has acted since
    ("acted-on"): what was done stays."""
    first = Event.objects.about("case", case.uid).get(number=1)
    if first.verb != "imported" or first.data["ledger"] != str(told.ledger):
        raise Refused("another-import", _("This case was not entered by this import."))
    if case.event_count > 1:
        raise Refused("acted-on", _("Somebody has acted on this case since it was entered."))


def take_back(case: Case, *, ledger: str, decided: str) -> Event:
    """By this node, which carries out what was decided for the whole import."""
    return import_undone(case, by=Actor.node(settings.LIANQIAO_NODE), ledger=ledger, decided=decided)
