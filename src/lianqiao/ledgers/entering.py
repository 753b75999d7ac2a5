"""The job over an office's ledger, part by part: the lines are looked at, or entered; or cases are taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from lianqiao.batches.actions import takes_in_for
from lianqiao.cases import bulk as begun
from lianqiao.cases import clocks, data, keys, pictures
from lianqiao.cases.actions import imports
from lianqiao.cases.models import Case
from lianqiao.jobs import work
from lianqiao.jobs.models import Job, Problem
from lianqiao.jobs.rows import Fault
from lianqiao.record import bulk
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.registry import names, remembered
from lianqiao.registry.models import Enterprise

from . import incoming, understood
from .comparing import compared
from .incoming import KIND, UNDO, Line
from .models import ImportedLine, LedgerImport

PART = 2000
"""Lines of one part: some hundred milliseconds, so long others wait for SQLite."""
COUNTED = 10_000
"""Lines after which the database counts its rows anew."""
UNDONE_AT_ONCE = 100
"""Cases that are taken back in one part, each by its own verb."""
MOST_PROBLEMS = 5000
"""Problems that are told one by one; of more only the number."""


class Told(NamedTuple):
    """A problem or a note of one line."""

    line: Line
    fault: Fault


class New(NamedTuple):
    """A line that can become a case: what the verb is told, its enterprise, what it is told from others by, and its content."""

    line: Line
    entry: data.Imported
    firm: Enterprise | None
    key: str
    content: str


@work.kind(KIND)
def step(job: Job) -> bool:
    """The next part. The first spreads the file out line by line; after the last, of entering, the file is deleted."""
    ledger = LedgerImport.objects.select_related("agency", "by").get(pk=job.asked["ledger"])
    takes_in_for(job.by, ledger.agency.code)
    if "place" not in job.result:
        if not incoming.file_of(ledger).exists():
            raise Refused("file-gone", _("The file is no longer kept. Hand it in again."), status=404)
        job.total, job.result = incoming.spread(ledger), {"place": 0}
        return job.total == 0
    lines, place = incoming.part(ledger, job.result["place"], PART)
    part = Part(ledger, job)
    told, counts = part.done(lines)
    room = MOST_PROBLEMS - job.result.get("told", 0)
    tell(job, ledger, told[:room])
    job.result = {
        "place": place,
        "keys": part.keys,
        "told": job.result.get("told", 0) + len(told),
        "dry_run": job.asked["dry_run"],
    }
    job.counts = dict(Counter(job.counts) + counts)
    job.done += len(lines)
    whole, before = job.done >= max(job.total, PART), job.done - len(lines)
    if not job.asked["dry_run"] and (whole or job.done // COUNTED > before // COUNTED):
        begun.counted()
        bulk.counted(ImportedLine)
    if job.done < job.total:
        return False
    if not job.asked["dry_run"]:
        LedgerImport.objects.filter(pk=ledger.pk).update(entered=job.counts.get("done", 0))
        transaction.on_commit(lambda: incoming.discard(ledger))
    return True


def tell(job: Job, ledger: LedgerImport, told: Sequence[Told]) -> None:
    """Keep the problems with the headings of their columns."""
    titles = {
        (head["sheet"], ledger.mapping.get(title)): title for head in ledger.heads for title in reversed(head["titles"])
    }
    Problem.objects.bulk_create(
        Problem(
            job=job,
            sheet=line.shown[:100],
            row=line.number,
            column=titles.get((line.sheet, fault.field), fault.field)[:100],
            code=fault.code,
            sentence=fault.sentence[:1000],
        )
        for line, fault in told
    )


class Part:
    """The lines of one part, looked at together: what the database is asked is asked once for all of them."""

    def __init__(self, ledger: LedgerImport, job: Job) -> None:
        self.ledger, self.job, self.told = ledger, job, list[Told]()
        self.keys = job.result.get("keys", 0)
        self.counts: Counter[str] = Counter()

    def done(self, lines: Sequence[Line]) -> tuple[list[Told], Counter[str]]:
        for head in self.ledger.heads:
            own = [line for line in lines if line.compares and line.sheet == head["sheet"]]
            for line, stands, faults in compared(self.ledger, own, head["titles"], by=self.job.by) if own else ():
                self.counts["known" if stands else "faulty"] += 1
                self.note(line, *faults)
        self.take([line for line in lines if not line.compares])
        place = {id(line): n for n, line in enumerate(lines)}
        return sorted(self.told, key=lambda one: place[id(one.line)]), self.counts

    def note(self, line: Line, *faults: Fault) -> None:
        self.told += [Told(line, fault) for fault in faults]

    def faulty(self, line: Line, *faults: Fault) -> None:
        self.note(line, *faults)
        self.counts["faulty"] += 1

    # New lines

    def take(self, lines: Sequence[Line]) -> None:
        """Lines that are to become cases: each is understood, told from others, and looked at by the verb's own rules; then entered, if it is meant."""
        office = understood.Office.of(self.ledger.agency, self.ledger.chosen, remembered.agencies(this_node().code))
        read = [(line, understood.line(line.cells, office)) for line in lines]
        for line, one in read:
            self.note(line, *one.faults, *one.notes)
            self.counts["faulty"] += bool(one.faults)
        good = [(line, one.told, incoming.key_of(self.ledger.agency, one.told)) for line, one in read if not one.faults]
        firms = Firms([told for _line, told, _key in good], self.associated())
        there = incoming.standing(self.ledger.agency, self.job.by, (key for _line, _told, key in good))
        met = incoming.met(self.ledger, self.job.result.get("keys", 0))
        here, new = set(met), list[New]()
        for line, told, key in good:
            content = incoming.keyed(self.ledger.agency, line.cells)
            if key in here:
                sentence = _("Another line of the file says the same, or has the same number. Give each its own.")
                self.faulty(line, Fault("ref" if told.get("ref") else "", "line-twice", sentence))
            elif key in there:
                self.known(line, there[key], content)
            elif entry := self.entry(line, told, firms.of(told)):
                new.append(New(line, entry, firms.of(told), key, content))
            here.add(key)
        self.keys = incoming.meet(self.ledger, here - met)
        self.enter(new)

    def known(self, line: Line, held: incoming.Held, content: str) -> None:
        """A line that stands here as a case already; what it says differently is noted and changes nothing."""
        self.counts["known"] += 1
        if held.digest != content:
            sentence = _(
                "It was entered before as %(case)s, with other words; that case stays as it is. What has changed is done there."
            )
            self.note(line, Fault("", "differs", sentence % {"case": held.number}))

    def enter(self, new: list[New]) -> None:
        """Enter the cases, all at once; where the rules of the verb refuse one (also: meanwhile), the others. Looking asks the rules alone."""
        if self.job.asked["dry_run"]:
            new = self.allowed(new)
        elif new:
            with bulk.room():
                try:
                    cases = imports.enter([(one.entry, one.firm) for one in new], by=self.job.by)
                except Refused:
                    new = self.allowed(new)
                    cases = imports.enter([(one.entry, one.firm) for one in new], by=self.job.by)
                entered = zip(new, cases, strict=True)
                incoming.write(self.ledger, [(one.key, one.content, case.pk) for one, case in entered])
        self.counts["done"] += len(new)

    def allowed(self, new: Sequence[New]) -> list[New]:
        """Those that the rules of the verb do not refuse; of the others it is told why."""
        kept = []
        for one in new:
            refused = imports.refusal(one.entry, one.firm, by=self.job.by)
            if refused is None:
                kept.append(one)
            else:
                self.faulty(one.line, Fault("", refused.code, str(refused)))
        return kept

    def associated(self) -> set[Any] | None:
        """The enterprises to which the cases of a chamber or workstation may be tied; None for a centre, which takes in for any."""
        return keys.followed_by(self.job.by) if self.ledger.agency.kind in keys.ASSOCIATING else None

    def entry(self, line: Line, told: Mapping[str, Any], firm: Enterprise | None) -> data.Imported | None:
        """What the verb is told of the line; None where it cannot be, with the reason told."""
        if firm is None and told.get("enterprise_code"):
            sentence = _("The registry has no enterprise with this code; the case names it without being tied to it.")
            self.note(line, Fault("enterprise_code", "unlinked", sentence))
        more = {
            "agency": self.ledger.agency.code, "ledger": self.ledger.pk, "source": self.ledger.file_digest, "sheet": line.sheet, "row": line.number,
            "evidence": self.ledger.file_name,
        }  # fmt: skip
        if word := told.get("ground"):
            more["ground"] = self.ground(line, told, word)
        if firm is not None:
            more |= {"enterprise": firm.pk, "enterprise_name": told.get("enterprise_name") or firm.name_zh}
        try:
            entry = data.read("imported", {**told, **more})
        except Refused as refused:
            each = refused.params.get("problems") or [{"field": "", "code": refused.code, "sentence": str(refused)}]
            self.faulty(line, *(Fault(one["field"], one["code"], one["sentence"]) for one in each))
            return None
        assert isinstance(entry, data.Imported)
        return entry

    def ground(self, line: Line, told: Mapping[str, Any], word: str) -> str | None:
        """The ground that a word stands for in the rule of procedure of the line; None, with a note, for a word that it does not know."""
        case = Case.begin()
        case.agency, case.programme, case.kind = self.ledger.agency, told["programme"], told["kind"]
        known = clocks.choose_regime(case, told["legal_date"]).regime.conclusion_grounds
        said = names.plain(word).strip()
        for one in known:
            if said in (names.plain(one.code), names.plain(one.text.zh), names.plain(one.text.en)):
                return one.code
        sentence = _("“%(word)s” is no ground of the rule of procedure; it is left out. Known: %(known)s.")
        listed = pictures.listed(one.text.in_(pictures.language()) for one in known)
        self.note(line, Fault("ground", "other-word", sentence % {"word": word[:60], "known": listed}))
        return None


