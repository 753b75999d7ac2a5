"""The law that this node goes by: adopting, correcting and ending regimes, adopting and undoing calendars."""

from __future__ import annotations

import unicodedata
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianqiao.law import calendar as calendars
from lianqiao.law.regime import NODE_TARGET
from lianqiao.record import events
from lianqiao.record.models import Event, Node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now, today
from lianqiao.registry import adopting, lawbook, remembered
from lianqiao.registry.access import admin
from lianqiao.registry.entering import check_period, wrong_field
from lianqiao.registry.models import AdoptedCalendar, AdoptedRegime, Person, RegimeText
from lianqiao.registry.subjects import subject

LONGEST_QUOTE = 5_000


def adopt_regime(
    text: str, *, since: date | None = None, evidence: dict[str, str] | None = None, by: Person
) -> AdoptedRegime:
    """Adopts a version of a regime from a day (today if not said); those that inherit from it follow with it.

    Cases that were accepted before keep the version under which they were accepted. Refuses what `adopting.plan` refuses.
    """
    with transaction.atomic():
        actor = admin(by)
        _one_after_another()
        plan = adopting.plan(text, lawbook.read(), since or today())
        moment = now()
        rows: list[AdoptedRegime] = []
        for edition in plan.editions:
            kept, _new = RegimeText.objects.get_or_create(
                digest=edition.regime.digest,
                defaults={
                    "regime": edition.regime.id,
                    "version": edition.regime.version,
                    "parent": edition.parent,
                    "text": edition.text,
                },
            )
            proof = (evidence or {}) if not rows else {}
            rows.append(AdoptedRegime(text=kept, since=plan.since, by=by, adopted_at=moment, evidence=proof))
        AdoptedRegime.objects.bulk_create(rows)
        data = {
            "regime": plan.regime.id,
            "version": plan.regime.version,
            "digest": plan.regime.digest,
            "since": plan.since.isoformat(),
            "replaces": plan.before.digest if plan.before else "",
            "followed_by": [[edition.regime.id, edition.regime.digest] for edition in plan.editions[1:]],
        }
        if evidence:
            data["evidence"] = evidence
        events.append("regime", subject("regime", plan.regime.id), "adopt_regime", by=actor, data=data)
        remembered.forget()
    return rows[0]


def correct_regime(
    code: str, correction: adopting.Correction, *, since: date | None = None, by: Person
) -> AdoptedRegime:
    """Adopts a regime with one figure corrected by a jurist, with the words that were read as evidence.

    Refuses what `adopting.corrected` and `adopt_regime` refuse, and words that cannot be kept.
    """
    quote = correction.quote
    if len(quote) > LONGEST_QUOTE or any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\r\n\t" for c in quote):
        raise wrong_field("text", str(_("it is too long, or holds control characters")))
    evidence = correction.evidence if quote.strip() else None
    with transaction.atomic():
        admin(by)
        _one_after_another()
        text = correct_text(code, correction, since or today(), lawbook.read())
        return adopt_regime(text, since=since, evidence=evidence, by=by)


def correct_text(code: str, correction: adopting.Correction, since: date, book: lawbook.LawBook) -> str:
    """The text that `correct_regime` would adopt."""
    held = adopting.in_force(code, book, since)
    return adopting.corrected(held, adopting.text_of(held), correction, adopting.next_version(code, book))


