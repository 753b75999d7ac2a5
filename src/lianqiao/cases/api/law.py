"""The law of this node as its administrators change it: regimes adopted, corrected and ended, holiday notices adopted and undone.

What each would do to running cases is told by the same operation with `dry_run`; nothing is written then.
"""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from lianqiao.cases import adoption, redating
from lianqiao.cases.actions import calendars
from lianqiao.law import comparison
from lianqiao.law.calendar import Year
from lianqiao.law.regime import regimes, shipped
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import access, adopting, finding, lawbook
from lianqiao.registry.actions import law
from lianqiao.registry.api.competence import officer
from lianqiao.registry.api.forms import Day, Form, example
from lianqiao.registry.door import acting, person_of, reading
from lianqiao.registry.models import AdoptedCalendar, AdoptedRegime

router = Router(tags=["law"])
MOST = 200
"""Cases and dates that one answer tells; the counts are of all."""
DryRun = Annotated[bool, Field(description="Only tell what would change.")]
Both = dict[str, str]


class CaseEffect(BaseModel):
    """A case that is not accepted yet and would be accepted under another version."""

    number: str
    before: str
    after: str
    handled_before: date | None = Field(
        description="End of handling if it were accepted on the day, by the version before."
    )
    handled_after: date | None


class RegimeOutcome(BaseModel):
    """What a change of a regime did, or with `dry_run` would do."""

    done: bool
    regime: str
    version: int
    digest: str
    since: date | None = Field(description="First day of the new version; null for an end.")
    until: date | None = Field(description="Last day, for an end.")
    differences: list[str] = Field(description="Lines of the comparison with what was in force, of what differs.")
    followers: list[str] = Field(description="Regimes that inherit from it and follow.")
    keeping: int = Field(description="Running cases that were accepted before and keep their version.")
    cases: list[CaseEffect] = Field(description=f"At most {MOST}.")


class AdoptionRow(BaseModel):
    regime: str
    version: int
    digest: str
    since: date
    until: date | None
    adopted_at: datetime
    by: str
    evidence: dict[str, str] = Field(description="Of a correction: limit, kind, article and the words that were read.")


class Adoptions(BaseModel):
    adoptions: list[AdoptionRow]
    next: int | None


class DateEffect(BaseModel):
    """A running date that a notice moves, or that stays because it had been told."""

    number: str
    clock: str
    before: date | None
    after: date | None
    reckoned: date | None = Field(description="The day to which the calendar alone would lead.")
    told: bool = Field(description="Whether the date had been told; then those concerned are told the new one.")
    stays: bool


class NoticeOutcome(BaseModel):
    """What adopting or undoing a holiday notice did, or with `dry_run` would do. The dates follow within a minute or two."""

    done: bool
    id: int | None = Field(description="Number of the notice.")
    year: int
    region: str = Field(
        description="Beginning of the division codes for which it holds; nothing for the whole country."
    )
    source: Both
    moved: int = Field(description="Dates that move.")
    staying: int = Field(description="Dates that stay because they had been told.")
    settled: int = Field(description="Dates that only become certain or uncertain.")
    dates: list[DateEffect] = Field(description=f"At most {MOST}.")


class NoticeOfHolidays(BaseModel):
    id: int
    year: int
    region: str
    source: Both
    adopted_at: datetime
    by: str
    undone_at: datetime | None


class NoticesOfHolidays(BaseModel):
    holiday_notices: list[NoticeOfHolidays]


class AdoptForm(Form):
    """Either the id of a regime that the package brings, or a text."""

    regime: str = Field("", max_length=64, description="Id of a regime that the package brings.")
    text: str = Field("", max_length=adopting.LONGEST_TEXT, description="Or the regime as TOML.")
    jurisdiction: str | None = Field(
        None,
        max_length=6,
        description="For a pattern: the place for which it is adopted, as beginning of a division code.",
    )
    since: Day = Field(None, description="First day; today if not said.")
    dry_run: DryRun = False


def effects(codes: set[str], book: lawbook.LawBook, on: date) -> dict[str, Any]:
    return {
        "keeping": adoption.keeping(codes),
        "cases": [
            {
                "number": one.case.number,
                "before": f"{one.before.id} {one.before.version}",
                "after": f"{one.after.id} {one.after.version}",
                "handled_before": one.handled_before,
                "handled_after": one.handled_after,
            }
            for one in islice(adoption.effects(book, on), MOST)
        ],
    }


