"""The law by the API, as it is in force at this node: regimes, calendars, deadlines, divisions. For everybody."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from lianqiao.law import categories, comparison, divisions
from lianqiao.law.aloud import aloud
from lianqiao.law.applicable import limit_for
from lianqiao.law.areas import service_areas
from lianqiao.law.calendar import BEIJING, Calendar
from lianqiao.law.clock import explain
from lianqiao.law.limit import EVENT_DATE, HOURS
from lianqiao.law.regime import KINDS, PROGRAMMES, Regime
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import lawbook

router = Router(tags=["law"], auth=None)
Both = dict[str, str]


class RegimeRow(BaseModel):
    id: str
    version: int
    title: Both
    programmes: list[str]
    kinds: list[str]
    jurisdiction: str = Field(description='Beginning of a division code; "" is the whole country.')
    first: date
    until: date | None
    digest: str


class Regimes(BaseModel):
    regimes: list[RegimeRow]


class RegimeSheet(RegimeRow):
    """One statute: its limits, grounds, causes, materials and notices, each with its article and how well it is known."""

    source: str
    mark: str
    limits: list[dict[str, Any]]
    refusal_grounds: list[dict[str, Any]]
    conclusion_grounds: list[dict[str, Any]]
    pause_causes: list[dict[str, Any]]
    materials: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    provisions: list[dict[str, Any]]


class CalendarSheet(BaseModel):
    year: int
    provisional: bool
    days: list[dict[str, Any]] = Field(description="Every day that is not what its weekday says.")


class Deadline(BaseModel):
    """A deadline with its arithmetic, as `lianqiao deadline --json` prints it."""

    regime: str
    due: date | None
    sentences: dict[str, list[str]]
    explanation: dict[str, Any]


class DivisionRow(BaseModel):
    code: str
    name: Both
    level: str


class Divisions(BaseModel):
    divisions: list[DivisionRow]


class Words(BaseModel):
    """The codes that a filing may use."""

    programmes: dict[str, Both]
    kinds: dict[str, Both]
    categories: dict[str, Both]


def calendar() -> Calendar:
    """The calendar of this node's own region."""
    return lawbook.book().calendar(this_node().code)


def held(code: str) -> Regime:
    in_force = lawbook.book().in_force(today())
    found = in_force.get(code)
    if found is None:
        raise Refused(
            "unknown-regime",
            _("There is no regime with this id. Known: %(known)s."),
            status=404,
            known=", ".join(in_force),
        )
    return found


def row(regime: Regime) -> dict[str, Any]:
    return {
        "id": regime.id,
        "version": regime.version,
        "title": regime.title.as_data(),
        "programmes": list(regime.programmes),
        "kinds": list(regime.kinds),
        "jurisdiction": regime.jurisdiction,
        "first": regime.first,
        "until": regime.until,
        "digest": regime.digest,
    }


@router.get("/regimes", response=Regimes, summary=gettext_noop("List regimes"))
def list_regimes(request: HttpRequest) -> object:
    """The statutes that this node goes by today, as data, each in the version that is in force here."""
    return {"regimes": [row(regime) for regime in lawbook.book().in_force(today()).values()]}


@router.get("/regimes/{regime}", response=RegimeSheet, summary=gettext_noop("Read a regime"))
def read_regime(request: HttpRequest, regime: str) -> object:
    """One statute with its limits and grounds, each with article, evidence and whether its figure was verified."""
    found = held(regime)
    lists = ("refusal_grounds", "conclusion_grounds", "pause_causes", "materials", "notices", "provisions")
    return row(found) | {
        "source": found.source,
        "mark": found.mark,
        "limits": [limit.as_data() for limit in found.limits],
        **{name: [item.as_data() for item in getattr(found, name)] for name in lists},
    }


class Aloud(BaseModel):
    regime: str
    text: str = Field(description="The whole regime in sentences, in the reader's language.")


@router.get("/regimes/{regime}/aloud", response=Aloud, summary=gettext_noop("Read a regime aloud"))
def read_aloud(request: HttpRequest, regime: str) -> object:
    """One statute in sentences, as a jurist would read it out: every figure with article and standing."""
    return {"regime": regime, "text": aloud(held(regime), get_language() or "zh")}


class Side(BaseModel):
    """What two regimes say of one matter."""

    part: str
    name: str
    left: str
    right: str
    mark: str = Field(description="= the same; ~ the same figure, another start or standing; # different.")


class Sides(BaseModel):
    lines: list[Side]


class Compared(BaseModel):
    kind: str | None = Field(None, max_length=16)


@router.get("/regimes/{regime}/compare/{other}", response=Sides, summary=gettext_noop("Compare two regimes"))
def compare_regimes(request: HttpRequest, regime: str, other: str, wanted: Query[Compared]) -> object:
    """Two statutes side by side, every difference marked."""
    lang = get_language() or "zh"
    if wanted.kind is not None and wanted.kind not in KINDS:
        raise Refused(
            "unknown-kind", _("There is no such kind of case. Known: %(known)s."), status=422, known=", ".join(KINDS)
        )
    lines = comparison.compare(held(regime), held(other), wanted.kind)
    return {
        "lines": [
            {"mark": line.mark} | {name: getattr(line, name).in_(lang) for name in ("part", "name", "left", "right")}
            for line in lines
        ]
    }


