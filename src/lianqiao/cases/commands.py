"""The law of this node on the command line: `regime adopt, correct, end, adopted` and `calendar import, undo, adopted`.

What changes the law names an administrator (--by) and can be tried first (--dry-run). Exit codes: 0 done, 2 refused.
"""

import argparse
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from lianqiao.law import comparison
from lianqiao.law.calendar import Year
from lianqiao.law.limit import LIMIT_NAMES, PERIODIC, UNITS
from lianqiao.law.regime import regimes, shipped
from lianqiao.law.vocabulary import KINDS, MARKS
from lianqiao.record.refusal import Refused
from lianqiao.record.time import SHANGHAI, day_of, today
from lianqiao.registry import adopting, lawbook
from lianqiao.registry.actions import law
from lianqiao.registry.commands import acting, day, who
from lianqiao.registry.lawbook import LawBook
from lianqiao.registry.models import AdoptedCalendar, AdoptedRegime

from . import adoption, audit_commands, disposal_commands, redating
from .actions import calendars
from .models import Redating


def register(verbs: Any) -> None:
    """Declares the verbs under `regime` and `calendar`, which the room of the law has declared."""
    audit_commands.declare(verbs)
    disposal_commands.declare(verbs)
    regime = verbs.choices["regime"].get_default("verbs")
    adopt = regime.add_parser("adopt", help=_("adopt a version of a regime for this node"))
    adopt.add_argument(
        "regime", metavar="FILE|ID", help=_("a TOML file, or the id of a regime that the package brings")
    )
    adopt.add_argument("--since", type=day, help=_("first day, YYYY-MM-DD; today if not given"))
    adopt.add_argument(
        "--jurisdiction", metavar="PREFIX", help=_("adopt a pattern for one place: beginning of its division code")
    )
    trying(adopt, regime_adopt)

    correct = regime.add_parser(
        "correct", help=_("correct one figure of a regime, with the words of the text as evidence")
    )
    correct.add_argument("regime", metavar="ID", help=_("id of the regime"))
    correct.add_argument(
        "--limit", required=True, choices=list(LIMIT_NAMES), metavar="NAME", help=_("name of the limit")
    )
    correct.add_argument(
        "--kind", default="", choices=list(KINDS), help=_("kind of case, where the limit differs by kind")
    )
    correct.add_argument("--amount", type=int, help=_("the figure"))
    correct.add_argument("--unit", choices=[unit for unit in UNITS if unit != PERIODIC], help=_("its unit"))
    correct.add_argument("--article", help=_("the article in which it stands"))
    correct.add_argument("--verified", action="store_true", help=_("the figure was read; needs --text"))
    correct.add_argument("--mark", choices=list(MARKS), help=_("where it was read; V1 (the primary text) if verified"))
    correct.add_argument("--text", type=Path, metavar="FILE", help=_("a file with the words of the article as read"))
    correct.add_argument("--since", type=day, help=_("first day, YYYY-MM-DD; today if not given"))
    trying(correct, regime_correct)

    end = regime.add_parser("end", help=_("end a regime at this node"))
    end.add_argument("regime", metavar="ID", help=_("id of the regime"))
    end.add_argument("--on", type=day, help=_("last day, YYYY-MM-DD; today if not given"))
    trying(end, regime_end)

    adopted = regime.add_parser("adopted", help=_("what this node has adopted, by whom and on what evidence"))
    adopted.add_argument("regime", nargs="?", metavar="ID", help=_("id of the regime; all if not given"))
    adopted.set_defaults(run=regime_adopted)

    calendar = verbs.choices["calendar"].get_default("verbs")
    bring = calendar.add_parser("import", help=_("adopt a holiday notice; the dates that rest on it follow"))
    bring.add_argument("file", type=Path, help=_("the notice as a TOML file"))
    trying(bring, calendar_import)
    undo = calendar.add_parser("undo", help=_("take a holiday notice back"))
    undo.add_argument("notice", type=int, metavar="N", help=_("number of the notice, as calendar adopted prints it"))
    trying(undo, calendar_undo)
    listing = calendar.add_parser("adopted", help=_("the holiday notices that this node has adopted"))
    listing.set_defaults(run=calendar_adopted)


def trying(parser: argparse.ArgumentParser, run: Any) -> None:
    acting(parser)
    parser.add_argument("--dry-run", action="store_true", help=_("say what would change, and change nothing"))
    parser.set_defaults(run=run)


def read_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            "file-unreadable", _("The file %(path)s cannot be read: %(problem)s"), path=str(path), problem=str(error)
        ) from error


