"""The rules of procedure in force at this node, to be read by a jurist: every figure with its article and its standing."""

from __future__ import annotations

from datetime import date
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianqiao.cases import adoption
from lianqiao.cases.api.law import AdoptForm, CorrectForm, EndRegimeForm
from lianqiao.cases.pictures import language, listed
from lianqiao.law import aloud, comparison
from lianqiao.law.limit import LIMIT_NAMES, UNITS, Limit
from lianqiao.law.regime import KINDS, Regime, regimes, shipped
from lianqiao.law.statute import Item
from lianqiao.law.units import UNIT_RULES
from lianqiao.law.vocabulary import MARKS, NODE_TARGET
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import adopting, lawbook
from lianqiao.registry.actions import law as actions
from lianqiao.registry.models import AdoptedRegime

from .choices import programme
from .parts import (
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
)

MOST = 50


def in_words(mark: str) -> str:
    """What a mark of evidence means."""
    return MARKS[mark].in_(language()) if mark in MARKS else ""


def standing(one: Limit | Item, *, statutory: bool) -> Cell:
    """How well a figure or a text is known: a badge, and the evidence in words, or the statute from which it was taken."""
    if not statutory:
        return badge(_("no law"))
    below = _("taken from %(parent)s") % {"parent": one.inherited} if one.inherited else in_words(one.mark)
    return (
        Cell(_("verified"), "", "badge good", below)
        if one.verified
        else Cell(_("not verified"), "", "badge warn", below)
    )


def listing(seat: Seat, asked: Asked) -> Table:
    tongue = language()
    held = [
        one
        for one in lawbook.book().in_force(today()).values()
        if asked.words.lower()
        in f"{one.id} {one.title.zh} {one.title.en} {' '.join(map(programme, one.programmes))}".lower()
    ]
    return Table(
        (_("Rule of procedure"), _("For"), _("Place"), _("In force from"), _("Version"), _("Figures verified")),
        [
            (
                Cell(one.title.in_(tongue), address("regimes", one.id), below=one.id),
                Cell(listed(map(programme, one.programmes)) if one.id != NODE_TARGET else _("whatever no rule covers")),
                Cell(
                    _("nowhere by itself: to compare and to adopt") if one.pattern else aloud.place_of(one).in_(tongue)
                ),
                day(one.first),
                Cell(one.version, mark="number"),
                share(one),
            )
            for one in held
        ],
        _("No rule fits these words."),
    )


def share(held: Regime) -> Cell:
    """How many of its figures were read in the text."""
    figures = [one for one in held.limits if one.statutory and one.amount is not None]
    read = sum(one.verified for one in figures)
    if not figures:
        return Cell(_("no figure of law"))
    said = _("%(read)s of %(all)s") % {"read": read, "all": len(figures)}
    return badge(said, "good" if read == len(figures) else "warn")


def find(seat: Seat, key: str) -> Regime:
    found = lawbook.book().in_force(today()).get(key)
    if found is None:
        raise Refused("unknown-regime", gettext_lazy("There is no rule with this id in force here."), status=404)
    return found


def entry(seat: Seat, held: Regime) -> Entry:
    tongue = language()
    adoptions = list(
        AdoptedRegime.objects.filter(text__regime=held.id).select_related("text", "by").order_by("-pk")[:MOST]
    )
    units = [
        UNIT_RULES[unit].sentence.in_(tongue) for unit in UNIT_RULES if any(one.unit == unit for one in held.limits)
    ]
    parts = [(title.in_(tongue), getattr(held, name)) for name, title in aloud.PARTS]
    return Entry(
        held.title.in_(tongue),
        held.id,
        [share(held), *([badge(_("nowhere by itself"), "warn")] if held.pattern else [])],
        [
            Section(_("Limits"), table=limit_table(held)),
            Section(_("Extension"), lines=[aloud.extension_of(held).in_(tongue)]),
            *[Section(title, table=item_table(items)) for title, items in parts if items],
            *([Section(_("How days are counted"), lines=units)] if units else []),
            *(
                [
                    Section(
                        _("Its own words for states"),
                        facts=[(name, Cell(word.in_(tongue))) for name, word in held.labels.items()],
                    )
                ]
                if held.labels
                else []
            ),
        ],
        [
            Section(
                _("About this rule"),
                facts=[
                    (_("For"), Cell(listed(map(programme, held.programmes)) or "–")),
                    (_("Place"), Cell(aloud.place_of(held).in_(tongue))),
                    (_("In force from"), day(held.first)),
                    (_("Until"), day(held.until) if held.until else Cell(_("no end"))),
                    (_("Source"), Cell(held.source or "–", below=MARKS[held.mark].in_(tongue))),
                    *(
                        [(_("What it leaves unsaid comes from"), Cell(held.parent, address("regimes", held.parent)))]
                        if held.parent
                        else []
                    ),
                    (_("Precedence"), Cell(held.precedence, mark="number")),
                    (_("Version"), Cell(held.version, mark="number")),
                    (_("Digest of the text"), code(held.digest)),
                ],
                lines=[held.note.in_(tongue)] if held.note.zh else [],
            ),
            *([Section(_("Adopted here"), table=adopted_table(adoptions))] if adoptions else []),
        ],
    )


