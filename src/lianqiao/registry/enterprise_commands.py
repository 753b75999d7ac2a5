"""The verbs of the command line about enterprises that are there: duplicates, merging, importing, members of associations."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from lianqiao.record.refusal import Refused
from lianqiao.registry import actions, commands, duplicates, importing
from lianqiao.registry.models import Enterprise, EnterpriseAssociation, EnterpriseImport

SHOWN = 50


def declare(enterprise: Any) -> None:
    """Declares the verbs under `lianqiao enterprise`."""
    listing = enterprise.add_parser("duplicates", help=_("enterprises that may be the same one, with the reasons"))
    listing.add_argument("enterprise", nargs="?", help=_("credit code or id; all of the registry if not given"))
    listing.add_argument("--least", type=int, default=60, help=_("least score, of 100"))
    listing.set_defaults(run=duplicates_list)
    merge = enterprise.add_parser("merge", help=_("say that an enterprise is the same as another; it can be undone"))
    merge.add_argument("duplicate", help=_("credit code or id of the one that is merged"))
    merge.add_argument("into", help=_("credit code or id of the one that stands"))
    merge.add_argument("--reason", required=True, help=_("why"))
    commands.acting(merge)
    merge.set_defaults(run=enterprise_merge)
    unmerge = enterprise.add_parser("unmerge", help=_("undo a merge"))
    unmerge.add_argument("duplicate", help=_("credit code or id of the one that was merged"))
    unmerge.add_argument("--reason", required=True, help=_("why"))
    commands.acting(unmerge)
    unmerge.set_defaults(run=enterprise_unmerge)
    load = enterprise.add_parser("import", help=_("enter the enterprises of a CSV or XLSX"))
    load.add_argument("file", type=Path, help=_("the table"))
    load.add_argument(
        "--dry-run", action="store_true", help=_("only say what is new, known, wrong or likely a duplicate")
    )
    load.add_argument("--leave-out", action="store_true", help=_("leave out the rows that cannot be taken"))
    commands.acting(load)
    load.set_defaults(run=enterprise_import)
    undo = enterprise.add_parser(
        "undo-import", help=_("take back what an import entered, as far as nothing refers to it")
    )
    undo.add_argument("id", type=UUID, help=_("id of the import, as it was printed"))
    undo.add_argument("--reason", required=True, help=_("why"))
    commands.acting(undo)
    undo.set_defaults(run=import_undo)
    member = enterprise.add_parser("associate", help=_("enter an enterprise as member of a chamber or workstation"))
    member.add_argument("enterprise", help=_("credit code or id"))
    member.add_argument("agency", help=_("code of the federation, chamber or workstation"))
    member.add_argument("--until", type=commands.day, help=_("last day, YYYY-MM-DD"))
    member.add_argument("--end", action="store_true", help=_("end the membership instead, today or on --until"))
    commands.acting(member)
    member.set_defaults(run=enterprise_associate)


def enterprise_of(word: str) -> Enterprise:
    """The enterprise with this credit code or id."""
    found = Enterprise.objects.filter(uscc=duplicates.compact(word)).first()
    if found is None:
        try:
            found = Enterprise.objects.filter(pk=UUID(word)).first()
        except ValueError:
            found = None
    if found is None:
        raise Refused("enterprise-unknown", _("There is no enterprise with the code or id %(code)s."), code=word)
    return found


def duplicates_list(args: argparse.Namespace) -> int:
    """0 when there is none, 1 when there are."""
    if args.enterprise:
        one = enterprise_of(args.enterprise)
        found = [each for each in duplicates.candidates(duplicates.named(one)) if each.score >= args.least]
        for each in found:
            tell(each.score, each.enterprise, (sentence for _code, sentence in each.reasons))
        return 1 if found else 0
    sweep, told = duplicates.Sweep(least=args.least), 0
    for pair in sweep:
        told += 1
        print(f"{pair.one.uscc or pair.one.pk}  {pair.one.label}")
        tell(pair.score, pair.other, (sentence for _code, sentence in pair.reasons))
    print(_("%(pairs)s pairs may be the same enterprise.") % {"pairs": told})
    if sweep.crowds:
        print(_("%(keys)s names are so common that they were left out.") % {"keys": sweep.crowds})
    return 1 if told else 0


def tell(score: int, enterprise: Enterprise, reasons: Any) -> None:
    print(f"  {score:3}  {enterprise.uscc or enterprise.pk}  {enterprise.label}")
    for sentence in reasons:
        print(f"       - {sentence}")


def enterprise_merge(args: argparse.Namespace) -> int:
    stands = actions.merge(
        enterprise_of(args.duplicate), enterprise_of(args.into), reason=args.reason, by=commands.who(args.by)
    )
    print(_("Merged. %(enterprise)s stands for both.") % {"enterprise": stands.label})
    return 0


def enterprise_unmerge(args: argparse.Namespace) -> int:
    one = actions.unmerge(enterprise_of(args.duplicate), reason=args.reason, by=commands.who(args.by))
    print(_("%(enterprise)s stands for itself again.") % {"enterprise": one.label})
    return 0


def enterprise_import(args: argparse.Namespace) -> int:
    """0 done; with --dry-run 1 when a row cannot be taken."""
    by = commands.who(args.by)
    if not args.dry_run:
        done = actions.import_enterprises(args.file, leave_out=args.leave_out, by=by)
        said = {"entered": done.entered, "known": done.known, "left": done.left_out}
        print(_("%(entered)s enterprises entered, %(known)s were known, %(left)s rows left out.") % said)
        if done.record:
            print(_("The import is %(id)s.") % {"id": done.record.pk})
        return 0
    reading = importing.read(args.file)
    for problem in [*reading.problems, *reading.notes][:SHOWN]:
        where = {"row": problem.row, "column": problem.column, "problem": problem.sentence}
        print(_("row %(row)s, %(column)s: %(problem)s") % where)
    for like in importing.likely(reading, most=SHOWN):
        about = {"row": like.row, "other": like.other, "score": like.score, "reasons": "; ".join(like.reasons)}
        print(_("row %(row)s may be %(other)s (%(score)s of 100): %(reasons)s") % about)
    if reading.ignored:
        print(_("Columns that are not read: %(columns)s") % {"columns": ", ".join(reading.ignored)})
    faulty = len({problem.row for problem in reading.problems})
    said = {"rows": reading.rows, "new": len(reading.new), "known": reading.known, "faulty": faulty}
    print(_("%(rows)s rows: %(new)s new, %(known)s known, %(faulty)s cannot be taken. Nothing was entered.") % said)
    return 1 if faulty else 0


def import_undo(args: argparse.Namespace) -> int:
    record = EnterpriseImport.objects.filter(pk=args.id).first()
    if record is None:
        raise Refused("import-unknown", _("There is no import with the id %(id)s."), id=str(args.id))
    gone, stay = actions.undo_import(record, reason=args.reason, by=commands.who(args.by))
    print(_("%(gone)s enterprises taken back, %(stay)s stay because they are in use.") % {"gone": gone, "stay": stay})
    return 0


def enterprise_associate(args: argparse.Namespace) -> int:
    enterprise, by = enterprise_of(args.enterprise), commands.who(args.by)
    agency = commands.agency_of(args.agency)
    assert agency is not None
    if args.end:
        held = EnterpriseAssociation.objects.filter(enterprise=enterprise, agency=agency).order_by("-since").first()
        if held is None:
            raise Refused("association-unknown", _("The enterprise is no member of %(agency)s."), agency=agency.label)
        actions.end_association(held, on=args.until, by=by)
    else:
        actions.associate(enterprise, agency, until=args.until, by=by)
    print(_("%(enterprise)s: %(agency)s recorded.") % {"enterprise": enterprise.label, "agency": agency.label})
    return 0
