"""The calendars of working days, year by year, with the holiday notices that the node has adopted, and the dates that move with them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianqiao.cases import redating
from lianqiao.cases.actions import calendars as verbs
from lianqiao.cases.api.law import NoticeForm
from lianqiao.cases.pictures import language, listed
from lianqiao.law.calendar import Year
from lianqiao.law.limit import LIMIT_NAMES
from lianqiao.law.vocabulary import MARKS
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.registry import lawbook
from lianqiao.registry.actions import law as actions
from lianqiao.registry.models import AdoptedCalendar

from .parts import (
    Asked,
    Cell,
    Deed,
    Done,
    Entry,
    Register,
    Seat,
    Section,
    Table,
    Told,
    address,
    badge,
    day,
    line_of,
    moment,
)

MOST = 50


def years(seat: Seat, asked: Asked) -> Table:
    known = {year.year: year for year in lawbook.book().years}
    return Table(
        (_("Year"), _("State"), _("Days that are not what their weekday says"), _("Notice")),
        [
            (
                Cell(str(year.year), address("calendars", year.year)),
                badge(_("announced"), "good") if year.announced else badge(_("provisional"), "warn"),
                Cell(len(year.specials), mark="number"),
                Cell(
                    listed((notice.source.in_(language()) for notice in year.notices), strong=True)
                    or _("no notice yet")
                ),
            )
            for _number, year in sorted(known.items(), reverse=True)
        ],
    )


def find_year(seat: Seat, key: str) -> Year:
    found = next((year for year in lawbook.book().years if str(year.year) == key), None)
    if found is None:
        raise Refused("unknown-year", gettext_lazy("No calendar is held for this year."), status=404)
    return found


KIND_WORDS = {
    "holiday": (gettext_lazy("holiday"), "bad"),
    "in_lieu": (gettext_lazy("day off in lieu"), "warn"),
    "make_up": (gettext_lazy("make-up workday"), "act"),
    "local": (gettext_lazy("of this region"), "act"),
}


def year_entry(seat: Seat, year: Year) -> Entry:
    tongue = language()
    span = lawbook.book().calendar(this_node().code).span(date(year.year, 1, 1), date(year.year, 12, 31))
    special = [one for one in span if one.kind not in ("weekend", "weekday")]
    adopted = list(AdoptedCalendar.objects.filter(year=year.year).select_related("by").order_by("-pk")[:MOST])
    return Entry(
        _("Calendar of %(year)s") % {"year": year.year},
        str(year.year),
        [badge(_("announced"), "good") if year.announced else badge(_("provisional"), "warn")],
        [
            Section(
                _("Days that are not what their weekday says"),
                table=Table(
                    (_("Day"), _("Weekday"), _("Kind"), _("Why")),
                    [
                        (
                            day(one.date),
                            Cell(one.weekday.in_(tongue), mark="number"),
                            badge(*KIND_WORDS[one.kind]),
                            Cell(
                                one.reason.in_(tongue),
                                below=_("provisional")
                                if one.provisional
                                else one.source.in_(tongue)
                                if one.kind == "local"
                                else "",
                            ),
                        )
                        for one in special
                    ],
                    _("None yet: its weekdays count, and every date in it is provisional."),
                ),
            )
        ],
        [
            Section(
                _("The notice"),
                facts=[
                    (
                        notice.date.isoformat(),
                        Cell(
                            notice.source.in_(tongue),
                            below=MARKS[notice.number_mark].in_(tongue) if notice.number_mark in MARKS else "",
                        ),
                    )
                    for notice in year.notices
                ],
                lines=[] if year.notices else [_("No notice has been published yet.")],
            ),
            *(
                [
                    Section(
                        _("Adopted here"),
                        table=Table(
                            (_("Place"), _("When"), _("By"), _("State")),
                            [
                                (
                                    Cell(one.region or _("the whole country")),
                                    moment(one.adopted_at),
                                    Cell(str(one.by)),
                                    badge(_("undone")) if one.undone_at else badge(_("holds"), "good"),
                                )
                                for one in adopted
                            ],
                            deeds=[
                                [(_("Undo"), address("calendars", year.year, "undo", of=one.pk))]
                                if seat.admin and not one.undone_at
                                else []
                                for one in adopted
                            ],
                        ),
                    )
                ]
                if adopted
                else []
            ),
        ],
    )


def moved(changes: Iterable[redating.Change]) -> list[Section]:
    """What a notice does to running dates: counts of all, the first of those that move or stay."""
    moves = stays = 0
    shown: list[redating.Change] = []
    for one in changes:
        moves, stays = moves + one.moves, stays + one.stays
        if (one.moves or one.stays) and len(shown) < MOST:
            shown.append(one)
    lines = [
        _("%(count)s dates move.") % {"count": moves},
        _("%(count)s dates stay, because they had been told and would come earlier.") % {"count": stays},
    ]
    table = Table(
        (_("Case"), _("Limit"), _("Before"), _("After")),
        [
            (
                Cell(one.clock.case.number, mark="number"),
                Cell(LIMIT_NAMES[one.clock.name].in_(language()) if one.clock.name in LIMIT_NAMES else one.clock.name),
                day(one.before),
                day(one.after),
            )
            for one in shown
        ],
    )
    return [Section(_("What will happen"), lines=lines, table=table if shown else None)]


def adopt_notice(seat: Seat, row: None, told: Told) -> Done:
    made = verbs.adopt_notice("notice.toml", told["text"], by=seat.person)
    return Done(
        _("The notice was adopted. Running dates follow within a minute or two."),
        address("calendars", made.notice.year),
    )


def would_adopt_notice(seat: Seat, row: None, told: Told) -> list[Section]:
    year = actions.read_notice("notice.toml", told["text"])
    return moved(redating.changes(lawbook.read().with_notice(year), year))


def undo_notice(seat: Seat, year: Year, told: Told) -> Done:
    verbs.undo_notice(adopted_of(told), by=seat.person)
    return Done(_("The notice was undone. Running dates follow within a minute or two."), address("calendars"))


def would_undo_notice(seat: Seat, year: Year, told: Told) -> list[Section]:
    notice = lawbook.year_of(adopted_of(told))
    return moved(redating.changes(lawbook.read().without_notice(notice), notice))


def adopted_of(told: Told) -> AdoptedCalendar:
    return line_of(AdoptedCalendar, told["of"])


REGISTER = Register(
    "calendars",
    gettext_lazy("Calendars"),
    gettext_lazy("Working days year by year, each day off with the notice that it rests on."),
    lambda seat: True,
    years,
    find_year,
    year_entry,
    (
        Deed(
            "undo",
            gettext_lazy("Undo the notice"),
            None,
            lambda seat, row: seat.admin,
            undo_notice,
            would_undo_notice,
            of=True,
            grave=True,
        ),
    ),
    (
        Deed(
            "adopt",
            gettext_lazy("Adopt a holiday notice"),
            NoticeForm,
            lambda seat, row: seat.admin,
            adopt_notice,
            would_adopt_notice,
        ),
    ),
)
