"""The form of each verb, made from what the verb must be told (`cases.data`); here stand only the words of the fields and what may be chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic.fields import FieldInfo

from lianqiao.cases import clocks, data, flow, keys, pictures
from lianqiao.cases.access import WORKING
from lianqiao.cases.models import Case
from lianqiao.law.categories import CATEGORIES
from lianqiao.law.regime import PROGRAMMES
from lianqiao.record import time
from lianqiao.registry import delegating
from lianqiao.registry.models import Agency, Clause, Person
from lianqiao.registry.terms import JOINT_TRIGGERS

LONG = 201
"""From so many characters on a field is a box rather than a line."""
LEFT_OUT = {"legal_date", "evidence"}
"""Asked apart, below the form: only who enters an act after the day needs them."""
NOT_ASKED = {("route", "handler"), ("unmerge", "because")}
"""Who handles it is for the agency to say that signs for it; why cases part is said by the node where it is no person's decision."""
LABELS: dict[str, Promise] = {
    "missing": _("What is missing, one item a line"),
    "text": _("Text"),
    "reason": _("Reasons"),
    "remark": _("Remark"),
    "programme": _("Programme"),
    "category": _("Matter"),
    "ground": _("Ground"),
    "competent_body": _("Body that is competent instead"),
    "agency": _("Agency"),
    "handler": _("Handler"),
    "proposed": _("Agency that is competent in your view"),
    "task": _("Task"),
    "amount": _("How many"),
    "unit": _("Unit"),
    "to": _("Who is asked"),
    "question": _("Question"),
    "reply_by": _("Answer by"),
    "answer_by": _("Answer by"),
    "ask": _("Question"),
    "shared": _("Show it to the enterprise, and to the region that handed the case over"),
    "supervision": _("Supervision letter"),
    "cause": _("Cause"),
    "perform_by": _("To be performed by"),
    "method": _("Manner of delivery"),
    "receipt": _("Evidence of delivery"),
    "retention": _("How long it is kept"),
    "trigger": _("Trigger of joint handling"),
    "score": _("Rating, 1 best to 5"),
    "clause": _("Agreement and clause"),
    "outcome": _("What becomes of the decision that was objected to"),
    "until": _("Until"),
    "hold": _("Number of the step that holds it"),
    "request": _("Request"),
    "main": _("Number of the case that it shall follow"),
    "others": _("For the enterprises of cases that follow this one, if they are told something else"),
}
WORDS: dict[str, dict[str, Promise]] = {
    "unit": {"working_days": _("working days"), "calendar_days": _("calendar days")},
    "to": {
        "enterprise": _("The enterprise"),
        "respondent": _("The agency complained of"),
        "agency": _("Another agency"),
    },
    "method": {
        "electronic": _("Electronically"),
        "post": _("By post"),
        "in_person": _("In person"),
        "left_at_address": _("Left at the address"),
        "public_notice": _("By public notice"),
    },
    "outcome": {
        "maintained": _("It is maintained"),
        "changed": _("It is changed"),
        "returned": _("It is returned for new handling"),
    },
    "retention": {"permanent": _("For ever"), "30-years": _("30 years"), "10-years": _("10 years")},
}
HINTS: dict[tuple[str, str], Promise] = {
    ("request_correction", "missing"): _("The notice is given once: list everything."),
    ("route", "agency"): _("Your agency answers until the other has signed for it."),
    ("ask", "to"): _("The agency complained of sees the question and the case number, nothing else."),
    ("accept", "programme"): _("Leave as it is unless the case was filed under the wrong programme."),
}
Choices = list[tuple[str, str]]


def fields_of(verb: str) -> dict[str, FieldInfo]:
    """What the form of a verb asks, in the order of its data."""
    held = data.MODELS[verb].model_fields
    if verb == "offer":
        return {
            "clause": held["clause"],
            **{name: held[name] for name in held if name not in {"agreement", "clause", *LEFT_OUT}},
        }
    return {name: field for name, field in held.items() if name not in LEFT_OUT and (verb, name) not in NOT_ASKED}


