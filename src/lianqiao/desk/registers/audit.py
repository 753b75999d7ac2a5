"""The audit, for the audit administrator alone: who did what, who read what is confidential, and the seals of the days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianqiao.cases import deeds, departures, flow, looks
from lianqiao.cases.pictures import listed
from lianqiao.record import reads, time
from lianqiao.record.actors import KINDS
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Membership

from . import departing, verbs
from .parts import (
    PAGE,
    Asked,
    Cell,
    Entry,
    Register,
    Seat,
    Section,
    Table,
    address,
    badge,
    code,
    moment,
)

CHUNK = 1000
WHO = {
    "person": gettext_lazy("person"),
    "node": gettext_lazy("node"),
    "clock": gettext_lazy("by itself"),
}
KINDS_OF_SUBJECT = {
    "agency": gettext_lazy("agency"),
    "agreement": gettext_lazy("agreement"),
    "app": gettext_lazy("app"),
    "attachment": gettext_lazy("file"),
    "calendar": gettext_lazy("calendar"),
    "case": gettext_lazy("case"),
    "dossier": gettext_lazy("dossier"),
    "document": gettext_lazy("official document"),
    "duty": gettext_lazy("duty"),
    "enterprise": gettext_lazy("enterprise"),
    "errand": gettext_lazy("request of another region"),
    "import": gettext_lazy("import"),
    "key": gettext_lazy("key"),
    "ledger": gettext_lazy("ledger"),
    "node": gettext_lazy("node"),
    "body": gettext_lazy("body that meets"),
    "series": gettext_lazy("series of meetings"),
    "meeting": gettext_lazy("meeting"),
    "offer": gettext_lazy("offer"),
    "parcel": gettext_lazy("parcel"),
    "peer": gettext_lazy("other node"),
    "person": gettext_lazy("person"),
    "regime": gettext_lazy("rule of procedure"),
    "registry": gettext_lazy("registry"),
    "signin": gettext_lazy("sign-on"),
    "subject": gettext_lazy("subject"),
    "ticket": gettext_lazy("hotline ticket"),
    "ticket_import": gettext_lazy("import of tickets"),
    "webhook": gettext_lazy("webhook"),
}
FILTERS = (
    ("account", gettext_lazy("Account"), "text"),
    ("case", gettext_lazy("Number of the case"), "text"),
    ("since", gettext_lazy("First day"), "date"),
    ("until", gettext_lazy("Last day"), "date"),
)
assert set(WHO) == set(KINDS)


PARTS = {
    "desk": gettext_lazy("work list"),
    "cases": gettext_lazy("list of cases"),
    "case": gettext_lazy("case"),
    "ledgers": gettext_lazy("ledger"),
    "documents": gettext_lazy("documents"),
    "questions": gettext_lazy("questions"),
    "receipt": gettext_lazy("receipt"),
    "receipts": gettext_lazy("receipts"),
    "files": gettext_lazy("files"),
    "limits": gettext_lazy("limit"),
    "clocks": gettext_lazy("limits"),
    "events": gettext_lazy("what happened"),
    "similar": gettext_lazy("similar cases"),
    "outcomes": gettext_lazy("how similar ones ended"),
    "why-not": gettext_lazy("what may not be done"),
    "notices": gettext_lazy("notices"),
}
"""What part of a case was read, by its address; a form by its verb (`part_read`)."""
STATES = {
    "waiting": gettext_lazy("waits"),
    "delivered": gettext_lazy("delivered"),
    "sent": gettext_lazy("sent"),
    "refused": gettext_lazy("refused"),
    "dead": gettext_lazy("given up"),
    "failed": gettext_lazy("given up"),
    "given_up": gettext_lazy("given up"),
    "dropped": gettext_lazy("no longer to be sent"),
    "held": gettext_lazy("held back"),
    "barred": gettext_lazy("no longer to be seen"),
}
TONES = {"delivered": "good", "sent": "good", "refused": "bad", "dead": "bad", "failed": "bad", "given_up": "bad"}
"""What became of something that left, over all ways by which it can leave."""


def audits(seat: Seat) -> bool:
    return seat.has(Membership.Role.AUDIT)


def question(asked: Asked) -> dict[str, Any]:
    """What the filters ask of either list."""
    return {
        "account": asked.filters.get("account", ""),
        "case": asked.filters.get("case", ""),
        "since": asked.day("since"),
        "until": asked.day("until"),
    }


def place(asked: Asked) -> int | None:
    return int(asked.after) if asked.after.isdecimal() else None


def beyond(register: str, asked: Asked, after: int | None) -> tuple[str, str]:
    """The addresses of the pages behind and before."""
    older = address(register, **asked.kept, after=after) if after else ""
    return older, address(register, **asked.kept) if asked.after else ""


# Who did what


def digest(full: str) -> Cell:
    """The first 16 digits of a digest, in one piece."""
    return Cell(full[:16], mark="code number")


def part_read(part: str) -> str:
    """What was read, in words: a part of a case, or a form by its verb."""
    if part in flow.VERBS:
        return str(flow.VERBS[part].label)
    return str(PARTS.get(part, part))


def verb_of(event: Event) -> Cell:
    """The verb in the reader's language, else as it stands in the record."""
    known = verbs.word(event.subject_kind, event.verb)
    return Cell(known) if known else code(event.verb)