def limit_table(held: Regime) -> Table:
    tongue = language()
    return Table(
        (_("Limit"), _("Figure"), _("From"), _("Article"), _("Standing")),
        [
            (
                Cell(one.label.in_(tongue), below=aloud.kinds_of(one.kinds).in_(tongue) if one.kinds else ""),
                Cell(aloud.figure_of(one).in_(tongue), mark="strong"),
                Cell(one.start.in_(tongue) or "–", below=one.note.in_(tongue)),
                Cell(one.authority.in_(tongue)),
                standing(one, statutory=one.statutory),
            )
            for one in held.limits
        ],
        _("The rule sets no limit."),
    )


def item_table(items: tuple[Item, ...]) -> Table:
    tongue = language()
    rows = []
    for one in items:
        article, _words = aloud.standing_of(one)
        marks = [_("where it applies")] if not one.required else []
        marks += [_("the refusal names who is competent")] if one.names_competent_body else []
        marks += [aloud.kinds_of(one.kinds).in_(tongue)] if one.kinds else []
        rows.append(
            (
                Cell(one.text.in_(tongue), below=listed(marks, strong=True)),
                Cell(article.in_(tongue)),
                standing(one, statutory=one.mark != "D"),
            )
        )
    return Table((_("What it says"), _("Article"), _("Standing")), rows)


def adopted_table(adoptions: list[AdoptedRegime]) -> Table:
    return Table(
        (_("Version"), _("Since"), _("Until"), _("By")),
        [
            (
                Cell(one.text.version, mark="number"),
                day(one.since),
                day(one.until),
                Cell(str(one.by), below=one.evidence.get("text", "")),
            )
            for one in adoptions
        ],
    )


# Deeds


def planned(plan: adopting.Plan, book: lawbook.LawBook) -> list[Section]:
    """What a change of the law would do: the lines that differ, and which cases would go by it."""
    tongue = language()
    codes = {edition.regime.id for edition in plan.editions}
    differences = comparison.differences(plan.before, plan.regime, tongue) if plan.before else []
    followers = [edition.regime.title.in_(tongue) for edition in plan.editions[1:]]
    touched = list(islice(adoption.effects(book.with_adopted(plan.adoptions()), max(plan.since, today())), MOST))
    lines = [
        _("%(title)s, version %(version)s, holds from %(day)s.")
        % {"title": plan.regime.title.in_(tongue), "version": plan.regime.version, "day": plan.since},
        _("%(count)s running cases keep the version under which they were accepted.")
        % {"count": adoption.keeping(codes)},
        *([_("These follow: %(titles)s.") % {"titles": listed(followers)}] if followers else []),
    ]
    return [
        Section(_("What will happen"), lines=lines),
        *([Section(_("What differs from today's text"), lines=differences)] if differences else []),
        *([effects_of(touched)] if touched else []),
    ]


def effects_of(touched: list[adoption.Effect]) -> Section:
    return Section(
        _("Cases that would be accepted under another version"),
        table=Table(
            (_("Case"), _("Version now"), _("Version then"), _("Handled by, now"), _("Handled by, then")),
            [
                (
                    Cell(one.case.number, mark="number"),
                    Cell(f"{one.before.id} {one.before.version}"),
                    Cell(f"{one.after.id} {one.after.version}"),
                    day(one.handled_before),
                    day(one.handled_after),
                )
                for one in touched
            ],
        ),
    )


