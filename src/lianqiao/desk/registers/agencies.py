"""Agencies: where they stand, for what they are competent, what they owe again and again, who works there; and the rules of competence."""

from __future__ import annotations

from datetime import date
from itertools import islice

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from lianqiao.cases.pictures import language
from lianqiao.law.categories import CATEGORIES
from lianqiao.law.duties import duties
from lianqiao.record.nodes import this_node
from lianqiao.record.time import today
from lianqiao.registry import actions, finding, gaps, owing
from lianqiao.registry.api.competence import RuleForm
from lianqiao.registry.api.duties import DischargeForm
from lianqiao.registry.api.forms import Code, Day, Form
from lianqiao.registry.models import Agency, Competence, Membership

from .choices import agencies, categories, named, programme, programmes, regions
from .parts import (
    PAGE,
    Asked,
    Cell,
    Deed,
    Done,
    Entry,
    Register,
    Seat,
    Section,
    Table,
    Told,
    address,
    badge,
    code,
    day,
    line_of,
    paged,
)

MOST = 100
STATES = {
    "done": (gettext_lazy("done"), "good"),
    "overdue": (gettext_lazy("overdue"), "bad"),
    "waiting": (gettext_lazy("waiting"), "act"),
}


class NewAgency(Form):
    """What `lianqiao agency add` is told."""

    code: str = Field(min_length=1, max_length=40)
    name_zh: str = Field(min_length=1, max_length=200)
    name_en: str = Field(min_length=1, max_length=200)
    kind: Code
    region: str = Field(max_length=6)
    parent: Code = ""
    letter_code: str = Field("", max_length=20)
    address: str = Field("", max_length=200)
    phone: str = Field("", max_length=60)
    email: str = Field("", max_length=200)


class Described(Form):
    letter_code: str = Field("", max_length=20)
    address: str = Field("", max_length=200)
    phone: str = Field("", max_length=60)
    email: str = Field("", max_length=200)


class LastDay(Form):
    on: Day = None


def listing(seat: Seat, asked: Asked) -> Table:
    found = Agency.objects.of_node(this_node().code).select_related("region", "parent").order_by("path")
    if asked.words:
        found = found.filter(
            Q(name_zh__icontains=asked.words) | Q(name_en__icontains=asked.words) | Q(code=asked.words)
        )
    rows, older, newer = paged(
        "agencies", asked, list(found.filter(path__gt=asked.after)[: PAGE + 1]), lambda one: one.path
    )
    return Table(
        (_("Agency"), _("Kind"), _("Region"), _("Above it"), _("Telephone")),
        [
            (
                Cell(one.label, address("agencies", one.code), below=one.code),
                Cell(one.get_kind_display()),
                Cell(one.region.label),
                Cell(one.parent.label if one.parent else "–"),
                Cell(one.phone or "–", mark="number"),
            )
            for one in rows
        ],
        _("No agency of this name."),
        older,
        newer,
    )


def find(seat: Seat, key: str) -> Agency:
    known = Agency.objects.select_related("region", "parent", "upper")
    return known.filter(code=key).first() or finding.agency(key)


