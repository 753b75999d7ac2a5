"""The form of each verb, made from what the verb must be told (`cases.data`); here stand only the words of the fields and what may be chosen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic.fields import FieldInfo

from lianqiao.cases import clocks, data, erasing, flow, keys, pictures, requests
from lianqiao.cases.access import WORKING
from lianqiao.cases.models import Case, Subject
from lianqiao.desk import fields
from lianqiao.desk.opened import Opened
from lianqiao.law import keeping
from lianqiao.law.categories import CATEGORIES
from lianqiao.law.regime import PROGRAMMES
from lianqiao.record import events, time
from lianqiao.registry import remembered
from lianqiao.registry.models import Clause
from lianqiao.registry.terms import JOINT_TRIGGERS

Choosing = Callable[[Opened], fields.Choices]
MOST = 200
BEGINNING = 60
"""So many characters of a text are shown where it is chosen."""
LEFT_OUT = {"legal_date", "evidence"}
"""Asked apart, below the form: only who enters an act after the day needs them."""
NOT_ASKED = {("route", "handler"), ("unmerge", "because")}
"""Who handles it is for the agency to say that signs for it; why cases part is said by the node where it is no person's decision."""
ASKED_WHERE: dict[tuple[str, str], Callable[[Case], bool]] = {
    ("conclude", "others"): lambda case: bool(case.leads),
    ("conclude", "outcome"): lambda case: case.objection_to_id is not None,
}
"""Fields that are asked of some cases alone: who leads others, who objects to an outcome."""
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
    "documents": _("Files that go along"),
    "due_on": _("To be done by"),
    "lead": _("Who leads on our side"),
    "subject": _("Subject"),
    "contact": _("How to reach who files"),
    "complainant": _("The name of who files"),
    "texts": _("Single texts"),
    "files": _("Files"),
    "others": _("For the enterprises of cases that follow this one, if they are told something else"),
}
OF_EVENTS: dict[str, Promise] = {
    "title": _("Title"),
    "facts": _("Facts"),
    "request": _("Request"),
    "basis": _("Legal basis"),
    "missing": _("Missing item"),
    "evidence": _("Evidence of the day"),
    "summary": _("Summary without names"),
    "name": _("Name of the file"),
}
"""Fields of events that no form of the desk asks, or asks with more words."""
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
    ("summarise", "text"): _("Co-handlers, agencies above and the other region read this in place of title and facts."),
    ("consult", "question"): _("All that is told of the case beside its number, programme and matter."),
    ("consult", "agency"): _("An agency of this node, or choose a clause with another region."),
    ("give_task", "task"): _("All that is told of the case beside its number, programme and matter."),
    ("erase", "request"): _("What it named is erased when nothing else is chosen here."),
    ("erase", "reason"): _("What is erased cannot be brought back; number, digest and this act remain."),
    ("accept", "programme"): _("Leave as it is unless the case was filed under the wrong programme."),
}


def fields_of(verb: str) -> dict[str, FieldInfo]:
    """What the form of a verb asks, in the order of its data; why, after what."""
    held = dict(sorted(data.MODELS[verb].model_fields.items(), key=lambda one: one[0] == "reason"))
    if "agreement" in held:  # the clause names its agreement
        return {
            "clause": held["clause"],
            **{name: held[name] for name in held if name not in {"agreement", "clause", *LEFT_OUT}},
        }
    return {name: field for name, field in held.items() if name not in LEFT_OUT and (verb, name) not in NOT_ASKED}


def always(_case: Case) -> bool:
    return True