class AreaRow(BaseModel):
    """A new area or zone without a division code."""

    code: str
    name: Both
    first: date
    until: date | None
    divisions: list[str] = Field(description="In which it lies, mostly in part.")
    upper: str = Field(description="The division that answers where the area has no rule of its own.")
    within: str
    statistical_code: str


class Areas(BaseModel):
    areas: list[AreaRow]


@router.get("/areas", response=Areas, summary=gettext_noop("List service areas without a division code"))
def list_areas(request: HttpRequest) -> object:
    """New areas and zones, for which competence is entered by their own code."""
    return {
        "areas": [
            {
                "code": one.code,
                "name": one.name.as_data(),
                "first": one.first,
                "until": one.until,
                "divisions": list(one.divisions),
                "upper": one.upper,
                "within": one.within,
                "statistical_code": one.statistical_code,
            }
            for one in service_areas().values()
        ]
    }


@router.get("/words", response=Words, summary=gettext_noop("List the codes of a filing"))
def words(request: HttpRequest) -> object:
    """Programmes, kinds of case and matters, in both languages."""
    tables = {"programmes": PROGRAMMES, "kinds": KINDS, "categories": categories.CATEGORIES}
    return {name: {code: text.as_data() for code, text in table.items()} for name, table in tables.items()}


@router.get("/calendars/{int:year}", response=CalendarSheet, summary=gettext_noop("Read a calendar year"))
def read_calendar(request: HttpRequest, year: int) -> object:
    """Holidays and make-up workdays of a year, each with its notice."""
    years = {known.year for known in lawbook.book().years}
    if year not in years:
        known = ", ".join(map(str, sorted(years)))
        raise Refused(
            "unknown-year", _("No calendar is held for this year. Known: %(known)s."), status=404, known=known
        )
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = [
        {
            "date": day.date.isoformat(),
            "working": day.working,
            "kind": day.kind,
            "reason": day.reason.as_data(),
            "source": day.source.as_data(),
            "provisional": day.provisional,
        }
        for day in calendar().span(first, last)
        if day.kind not in ("weekend", "weekday")
    ]
    return {"year": year, "provisional": calendar().is_provisional(first, last), "days": days}


class DeadlineAsked(BaseModel):
    regime: str = Field(max_length=64)
    limit: str = Field(max_length=16, description="correct, supplement, accept, handle, deliver, review ...")
    start: str = Field(
        alias="from", max_length=25, description="Date, or date and time of Beijing, of the event that starts it."
    )
    kind: str | None = Field(None, max_length=16)


@router.get("/deadline", response=Deadline, summary=gettext_noop("Compute a deadline"))
def deadline(request: HttpRequest, asked: Query[DeadlineAsked]) -> object:
    """The last day of a limit, and every day that led there."""
    regime = held(asked.regime)
    limit = limit_for(regime, asked.limit, asked.kind, last_resort=lawbook.last_resort(today()))
    if limit is None or limit.unit == EVENT_DATE:
        known = ", ".join(dict.fromkeys(limit.name for limit in regime.limits))
        raise Refused(
            "unknown-limit",
            _("%(regime)s has no such limit, or sets it by an event or by kind of case. Known: %(known)s."),
            status=422,
            regime=regime.id,
            known=known,
        )
    begun = _moment(asked.start)
    if limit.unit == HOURS and not isinstance(begun, datetime):
        raise Refused("needs-time", _("A limit in hours needs a time of day: 2026-09-18T10:00."), status=422)
    try:
        told = explain(limit, begun, calendar())
        data = told.as_data()
    except (OverflowError, ValueError):
        raise Refused("too-far", _("The date lies outside the years 1 to 9999."), status=422) from None
    return {"regime": regime.id, "due": told.due, "sentences": data.pop("sentences"), "explanation": data}


def _moment(given: str) -> date | datetime:
    try:
        if len(given) == 10:
            return date.fromisoformat(given)
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise Refused(
            "wrong-date", _("This is no date. Write 2026-09-18, or 2026-09-18T10:00 (Beijing time)."), status=422
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)


class Under(BaseModel):
    under: str = Field(
        "", pattern="^[0-9]{0,6}$", description="Division code; its direct children are listed. Empty: provinces."
    )


@router.get("/divisions", response=Divisions, summary=gettext_noop("List administrative divisions"))
def list_divisions(request: HttpRequest, wanted: Query[Under]) -> object:
    """The divisions directly below one, or the provinces."""
    if wanted.under:
        found = list(divisions.children(wanted.under))
    else:
        found = [division for division in divisions.divisions().values() if division.level == "province"]
    return {"divisions": [{"code": one.code, "name": one.name.as_data(), "level": one.level} for one in found]}