def end_regime(code: str, *, on: date | None = None, by: Person) -> AdoptedRegime:
    """Ends a regime here: `on` (today if not said) is its last day. Cases that were accepted under it go on under it.

    Refuses one that is not in force on the day, and the last resort ("last-resort").
    """
    with transaction.atomic():
        actor = admin(by)
        _one_after_another()
        last = on or today()
        book = lawbook.read()
        held = adopting.in_force(code, book, last)
        if code == NODE_TARGET:
            raise Refused(
                "last-resort",
                _("%(regime)s applies where nothing else does; it is replaced by another version, not ended."),
                regime=code,
            )
        row = AdoptedRegime.objects.filter(text__regime=code, since__lte=last).last()
        if row is None:
            first = min(held.first, last)
            kept, _new = RegimeText.objects.get_or_create(
                digest=held.digest,
                defaults={
                    "regime": code,
                    "version": held.version,
                    "parent": book.in_force(last)[held.parent].digest if held.parent else "",
                    "text": adopting.text_of(held),
                },
            )
            row = AdoptedRegime.objects.create(text=kept, since=first, until=last, by=by, adopted_at=now())
        else:
            check_period(row.since, last)
            row.until = last
            row.save(update_fields=["until"])
        data = {"regime": code, "version": held.version, "digest": held.digest, "until": last.isoformat()}
        events.append("regime", subject("regime", code), "end_regime", by=actor, data=data)
        remembered.forget()
    return row


def read_notice(name: str, text: str) -> calendars.Year:
    """A holiday notice from its file. Refuses, 422, one that contradicts itself or announces nothing ("notice-contradiction")."""
    try:
        year = calendars.parse_year(name, text.encode())
    except calendars.CalendarError as error:
        raise Refused(
            "notice-contradiction",
            _("The notice cannot be adopted: %(problem)s"),
            status=422,
            problem=error.in_(get_language() or "zh"),
        ) from error
    if not year.announced:
        raise Refused(
            "not-announced",
            _('The file says that its year has not been announced. A notice has status = "announced".'),
            status=422,
        )
    return year


def adopt_calendar(notice: calendars.Year, text: str, *, by: Person) -> tuple[AdoptedCalendar, Event]:
    """Adopts a holiday notice. It holds everything that is off or worked in its year and region: it replaces an earlier one.

    The dates that follow are reckoned anew by the room that keeps them. Refuses one that holds already ("notice-holds").
    """
    with transaction.atomic():
        actor = admin(by)
        _one_after_another()
        holding = AdoptedCalendar.objects.filter(year=notice.year, region=notice.region, undone_at__isnull=True).last()
        if holding is not None and holding.digest == notice.digest:
            raise Refused("notice-holds", _("This notice has been adopted already; nothing was changed."))
        row = AdoptedCalendar(
            year=notice.year, region=notice.region, text=text, digest=notice.digest, by=by, adopted_at=now()
        )
        # The same notice may come back after another one that was wrong.
        AdoptedCalendar.objects.filter(
            year=row.year, region=row.region, digest=row.digest, undone_at__isnull=True
        ).update(undone_at=row.adopted_at)
        row.save()
        data = {
            "year": notice.year,
            "region": notice.region,
            "digest": notice.digest,
            "sources": [
                {"title": one.title.zh, "number": one.number, "date": one.date.isoformat()} for one in notice.notices
            ],
            "off": [day.date.isoformat() for day in notice.specials if not day.working],
            "work": [day.date.isoformat() for day in notice.specials if day.working],
            "replaces": holding.digest if holding else "",
        }
        event = events.append("calendar", _calendar(row), "adopt_calendar", by=actor, data=data)
        remembered.forget()
    return row, event


def undo_calendar(row: AdoptedCalendar, *, by: Person) -> Event:
    """Takes a notice back: what held before it holds again. Refuses one that was taken back before ("undone-already")."""
    with transaction.atomic():
        actor = admin(by)
        _one_after_another()
        row.refresh_from_db()
        if row.undone_at is not None:
            raise Refused("undone-already", _("This notice has been undone already."))
        row.undone_at = now()
        row.save(update_fields=["undone_at"])
        data = {"year": row.year, "region": row.region, "digest": row.digest}
        event = events.append("calendar", _calendar(row), "undo_calendar", by=actor, data=data)
        remembered.forget()
    return event


def _calendar(row: AdoptedCalendar) -> UUID:
    return subject("calendar", f"{row.region or 'china'}:{row.year}")


def _one_after_another() -> None:
    """Changes of the law wait for each other: each is judged against what the one before has left."""
    Node.objects.select_for_update().get()
