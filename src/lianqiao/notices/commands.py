"""The verbs of notices on the command line: document verify, reprint, samples; notice show, choose, calendar, remind."""

import argparse
import hashlib
import sys
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _


def register(verbs: Any) -> None:
    from . import telling_commands

    document = verbs.add_parser("document", help=_("official documents")).add_subparsers(
        required=True, metavar=_("VERB")
    )
    verify = document.add_parser("verify", help=_("say whether this node issued a file"))
    verify.add_argument("file", type=Path, metavar="FILE", help=_("the document (PDF)"))
    verify.set_defaults(run=verify_file)
    reprint = document.add_parser(
        "reprint", help=_("print documents anew from their content and compare them byte by byte")
    )
    reprint.add_argument("number", nargs="?", metavar="NUMBER", help=_("one document; without it the newest thousand"))
    reprint.set_defaults(run=reprint_documents)
    samples = document.add_parser("samples", help=_("write one sample of each document as PDF"))
    samples.add_argument("folder", type=Path, metavar="FOLDER")
    samples.set_defaults(run=write_samples)
    notice = verbs.add_parser("notice", help=_("how people are told"))
    telling_commands.declare(notice.add_subparsers(required=True, metavar=_("VERB")))


def verify_file(args: argparse.Namespace) -> int:
    """0: issued here; 1: not."""
    from .models import Document

    try:
        digest = hashlib.sha256(args.file.read_bytes()).hexdigest()
    except OSError as error:
        print(_("%(file)s cannot be read: %(why)s") % {"file": args.file, "why": error.strerror}, file=sys.stderr)
        return 2
    found = Document.objects.with_digest(digest).select_related("agency").first()
    if found is None:
        print(_("This node has not issued a document with this digest: it comes from elsewhere, or was changed."))
        return 1
    print(
        _("Issued here: %(number)s, %(agency)s, %(day)s.")
        % {"number": found.number, "agency": found.agency.label, "day": found.issued_on.isoformat()}
    )
    return 0


def reprint_documents(args: argparse.Namespace) -> int:
    """0: every one came out the same; 1: one did not, or was printed with another form; 2: no such document."""
    from .documents import issuing, printing
    from .models import Document

    printed = Document.objects.exclude(sha256_zh="").filter(erased_at__isnull=True)
    found = list(printed.filter(number=args.number) if args.number else printed.order_by("-pk")[:1000])
    if args.number and not found:
        print(_("There is no printed document %(number)s.") % {"number": args.number}, file=sys.stderr)
        return 2
    different = 0
    for document in found:
        if document.template != printing.template():
            print(_("%(number)s: printed with another form or other fonts") % {"number": document.number})
            different += 1
        elif not all(issuing.reprinted(document).values()):
            print(_("%(number)s: DIFFERENT") % {"number": document.number})
            different += 1
    print(_("%(same)s of %(all)s documents came out the same.") % {"same": len(found) - different, "all": len(found)})
    return 1 if different else 0


def write_samples(args: argparse.Namespace) -> int:
    """Writes CODE.zh.pdf and CODE.en.pdf for every document. Needs no database."""
    from .documents import samples

    for name in samples.write(args.folder):
        print(name)
    return 0