def planned(plan: adopting.Plan, book: lawbook.LawBook) -> dict[str, Any]:
    """What the plan would do."""
    codes = {edition.regime.id for edition in plan.editions}
    return {
        "done": False,
        "regime": plan.regime.id,
        "version": plan.regime.version,
        "digest": plan.regime.digest,
        "since": plan.since,
        "until": None,
        "differences": comparison.differences(plan.before, plan.regime, get_language() or "zh") if plan.before else [],
        "followers": [edition.regime.id for edition in plan.editions[1:]],
    } | effects(codes, book.with_adopted(plan.adoptions()), max(plan.since, today()))


@router.post(
    "/regimes",
    auth=acting,
    response=RegimeOutcome,
    summary=gettext_noop("Adopt a regime"),
    openapi_extra=example({"regime": "cn-mofcom-2020-3", "since": "2027-01-01", "dry_run": True}),
)
def adopt_regime(request: HttpRequest, form: AdoptForm) -> object:
    """Adopt a version of a regime for this node from a day, as administrator. Cases that were accepted before keep theirs."""
    by, book, since = person_of(request), lawbook.read(), form.since or today()
    access.admin(by)
    if bool(form.regime) == bool(form.text):
        raise Refused("one-of-two", _("Send the id of a regime, or a text, not both."), status=422)
    if form.regime and form.regime not in regimes():
        raise Refused(
            "unknown-regime",
            _("There is no regime with this id. Known: %(known)s."),
            status=422,
            known=", ".join(regimes()),
        )
    text = form.text or shipped(form.regime).decode()
    if form.jurisdiction is not None:
        code = form.regime or adopting.code_of(text)
        text = adopting.placed(text, form.jurisdiction, adopting.next_version(code, book))
    told = planned(adopting.plan(text, book, since), book)
    if not form.dry_run:
        law.adopt_regime(text, since=since, by=by)
    return told | {"done": not form.dry_run}


class CorrectForm(Form):
    """A figure as a jurist read it; what is left out stays as it is."""

    limit: str = Field(max_length=16)
    kind: str = Field("", max_length=16, description="Kind of case, where the limit differs by kind.")
    amount: Annotated[int, Field(ge=1, le=10_000)] | None = None
    unit: Annotated[str, Field(max_length=16)] | None = None
    article: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    verified: bool = Field(False, description="The figure was read; needs `text`.")
    mark: Annotated[str, Field(max_length=8)] | None = Field(None, description="Where it was read: V1, V2, K ...")
    text: str = Field("", max_length=law.LONGEST_QUOTE, description="The words of the article as read.")
    since: Day = None
    dry_run: DryRun = False


@router.post(
    "/regimes/{regime}/correct",
    auth=acting,
    response=RegimeOutcome,
    summary=gettext_noop("Correct a figure of a regime"),
    openapi_extra=example(
        {
            "limit": "deliver",
            "amount": 5,
            "article": "20",
            "verified": True,
            "text": "第二十条　……五个工作日内……",
            "dry_run": True,
        }
    ),
)
def correct_regime(request: HttpRequest, regime: str, form: CorrectForm) -> object:
    """Correct one figure, with article and the words that were read, as administrator. The record keeps who and when; a running case
    keeps the version under which it was accepted."""
    by, book, since = person_of(request), lawbook.read(), form.since or today()
    access.admin(by)
    given = form.model_dump(exclude={"text", "since", "dry_run"})
    correction = adopting.Correction(**given, quote=form.text)
    told = planned(adopting.plan(law.correct_text(regime, correction, since, book), book, since), book)
    if not form.dry_run:
        law.correct_regime(regime, correction, since=since, by=by)
    return told | {"done": not form.dry_run}


class EndRegimeForm(Form):
    on: Day = Field(None, description="Last day; today if not said.")
    dry_run: DryRun = False


@router.post(
    "/regimes/{regime}/end",
    auth=acting,
    response=RegimeOutcome,
    summary=gettext_noop("End a regime"),
    openapi_extra=example({"on": "2027-12-31", "dry_run": True}),
)
def end_regime(request: HttpRequest, regime: str, form: EndRegimeForm) -> object:
    """End a regime at this node, as administrator; what begins afterwards goes by what is then the strongest."""
    by, book, last = person_of(request), lawbook.read(), form.on or today()
    access.admin(by)
    held = adopting.in_force(regime, book, last)
    told = effects({regime}, book.with_end(regime, last), date.fromordinal(last.toordinal() + 1))
    if not form.dry_run:
        law.end_regime(regime, on=last, by=by)
    return told | {
        "done": not form.dry_run,
        "regime": held.id,
        "version": held.version,
        "digest": held.digest,
        "since": None,
        "until": last,
        "differences": [],
        "followers": [],
    }


class AdoptionsWanted(BaseModel):
    regime: str = Field("", max_length=64)
    after: int = Field(0, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=MOST)


