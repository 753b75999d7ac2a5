"""Take tickets in, again and again; make a case of one, or say of which case it is a part."""

import hashlib
from typing import Any, BinaryIO, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianqiao.cases import access, keys
from lianqiao.cases.actions import intake
from lianqiao.cases.models import Case
from lianqiao.jobs import actions as jobs
from lianqiao.jobs import sources, work
from lianqiao.jobs.models import Job, Row
from lianqiao.jobs.rows import Fault, Faulty, Outcome, Rehearsed, go_through
from lianqiao.record import events, time
from lianqiao.record.canonical import digest
from lianqiao.record.refusal import Refused
from lianqiao.registry import meant
from lianqiao.registry.models import Agency, Enterprise, Membership, Person

from . import columns, likeness, limits
from .models import PROGRAMME, Ticket

KIND = "tickets"
MOST_BY_API = 2000
MOST_BY_COMMAND = 100_000
SUBJECT, OF_IMPORT = "ticket", "ticket_import"


def begin(
    file: BinaryIO, name: str, *, by: Person, agency: str = "", dry_run: bool = False, most: int = MOST_BY_API
) -> Job:
    """Begin to take in the tickets of a hotline, from XLSX, CSV or NDJSON; a ticket that is there (by its number) is brought up to date.

    Columns that name the caller are not taken in: the result lists them. Refused: a person who takes in nowhere, or in several agencies and
    names none; a file that is no table, is meant to harm, lacks a needed column or is too long.
    """
    hotline = hotline_of(by, agency)
    told = hashlib.sha256()
    while chunk := file.read(2**20):
        told.update(chunk)
    file.seek(0)
    source = sources.read(file, name, columns.FORM, most)
    refused = [title for title in source.unread if columns.is_personal(title)]
    ignored = [title for title in source.unread if not columns.is_personal(title)]
    asked = {
        "agency": hotline.code,
        "dry_run": dry_run,
        "titles": source.titles,
        "ignored": ignored,
        "refused": refused,
    }
    key = digest({"by": str(by.pk), "agency": hotline.code, "dry_run": dry_run, "tickets": told.hexdigest()})
    job = jobs.begin(
        KIND, ((number, columns.kept(content)) for number, content in source.rows), by=by, key=key, asked=asked
    )
    if not dry_run:
        with transaction.atomic():
            data = {"hotline": hotline.code, "rows": job.total, "digest": told.hexdigest()}
            events.append(OF_IMPORT, job.pk, "import_tickets", by=by.actor, data=data)
    return job


def hotline_of(by: Person, code: str) -> Agency:
    """The agency in which the person takes in."""
    held = {one.agency.code: one.agency for one in keys.memberships_of(by) if one.role == Membership.Role.INTAKE}
    if code and code in held:
        return held[code]
    if code or not held:
        raise Refused(
            "no-intake",
            gettext_lazy("Tickets are taken in by intake officers of the hotline, for their own agency."),
            status=403,
        )
    if len(held) > 1:
        raise Refused(
            "which-agency",
            gettext_lazy("You take in for several agencies. Say for which: %(agencies)s."),
            status=422,
            agencies=", ".join(sorted(held)),
        )
    return next(iter(held.values()))


@work.kind(KIND)
def step(job: Job) -> bool:
    """Take the next rows in, each by itself."""
    taking = Taking(job, hotline_of(job.by, job.asked["agency"]))
    finished = go_through(job, taking.row)
    job.result = {name: job.asked[name] for name in ("agency", "dry_run", "ignored", "refused")}
    return finished


class Taking(NamedTuple):
    """What every row of an import shares."""

    job: Job
    hotline: Agency

    def row(self, row: Row) -> Outcome:
        """Enter one ticket, or bring it up to date; one that says nothing new is known."""
        content: dict[str, Any] = dict(row.content or {})
        if twice := content.pop(sources.TWICE, 0):
            said = _("Row %(row)s has the same number. Keep the newer one.") % {"row": twice}
            raise Faulty(Fault("number", "number-twice", said))
        entry = columns.read(content)
        told = entry.told | {"enterprise": _enterprise(entry)}
        number, now = told.pop("number"), time.now()
        held = Ticket.objects.select_for_update(of=("self",)).filter(hotline=self.hotline, number=number).first()
        outcome = Outcome(Row.State.DONE, {"number": number, "new": held is None})
        if held is None:
            Ticket.objects.create(hotline=self.hotline, number=number, imported_at=now, changed_at=now, **told)
        elif changed := [name for name, value in told.items() if not _stays(held, name, value)]:
            for name in changed:
                setattr(held, name, told[name])
            held.changed_at = now
            held.save(update_fields=[*changed, "changed_at"])
        else:
            return Outcome(Row.State.KNOWN, {"number": number})
        if self.job.asked["dry_run"]:
            raise Rehearsed(outcome)
        return outcome