def done(seat: Seat, asked: Asked) -> Table:
    """The events, the newest first. A page may be short or empty and still have a next one."""
    page = deeds.page(seat.person, limit=PAGE, after=place(asked), **question(asked))
    older, newer = beyond("deeds", asked, page.after)
    return Table(
        (_("When"), _("Who"), _("What was done"), _("Done to"), _("Number"), _("Digest")),
        [
            (
                Cell(moment(one.event.recorded_at).text, mark="number", below=other_day(one.event)),
                Cell(one.by, below=WHO["person"])
                if one.event.by_kind == "person"
                else Cell(WHO[one.event.by_kind], below=one.event.by),
                verb_of(one.event),
                code(one.about, below=KINDS_OF_SUBJECT.get(one.event.subject_kind, "")),
                Cell(one.event.number, mark="number"),
                digest(one.event.digest),
            )
            for one in deeds.named(page.events)
        ],
        _("Nothing among the events that were looked through."),
        older,
        newer,
    )


def other_day(event: Event) -> str:
    """The legal day of an event, where it is not the day on which it was recorded."""
    return "" if event.legal_date == time.day_of(event.recorded_at) else event.legal_date.isoformat()


def all_deeds(seat: Seat, asked: Asked) -> Iterator[Sequence[object]]:
    """Every event that is asked for, with what verifies its place in its chain."""
    page = deeds.page(seat.person, limit=CHUNK, **question(asked))
    yield (
        "recorded_at",
        "legal_date",
        "by_kind",
        "by",
        "subject_kind",
        "subject",
        "about",
        "number",
        "verb",
        "previous",
        "digest",
    )
    while True:
        for one in deeds.named(page.events):
            event = one.event
            yield (
                time.stamp(event.recorded_at), event.legal_date, event.by_kind, one.by, event.subject_kind, event.subject, one.about,
                event.number, event.verb, event.previous, event.digest,
            )  # fmt: skip
        if page.after is None:
            return
        page = deeds.page(seat.person, limit=CHUNK, after=page.after, **question(asked))


DEEDS = Register(
    "deeds",
    gettext_lazy("Who did what"),
    gettext_lazy(
        "Every event of this node, without what it says. The first 16 digits of its digest are shown; the download has all."
    ),
    audits,
    done,
    filters=FILTERS,
    download=all_deeds,
)


# Who read what


def read(seat: Seat, asked: Asked) -> Table:
    rows = looks.page(seat.person, limit=PAGE + 1, after=place(asked), **question(asked))
    shown = rows[:PAGE]
    older, newer = beyond("reads", asked, shown[-1].pk if len(rows) > PAGE else None)
    return Table(
        (_("When"), _("Who"), _("Cases"), _("What part"), _("Who files was shown"), _("Door")),
        [
            (
                moment(one.row.at),
                Cell(one.account, below=_("for %(people)s") % {"people": listed(one.stead)} if one.stead else ""),
                Cell(", ".join(one.numbers), mark="number"),
                Cell(part_read(one.row.part)),
                badge(_("yes"), "warn") if one.row.identity else Cell(_("no")),
                Cell(_("page") if one.row.door == "page" else _("interface"), below=one.row.token),
            )
            for one in looks.named(shown)
        ],
        _("Nobody has looked at a confidential case in this time."),
        older,
        newer,
    )


def all_reads(seat: Seat, asked: Asked) -> Iterator[Sequence[object]]:
    rows = looks.page(seat.person, limit=CHUNK, **question(asked))
    yield ("id", "at", "account", "stead", "cases", "part", "identity", "door", "token")
    while rows:
        for one in looks.named(rows):
            row = one.row
            yield (
                row.pk,
                time.stamp(row.at),
                one.account,
                " ".join(one.stead),
                " ".join(one.numbers),
                row.part,
                row.identity,
                row.door,
                row.token,
            )
        rows = looks.page(seat.person, limit=CHUNK, after=rows[-1].pk, **question(asked)) if len(rows) == CHUNK else []


READS = Register(
    "reads",
    gettext_lazy("Who read what"),
    gettext_lazy("Every look at a confidential case: by whom, in whose stead, what part, through which door."),
    audits,
    read,
    filters=FILTERS,
    download=all_reads,
)


# What left the node