def entry(seat: Seat, agency: Agency) -> Entry:
    on = today()
    rules = list(
        Competence.objects.filter(Q(until__isnull=True) | Q(until__gte=on), agency=agency).order_by(
            "programme", "since", "pk"
        )[:MOST]
    )
    people = (
        Membership.objects.not_over(on)
        .filter(agency=agency)
        .select_related("person")
        .order_by("role", "person__account")[:MOST]
    )
    below = list(Agency.objects.filter(parent=agency).order_by("path")[:MOST])
    owed = (
        owing.owed(on, [agency]) if any(held.agency_id == agency.pk for held in seat.held) or seat.administrator else []
    )
    facts = [
        (_("Code"), code(agency.code)),
        (_("Name in Chinese"), Cell(agency.name_zh)),
        (_("Name in English"), Cell(agency.name_en)),
        (_("Kind"), Cell(agency.get_kind_display())),
        (_("Region"), Cell(agency.region.label, below=agency.region_id)),
        (
            _("Above it"),
            Cell(agency.parent.label, address("agencies", agency.parent.code)) if agency.parent else Cell("–"),
        ),
        (
            _("Objections go to"),
            Cell(agency.upper.label, address("agencies", agency.upper.code)) if agency.upper else Cell("–"),
        ),
        (_("Mark in document numbers"), Cell(agency.letter_code or "–")),
        (_("Postal address"), Cell(agency.address or "–")),
        (_("Telephone"), Cell(agency.phone or "–", mark="number")),
        (_("E-mail"), Cell(agency.email or "–")),
    ]
    return Entry(
        agency.label,
        agency.code,
        [] if agency.active else [badge(_("not active"), "warn")],
        [
            Section(
                _("Competent for"),
                table=rule_table(rules, seat, agency),
                hint=_(
                    "Where several rules fit, the longest region decides, then the very matter, then the younger rule."
                ),
            ),
            *([Section(_("What it owes again and again"), table=duty_table(owed, seat, agency))] if owed else []),
            Section(
                _("People"),
                table=Table(
                    (_("Name"), _("Role"), _("Since"), _("Until")),
                    [
                        (
                            Cell(str(held.person), address("people", held.person.account), below=held.person.account),
                            Cell(held.get_role_display()),
                            day(held.since),
                            day(held.until),
                        )
                        for held in people
                    ],
                    _("Nobody has a role here."),
                ),
            ),
        ],
        [
            Section(_("The agency"), facts=facts),
            *(
                [
                    Section(
                        _("Below it"),
                        facts=[(one.code, Cell(one.label, address("agencies", one.code))) for one in below],
                    )
                ]
                if below
                else []
            ),
        ],
    )


def place_of(rule: Competence) -> Cell:
    return code(rule.area or rule.region or _("everywhere"))


def rule_row(rule: Competence) -> list[Cell]:
    return [
        Cell(programme(rule.programme)),
        place_of(rule),
        Cell(named(rule.category, CATEGORIES) if rule.category else _("all")),
        day(rule.since),
        day(rule.until),
        Cell(rule.basis or "–"),
    ]


def rule_columns() -> tuple[str, ...]:
    return (_("Programme"), _("Where"), _("Matter"), _("Since"), _("Until"), _("Basis"))


def rule_table(rules: list[Competence], seat: Seat, agency: Agency) -> Table:
    done = [
        [(_("End"), address("agencies", agency.code, "end_competence", of=rule.pk))] if seat.admin else []
        for rule in rules
    ]
    return Table(rule_columns(), [rule_row(rule) for rule in rules], _("No rule of competence names it."), deeds=done)


def duty_table(owed: list[owing.Owed], seat: Seat, agency: Agency) -> Table:
    """What waits or is overdue, and the last that were done."""
    shown = [one for one in owed if one.state != "done"] + [one for one in reversed(owed) if one.state == "done"][:3]
    may = discharges(seat, agency)
    return Table(
        (_("Duty"), _("Due"), _("Period"), _("State")),
        [
            (
                Cell(one.duty.name.in_(language()), below=one.done.note if one.done else ""),
                Cell(one.due.due.isoformat(), mark="number", below=_("provisional") if one.due.provisional else ""),
                Cell(f"{one.due.first} – {one.due.last}", mark="number"),
                badge(*STATES[one.state]),
            )
            for one in shown
        ],
        deeds=[
            [(_("Record as done"), address("agencies", agency.code, "discharge", of=f"{one.duty.code}.{one.due.due}"))]
            if may and one.state != "done"
            else []
            for one in shown
        ],
    )


def discharges(seat: Seat, agency: Agency) -> bool:
    return seat.admin or seat.exercises(Membership.Role.LEAD, agency)


# Deeds


def add(seat: Seat, row: None, told: Told) -> Done:
    above = finding.agency(told.pop("parent")) if told.get("parent") else None
    made = actions.add_agency(**told | {"region": finding.region(told["region"])}, parent=above, by=seat.person)
    return Done(_("%(agency)s was entered.") % {"agency": made.label}, address("agencies", made.code))


def describe(seat: Seat, agency: Agency, told: Told) -> Done:
    actions.describe_agency(agency, by=seat.person, **told)
    return Done(_("The agency was changed."))