@router.get("/adoptions", auth=reading, response=Adoptions, summary=gettext_noop("List what law the node has adopted"))
def list_adoptions(request: HttpRequest, wanted: Query[AdoptionsWanted]) -> object:
    """Every adoption, oldest first: version, days, who, and the words of a correction. For officers."""
    officer(request)
    rows = AdoptedRegime.objects.filter(pk__gt=wanted.after).select_related("text", "by").order_by("pk")
    rows = rows.filter(text__regime=wanted.regime) if wanted.regime else rows
    found = list(rows[: wanted.limit + 1])
    shown = found[: wanted.limit]
    return {
        "adoptions": [
            {
                "regime": row.text.regime,
                "version": row.text.version,
                "digest": row.text.digest,
                "since": row.since,
                "until": row.until,
                "adopted_at": row.adopted_at,
                "by": str(row.by),
                "evidence": row.evidence,
            }
            for row in shown
        ],
        "next": shown[-1].pk if len(found) > wanted.limit else None,
    }


# -- holiday notices ---------------------------------------------------------------------------------------------------


class NoticeForm(Form):
    text: str = Field(min_length=1, max_length=50_000, description="The notice as a year file (TOML).")
    dry_run: DryRun = False


def dates(changes: Iterable[redating.Change]) -> dict[str, Any]:
    """What happens to running dates: counts of all, the first of those that move or stay."""
    counts = {"moved": 0, "staying": 0, "settled": 0}
    shown: list[dict[str, Any]] = []
    for one in changes:
        counts["moved" if one.moves else "staying" if one.stays else "settled"] += 1
        if (one.moves or one.stays) and len(shown) < MOST:
            shown.append(
                {
                    "number": one.clock.case.number,
                    "clock": one.clock.name,
                    "before": one.before,
                    "after": one.after,
                    "reckoned": one.reckoned,
                    "told": one.told,
                    "stays": not one.moves,
                }
            )
    return counts | {"dates": shown}


def notice_told(year: Year, changed: dict[str, Any], notice: int | None) -> dict[str, Any]:
    return changed | {
        "done": notice is not None,
        "id": notice,
        "year": year.year,
        "region": year.region,
        "source": redating.source(year).as_data(),
    }


@router.post(
    "/holiday_notices",
    auth=acting,
    response=NoticeOutcome,
    summary=gettext_noop("Adopt a holiday notice"),
    openapi_extra=example({"text": 'year = 2027\nstatus = "announced"\n', "dry_run": True}),
)
def adopt_notice(request: HttpRequest, form: NoticeForm) -> object:
    """Adopt a holiday notice, as administrator. Running dates follow; a date that had been told never moves to an earlier day."""
    by = person_of(request)
    access.admin(by)
    year = law.read_notice("notice.toml", form.text)
    changed = dates(redating.changes(lawbook.read().with_notice(year), year))
    adopted = None if form.dry_run else calendars.adopt_notice("notice.toml", form.text, by=by)
    return notice_told(year, changed, adopted.notice.pk if adopted else None)


class UndoForm(Form):
    dry_run: DryRun = False


@router.post(
    "/holiday_notices/{int:notice}/undo",
    auth=acting,
    response=NoticeOutcome,
    summary=gettext_noop("Undo a holiday notice"),
    openapi_extra=example({"dry_run": True}),
)
def undo_notice(request: HttpRequest, notice: int, form: UndoForm) -> object:
    """Take a notice back, as administrator: what held before it holds again, and running dates follow."""
    by = person_of(request)
    access.admin(by)
    row: AdoptedCalendar = finding.row(AdoptedCalendar, notice)
    year = lawbook.year_of(row)
    if row.undone_at is not None:
        raise Refused("undone-already", _("This notice has been undone already."))
    changed = dates(redating.changes(lawbook.read().without_notice(year), year))
    if not form.dry_run:
        calendars.undo_notice(row, by=by)
    return notice_told(year, changed, None if form.dry_run else row.pk)


@router.get(
    "/holiday_notices",
    auth=reading,
    response=NoticesOfHolidays,
    summary=gettext_noop("List the holiday notices that the node has adopted"),
)
def list_notices(request: HttpRequest) -> object:
    """The last hundred, newest first, with who adopted them and whether they hold. For officers."""
    officer(request)
    return {
        "holiday_notices": [
            {
                "id": row.pk,
                "year": row.year,
                "region": row.region,
                "source": redating.source(lawbook.year_of(row)).as_data(),
                "adopted_at": row.adopted_at,
                "by": str(row.by),
                "undone_at": row.undone_at,
            }
            for row in AdoptedCalendar.objects.select_related("by").order_by("-pk")[:100]
        ]
    }
