"""The guide to one programme, made of the regime that is in force at this node: nothing of it is typed twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from lianqiao.cases.clocks import Targets
from lianqiao.cases.pictures import language
from lianqiao.law import applicable
from lianqiao.law.limit import Limit
from lianqiao.law.regime import PROGRAMMES, Regime
from lianqiao.law.statute import Item
from lianqiao.law.text import listed
from lianqiao.law.vocabulary import KINDS, MARKS
from lianqiao.record import nodes, time
from lianqiao.registry import lawbook
from lianqiao.registry.models import Agency, Competence

WAY = ("correct", "supplement", "accept", "handle", "deliver", "review")
"""The limits that an enterprise meets, in the order in which it meets them."""


@dataclass(frozen=True)
class Line:
    """One thing that the law says, for people: the words, where they stand, and how well that is known."""

    code: str
    text: str
    article: str
    standing: str
    verified: bool
    kinds: str = ""
    required: bool = True
    names_competent_body: bool = False

    @property
    def source(self) -> str:
        """Where it stands, and how well that is known."""
        return f"{self.article} · {self.standing}"


@dataclass(frozen=True)
class Term:
    """One limit for people."""

    name: str
    label: str
    figure: str
    start: str
    authority: str
    standing: str
    statutory: bool
    verified: bool
    note: str


@dataclass(frozen=True)
class Guide:
    """What the pages tell of one programme."""

    programme: str
    name: str
    regime: Regime
    title: str
    because: str
    note: str
    terms: tuple[Term, ...]
    materials: tuple[Line, ...]
    refusals: tuple[Line, ...]
    conclusions: tuple[Line, ...]
    provisions: tuple[Line, ...]
    extension: str
    agencies: tuple[Agency, ...]

    def term(self, name: str) -> Term | None:
        return next((term for term in self.terms if term.name == name), None)

    @property
    def accept(self) -> Term | None:
        return self.term("accept")

    @property
    def handle(self) -> Term | None:
        return self.term("handle")


def served(on: date | None = None) -> dict[str, list[Agency]]:
    """The programmes for which an agency of this node is competent, each with its agencies, the highest first. One query."""
    found: dict[str, list[Agency]] = {}
    rules = Competence.objects.active(on or time.today()).select_related("agency").order_by("agency__path")
    for rule in rules[:500]:
        held = found.setdefault(rule.programme, [])
        if rule.agency not in held:
            held.append(rule.agency)
    return {code: found[code] for code in PROGRAMMES if code in found}


def guide(programme: str, agencies: Sequence[Agency], kind: str | None = None) -> Guide:
    """The guide to a programme (a known code) as it is in force in this node's region today."""
    on, place, tongue = time.today(), nodes.this_node().code.ljust(6, "0"), language()
    book = lawbook.book()
    choice = applicable.applicable(programme, place, on, kind=kind, held=book.in_force(on))
    regime, targets = choice.regime, Targets(programme, on)
    limits = [applicable.limit_for(regime, name, kind, targets, lawbook.last_resort(on)) for name in WAY]
    return Guide(
        programme,
        PROGRAMMES[programme].in_(tongue),
        regime,
        regime.title.in_(tongue),
        choice.because.in_(tongue),
        regime.note.in_(tongue),
        tuple(term(limit) for limit in limits if limit is not None),
        _lines(regime.materials),
        _lines(regime.refusal_grounds),
        _lines(regime.conclusion_grounds),
        _lines(regime.provisions),
        extension(regime),
        tuple(agencies),
    )


def term(limit: Limit) -> Term:
    tongue = language()
    return Term(
        limit.name,
        limit.label.in_(tongue),
        limit.figure.in_(tongue),
        limit.start.in_(tongue),
        limit.authority.in_(tongue),
        limit.standing.in_(tongue),
        limit.statutory,
        limit.verified,
        limit.note.in_(tongue),
    )


def _lines(items: Sequence[Item]) -> tuple[Line, ...]:
    return tuple(line(item) for item in items)


def line(item: Item) -> Line:
    tongue = language()
    known = item.article not in ("", "unknown")
    return Line(
        item.code,
        item.text.in_(tongue),
        _("article %(article)s") % {"article": item.article} if known else _("article not identified"),
        _("verified") if item.verified else MARKS[item.mark].in_(tongue) if item.mark in MARKS else _("not verified"),
        item.verified,
        listed((KINDS[kind].in_(tongue) for kind in item.kinds), tongue),
        item.required,
        item.names_competent_body,
    )


def extension(regime: Regime) -> str:
    """Whether and how the handling may take longer, in one sentence."""
    rule, tongue = regime.extension, language()
    if not rule.allowed:
        return _("The limit for handling cannot be extended.")
    needs = rule.needs.in_(tongue)
    return _("The limit for handling can be extended: %(needs)s") % {"needs": needs or _("with reasons")}
