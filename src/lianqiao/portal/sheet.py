"""What the page of one case shows to who files it: where it stands, who answers, by when, what is asked, what happened, what may be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from lianqiao.cases import access, code_words, flow, keys, parts, pictures, related, sentences, timeline
from lianqiao.cases.data import lines
from lianqiao.cases.models import Case, CaseQuerySet, Question
from lianqiao.law.categories import CATEGORIES
from lianqiao.law.text import in_two
from lianqiao.portal import forms
from lianqiao.record import time
from lianqiao.registry import remembered
from lianqiao.registry.models import Person

TONES = {
    flow.State.CORRECTING: "warn",
    flow.State.REFUSED: "bad",
    flow.State.CONCLUDED: "good",
    flow.State.DELIVERED: "good",
    flow.State.WITHDRAWN: "",
    flow.State.ARCHIVED: "",
}
OURS = {"file", "supplement", "summarise", "reply", "attach", "withdraw", "rate", "object"}
PARTS = ("attachments", "questions", "participants", "clocks", "requests", "holds", "subjects", "exclusions", "keys")
BETWEEN_AGENCIES = {"supervision", "co_handling"}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    number: int
    sentence: str
    said: str
    until: list[str]
    at: datetime
    by: str
    tone: str
    legal_date: date | None
    cited: Sequence[tuple[str, str]] = ()
    """Where it stands in agreement and rule: addresses for officers, in words."""


@dataclass(frozen=True)
class Asked:
    """A question that waits for the enterprise's answer."""

    number: int
    question: str
    reply_by: str


def case_of(person: Person, number: str) -> Case:
    """The case if the person may see it, with all that hangs on it: one query. Refused: else (404), whether it exists or not."""
    own = Case.objects.visible_to(person).numbered(number)
    read = own.annotate(has_ties=related.has_ties(), **timeline.sides(person), **parts.reading(*PARTS))
    found = read.select_related(*code_words.RELATED, "handler").first()
    if found is None:
        raise access.unknown_case()
    return timeline.known_reader(access.seen(parts.in_hand(found, *PARTS), person), person)


def own_cases(person: Person) -> CaseQuerySet:
    """The cases of the enterprises for which the person acts, as far as they may see them."""
    held = keys.enterprise_ids_of(person) | keys.followed_by(person)
    waits = Question.objects.filter(case=OuterRef("pk"), to="enterprise", answered_by__isnull=True)
    return Case.objects.visible_to(person).filter(enterprise__in=held).listed(person).annotate(asked=Exists(waits))


def asks_for(case: Any) -> str:
    """What a line of the list asks of the enterprise, in a few words; "" for nothing."""
    if case.state == flow.State.CORRECTING:
        return _("Hand in what is missing")
    if case.asked:
        return _("Answer a question")
    if case.state == flow.State.DELIVERED and case.score is None:
        return _("Rate the handling")
    return ""


def tone_of(case: Case) -> str:
    return TONES.get(flow.State(case.state), "act")


def shown(case: Case, person: Person, bound: dict[str, Any] | None = None, seen: int | None = None) -> dict[str, Any]:
    """All that the page shows. `bound`: forms that were sent and are shown again; `seen`: the version that the sender had seen."""
    by = timeline.reader(case, person)
    steps = timeline.steps(case, by)
    limits = [clock for clock in case.clocks.all() if clock.name not in BETWEEN_AGENCIES or by.officer]
    possible = access.possible(case, person)
    said = steps[0].data if steps and steps[0].event.number == 1 else {}
    bars = [pictures.bar(clock) for clock in limits if clock.stopped_on is None]
    return {
        "case": case,
        "state": flow.State(case.state).label,
        "handled_by": in_two(case.peer_agency).in_(pictures.language()),
        "tone": tone_of(case),
        "category": CATEGORIES[case.category].in_(pictures.language()) if case.category in CATEGORIES else "",
        "said": {name: value for name in ("facts", "request", "basis") if isinstance(value := said.get(name), str)},
        "respondents": names(said.get("respondents", [])),
        "known": by.knows_identity,
        "contact": contact(said) if by.knows_identity else "",
        "bars": bars,
        "nearest": min((bar for bar in bars if bar.clock.due_on), key=lambda bar: str(bar.clock.due_on), default=None),
        "past_bars": [pictures.bar(clock) for clock in limits if clock.stopped_on is not None],
        "entries": [entry(case, step) for step in reversed(steps)],
        "stops": pictures.journey(steps, lambda step: sentences.sentence(case, step)),
        "missing": missing(case, steps),
        "asked": asked(steps) if "reply" in possible or not by.officer else [],
        "files": [held for held in case.attachments.all() if str(held.pk) in by.attachments],
        "days": (time.today() - case.first_filed_on).days,
        "ground": ground(case, steps),
        "possible": possible,
        "forms": verb_forms(case, possible, bound or {}),
        "since": [entry(case, step) for step in steps if seen is not None and step.event.number > seen],
        "related": by.related,
        "is_officer": by.officer,
        "crumbs": [(_("My cases"), "/cases"), (case.number, "")],
    }