def text_of(told: Told, book: lawbook.LawBook) -> str:
    """The text that is to be adopted: the package's, or the one that was sent; for a place, where it is a pattern."""
    if bool(told.get("regime")) == bool(told.get("text")):
        raise Refused(
            "one-of-two", gettext_lazy("Choose a rule that the package brings, or send a text, not both."), status=422
        )
    text: str = told.get("text") or shipped(told["regime"]).decode()
    if "jurisdiction" in told:
        named = told.get("regime") or adopting.code_of(text)
        text = adopting.placed(text, told["jurisdiction"], adopting.next_version(named, book))
    return text


def adopt(seat: Seat, row: None, told: Told) -> Done:
    made = text_of(told, lawbook.read())
    actions.adopt_regime(made, since=told.get("since") or today(), by=seat.person)
    return Done(_("Adopted."), address("regimes", adopting.code_of(made)))


def would_adopt(seat: Seat, row: None, told: Told) -> list[Section]:
    book = lawbook.read()
    return planned(adopting.plan(text_of(told, book), book, told.get("since") or today()), book)


def correction(told: Told) -> adopting.Correction:
    given = {name: told[name] for name in ("kind", "amount", "unit", "article", "verified", "mark") if name in told}
    return adopting.Correction(limit=told["limit"], quote=told.get("text", ""), **given)


def correct(seat: Seat, held: Regime, told: Told) -> Done:
    actions.correct_regime(held.id, correction(told), since=told.get("since") or today(), by=seat.person)
    return Done(_("Corrected. The record keeps who, when, and the words that were read."))


def would_correct(seat: Seat, held: Regime, told: Told) -> list[Section]:
    book, since = lawbook.read(), told.get("since") or today()
    return planned(adopting.plan(actions.correct_text(held.id, correction(told), since, book), book, since), book)


def end(seat: Seat, held: Regime, told: Told) -> Done:
    actions.end_regime(held.id, on=told.get("on") or today(), by=seat.person)
    return Done(_("The rule was ended."), address("regimes"))


def would_end(seat: Seat, held: Regime, told: Told) -> list[Section]:
    book, last = lawbook.read(), told.get("on") or today()
    adopting.in_force(held.id, book, last)
    following = date.fromordinal(last.toordinal() + 1)
    touched = list(islice(adoption.effects(book.with_end(held.id, last), following), MOST))
    lines = [
        _("%(day)s is its last day; what begins afterwards goes by what is then the strongest.") % {"day": last},
        _("%(count)s running cases keep the version under which they were accepted.")
        % {"count": adoption.keeping({held.id})},
    ]
    return [Section(_("What will happen"), lines=lines), *([effects_of(touched)] if touched else [])]


def limits_of(seat: Seat, held: Regime) -> list[tuple[str, str]]:
    return [(name, LIMIT_NAMES[name].in_(language())) for name in dict.fromkeys(one.name for one in held.limits)]


def units(*_given: object) -> list[tuple[str, str]]:
    return [(value, text.in_(language())) for value, text in UNITS.items()]


def kinds(*_given: object) -> list[tuple[str, str]]:
    return [(value, text.in_(language())) for value, text in KINDS.items()]


def marks(*_given: object) -> list[tuple[str, str]]:
    return [(value, f"{value} {text.in_(language())}") for value, text in MARKS.items()]


def brought(*_given: object) -> list[tuple[str, str]]:
    return [(one.id, one.title.in_(language())) for one in regimes().values()]


REGISTER = Register(
    "regimes",
    gettext_lazy("Rules of procedure"),
    gettext_lazy(
        "The statutes that this node goes by today, each figure with its article and whether it was verified."
    ),
    lambda seat: True,
    listing,
    find,
    entry,
    (
        Deed(
            "correct",
            gettext_lazy("Correct a figure"),
            CorrectForm,
            lambda seat, row: seat.admin,
            correct,
            would_correct,
            choices={"limit": limits_of, "unit": units, "kind": kinds, "mark": marks},
        ),
        Deed(
            "end",
            gettext_lazy("End the rule here"),
            EndRegimeForm,
            lambda seat, row: seat.admin,
            end,
            would_end,
            grave=True,
        ),
    ),
    (
        Deed(
            "adopt",
            gettext_lazy("Adopt a rule"),
            AdoptForm,
            lambda seat, row: seat.admin,
            adopt,
            would_adopt,
            choices={"regime": brought},
        ),
    ),
    searched=gettext_lazy("Words of the title or the programme"),
)
