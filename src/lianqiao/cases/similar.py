"""Cases like one: likely duplicates of the same enterprise, and concluded ones from which an officer can learn how it went.

Nothing is stored for it. The words of the search (`search.tokens`) find at most a few hundred candidates among what the person may see, and
the share of the text that two cases have in common, rare words weighing more, ranks them (docs/decisions/0014). Who files is compared only
where the person may know it, on both sides.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from math import log, sqrt
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from lianqiao.record import events, time
from lianqiao.record.models import Event
from lianqiao.registry import remembered
from lianqiao.registry.models import Enterprise, Person

from . import data, flow, keys, search
from .models import Case, CaseQuerySet, Participant, known_to

WINDOW = timedelta(days=730)
"""How long ago a case may have been filed to be compared."""
OF_THE_ENTERPRISE, BY_WORDS = 100, 200
"""At most so many candidates are compared."""
RAREST = 16
"""By so many words of the text, the rarest, candidates are sought."""
SAMPLE = 1000
"""How common a word is, the newest cases tell."""
ALIKE, NEARLY, RELATED = 60, 30, 20
"""Per cent of the text in common: of a likely duplicate; of one against the same agency; of a similar case."""
SHOWN = 10
FINISHED = (flow.State.CONCLUDED, flow.State.DELIVERED, flow.State.ARCHIVED)
RESULTS = ("conclude", "conclude_with", "result_reported")


@dataclass(frozen=True)
class Asked:
    """What is compared: a case, or what a draft says. Without an enterprise where the person may not know who files."""

    words: frozenset[str]
    respondents: frozenset[str]
    category: str
    enterprise: UUID | None
    besides: int | None = None


@dataclass(frozen=True)
class Like:
    """One case that is like it: per cent of the text in common, and why it is shown."""

    case: Case
    share: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """How a similar case ended: days from its filing to its conclusion, and the result in words, if it was not erased."""

    like: Like
    days: int | None
    result: str | None


def of_case(case: Case, person: Person) -> Asked:
    """A case as its reader may compare it."""
    known = keys.shows_identity(case, person)
    codes = keys.codes_of_participants(case, Participant.Part.RESPONDENT)
    enterprise = case.enterprise_id if known else None
    return Asked(_text(case, known=known), frozenset(codes), case.category, enterprise, case.pk)


def _text(case: Case, *, known: bool) -> frozenset[str]:
    """The words of the matter as the reader may compare them: those of a confidential case are kept with who files."""
    if not (case.confidential and known):
        return words(case.tokens_open)
    return words(case.tokens_open) | words(case.tokens_identity) - words(search.tokens(case.complainant))


def of_filing(told: data.File) -> Asked:
    """What is going to be filed."""
    text = words(search.tokens(told.title, told.facts, told.request))
    return Asked(text, frozenset(told.respondents), told.category, told.enterprise)


def duplicates(asked: Asked, person: Person) -> list[Like]:
    """Cases of the same enterprise, or of a row that is merged with it, that say nearly the same; open or filed in the last two years."""
    family = _family(asked.enterprise)
    if not family:
        return []
    recent = Q(state__in=flow.OPEN) | Q(filed_on__gte=time.today() - WINDOW)
    found = _besides(asked, person).filter(known_to(person), recent, enterprise__in=family)
    return [
        like
        for like in _ranked(asked, _read(found, person, OF_THE_ENTERPRISE), family)
        if like.share >= ALIKE or (like.share >= NEARLY and _("same agency complained of") in like.reasons)
    ][:SHOWN]


def concluded(asked: Asked, person: Person, but: Collection[int] = ()) -> list[Outcome]:
    """Concluded cases that are about the same, the likest first, each with how it ended; without those of `but`."""
    rarest = _rarest(asked.words)
    if not rarest:
        return []
    found = _besides(asked, person).filter(
        search.holding_one_of(rarest), state__in=FINISHED, filed_on__gte=time.today() - WINDOW
    )
    ranked = _ranked(asked, _read(found.exclude(pk__in=but), person, BY_WORDS), _family(asked.enterprise))
    likes = [like for like in ranked if like.share >= RELATED][:SHOWN]
    ends: dict[UUID, Event] = {}
    ended = Event.objects.filter(subject_kind="case", subject__in=[like.case.uid for like in likes], verb__in=RESULTS)
    for event in ended.select_related("sealed").order_by("number"):
        ends[event.subject] = event
    return [_outcome(like, ends.get(like.case.uid)) for like in likes]


def _outcome(like: Like, end: Event | None) -> Outcome:
    if end is None:
        return Outcome(like, None, None)
    text = events.opened(end).get("text") if like.case.known or not like.case.confidential else None  # type: ignore[attr-defined]
    return Outcome(like, (end.legal_date - like.case.filed_on).days, text if isinstance(text, str) else None)


def _besides(asked: Asked, person: Person) -> CaseQuerySet:
    seen = Case.objects.visible_to(person)
    return seen if asked.besides is None else seen.exclude(pk=asked.besides)


def _read(found: CaseQuerySet, person: Person, most: int) -> list[Case]:
    known = Exists(Case.objects.filter(known_to(person), pk=OuterRef("pk")))
    return list(found.select_related("agency").annotate(known=known).newest_first()[:most])


def _ranked(asked: Asked, candidates: list[Case], family: frozenset[UUID]) -> list[Like]:
    complained: dict[int, set[str]] = {}
    taking_part = Participant.objects.filter(case__in=candidates, part=Participant.Part.RESPONDENT)
    for pk, code in taking_part.values_list("case_id", "agency__code"):
        complained.setdefault(pk, set()).add(code)
    weighed = _Weights(_common())
    likes = [
        Like(case, share, _reasons(asked, case, share, complained.get(case.pk, set()), family))
        for case in candidates
        if (share := weighed.share(asked.words, _text(case, known=case.known)))  # type: ignore[attr-defined]
    ]
    return sorted(likes, key=lambda like: (-like.share, -like.case.pk))


def _reasons(asked: Asked, case: Case, share: int, respondents: set[str], family: frozenset[UUID]) -> tuple[str, ...]:
    found = []
    if case.known and case.enterprise_id in family:  # type: ignore[attr-defined]
        found.append(_("same enterprise"))
    if asked.respondents & respondents:
        found.append(_("same agency complained of"))
    if asked.category == case.category:
        found.append(_("same matter"))
    return (*found, _("%(share)s %% of the text") % {"share": share})


def _family(enterprise: UUID | None) -> frozenset[UUID]:
    named = list(Enterprise.objects.filter(pk=enterprise)) if enterprise else []
    return frozenset(Enterprise.objects.family(named).values_list("pk", flat=True)) if named else frozenset()


# The text


def words(tokens: str) -> frozenset[str]:
    """The words of a text that count: not the single characters at the end of a run."""
    return frozenset(word for word in tokens.split() if len(word) > 1)


class _Weights:
    """How much a word says: the rarer among the newest cases, the more."""

    def __init__(self, common: tuple[int, Counter[str]]) -> None:
        self.cases, self.holding = common

    def of(self, word: str) -> float:
        return log(2 + self.cases / (1 + self.holding[word]))

    def share(self, one: frozenset[str], other: frozenset[str]) -> int:
        """Per cent of the two texts that they have in common (cosine of their weighted words)."""
        both = sum(self.of(word) ** 2 for word in one & other)
        return round(100 * both / sqrt(self._length(one) * self._length(other))) if both else 0

    def _length(self, text: frozenset[str]) -> float:
        return sum(self.of(word) ** 2 for word in text)


def _common() -> tuple[int, Counter[str]]:
    """How many of the newest cases hold each word, and how many cases those are; remembered for 30 seconds."""
    return _remembered.get(SAMPLE) or (0, Counter())


def _count(newest: int) -> tuple[int, Counter[str]]:
    holding: Counter[str] = Counter()
    texts = list(Case.objects.newest_first().values_list("tokens_open", flat=True)[:newest])
    for tokens in texts:
        holding.update(words(tokens))
    return len(texts), holding


_remembered = remembered.Remembered[int, tuple[int, Counter[str]]](_count)


def _rarest(text: frozenset[str]) -> list[str]:
    """The words by which candidates are sought: held by others among the newest cases before all, the rarer the better."""
    weighed = _Weights(_common())
    return sorted(text, key=lambda word: (weighed.holding[word] < 2, weighed.holding[word], word))[:RAREST]
