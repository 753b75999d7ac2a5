"""The verbs of the command line about how people are told: notice show, choose, calendar, remind."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from django.utils.translation import gettext as _

from lianqiao.record.refusal import Refused
from lianqiao.registry.commands import acting, agency_of, who

from . import actions, feed, hours
from .models import CalendarFeed, Mail


def declare(notice: Any) -> None:
    show = notice.add_parser("show", help=_("how a person is told by mail, and what waits for them"))
    show.add_argument("account", metavar="ACCOUNT")
    show.set_defaults(run=notice_show)
    choose = notice.add_parser("choose", help=_("choose how a person is told by mail"))
    choose.add_argument("account", metavar="ACCOUNT")
    choose.add_argument(
        "--mail", choices=("each", "daily", "required"), help=_("at once, one mail a day, only what the law demands")
    )
    choose.add_argument("--hour", type=int, help=_("the hour of the one mail a day, 0 to 23, by the clock in China"))
    choose.add_argument("--quiet", metavar="FROM-UNTIL", help=_("hours without mail, such as 22-7; 0-0 for none"))
    acting(choose)
    choose.set_defaults(run=notice_choose)
    calendar = notice.add_parser("calendar", help=_("make the secret address of one's own calendar, or end one"))
    calendar.add_argument("account", metavar="ACCOUNT")
    calendar.add_argument("--end", action="store_true", help=_("end the address"))
    acting(calendar)
    calendar.set_defaults(run=notice_calendar)
    remind = notice.add_parser("remind", help=_("set on which days people are reminded of a limit"))
    remind.add_argument(
        "days",
        metavar="DAYS",
        help=_("working days before the last one, with commas, such as 3,1,0,-1; negative: after it"),
    )
    remind.add_argument("--agency", default="", help=_("code of the agency; the rule of the node if not given"))
    acting(remind)
    remind.set_defaults(run=notice_remind)


def notice_show(args: argparse.Namespace) -> int:
    person = who(args.account)
    wish = hours.of([person.pk])[person.pk]
    quiet = f"{wish.quiet_from:02}-{wish.quiet_until:02}"
    print(person.account, person.email or "-", wish.get_mail_display(), f"{wish.hour:02}:00", quiet, sep="\t")
    if held := CalendarFeed.objects.filter(person=person).first():
        print(_("calendar"), held.created_at.isoformat(timespec="minutes"), sep="\t")
    waiting = Mail.objects.filter(notice__person=person, state=Mail.State.WAITING).select_related("notice__case")
    for mail in waiting.order_by("next_attempt_at", "pk")[:100]:
        number = mail.notice.case.number if mail.notice.case else "-"
        print(mail.next_attempt_at.isoformat(timespec="minutes"), number, mail.notice.verb, mail.last_error, sep="\t")
    return 0


def notice_choose(args: argparse.Namespace) -> int:
    """What is not given stays as it is."""
    person = who(args.account)
    wish = hours.of([person.pk])[person.pk]
    try:
        first, until = (
            (int(hour) for hour in args.quiet.split("-")) if args.quiet else (wish.quiet_from, wish.quiet_until)
        )
    except ValueError:
        print(_("Write the hours without mail as FROM-UNTIL, such as 22-7."), file=sys.stderr)
        return 2
    mail, hour = args.mail or wish.mail, wish.hour if args.hour is None else args.hour
    actions.choose(person, mail=mail, hour=hour, quiet_from=first, quiet_until=until, by=who(args.by))
    return notice_show(args)


def notice_calendar(args: argparse.Namespace) -> int:
    """The address is for the person alone: nobody makes one for somebody else."""
    person, by = who(args.account), who(args.by)
    if args.end:
        actions.close_calendar(person, by=by)
        print(_("The address of the calendar leads nowhere from now on."))
        return 0
    if person != by:
        raise Refused("not-your-calendar", _("A calendar address is made by the person themself."), status=403)
    print(feed.address(actions.open_calendar(person)))
    return 0


def notice_remind(args: argparse.Namespace) -> int:
    try:
        days = [int(day) for day in args.days.split(",") if day.strip()]
    except ValueError:
        print(_("Write the days as whole numbers with commas, such as 3,1,0,-1."), file=sys.stderr)
        return 2
    rule = actions.remind_on(days, agency=agency_of(args.agency), by=who(args.by))
    print(rule.agency or _("the node"), ",".join(map(str, rule.days)), sep="\t")
    return 0