class VerbForm(forms.Form):
    """The form of one verb on one case, for one person."""

    def __init__(self, verb: str, case: Case, person: Person, sent: Any = None) -> None:
        super().__init__(sent, auto_id=f"{verb}_%s")
        self.verb = verb
        for name, field in fields_of(verb).items():
            self.fields[name] = _field(verb, name, field, case, person)

    def told(self) -> dict[str, Any]:
        """What the verb is told; what was left empty is not told at all."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}
        if self.verb == "offer" and "clause" in given:
            given["agreement"], given["clause"] = given["clause"].split(" ", 1)
        for name in ("missing", "respondents"):
            if name in given:
                given[name] = [line.strip() for line in given[name].splitlines() if line.strip()]
        return given


def _field(verb: str, name: str, field: FieldInfo, case: Case, person: Person) -> forms.Field:
    kind = _kind(field.annotation)
    required = field.is_required()
    common: dict[str, Any] = {
        "label": LABELS[name],
        "required": required,
        "help_text": HINTS.get((verb, name), ""),
    }
    if (verb, name) in CHOICES or name in CHOICES_BY_NAME:
        offer = CHOICES.get((verb, name)) or CHOICES_BY_NAME[name]
        return forms.ChoiceField(choices=_with_none(offer(case, person), required), **common)
    if get_origin(kind) is Literal:
        words = WORDS[name]
        choices = [(value, words[value]) for value in get_args(kind)]
        if not required and field.default is None:
            return forms.ChoiceField(choices=_with_none(choices, required=False), **common)
        return forms.ChoiceField(
            choices=choices, initial=None if required else field.default, **common | {"required": True}
        )
    if kind is bool:
        return forms.BooleanField(**common | {"required": False})
    if kind is date:
        day = forms.DateInput(
            attrs={"type": "date", "min": time.today().isoformat(), "class": "short"}, format="%Y-%m-%d"
        )
        return forms.DateField(widget=day, **common)
    if kind is int:
        low, high = _bounds(field)
        return forms.IntegerField(
            min_value=low, max_value=high, widget=forms.NumberInput(attrs={"class": "short"}), **common
        )
    most = _longest(field) or 5000
    if get_origin(kind) is list or most >= LONG:
        rows = 8 if most > 5000 else 4
        return forms.CharField(max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **common)
    return forms.CharField(max_length=most, **common)


def _kind(annotation: Any) -> Any:
    """The plain type of a field, without Annotated and None."""
    if get_origin(annotation) in (Union, UnionType):
        inner = [one for one in get_args(annotation) if one is not type(None)]
        return _kind(inner[0])
    if hasattr(annotation, "__metadata__"):
        return _kind(get_args(annotation)[0])
    return annotation


def _metadata(field: FieldInfo) -> Iterable[Any]:
    yield from field.metadata
    for argument in (field.annotation, *get_args(field.annotation)):
        yield from getattr(argument, "__metadata__", ())


def _longest(field: FieldInfo) -> int | None:
    for mark in _metadata(field):
        for inner in getattr(mark, "metadata", [mark]):
            if (most := getattr(inner, "max_length", None)) is not None:
                return int(most)
    return None


def _bounds(field: FieldInfo) -> tuple[int | None, int | None]:
    low = next((mark.ge for mark in _metadata(field) if getattr(mark, "ge", None) is not None), None)
    high = next((mark.le for mark in _metadata(field) if getattr(mark, "le", None) is not None), None)
    return low, high


def _with_none(choices: list[tuple[str, Any]], required: bool) -> list[tuple[str, Any]]:
    return (
        choices
        if required and len(choices) == 1
        else [("", _("(choose)") if required else _("(leave as it is)")), *choices]
    )


# What may be chosen


def _agencies(case: Case, person: Person) -> Choices:
    """The agencies of this node, without the one that answers and those complained of."""
    complained_of = set(keys.codes_of_participants(case, "respondent"))
    found = (
        Agency.objects.of_node(settings.LIANQIAO_NODE).filter(active=True).exclude(pk=case.agency_id).order_by("path")
    )
    return [(agency.code, agency.label) for agency in found if agency.code not in complained_of]


def _to_ask(case: Case, person: Person) -> Choices:
    """Those complained of first, then the others."""
    complained_of = case.participants.filter(part="respondent").select_related("agency")
    return [(one.agency.code, one.agency.label) for one in complained_of] + _agencies(case, person)


def _colleagues(case: Case, person: Person) -> Choices:
    """Who works in the agency that answers today, without who has the case."""
    held = delegating.holdings(case.agency.code, time.today())
    working = {
        one.person.account: str(one.person) for one in held if one.role in WORKING and one.person.pk != case.handler_id
    }
    return sorted(working.items(), key=lambda row: row[1])


def _items(name: str) -> Callable[[Case, Person], Choices]:
    def offered(case: Case, person: Person) -> Choices:
        tongue = pictures.language()
        return [
            (item.code, _with_article(item.text.in_(tongue), item.article, tongue))
            for item in getattr(clocks.regime_of(case), name)
        ]

    return offered


def _with_article(text: str, article: str, tongue: str) -> str:
    if article in ("", "unknown"):
        return text
    return f"{text}（第{article}条）" if tongue == "zh" else f"{text} (article {article})"


def _programmes(case: Case, person: Person) -> Choices:
    return [(code, name.in_(pictures.language())) for code, name in PROGRAMMES.items()]


def _categories(case: Case, person: Person) -> Choices:
    return [(code, name.in_(pictures.language())) for code, name in CATEGORIES.items()]


def _clauses(case: Case, person: Person) -> Choices:
    """The clauses in force today under which the case can be offered."""
    codes = {case.agency.code, case.home_agency.code}
    found = (
        Clause.objects.holding(time.today())
        .filter(from_node=settings.LIANQIAO_NODE, from_agency__in=codes)
        .select_related("agreement")
    )
    tongue = pictures.language()
    return [
        (
            f"{clause.agreement_id} {clause.ref}",
            f"{clause.agreement.title_zh if tongue == 'zh' else clause.agreement.title_en} {clause.ref} → {clause.to_node} {clause.to_agency}",
        )
        for clause in found
        if case.programme in clause.programmes and (not clause.categories or case.category in clause.categories)
    ]


def _triggers(case: Case, person: Person) -> Choices:
    """The triggers of joint handling, in the words of the agreements."""
    return [(code, str(name)) for code, name in JOINT_TRIGGERS.items()]


def _questions(case: Case, person: Person) -> Choices:
    waiting = case.questions.unanswered().addressed_to(person).order_by("number")
    return [(str(question.number), f"#{question.number}") for question in waiting]


def _requests(case: Case, person: Person) -> Choices:
    open_ones = case.requests.open().order_by("number")
    return [(str(one.number), f"#{one.number} {one.get_kind_display()}") for one in open_ones]


def _letters(case: Case, person: Person) -> Choices:
    waiting = case.clocks.running().filter(name=clocks.SUPERVISION).order_by("pk")
    return [(row.subject, f"{row.subject} ({row.due_on})") for row in waiting]


CHOICES: dict[tuple[str, str], Callable[[Case, Person], Choices]] = {
    ("refuse", "ground"): _items("refusal_grounds"),
    ("conclude", "ground"): _items("conclusion_grounds"),
    ("ask", "agency"): _to_ask,
    ("reply", "ask"): _questions,
    ("answer_supervision", "supervision"): _letters,
    ("offer", "clause"): _clauses,
    ("offer", "trigger"): _triggers,
    ("remind", "request"): _requests,
    ("call_back", "request"): _requests,
    ("reassign", "handler"): _colleagues,
}
CHOICES_BY_NAME: dict[str, Callable[[Case, Person], Choices]] = {
    "agency": _agencies,
    "proposed": _agencies,
    "cause": _items("pause_causes"),
    "programme": _programmes,
    "category": _categories,
}
ELSEWHERE = {"file", "take_over", "attach", "object", "rate", "supplement"}
"""Verbs that have pages of their own, or are the enterprise's."""
BY_INTERFACE = {"consult", "give_task", "join", "leave", "request_erasure", "refuse_erasure", "erase"}
"""Verbs that choose among files, texts or clauses, which a plain form cannot ask: done by the JSON API until they have pages of their own."""
NOT_PEOPLE = {
    flow.Role.PEER, flow.Role.NODE, flow.Role.CLOCK, flow.Role.ASKED, flow.Role.NEIGHBOUR, flow.Role.ENTERPRISE, flow.Role.ASSOCIATION,
}  # fmt: skip
"""Who sits at no desk."""


def verbs() -> list[str]:
    """The verbs that have a form at the desk."""
    of_officers = [verb.name for verb in flow.VERBS.values() if any(rule.who - NOT_PEOPLE for rule in verb.rules)]
    return [name for name in of_officers if name not in ELSEWHERE | BY_INTERFACE]


__all__ = ["VerbForm", "fields_of", "verbs"]