def entry(case: Case, step: timeline.Step) -> Entry:
    verb = step.event.verb
    tone = (
        "us"
        if verb in OURS
        else "told"
        if verb in pictures.CROSSING
        else "clock-did"
        if step.event.by_kind == "clock"
        else ""
    )
    on = step.event.legal_date
    late = on if on != time.day_of(step.event.recorded_at) else None
    return Entry(
        step.event.number,
        sentences.sentence(case, step),
        sentences.spoken(step) if verb != "file" else "",
        sentences.until(case, step),
        step.event.recorded_at,
        step.by,
        tone,
        late,
    )


def contact(said: dict[str, Any]) -> str:
    """How to reach who files, in one line, as far as it was not erased."""
    told = (said.get(f"contact.{part}") for part in ("name", "phone", "email"))
    return pictures.listed(value for value in told if isinstance(value, str))


def names(codes: Sequence[str]) -> list[str]:
    return [agency.label if (agency := remembered.agency(code)) else code for code in codes]


def missing(case: Case, steps: Sequence[timeline.Step]) -> list[str]:
    """What the correction notice asks for, while it waits."""
    if case.state != flow.State.CORRECTING:
        return []
    notices = [step for step in steps if step.event.verb == "request_correction"]
    return lines(notices[-1].data, "missing") if notices else []


def asked(steps: Sequence[timeline.Step]) -> list[Asked]:
    """The questions to the enterprise that nobody has answered, those of the other region among them."""
    answered = {step.data.get("ask") for step in steps if step.event.verb in ("reply", "answer_reported")}
    return [
        Asked(step.data["question_number"], sentences.spoken(step), str(step.data.get("reply_by") or ""))
        for step in steps
        if (step.event.verb == "question_reported" or step.data.get("to") == "enterprise")
        and step.data.get("question_number") not in answered
    ]


def ground(case: Case, steps: Sequence[timeline.Step]) -> timeline.Step | None:
    """The step that refused or concluded the case, for its reasons."""
    ended = [step for step in steps if step.event.verb in ("refuse", "conclude", "result_reported")]
    return (
        ended[-1] if ended and case.state in (flow.State.REFUSED, flow.State.CONCLUDED, flow.State.DELIVERED) else None
    )


def verb_forms(case: Case, possible: Sequence[str], bound: dict[str, Any]) -> dict[str, Any]:
    """A form for each verb that is open to the person, or the one that was sent."""
    return {
        verb: bound.get(verb) or forms.VERBS[verb](auto_id=f"{verb}_%s")
        for verb in forms.VERBS
        if verb in possible or verb in bound
    }


def of_open(cases: CaseQuerySet, which: str) -> CaseQuerySet:
    """Those that are not finished, those that are, or all."""
    if which == "open":
        return cases.filter(
            Q(state__in=flow.OPEN) | Q(state=flow.State.CONCLUDED) | Q(state=flow.State.DELIVERED, score__isnull=True)
        )
    if which == "finished":
        return cases.filter(
            state__in=(flow.State.REFUSED, flow.State.DELIVERED, flow.State.WITHDRAWN, flow.State.ARCHIVED)
        )
    return cases
