"""From the first word to the decision: file, correct once, accept or refuse, withdraw."""

import secrets
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from lianqiao.law import categories, regime
from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Enterprise, Person

from .. import access, clocks, data, flow, keys, mandates, objections
from ..act import By, act, action
from ..models import Case, digest_of_code
from . import against, together
from .finding import agencies_named, agency_named, refuse_naming

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 10


class Filed(NamedTuple):
    """A filed case, its first event, and the code word that shows its status without an account; the word is told once and not kept."""

    case: Case
    event: Event
    code_word: str


def file(*, by: Person, objection_to: Case | None = None, told: data.Data | None = None, **given: Any) -> Filed:
    """File a case at the desk of an agency: what is `given`, or `told` where the door has checked it already.

    By the owner, agent or association of the enterprise, or by an intake officer of the desk. Fixes a provisional regime and starts the limits for the
    correction notice and the acceptance decision (working days or calendar days as the regime says, Asia/Shanghai). Refused: unknown agency, enterprise,
    programme or category; an agency that would take in a complaint against itself; a person who stands for neither side.
    """
    told = data.read("file", told or given)
    assert isinstance(told, data.File)
    desk = agency_named(told.agency)
    own = (member.enterprise for member in keys.enterprises_of(by) if member.enterprise_id == told.enterprise)
    enterprise = next(own, None) or Enterprise.objects.filter(pk=told.enterprise).first()
    if enterprise is None:
        raise Refused(
            "unknown-enterprise", _("There is no such enterprise in the registry. Register it first."), status=422
        )
    code_word = "".join(CODE_ALPHABET[byte % 32] for byte in secrets.token_bytes(CODE_LENGTH))
    case = Case.begin()
    case.agency = case.home_agency = desk
    case.enterprise, case.complainant, case.objection_to = enterprise, enterprise.name_zh, objection_to
    case.code_digest = digest_of_code(case.uid, code_word)
    event = act(case, "file", by=by, check=_file, given=told)
    return Filed(case, event, code_word)


def _file(case: Case, told: data.File, by: By) -> None:
    refuse_unknown_matter(told.programme, told.category)
    outside = mandates.refusal_to_file(case, by, told.programme, told.category)
    if outside:
        raise outside
    agencies_named(told.respondents)
    against.refuse_near(case, told.kind, told.respondents, by)
    _refuse_unseen(told, by)
    if told.summary and told.confidential:
        refuse_naming(case, told.summary, data.part(told)[1])
    if told.agency in told.respondents:
        raise Refused(
            "complained-of-itself",
            _(
                "%(agency)s cannot take in a complaint against itself. File with the agency above it, or with another complaint centre."
            ),
            status=422,
            agency=case.agency,
        )
    if told.kind == "infringement" and not told.respondents:
        raise Refused(
            "no-respondent",
            _("Name the agency that is complained of, or file the matter as a request for help."),
            status=422,
        )


def _refuse_unseen(told: data.File, by: By) -> None:
    """Refused: a case named in `about` that the person may not see, or by a filing that reports no retaliation."""
    if not told.about:
        return
    if told.kind != "retaliation":
        raise Refused(
            "about-of-another-kind",
            _("Only a report of retaliation names the case for which they retaliate. Leave the number out."),
            status=422,
        )
    seen = Case.objects.visible_to(by) if isinstance(by, Person) else Case.objects.none()
    if not seen.numbered(told.about).exists():
        raise access.unknown_case()


def refuse_unknown_matter(programme: str, category: str) -> None:
    if programme not in regime.PROGRAMMES:
        known = ", ".join(regime.PROGRAMMES)
        raise Refused(
            "unknown-programme", _("There is no programme with this code. Known: %(known)s."), status=422, known=known
        )
    if category not in categories.CATEGORIES:
        known = ", ".join(categories.CATEGORIES)
        raise Refused(
            "unknown-category", _("There is no matter with this code. Known: %(known)s."), status=422, known=known
        )


@action
def request_correction(case: Case, told: data.RequestCorrection, by: By) -> None:
    """Ask, once and in writing, for everything that is missing (Order 2020-3 art. 13).

    Refused: a second notice; the limit of acceptance stops, the limit to supplement begins.
    """
    if case.correction_requested:
        raise Refused(
            "corrected-once",
            _(
                "A correction notice is given once, and this case has had it. Accept the case, or refuse it with the ground that it still does not conform."
            ),
        )


@action
def supplement(case: Case, told: data.Supplement, by: By) -> None:
    """Hand in what the correction notice asked for. The limit of acceptance begins anew on the day of the complete materials."""


@action
def summarise(case: Case, told: data.Summarise, by: By) -> None:
    """Say, without names, what may be told of a confidential case to whoever may not know who files: they read it in place of title and matter
    (Order 2020-3 art. 23). A later summary takes the place of the earlier one.

    Refused: a case that is not confidential; by who may not know who files; a text that names the enterprise or its contact.
    """
    if not case.confidential:
        raise Refused(
            "not-confidential", _("This case is not confidential: everybody who sees it reads what was said.")
        )
    if isinstance(by, Person) and not keys.shows_identity(case, by):
        raise Refused("not-yours", _("Only who may know who files can say what may be told of it."), status=403)
    refuse_naming(case, told.text)


@action
def accept(case: Case, told: data.Accept, by: By) -> None:
    """Accept the case: pins the regime and starts the limit of handling. The first receiver answers from now on until somebody else has taken it.

    Refused: an objection on which another node decides; unknown programme or matter.
    """
    if case.objection_to_id and objections.passed_on(case):
        raise Refused(
            "decided-elsewhere",
            _(
                "The agency above the one that answered decides on this objection, on another node. Offer it there again."
            ),
        )
    refuse_unknown_matter(told.programme or case.programme, told.category or case.category)


@action(then=together.release_all)
def refuse(case: Case, told: data.Refuse, by: By) -> dict[str, Any]:
    """Refuse acceptance with a ground of the regime and reasons; where the ground asks for it, the competent body is named (Order 2020-3 arts 14, 15).

    Refused: an unknown ground; no competent body where one has to be named; a case waiting for corrections whose limit has not yet run out.
    """
    statute = clocks.regime_of(case)
    ground = next((ground for ground in statute.refusal_grounds if ground.code == told.ground), None)
    if ground is None:
        known = ", ".join(ground.code for ground in statute.refusal_grounds)
        raise Refused(
            "unknown-ground",
            _("%(regime)s knows no such ground. Known: %(known)s."),
            status=422,
            regime=statute.title,
            known=known,
        )
    if ground.names_competent_body and not told.competent_body:
        raise Refused(
            "no-competent-body",
            _("With this ground, name the body that is competent, so that the enterprise knows where to go."),
            status=422,
        )
    waiting = next((row for row in clocks.running(case) if row.name == "supplement"), None)
    if waiting and waiting.due_on and waiting.due_on >= time.today():
        raise Refused(
            "still-correcting",
            _("The enterprise has until %(until)s to supplement. Refuse after that day, or accept what it hands in."),
            until=waiting.due_on.isoformat(),
        )
    return {"article": ground.article}


@action(then=together.withdrawn, locks=together.main_first)
def withdraw(case: Case, told: data.Withdraw, by: By) -> dict[str, Any]:
    """Withdraw the case in writing. While it is offered or with another region, the wish is recorded and passed on to whoever answers for it.

    What it followed, or what followed it, goes on without it.
    """
    return {"main": case.following.number} if case.following and case.state == flow.State.MERGED else {}