# -- regimes -----------------------------------------------------------------------------------------------------------


def regime_adopt(args: argparse.Namespace) -> int:
    """Adopt a text from a file, or what the package brings under an id."""
    by, book, since = who(args.by), lawbook.read(), args.since or today()
    known = args.regime in regimes() and not Path(args.regime).exists()
    text = shipped(args.regime).decode() if known else read_file(Path(args.regime))
    if args.jurisdiction is not None:
        code = args.regime if known else Path(args.regime).stem
        text = adopting.placed(text, args.jurisdiction, adopting.next_version(code, book))
    if args.dry_run:
        return regime_tried(adopting.plan(text, book, since), book)
    plan = adopting.plan(text, book, since)
    tell_plan(plan, book)
    return told_regime(law.adopt_regime(text, since=since, by=by))


def regime_correct(args: argparse.Namespace) -> int:
    """A jurist corrects one figure: the next version of the regime, with the evidence."""
    by, book, since = who(args.by), lawbook.read(), args.since or today()
    correction = adopting.Correction(
        limit=args.limit, kind=args.kind, amount=args.amount, unit=args.unit, article=args.article,
        verified=args.verified, mark=args.mark, quote=read_file(args.text) if args.text else "",
    )  # fmt: skip
    plan = adopting.plan(law.correct_text(args.regime, correction, since, book), book, since)
    if args.dry_run:
        return regime_tried(plan, book)
    tell_plan(plan, book)
    return told_regime(law.correct_regime(args.regime, correction, since=since, by=by))


def regime_end(args: argparse.Namespace) -> int:
    """End a regime; what begins afterwards goes by what is then the strongest."""
    by, book, last = who(args.by), lawbook.read(), args.on or today()
    held = adopting.in_force(args.regime, book, last)
    after = book.with_end(args.regime, last)
    tell_effects({args.regime}, after, date.fromordinal(last.toordinal() + 1))
    if args.dry_run:
        return nothing_changed()
    law.end_regime(args.regime, on=last, by=by)
    print(
        _("%(regime)s, version %(version)s, is in force here until %(until)s.")
        % {"regime": held.id, "version": held.version, "until": last.isoformat()}
    )
    return 0


def regime_tried(plan: adopting.Plan, book: LawBook) -> int:
    tell_plan(plan, book)
    return nothing_changed()


def tell_plan(plan: adopting.Plan, book: LawBook) -> None:
    """The difference to what is in force, who inherits it, and what it does to cases."""
    new = plan.regime
    if plan.before is None:
        print(_("%(regime)s is not in force here yet.") % {"regime": new.id})
    else:
        print(f"{new.id} {plan.before.version} | {new.id} {new.version}")
        for line in comparison.differences(plan.before, new, get_language() or "zh"):
            print(line)
    for edition in plan.editions[1:]:
        print(_("%(regime)s inherits from it and follows.") % {"regime": edition.regime.id})
    codes = {edition.regime.id for edition in plan.editions}
    tell_effects(codes, book.with_adopted(plan.adoptions()), max(plan.since, today()))


def tell_effects(codes: set[str], book: LawBook, on: date) -> None:
    kept = adoption.keeping(codes)
    print(
        ngettext(
            "%(count)s running case was accepted before and keeps its version.",
            "%(count)s running cases were accepted before and keep their version.",
            kept,
        )
        % {"count": kept}
    )
    for effect in adoption.effects(book, on):
        print(
            _("%(number)s would be accepted under %(after)s instead of %(before)s; handled until %(late)s instead of %(early)s, if accepted on %(on)s.")
            % {
                "number": effect.case.number,
                "before": f"{effect.before.id} {effect.before.version}",
                "after": f"{effect.after.id} {effect.after.version}",
                "early": effect.handled_before or "-",
                "late": effect.handled_after or "-",
                "on": on.isoformat(),
            }
        )  # fmt: skip


def told_regime(row: AdoptedRegime) -> int:
    print(
        _("%(regime)s, version %(version)s, is in force here from %(since)s (%(digest)s).")
        % {
            "regime": row.text.regime,
            "version": row.text.version,
            "since": row.since.isoformat(),
            "digest": row.text.digest[:16],
        }
    )
    return 0


def nothing_changed() -> int:
    print(_("Nothing was changed."))
    return 0


