"""Begin a batch, file its rows one after the other by the ordinary verb, hand its code words out."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection
from typing import Any, BinaryIO, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianqiao.cases import keys
from lianqiao.cases.actions import intake
from lianqiao.jobs import actions as jobs
from lianqiao.jobs import sources, work
from lianqiao.jobs.models import Job, Row
from lianqiao.jobs.rows import Fault, Faulty, Outcome, Rehearsed, go_through
from lianqiao.record.canonical import digest
from lianqiao.record.refusal import Refused
from lianqiao.registry import meant
from lianqiao.registry.models import Agency, Enterprise, Membership, Person

from . import columns
from .models import BatchFiling

KIND = "batch"
MOST_BY_API = 2000
MOST_BY_COMMAND = 100_000
AT_ONCE = 1000
"""Code words that are handed out at once."""


def begin(
    file: BinaryIO, name: str, *, by: Person, agency: str = "", dry_run: bool = False, most: int = MOST_BY_API
) -> Job:
    """Begin the filing of a table or of NDJSON for an agency in which the person takes in; the job says row by row what became of it.

    The same file again while it is being worked on is the same job; afterwards it files nothing twice, because the agency's own reference
    of each row is kept. Refused: a person who takes in nowhere, or for several agencies and names none; a file that is no table, is meant to
    harm, lacks a needed column or is too long, with nothing begun.
    """
    desk = takes_in_for(by, agency)
    told = hashlib.sha256()
    while chunk := file.read(2**20):
        told.update(chunk)
    file.seek(0)
    source = sources.read(file, name, columns.FORM, most)
    asked = {
        "agency": desk.code,
        "dry_run": dry_run,
        "titles": source.titles,
        "ignored": source.unread,
        "file": name[:200],
    }
    key = digest({"by": str(by.pk), "agency": desk.code, "dry_run": dry_run, "file": told.hexdigest()})
    return jobs.begin(KIND, source.rows, by=by, key=key, asked=asked)


def takes_in_for(by: Person, code: str = "") -> Agency:
    """The agency in which the person takes in, for themselves or for another. Refused: none; several and none named."""
    held = {one.agency.code: one.agency for one in keys.memberships_of(by) if one.role == Membership.Role.INTAKE}
    if code and code in held:
        return held[code]
    if code or not held:
        raise Refused(
            "no-intake",
            gettext_lazy("Batches are filed by intake officers of a complaint centre, a hotline, a chamber or a workstation, for their own agency."),
            status=403,
        )  # fmt: skip
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
    """File the next rows, each by itself: a row that cannot be taken stops no other."""
    filing = Filing.of(job)
    finished = go_through(job, filing.row, fields=columns.OF_REFUSALS)
    job.result = {name: job.asked[name] for name in ("agency", "dry_run", "ignored")}
    return finished


class Filing(NamedTuple):
    """What every row of a batch shares."""

    job: Job
    desk: Agency
    members: Collection[UUID] | None
    """The enterprises for which an association may file; None for a centre, which files for any."""

    @classmethod
    def of(cls, job: Job) -> "Filing":
        desk = takes_in_for(job.by, job.asked["agency"])
        return cls(job, desk, keys.followed_by(job.by) if desk.kind in keys.ASSOCIATING else None)

    def row(self, row: Row) -> Outcome:
        """File one row, or say that it was filed before. A rehearsal files it too, and has that undone."""
        content: dict[str, Any] = dict(row.content or {})
        if twice := content.pop(sources.TWICE, 0):
            raise Faulty(
                Fault(
                    "ref", "ref-twice", _("Row %(row)s has the same reference. Give each row its own.") % {"row": twice}
                )
            )
        unknown = sorted(field for field in content if field not in columns.FIELDS)
        if unknown:
            raise Faulty(
                *(Fault(field, "extra_forbidden", _("This field is unknown here; leave it out.")) for field in unknown)
            )
        entry = columns.read(content)
        ref, marked = entry.given["ref"], _keyed(entry.given)
        before = self._before(ref, marked)
        if before is not None:
            return before
        if self.members is None:
            entry.told.setdefault("agency", self.desk.code)
        meant_one = _enterprise(entry.given, self.members)
        filed = intake.file(by=self.job.by, **entry.told, enterprise=str(meant_one.pk))
        if self.job.asked["dry_run"]:
            raise Rehearsed(Outcome(Row.State.DONE, {"ref": ref}))
        try:
            with transaction.atomic():
                BatchFiling.objects.create(agency=self.desk, ref=ref, digest=marked, case=filed.case)
        except (
            IntegrityError
        ):  # another batch with the same reference has been quicker: this filing is undone, and the row told as known
            raise Raced from None
        told = {"ref": ref, "number": filed.case.number, "digest": filed.event.digest}
        return Outcome(Row.State.DONE, told, _sealed(self.job, row, filed.code_word))

    def _before(self, ref: str, marked: str) -> Outcome | None:
        held = BatchFiling.objects.filter(agency=self.desk, ref=ref).select_related("case").first()
        if held is None:
            return None
        if held.digest != marked:
            raise Refused(
                "ref-taken",
                gettext_lazy("Case %(number)s was filed under this reference with another content. Add to that case, or give the row a new reference."),
                number=held.case.number,
            )  # fmt: skip
        return Outcome(Row.State.KNOWN, {"ref": ref, "number": held.case.number})


class Raced(Refused):
    """Two batches filed the same reference at the same moment."""

    def __init__(self) -> None:
        super().__init__(
            "in-progress", gettext_lazy("The same row is being filed by another batch. Hand the file in again.")
        )


def _enterprise(given: dict[str, str], members: Collection[UUID] | None) -> Enterprise:
    name, code = given.get("name", ""), given.get("uscc", "")
    try:
        found = Enterprise.objects.filter(pk=UUID(name)).first()
    except ValueError:
        found = None
    return found if found is not None else meant.enterprise(name, code, members)


def _keyed(given: dict[str, str]) -> str:
    """What tells one content from another, and nothing else to whoever has no secret of the node."""
    return hmac.new(settings.SECRET_KEY.encode(), f"batch:{digest(given)}".encode(), hashlib.sha256).hexdigest()


# Code words: kept sealed until they are handed out, once


class CodeWord(NamedTuple):
    """The code word of one case that a batch filed."""

    row: int
    ref: str
    number: str
    code_word: str


def hand_out(job: Job) -> list[CodeWord]:
    """The next code words that were not handed out yet, at most a thousand; the node keeps none of them."""
    with transaction.atomic():
        Job.objects.select_for_update().get(pk=job.pk)
        rows = list(job.rows.exclude(sealed="").order_by("pk")[:AT_ONCE])
        told = [CodeWord(row.number, row.result["ref"], row.result["number"], _opened(job, row)) for row in rows]
        job.rows.filter(pk__in=[row.pk for row in rows]).update(sealed="")
    return told


def _lock(job: Job) -> AESGCM:
    return AESGCM(hmac.new(settings.SECRET_KEY.encode(), f"code-words:{job.pk}".encode(), hashlib.sha256).digest())


def _sealed(job: Job, row: Row, word: str) -> str:
    nonce = secrets.token_bytes(12)
    return base64.b64encode(nonce + _lock(job).encrypt(nonce, word.encode(), str(row.number).encode())).decode()


def _opened(job: Job, row: Row) -> str:
    stored = base64.b64decode(row.sealed)
    try:
        return _lock(job).decrypt(stored[:12], stored[12:], str(row.number).encode()).decode()
    except InvalidTag:  # the secret of the node was changed since
        return ""
