"""The verbs of the command line about enterprises that are there: duplicates, merging, importing, members of associations."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import actions, commands, duplicates, finding, importing
from lianqiao.registry.finding import enterprise as enterprise_of
from lianqiao.registry.models import Contact, Enterprise, EnterpriseAssociation, EnterpriseImport, EnterpriseMember

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
    confirm = enterprise.add_parser("confirm", help=_("confirm that a person stands for an enterprise, as they claim"))
    confirm.add_argument("link", type=int, help=_("number of the link, as enterprise show prints it"))
    confirm.add_argument("--evidence", required=True, help=_("what was seen, such as the business licence"))
    commands.acting(confirm)
    confirm.set_defaults(run=link_confirm)
    member = enterprise.add_parser("associate", help=_("enter an enterprise as member of a chamber or workstation"))
    member.add_argument("enterprise", help=_("credit code or id"))
    member.add_argument("agency", help=_("code of the federation, chamber or workstation"))
    member.add_argument("--until", type=commands.day, help=_("last day, YYYY-MM-DD"))
    member.add_argument("--end", action="store_true", help=_("end the membership instead, today or on --until"))
    commands.acting(member)
    member.set_defaults(run=enterprise_associate)
    show = enterprise.add_parser("show", help=_("what the registry says of an enterprise"))
    show.add_argument("enterprise", help=_("credit code or id"))
    show.set_defaults(run=enterprise_show)
    change = enterprise.add_parser("change", help=_("change what the registry says of an enterprise"))
    change.add_argument("enterprise", help=_("credit code or id"))
    for word, meaning in CHANGEABLE.items():
        change.add_argument(f"--{word}", help=str(meaning))
    change.add_argument("--former-code", help=_("a code that it had before"))
    commands.acting(change)
    change.set_defaults(run=enterprise_change)
    contact = enterprise.add_parser("contact", help=_("enter whom to reach at an enterprise, or end it"))
    contact.add_argument("enterprise", help=_("credit code or id"))
    contact.add_argument("--name", default="", help=_("the name of the person"))
    contact.add_argument("--position", default="", help=_("the position"))
    contact.add_argument("--phone", default="", help=_("the telephone number"))
    contact.add_argument("--email", default="", help=_("the e-mail address"))
    contact.add_argument(
        "--end", type=int, metavar="N", help=_("end this contact instead, as enterprise show numbers it")
    )
    commands.acting(contact)
    contact.set_defaults(run=enterprise_contact)


CHANGEABLE = {
    "zh": gettext_lazy("name in Chinese"),
    "en": gettext_lazy("name in English"),
    "uscc": gettext_lazy("unified social credit code; the one before is kept as a former code"),
    "kind": gettext_lazy("what it is"),
    "region": gettext_lazy("division code of the region, six digits"),
    "origin": gettext_lazy("origin of the foreign investor, two capital letters"),
    "address": gettext_lazy("the address"),
}


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


def enterprise_show(args: argparse.Namespace) -> int:
    """The row, its former codes, contacts, people, associations, and with what it is merged."""
    row, on = enterprise_of(args.enterprise), today()
    print(row.pk, row.uscc or "-", row.name_zh, row.name_en, row.kind, row.region_id, row.origin, row.address, sep="\t")
    if row.merged_into_id:
        print(_("merged into"), row.merged_into_id, row.stands.label, sep="\t")
    for former in row.former_codes.all():
        print(_("former code"), former.code, former.until or "", sep="\t")
    for other in row.merged.order_by("pk"):
        print(_("merged with it"), other.pk, other.label, sep="\t")
    for contact in Contact.objects.of_enterprises([row]).active(on):
        print(_("contact"), contact.pk, contact.name, contact.position, contact.phone, contact.email, sep="\t")
    for link in EnterpriseMember.objects.standing(on).for_enterprises([row]).select_related("person"):
        claim = _("claimed, not confirmed") if link.claimed else ""
        print(link.get_capacity_display(), link.pk, link.person.account, link.until or "", claim, sep="\t")
    for held in EnterpriseAssociation.objects.active(on).of_enterprises([row]).select_related("agency"):
        print(_("member of"), held.pk, held.agency.code, held.until or "", sep="\t")
    return 0


def enterprise_change(args: argparse.Namespace) -> int:
    row, by = enterprise_of(args.enterprise), commands.who(args.by)
    given = {word: getattr(args, word) for word in CHANGEABLE}
    given["name_zh"], given["name_en"] = given.pop("zh"), given.pop("en")
    if given["region"] is not None:
        given["region"] = commands.region_of(given["region"])
    with transaction.atomic():
        if any(value is not None for value in given.values()) or not args.former_code:
            row = actions.change_enterprise(row, **given, by=by)
        if args.former_code:
            actions.add_former_code(row, args.former_code, by=by)
    print(_("%(enterprise)s has been changed.") % {"enterprise": row.label})
    return 0


def enterprise_contact(args: argparse.Namespace) -> int:
    row, by = enterprise_of(args.enterprise), commands.who(args.by)
    if args.end is not None:
        actions.end_contact(finding.row(Contact, args.end), by=by)
        print(_("The contact has ended."))
        return 0
    named = ("name", "position", "phone", "email")
    made = actions.add_contact(row, **{name: getattr(args, name) for name in named}, by=by)
    print(_("Contact %(contact)s has been entered.") % {"contact": made.pk})
    return 0


def link_confirm(args: argparse.Namespace) -> int:
    link = EnterpriseMember.objects.select_related("enterprise", "person").filter(pk=args.link).first()
    if link is None:
        raise Refused("unknown-link", _("There is no link with this number."), status=404)
    actions.confirm_link(link, evidence=args.evidence, by=commands.who(args.by))
    print(
        _("%(account)s stands for %(enterprise)s.")
        % {"account": link.person.account, "enterprise": link.enterprise.label}
    )
    return 0