class VerbForm(forms.Form):
    """The form of one verb on one case, for one person."""

    def __init__(self, verb: str, at: Opened, sent: Any = None) -> None:
        super().__init__(sent, auto_id=f"{verb}_%s")
        self.verb = verb
        for name, field in fields_of(verb).items():
            if not ASKED_WHERE.get((verb, name), always)(at.case):
                continue
            self.fields[name] = _field(verb, name, field, at)

    def told(self) -> dict[str, Any]:
        """What the verb is told; what was left empty is not told at all."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}
        if "agreement" in data.MODELS[self.verb].model_fields and "clause" in given:
            given["agreement"], given["clause"] = given["clause"].split(" ", 1)
        for name in ("missing", "respondents"):
            if name in given:
                given[name] = [line.strip() for line in given[name].splitlines() if line.strip()]
        return given


def _field(verb: str, name: str, info: FieldInfo, at: Opened) -> forms.Field:
    chosen = CHOICES.get((verb, name)) or CHOICES_BY_NAME.get(name)
    return fields.field(
        info,
        label=LABELS[name],
        hint=HINTS.get((verb, name), ""),
        choices=chosen(at) if chosen else None,
        words=WORDS.get(name),
        since_today=True,
    )


# What may be chosen


def _agencies(at: Opened) -> fields.Choices:
    """The agencies of this node, without the one that answers and those complained of."""
    left_out = {at.case.agency.code, *keys.codes_of_participants(at.case, "respondent")}
    return [(code, label) for code, label in node_agencies() if code not in left_out]


def node_agencies() -> fields.Choices:
    """All active agencies of this node."""
    return [(agency.code, agency.label) for agency in remembered.agencies(settings.LIANQIAO_NODE)]


def _to_ask(at: Opened) -> fields.Choices:
    """Those complained of first, then the others."""
    complained_of = [one.agency for one in at.case.participants.all() if one.part == "respondent"]
    return [(agency.code, agency.label) for agency in complained_of] + _agencies(at)


def _colleagues(at: Opened) -> fields.Choices:
    """Who works in the agency that answers today, without who has the case."""
    working = {
        one.person.account: str(one.person)
        for one in at.colleagues
        if one.role in WORKING and one.person.pk != at.case.handler_id
    }
    return sorted(working.items(), key=lambda row: row[1])


def _items(name: str) -> Choosing:
    def offered(at: Opened) -> fields.Choices:
        tongue = pictures.language()
        return [
            (item.code, _with_article(item.text.in_(tongue), item.article, tongue))
            for item in getattr(clocks.regime_of(at.case), name)
        ]

    return offered


def _with_article(text: str, article: str, tongue: str) -> str:
    if article in ("", "unknown"):
        return text
    return f"{text}（第{article}条）" if tongue == "zh" else f"{text} (article {article})"


def _programmes(at: Opened) -> fields.Choices:
    return [(code, name.in_(pictures.language())) for code, name in PROGRAMMES.items()]


def _categories(at: Opened) -> fields.Choices:
    return [(code, name.in_(pictures.language())) for code, name in CATEGORIES.items()]


def _clauses(lets: str) -> Choosing:
    return lambda at: _clauses_that_let(lets, at)


def _clauses_that_let(lets: str, at: Opened) -> fields.Choices:
    """The clauses in force today that let this be done with the case."""
    return [(f"{one.agreement_id} {one.ref}", _clause(one)) for one in at.clauses if lets in one.lets]


def _clause(clause: Clause) -> str:
    """A clause where it is chosen: its number, to whom it leads, and in which agreement it stands; what tells two apart comes first."""
    tongue, agreement = pictures.language(), clause.agreement
    parties = {one["code"]: one[tongue] for party in agreement.text["parties"] for one in party["agencies"]}
    title = agreement.title_zh if tongue == "zh" else agreement.title_en
    return f"{clause.ref} → {parties.get(clause.to_agency, clause.to_agency)} · {title}"


def _triggers(at: Opened) -> fields.Choices:
    """The triggers of joint handling, in the words of the agreements."""
    return [(code, str(name)) for code, name in JOINT_TRIGGERS.items()]


def _questions(at: Opened) -> fields.Choices:
    waiting = [question.number for question in at.case.questions.all() if question.waits_for(at.person)]
    return [(str(number), f"#{number}") for number in sorted(waiting)]


def _requests(at: Opened) -> fields.Choices:
    open_ones = [one for one in at.case.requests.all() if one.is_open]
    return [(str(one.number), f"#{one.number} {one.get_kind_display()}") for one in open_ones]


def _documents(at: Opened) -> fields.Choices:
    """The files that may go along: of a confidential case only those that officers keep among themselves."""
    held = [one for one in at.case.attachments.all() if one.stored]
    return [(str(one.pk), one.name) for one in held if one.audience == "officers" or not at.case.confidential]


def _files(at: Opened) -> fields.Choices:
    return [(str(one.pk), one.name) for one in at.case.attachments.all() if not one.erased]


def _texts(at: Opened) -> fields.Choices:
    """The texts of the case that the person reads and that are not erased: number of the event and field, in words, and how the text begins."""
    return [
        (
            f"{step.event.number}.{field}",
            _("%(number)s %(verb)s, %(field)s: %(text)s")
            % {"number": step.event.number, "verb": step.label, "field": _word(field), "text": _beginning(value)},
        )
        for step in at.steps
        for field in events.kept_values(step.event)
        if isinstance(value := step.data.get(field), str) and erasing.kind_of(field) == erasing.TEXT
    ]


def _word(field: str) -> object:
    """What a field of an event is called; of a list, the list."""
    name = field.partition(".")[0]
    return LABELS.get(name) or OF_EVENTS.get(name, name)


def _beginning(text: str) -> str:
    return text if len(text) <= BEGINNING else f"{text[:BEGINNING]}…"


def _erasures_asked(at: Opened) -> fields.Choices:
    return [(str(event.number), f"#{event.number} {event.legal_date}") for event in requests.waiting(at.case)]


def _bases(table: Callable[[date], dict[str, keeping.Basis]]) -> Choosing:
    return lambda at: [(code, basis.told().in_(pictures.language())) for code, basis in table(time.today()).items()]


def _subjects(at: Opened) -> fields.Choices:
    found = Subject.objects.visible_to(at.person).filter(closed_on__isnull=True).exclude(cases__case=at.case)
    return [(str(one.pk), one.title) for one in found[:MOST]]


def _own_subjects(at: Opened) -> fields.Choices:
    found = Subject.objects.visible_to(at.person).filter(cases__case=at.case)
    return [(str(one.pk), one.title) for one in found[:MOST]]


def _letters(at: Opened) -> fields.Choices:
    waiting = [row for row in at.case.clocks.all() if row.name == clocks.SUPERVISION and row.stopped_on is None]
    return [(row.subject, f"{row.subject} ({row.due_on})") for row in waiting]


CHOICES: dict[tuple[str, str], Choosing] = {
    ("refuse", "ground"): _items("refusal_grounds"),
    ("conclude", "ground"): _items("conclusion_grounds"),
    ("ask", "agency"): _to_ask,
    ("reply", "ask"): _questions,
    ("answer_supervision", "supervision"): _letters,
    ("offer", "clause"): _clauses("hand_over"),
    ("offer", "trigger"): _triggers,
    ("remind", "request"): _requests,
    ("call_back", "request"): _requests,
    ("reassign", "handler"): _colleagues,
    ("consult", "clause"): _clauses("consult"),
    ("give_task", "clause"): _clauses("task"),
    ("give_task", "trigger"): _triggers,
    ("give_task", "lead"): _colleagues,
    ("join", "subject"): _subjects,
    ("leave", "subject"): _own_subjects,
    ("erase", "ground"): _bases(keeping.grounds),
    ("erase", "request"): _erasures_asked,
    ("hold", "cause"): _bases(keeping.holds),
    ("refuse_erasure", "ground"): _bases(keeping.refusals),
    ("refuse_erasure", "request"): _erasures_asked,
}
CHOICES_BY_NAME: dict[str, Choosing] = {
    "agency": _agencies,
    "documents": _documents,
    "texts": _texts,
    "files": _files,
    "proposed": _agencies,
    "cause": _items("pause_causes"),
    "programme": _programmes,
    "category": _categories,
}
ELSEWHERE = {"file", "imported", "take_over", "attach", "object", "rate", "supplement"}
"""Verbs that have pages of their own, or are the enterprise's."""
NOT_PEOPLE = {
    flow.Role.PEER, flow.Role.NODE, flow.Role.CLOCK, flow.Role.ASKED, flow.Role.NEIGHBOUR, flow.Role.ENTERPRISE, flow.Role.ASSOCIATION,
}  # fmt: skip
"""Who sits at no desk."""


def verbs() -> list[str]:
    """The verbs that have a form at the desk."""
    of_officers = [verb.name for verb in flow.VERBS.values() if any(rule.who - NOT_PEOPLE for rule in verb.rules)]
    return [name for name in of_officers if name not in ELSEWHERE]


__all__ = ["VerbForm", "fields_of", "verbs"]