def _stays(held: Ticket, name: str, value: Any) -> bool:
    """An export that no longer says something takes nothing away."""
    return getattr(held, name) == value or (value in (None, "") and name != "summary")


def _enterprise(entry: columns.Entry) -> Enterprise | None:
    """The enterprise that the ticket names, if the registry has it; a ticket is kept without as well."""
    if not (entry.name or entry.code):
        return None
    try:
        return meant.enterprise(entry.name, entry.code)
    except Refused as refused:
        if refused.code == "wrong-code":
            raise
        return None


class Became(NamedTuple):
    """The ticket, its case, and what was filed, if the case is new."""

    ticket: Ticket
    case: Case
    filed: intake.Filed | None


def become_a_case(
    ticket_id: UUID, *, by: Person, same_as: str = "", not_the_same: bool = False, **given: Any
) -> Became:
    """Make a case of a ticket, by an intake officer of the agency at whose desk it is filed; or, with `same_as`, say that it belongs to a case
    that is there.

    `given` holds what `file` is told; enterprise, kind, facts and channel come from the ticket unless they are given. Under the programme of the
    hotline the case counts from the day on which the hotline received it, with the ticket as evidence; under others from today, because
    there the limits begin with the filing. Refused: a ticket that became a case, one that is settled, one without an enterprise that
    the registry knows, one for which a case of the same enterprise seems to be there (unless `not_the_same`), whatever `file` refuses.
    """
    with transaction.atomic():
        ticket = Ticket.objects.visible_to(by).filter(uid=ticket_id).first()
        if ticket is None:
            raise unknown_ticket()
        ticket = (
            Ticket.objects.select_for_update(of=("self",))
            .select_related("hotline", "enterprise", "case")
            .get(pk=ticket.pk)
        )
        _refuse_unfit(ticket)
        made = None if same_as else _file(ticket, by, not_the_same, given)
        case = made.case if made else _known(ticket, same_as, by)
        ticket.case, ticket.changed_at = case, time.now()
        ticket.save(update_fields=["case", "changed_at"])
        data = {"case": str(case.uid), "hotline": ticket.hotline.code, "number": ticket.number, "new": made is not None}
        events.append(SUBJECT, ticket.uid, "become_a_case", by=by.actor, data=data)
    return Became(ticket, case, made)


def _refuse_unfit(ticket: Ticket) -> None:
    if ticket.case is not None:
        raise Refused(
            "became-a-case", gettext_lazy("This ticket belongs to case %(number)s already."), number=ticket.case.number
        )
    if ticket.is_settled:
        raise Refused(
            "ticket-settled",
            gettext_lazy(
                "The hotline has settled this ticket; it stays a record. Take it up when the revisit says that it is not solved."
            ),
        )


def _known(ticket: Ticket, number: str, by: Person) -> Case:
    case = Case.objects.visible_to(by).numbered(number).select_related("enterprise").first()
    if case is None:
        raise access.unknown_case()
    family = Enterprise.objects.family([ticket.enterprise] if ticket.enterprise else [])
    if ticket.enterprise and case.enterprise_id and not family.filter(pk=case.enterprise_id).exists():
        raise Refused("other-enterprise", gettext_lazy("That case is one of another enterprise."), status=422)
    if "intake" not in access.roles_of(case, by):
        raise Refused(
            "not-yours",
            gettext_lazy("Only an intake officer of the agency that answers for the case can do this."),
            status=403,
        )
    return case


def _file(ticket: Ticket, by: Person, not_the_same: bool, given: dict[str, Any]) -> intake.Filed:
    enterprise = given.pop("enterprise", None) or ticket.enterprise_id
    if enterprise is None:
        raise Refused(
            "no-enterprise",
            gettext_lazy("Say which enterprise it is; enter it in the registry first if it is not there."),
            status=422,
        )
    like = [] if not_the_same else likeness.of(ticket, by)
    if like:
        raise Refused(
            "likely-duplicate",
            gettext_lazy("A case of the same enterprise seems to be about this: %(numbers)s. Name it as the same, or say that it is another."),
            numbers=", ".join(case.number for case in like[:5]),
        )  # fmt: skip
    told = {
        "programme": PROGRAMME, "kind": limits.KINDS[Ticket.Type(ticket.type)], "category": "other", "title": ticket.summary[:60],
        "facts": ticket.summary, "request": ticket.summary, "channel": "hotline", "agency": ticket.hotline.code,
    } | {name: value for name, value in given.items() if value is not None}  # fmt: skip
    received = time.day_of(ticket.received_at)
    if told["programme"] == PROGRAMME and received < time.today():
        evidence = _("Ticket %(number)s of %(hotline)s") % {"number": ticket.number, "hotline": ticket.hotline.label}
        told |= {"legal_date": received.isoformat(), "evidence": evidence}
    return intake.file(by=by, **told, enterprise=str(enterprise))


def unknown_ticket() -> Refused:
    return Refused("unknown-ticket", gettext_lazy("There is no such ticket among those that you may see."), status=404)