class Firms:
    """The enterprises of the registry that some lines mean: by code, else by the whole name where one alone has it."""

    def __init__(self, told: Sequence[Mapping[str, Any]], among: set[Any] | None) -> None:
        self.among = among
        codes = {one["enterprise_code"] for one in told if one.get("enterprise_code")}
        named = {
            one["enterprise_name"] for one in told if one.get("enterprise_name") and not one.get("enterprise_code")
        }
        by_code = Enterprise.objects.filter(uscc__in=codes).select_related("root") if codes else ()
        by_name = Enterprise.objects.filter(name_zh__in=named).select_related("root") if named else ()
        self.codes = {one.uscc: one.stands for one in by_code}
        self.names: dict[str, set[Enterprise]] = {}
        for one in by_name:
            self.names.setdefault(one.name_zh, set()).add(one.stands)

    def of(self, told: Mapping[str, Any]) -> Enterprise | None:
        if code := told.get("enterprise_code"):
            found = self.codes.get(code)
        else:
            meant = self.names.get(told.get("enterprise_name", ""), set())
            found = next(iter(meant)) if len(meant) == 1 else None
        return found if found and (self.among is None or found.pk in self.among) else None


@work.kind(UNDO)
def step_back(job: Job) -> bool:
    """Take the next cases back, each by its own event. One on which somebody has acted since it was decided stays, and is told."""
    ledger = LedgerImport.objects.select_related("agency").get(pk=job.asked["ledger"])
    lines = (
        ImportedLine.objects.filter(ledger=ledger, stands=True, pk__gt=job.result.get("after", 0))
        .select_related("case")
        .order_by("pk")
    )
    if not job.total:
        job.total = lines.count()
    part = list(lines[:UNDONE_AT_ONCE])
    gone = []
    for line in part:
        try:
            with transaction.atomic():
                imports.take_back(line.case, ledger=str(ledger.pk), decided=job.asked["decided"])
            gone.append(line.pk)
        except Refused as refused:
            Problem.objects.create(
                job=job, row=line.case_id, column=line.case.number, code=refused.code, sentence=str(refused)
            )
    ImportedLine.objects.filter(pk__in=gone).update(stands=False)
    job.counts = dict(Counter(job.counts) + Counter(done=len(gone), faulty=len(part) - len(gone)))
    job.done, job.result = job.done + len(part), {"after": part[-1].pk if part else 0}
    return len(part) < UNDONE_AT_ONCE