def departed(asked: Asked) -> dict[str, Any]:
    """What the filters ask of the departures."""
    return {
        "case": asked.filters.get("case", ""),
        "to": asked.filters.get("to", ""),
        "since": asked.day("since"),
        "until": asked.day("until"),
    }


def left(seat: Seat, asked: Asked) -> Table:
    found = departures.page(seat.person, limit=PAGE + 1, after=asked.after or None, **departed(asked))
    shown = found[:PAGE]
    more = len(found) > PAGE
    return Table(
        (_("When"), _("Way"), _("Recipient"), _("Cases"), _("Parts"), _("State"), _("Digest")),
        [
            (
                moment(one.row.place.at),
                Cell(one.row.way, below=departing.what(one.row)),
                Cell(one.row.to or "–"),
                Cell(one.case or "–", mark="number"),
                Cell(departing.parts(one.row)),
                badge(STATES.get(one.row.state, one.row.state), TONES.get(one.row.state, "warn")),
                digest(one.row.digest),
            )
            for one in shown
        ],
        _("Nothing has left in this time, as far as it is asked for."),
        address("departures", **asked.kept, after=shown[-1].row.place) if more else "",
        address("departures", **asked.kept) if asked.after else "",
    )


def all_left(seat: Seat, asked: Asked) -> Iterator[Sequence[object]]:
    """Every departure that is asked for."""
    found = departures.page(seat.person, limit=CHUNK, **departed(asked))
    yield ("at", "way", "to", "kind", "case", "dossier", "parts", "digest", "state", "event")
    while found:
        for one in found:
            row = one.row
            yield (
                time.stamp(row.place.at), row.place.source, row.to, row.kind, one.case, row.dossier or "", " ".join(row.parts), row.digest,
                row.state, row.event,
            )  # fmt: skip
        if len(found) < CHUNK:
            return
        found = departures.page(seat.person, limit=CHUNK, after=str(found[-1].row.place), **departed(asked))


DEPARTURES = Register(
    "departures",
    gettext_lazy("What left the node"),
    gettext_lazy(
        "What has left this node: to whom, about which case, which parts of it and their digest, never their text. "
        "Backups hold everything, and stand in the whole list."
    ),
    audits,
    left,
    filters=(
        ("to", gettext_lazy("Recipient: node, account or app"), "text"),
        ("case", gettext_lazy("Number of the case"), "text"),
        ("since", gettext_lazy("First day"), "date"),
        ("until", gettext_lazy("Last day"), "date"),
    ),
    download=all_left,
)


# The seals of the days


def sealed(seat: Seat, asked: Asked) -> Table:
    found = reads.seals(before=place(asked), limit=PAGE + 1)
    shown = found[:PAGE]
    older, newer = beyond("seals", asked, shown[-1].number if len(found) > PAGE else None)
    return Table(
        (_("Day"), _("Looks"), _("Sealed"), _("Root of the tree")),
        [
            (
                Cell(event.data["day"], address("seals", event.data["day"]), "number"),
                Cell(event.data["count"], mark="number"),
                moment(event.recorded_at),
                code(event.data["root"][:32]),
            )
            for event in shown
        ],
        _("No day has been sealed yet: a day is sealed when it is over, if anybody looked at something confidential."),
        older,
        newer,
    )


def seal_of(seat: Seat, key: str) -> Event:
    try:
        found = reads.sealed().get(date.fromisoformat(key))
    except ValueError:
        found = None
    if found is None:
        raise Refused("day-not-sealed", gettext_lazy("This day has not been sealed."), status=404)
    return found


def checked(seat: Seat, event: Event) -> Entry:
    """The seal of one day beside what stands in the table of looks now."""
    on = date.fromisoformat(event.data["day"])
    count, root = reads.root_of(on)
    holds = (count, root) == (event.data["count"], event.data["root"])
    said = (
        _("The looks of this day are those that were sealed.")
        if holds
        else _("The looks of this day are not those that were sealed.")
    )
    return Entry(
        event.data["day"],
        event.data["day"],
        [badge(_("holds"), "good") if holds else badge(_("does not hold"), "bad")],
        [
            Section(
                _("Checked now"),
                lines=[said],
                table=Table(
                    (_("What"), _("Sealed"), _("Now")),
                    [
                        (Cell(_("Looks")), Cell(event.data["count"], mark="number"), Cell(count, mark="number")),
                        (Cell(_("Root of the tree")), code(event.data["root"]), code(root)),
                        (Cell(_("Digest of the seal")), code(event.digest), Cell("")),
                    ],
                ),
            )
        ],
    )


SEALS = Register(
    "seals",
    gettext_lazy("Sealed days"),
    gettext_lazy("Each day that is over is sealed by an event with the root of its looks. Open a day to check it."),
    audits,
    sealed,
    seal_of,
    checked,
)
