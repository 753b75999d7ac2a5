"""The limits of one person as a calendar (RFC 5545), under a secret address. It holds the names of limits and the numbers of cases, and the
title of a case that is not confidential."""

from collections.abc import Iterable
from datetime import UTC, date, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from lianqiao.cases import clocks, flow, keys, pictures, timeline
from lianqiao.cases.clocks import ANSWER, CO_HANDLING
from lianqiao.cases.models import Case, Clock, Question
from lianqiao.law.limit import HOURS
from lianqiao.record import time
from lianqiao.record.nodes import this_node
from lianqiao.registry.models import Person
from lianqiao.registry.tokens import fingerprint

from . import telling
from .audience import Audience
from .models import CalendarFeed

MOST = 1000
"""So many limits of one's agencies and enterprises are looked through, those that end first."""
PAST = timedelta(days=90)
"""What ended longer ago and still runs is no longer shown."""
HOURLY = timedelta(hours=1)


def address(secret: str) -> str:
    """Where a calendar program reads the limits."""
    return urljoin(settings.LIANQIAO_BASE_URL, f"/calendar/{secret}.ics")


def person_behind(secret: str) -> Person | None:
    """Whose calendar this is; None for an address that leads nowhere (any more), or whose person may no longer act."""
    found = CalendarFeed.objects.select_related("person").filter(digest=fingerprint(secret)).first()
    return found.person if found and found.person.is_active else None


def limits_of(person: Person) -> list[Clock]:
    """The running limits that the person has to keep today, for themself or in somebody's stead; a paused one has no date and is not there."""
    codes = {membership.agency.code for membership in keys.memberships_of(person)}
    asked = Q(name=ANSWER, case__in=Question.objects.unanswered().addressed_to(person).values("case"))
    own = Q(case__agency__code__in=codes) | Q(case__home_agency__code__in=codes)
    own |= Q(name=CO_HANDLING, subject__in=codes) | Q(case__enterprise__in=keys.enterprise_ids_of(person))
    visible = own & Q(case__in=Case.objects.visible_to(person))
    running = Clock.objects.running().filter(visible | asked, due_on__gte=time.today() - PAST)
    related = running.select_related("case__agency__region", "case__home_agency", "case__enterprise")
    found = list(related.prefetch_related("case__questions__agency").order_by("due_on", "pk")[:MOST])
    audience, today = Audience([clock.case for clock in found]), time.today()
    return [
        clock for clock in found if clock.due_on and person in audience.of_limit(clock, passed=clock.due_on < today)
    ]


def calendar(person: Person) -> bytes:
    """The calendar as a program fetches it, in the person's language."""
    with override(person.language):
        node = this_node()
        name = _("Limits · Lianqiao %(region)s") % {
            "region": node.name_en if person.language == Person.Language.EN else node.name_zh
        }
        held = _empty(name)
        held.add("refresh-interval", HOURLY, parameters={"VALUE": "DURATION"})
        held.add("x-published-ttl", HOURLY)
        return _filled(held, entries(person, limits_of(person), node.code))


def of_case(person: Person, case: Case) -> bytes:
    """The running limits of one case that the person sees, as a file for a calendar program. Those between agencies are not for its enterprise."""
    with override(person.language):
        officer = timeline.reader(case, person).officer
        running = [clock for clock in case.clocks.running().order_by("due_on", "pk") if clock.due_on]
        shown = [clock for clock in running if officer or clock.name not in (clocks.SUPERVISION, CO_HANDLING)]
        for clock in shown:
            clock.case = case
        return _filled(_empty(case.number), entries(person, shown, this_node().code))


def _empty(name: str) -> Calendar:
    held = Calendar()
    held.add("prodid", "-//Lianqiao//Limits//ZH")
    held.add("version", "2.0")
    held.add("calscale", "GREGORIAN")
    held.add("method", "PUBLISH")
    held.add("name", name)
    held.add("x-wr-calname", name)
    return held


def _filled(held: Calendar, found: Iterable[Event]) -> bytes:
    for entry in found:
        held.add_component(entry)
    return bytes(held.to_ical())


def entries(person: Person, limits: Iterable[Clock], node: str) -> Iterable[Event]:
    limits = list(limits)
    seen = Case.objects.visible_to(person).filter(pk__in={clock.case_id for clock in limits})
    readable = set(seen.values_list("pk", flat=True))
    for clock in limits:
        case, due = clock.case, clock.due_on
        assert due is not None
        entry = Event()
        entry.add("uid", f"limit-{clock.pk}@node-{node}.lianqiao.invalid")
        entry.add("dtstamp", time.now().replace(microsecond=0))
        entry.add("last-modified", case.changed_at.replace(microsecond=0))
        entry.add("sequence", case.event_count)
        entry.add("summary", " · ".join(words(clock, told=case.pk in readable)))
        if clock.due_at and clocks.limit_of(clock).unit == HOURS:
            entry.add("dtstart", clock.due_at.astimezone(UTC))
        else:
            entry.add("dtstart", due)
            entry.add("dtend", due + timedelta(days=1))
        entry.add("status", "TENTATIVE" if clock.provisional else "CONFIRMED")
        entry.add("transp", "TRANSPARENT")
        entry.add("class", "CONFIDENTIAL" if case.confidential else "PRIVATE")
        page = urljoin(settings.LIANQIAO_BASE_URL, telling.page_of(case, person, asked=clock.name == ANSWER))
        entry.add("url", page)
        entry.add("description", "\n".join([*notes(clock, due, told=case.pk in readable), page]))
        yield entry


def words(clock: Clock, *, told: bool) -> list[str]:
    """The limit, the number of the case, and what it is about; of a confidential case, or one that the person does not see, no words."""
    limit = pictures.name_of(clock, clocks.limit_of(clock))
    title = [clock.case.title] if told and not clock.case.confidential and clock.case.title else []
    return [limit, clock.case.number, *title]


def notes(clock: Clock, due: date, *, told: bool) -> list[str]:
    state = [str(flow.State(clock.case.state).label)] if told else []
    passed = [_("This limit has passed.")] if due < time.today() else []
    provisional = [_("The holiday notice is not out yet: the date may move.")] if clock.provisional else []
    return state + passed + provisional