def regime_adopted(args: argparse.Namespace) -> int:
    """Every adoption, oldest first: period, version, digest, who; with the words of a correction."""
    rows = AdoptedRegime.objects.select_related("text", "by")
    if args.regime:
        rows = rows.filter(text__regime=args.regime)
    if not rows:
        print(_("Nothing was adopted; what the package brings is in force."))
    for row in rows:
        period = f"{row.since.isoformat()}..{row.until.isoformat() if row.until else ''}"
        stood = day_of(row.adopted_at).isoformat()
        print(row.text.regime, row.text.version, period, row.text.digest[:16], stood, row.by, sep="\t")
        if row.evidence:
            print(
                "\t"
                + _("%(limit)s, article %(article)s: %(text)s")
                % {
                    "limit": LIMIT_NAMES[row.evidence["limit"]].in_(get_language() or "zh"),
                    "article": row.evidence["article"] or "-",
                    "text": " ".join(row.evidence["text"].split()),
                }
            )
    return 0


# -- calendars ---------------------------------------------------------------------------------------------------------


def calendar_import(args: argparse.Namespace) -> int:
    """Adopt a notice, and go on until every running date follows it."""
    by, text = who(args.by), read_file(args.file)
    year = law.read_notice(args.file.name, text)
    if args.dry_run:
        return calendar_tried(lawbook.read().with_notice(year), year)
    adopted = calendars.adopt_notice(args.file.name, text, by=by)
    print(
        _("Notice %(id)s is adopted: %(source)s")
        % {"id": adopted.notice.pk, "source": redating.source(year).in_(get_language() or "zh")}
    )
    return follow(adopted.redating)


def calendar_undo(args: argparse.Namespace) -> int:
    """Take a notice back, and go on until every running date follows."""
    by, row = who(args.by), AdoptedCalendar.objects.filter(pk=args.notice).first()
    if row is None:
        raise Refused("notice-unknown", _("There is no notice %(id)s. See: lianqiao calendar adopted"), id=args.notice)
    year = lawbook.year_of(row)
    if args.dry_run:
        return calendar_tried(lawbook.read().without_notice(year), year)
    undone = calendars.undo_notice(row, by=by)
    print(_("Notice %(id)s is undone.") % {"id": row.pk})
    return follow(undone.redating)


def calendar_tried(book: LawBook, year: Year) -> int:
    tell_changes(redating.changes(book, year))
    return nothing_changed()


def tell_changes(changes: Iterable[redating.Change]) -> None:
    """Each running date that moves, whether it had been told; those that stay because they had been; and how many only settle."""
    lang = get_language() or "zh"
    moved = stay = settled = 0
    for one in changes:
        facts = {
            "number": one.clock.case.number,
            "limit": LIMIT_NAMES[one.clock.name].in_(lang) if one.clock.name in LIMIT_NAMES else one.clock.name,
            "before": one.before,
            "after": one.after,
            "reckoned": one.reckoned,
        }
        if one.moves:
            moved += 1
            told = _("had been told: those concerned are told anew") if one.told else _("had not been told")
            print(_("%(number)s %(limit)s: %(before)s -> %(after)s (%(told)s)") % {**facts, "told": told})
        elif one.stays:
            stay += 1
            print(_("%(number)s %(limit)s: %(before)s stays, because it had been told (reckoned %(reckoned)s)") % facts)
        else:
            settled += 1
    print(
        _(
            "Dates that move: %(moved)s; that stay because they had been told: %(stay)s; that only become certain or uncertain: %(settled)s."
        )
        % {"moved": moved, "stay": stay, "settled": settled}
    )


def follow(task: Redating) -> int:
    """Look through the clocks once; the follower process looks once more in a minute."""
    task.refresh_from_db()
    while task.looked == 0:
        calendars.look(task)
        task.refresh_from_db()
    print(
        _("Dates moved: %(moved)s. Cases in which somebody is told: %(told)s. The node looks once more at %(again)s.")
        % {"moved": task.moved, "told": task.told, "again": task.look_at.astimezone(SHANGHAI).strftime("%H:%M:%S")}
    )
    return 0


def calendar_adopted(args: argparse.Namespace) -> int:
    """Every notice, oldest first: number, year, place, source, who, and whether it holds."""
    lang = get_language() or "zh"
    for row in AdoptedCalendar.objects.select_related("by"):
        state = _("undone") if row.undone_at else _("adopted")
        stood = day_of(row.adopted_at).isoformat()
        said = redating.source(lawbook.year_of(row)).in_(lang)
        print(row.pk, row.year, row.region or "-", state, stood, row.by, said, sep="\t")
    if not AdoptedCalendar.objects.exists():
        print(_("Nothing was adopted; what the package brings is in force."), file=sys.stderr)
    return 0