def described(agency: Agency) -> Told:
    return {name: getattr(agency, name) for name in actions.DESCRIBED}


def set_competence(seat: Seat, agency: Agency, told: Told) -> Done:
    actions.set_competence(agency, **told, by=seat.person)
    return Done(_("The rule of competence was entered."))


def end_competence(seat: Seat, agency: Agency, told: Told) -> Done:
    actions.end_competence(line_of(Competence, told["of"], agency_id=agency.pk), on=told.get("on"), by=seat.person)
    return Done(_("The rule was ended."))


def discharge(seat: Seat, agency: Agency, told: Told) -> Done:
    duty, _dot, due = told["of"].partition(".")
    found = next(
        (one for one in owing.owed(today(), [agency]) if (one.duty.code, str(one.due.due)) == (duty, due)), None
    )
    on = found.due.due if found else date.min
    actions.discharge(duty if duty in duties() else "", agency, on, note=told.get("note", ""), by=seat.person)
    return Done(_("Recorded as done."))


REGISTER = Register(
    "agencies",
    gettext_lazy("Agencies"),
    gettext_lazy("Every agency of this node in the order of its tree: competence, duties, people."),
    lambda seat: True,
    listing,
    find,
    entry,
    (
        Deed(
            "set_competence",
            gettext_lazy("Enter a rule of competence"),
            RuleForm,
            lambda seat, row: seat.admin,
            set_competence,
            choices={
                "programme": programmes,
                "category": categories,
                "level": lambda *_all: list(Competence.Level.choices),
            },
            without=("agency",),
        ),
        Deed(
            "describe",
            gettext_lazy("Change contact and mark"),
            Described,
            lambda seat, row: seat.admin,
            describe,
            start=described,
        ),
        Deed(
            "end_competence",
            gettext_lazy("End the rule"),
            LastDay,
            lambda seat, row: seat.admin,
            end_competence,
            of=True,
            grave=True,
        ),
        Deed(
            "discharge",
            gettext_lazy("Record as done"),
            DischargeForm,
            discharges,
            discharge,
            without=("agency", "due_on"),
            of=True,
        ),
    ),
    (
        Deed(
            "add",
            gettext_lazy("Enter an agency"),
            NewAgency,
            lambda seat, row: seat.admin,
            add,
            choices={"kind": lambda *_all: list(Agency.Kind.choices), "region": regions, "parent": agencies},
        ),
    ),
    searched=gettext_lazy("Name or code"),
)


# The rules of all agencies


def rules(seat: Seat, asked: Asked) -> Table:
    found = (
        Competence.objects.select_related("agency").filter(agency__region__node_code=this_node().code).order_by("pk")
    )
    if asked.words:
        words = Q(agency__name_zh__icontains=asked.words) | Q(agency__name_en__icontains=asked.words)
        found = found.filter(words | Q(region=asked.words) | Q(programme=asked.words))
    if asked.after.isdecimal():
        found = found.filter(pk__gt=int(asked.after))
    rows, older, newer = paged("competence", asked, list(found[: PAGE + 1]), lambda one: one.pk)
    return Table(
        (_("Agency"), *rule_columns()),
        [(Cell(one.agency.label, address("agencies", one.agency.code)), *rule_row(one)) for one in rows],
        _("No rule of competence fits."),
        older,
        newer,
    )


def holes(seat: Seat, asked: Asked) -> list[Section]:
    """Where nobody is competent today, and where two are."""
    if asked.words or asked.after:
        return []
    node, on = this_node().code, today()
    gap, overlap = list(islice(gaps.gaps(node, on), MOST)), list(islice(gaps.overlaps(node, on), MOST))
    return [
        Section(_("Gaps"), lines=gap or [_("None: for every programme somebody is competent everywhere.")]),
        Section(_("Overlaps"), lines=overlap or [_("None.")]),
    ]


COMPETENCE = Register(
    "competence",
    gettext_lazy("Competence"),
    gettext_lazy("Which agency is competent for what, where and since when; and where nobody or two are."),
    lambda seat: True,
    rules,
    searched=gettext_lazy("Agency, region or programme"),
    around=holes,
)
