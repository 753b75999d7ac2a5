"""Enterprises that may be the same one: found by keys that they share, each with the reasons in words.

The keys (`MatchKey`) are digests of codes and folded names; they only bring rows together. What is told as a reason is then
compared on the rows themselves.
"""

from __future__ import annotations

import re
import struct
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from lianqiao.registry import names
from lianqiao.registry.models import Enterprise, FormerCode, MatchKey

SCORES = {
    "same-code": 100, "former-code": 95, "same-organisation": 90, "same-name": 90, "same-english-name": 75,
    "name-apart-from-place": 65, "name-one-character": 55,
}  # fmt: skip
"""How much each reason says by itself, of 100."""

OTHER_CODES = 30
"""What is taken off when both have a credit code and no code speaks for it: another code is another body, unless one is wrong."""

CROWD = 40
"""A key that more rows than these share says nothing (a name such as "Trading Company"); it is left out and counted."""


SIGNS = re.compile(r"[^0-9A-Z]")


@dataclass(frozen=True)
class Named:
    """What duplicates are looked for: the names and codes of a row, entered or about to be."""

    name_zh: str
    name_en: str
    uscc: str = ""
    former: tuple[str, ...] = ()
    id: UUID | None = None

    @property
    def codes(self) -> set[str]:
        return {compact(code) for code in self.former} | ({compact(self.uscc)} if self.uscc else set())

    @property
    def organisations(self) -> set[str]:
        return organisations(self.codes)


@dataclass(frozen=True)
class Candidate:
    """One enterprise that may be the same, how likely (of 100), and why."""

    enterprise: Enterprise
    score: int
    reasons: tuple[tuple[str, str], ...] = field(default=())  # code, sentence


def compact(code: str) -> str:
    """A code in one width and case, without signs and spaces."""
    return code.upper() if code.isascii() and code.isalnum() else SIGNS.sub("", names.plain(code).upper())


def organisations(codes: Iterable[str]) -> set[str]:
    """The organisation codes (GB 11714) among the codes, or in them: characters 9 to 17 of a credit code."""
    return {code[8:17] if len(code) == 18 else code for code in codes if len(code) in (9, 18)}


def keys_of(it: Named) -> set[int]:
    """The keys of what is named; `MatchKey` holds them for every row."""
    codes = it.codes
    texts = [f"u:{code}" for code in codes] + [f"o:{code}" for code in organisations(codes)]
    plain = names.plain(it.name_zh)
    if zh := names.folded_plain(plain):
        texts.append(f"n:{zh}")
    if en := names.folded_english(it.name_en):
        texts.append(f"e:{en}")
    core = names.core_plain(plain)
    if len(core) > names.LEAST:
        texts.append(f"p:{core}")
    texts += [f"d:{text}" for text in names.neighbours(core)]
    digests = b"".join([blake2b(text.encode(), digest_size=8).digest() for text in texts])
    return set(struct.unpack(f">{len(texts)}q", digests))


def named(enterprise: Enterprise, former: Iterable[str] | None = None) -> Named:
    """A row as it is compared; `former` spares the query for its former codes."""
    codes = former if former is not None else enterprise.former_codes.values_list("code", flat=True)
    return Named(enterprise.name_zh, enterprise.name_en, enterprise.uscc, tuple(codes), enterprise.pk)


def reasons(one: Named, other: Named) -> dict[str, str]:
    """Why the two may be the same: stable code and sentence. Nothing when nothing speaks for it."""
    found: dict[str, str] = {}
    if one.uscc and compact(one.uscc) == compact(other.uscc):
        found["same-code"] = _("both have the credit code %(code)s") % {"code": one.uscc}
    elif shared := one.codes & other.codes:
        found["former-code"] = _("one of them had the code %(code)s before") % {"code": min(shared)}
    elif shared := one.organisations & other.organisations:
        found["same-organisation"] = _("their codes hold the same organisation code %(code)s") % {"code": min(shared)}
    if names.folded(one.name_zh) == names.folded(other.name_zh):
        found["same-name"] = _("the Chinese names are the same but for script, signs and legal form")
    else:
        cores = names.core(one.name_zh), names.core(other.name_zh)
        if cores[0] == cores[1] and len(cores[0]) > names.LEAST:
            found["name-apart-from-place"] = _("the Chinese names are the same but for the place: %(name)s") % {
                "name": cores[0]
            }
        elif names.one_apart(*cores):
            found["name-one-character"] = _("the Chinese names differ in one character: %(one)s, %(other)s") % {
                "one": cores[0],
                "other": cores[1],
            }
    if (en := names.folded_english(one.name_en)) and en == names.folded_english(other.name_en):
        found["same-english-name"] = _("the English names are the same but for signs and legal form")
    return found


def judged(one: Named, other: Named) -> tuple[int, tuple[tuple[str, str], ...]]:
    """The score of 100 and the reasons; (0, ()) when nothing speaks for it."""
    found = reasons(one, other)
    if not found:
        return 0, ()
    best, *more = sorted((SCORES[code] for code in found), reverse=True)
    score = min(100, best + 5 * len(more))
    by_code = found.keys() & {"same-code", "former-code", "same-organisation"}
    if one.uscc and other.uscc and not by_code:
        score -= OTHER_CODES
        found["other-codes"] = _("but their credit codes name two bodies")
    return score, tuple(found.items())


def candidates(it: Named, *, most: int = 10, own: UUID | None = None) -> list[Candidate]:
    """The enterprises of the registry that may be the same, likeliest first. A merged row is told as the one that stands for it.
    `own`: the row that stands for it, where the caller knows it.

    Three queries, whatever the size of the registry.
    """
    shared = MatchKey.objects.filter(key__in=keys_of(it))
    if it.id is not None:
        shared = shared.exclude(enterprise=it.id)
    rows = Enterprise.objects.filter(pk__in=shared.values("enterprise")).select_related("root")[: CROWD * 5]
    former = former_codes([row.pk for row in rows])
    if own is None and it.id:
        own = next((row.root_id or row.pk for row in Enterprise.objects.filter(pk=it.id)), None)
    found: dict[UUID, Candidate] = {}
    for row in rows:
        score, why = judged(it, named(row, former[row.pk]))
        stands = row.stands
        if why and stands.pk != own and (stands.pk not in found or found[stands.pk].score < score):
            found[stands.pk] = Candidate(stands, score, why)
    return sorted(found.values(), key=lambda one: (-one.score, one.enterprise.name_zh))[:most]


def sharing(keys: Collection[int]) -> dict[int, list[Enterprise]]:
    """The enterprises that have each of the keys, with their former codes; keys that too many have are left out."""
    found: dict[int, set[UUID]] = defaultdict(set)
    wanted = sorted(keys)
    for start in range(0, len(wanted), 5000):
        shared = MatchKey.objects.filter(key__in=wanted[start : start + 5000])
        for key, owner in shared.values_list("key", "enterprise"):
            found[key].add(owner)
    kept = {key: owners for key, owners in found.items() if len(owners) <= CROWD}
    ids = {owner for owners in kept.values() for owner in owners}
    rows = {row.pk: row for row in Enterprise.objects.filter(pk__in=ids).prefetch_related("former_codes")}
    return {key: [rows[owner] for owner in owners] for key, owners in kept.items()}


def former_codes(enterprises: Collection[UUID]) -> dict[UUID, list[str]]:
    """The former codes of the enterprises, in one query."""
    found: dict[UUID, list[str]] = defaultdict(list)
    for owner, code in FormerCode.objects.filter(enterprise__in=enterprises).values_list("enterprise", "code"):
        found[owner].append(code)
    return found


@dataclass
class Pair:
    """Two enterprises of the registry that may be the same."""

    one: Enterprise
    other: Enterprise
    score: int
    reasons: tuple[tuple[str, str], ...]


class Page(NamedTuple):
    """Some pairs, and the enterprise after which the next page begins; None at the end."""

    pairs: list[Pair]
    next: UUID | None


AT_ONCE = 200
"""Enterprises that are compared together with all that share a key with them."""
STRIDES = 10
"""How many times so many are looked at for one page."""


def page(*, after: UUID | None, least: int = 50, limit: int = 50) -> Page:
    """Pairs of the registry in the order of the first one's id, from the enterprise after `after`: at least `limit` if there are so many
    among the next 2,000 enterprises, and never half of those of one enterprise."""
    found: list[Pair] = []
    for _stride in range(STRIDES):
        rows = Enterprise.objects.order_by("pk")
        block = list((rows.filter(pk__gt=after) if after else rows).values_list("pk", flat=True)[:AT_ONCE])
        pairs = list(judged_pairs(pairs_of(block)[0], least))
        for one in block:
            found += [pair for pair in pairs if pair.one.pk == one]
            if len(found) >= limit:
                return Page(found, one)
        if len(block) < AT_ONCE:
            return Page(found, None)
        after = block[-1]
    return Page(found, after)


def pairs_of(block: Sequence[UUID]) -> tuple[list[tuple[UUID, UUID]], set[int]]:
    """The pairs of which the first is in the block and the second has a greater id and shares a key; and the keys that too many have."""
    own = MatchKey.objects.filter(enterprise__in=block).values("key")
    shared = MatchKey.objects.filter(key__in=own).values("key").annotate(rows=Count("id")).filter(rows__gt=1)
    counts = dict(shared.values_list("key", "rows"))
    crowds = {key for key, rows in counts.items() if rows > CROWD}
    groups: dict[int, list[UUID]] = defaultdict(list)
    for key, owner in MatchKey.objects.filter(key__in=counts.keys() - crowds).values_list("key", "enterprise"):
        groups[key].append(owner)
    firsts = set(block)
    together = {
        (one, other) for owners in groups.values() for one in owners if one in firsts for other in owners if one < other
    }
    return sorted(together), crowds


def judged_pairs(pairs: Sequence[tuple[UUID, UUID]], least: int) -> Iterator[Pair]:
    """Those of the pairs that are likely enough, without two rows of one family."""
    for start in range(0, len(pairs), AT_ONCE):
        some = pairs[start : start + AT_ONCE]
        ids = {owner for pair in some for owner in pair}
        rows, former = Enterprise.objects.in_bulk(ids), former_codes(ids)
        for first, second in some:
            one, other = rows[first], rows[second]
            if (one.root_id or one.pk) == (other.root_id or other.pk):
                continue
            score, why = judged(named(one, former[first]), named(other, former[second]))
            if score >= least:
                yield Pair(one, other, score, why)


class Sweep:
    """All pairs of the registry that may be the same, some enterprises at a time. `crowds` counts the keys that too many rows share."""

    def __init__(self, *, least: int = 50) -> None:
        self.least = least
        self.crowds = 0

    def __iter__(self) -> Iterator[Pair]:
        crowds: set[int] = set()
        after: UUID | None = None
        while block := list(self._after(after)):
            pairs, crowded = pairs_of(block)
            crowds |= crowded
            self.crowds = len(crowds)
            yield from judged_pairs(pairs, self.least)
            after = block[-1]

    def _after(self, after: UUID | None) -> QuerySet[Enterprise, UUID]:
        rows = Enterprise.objects.order_by("pk")
        return (rows.filter(pk__gt=after) if after else rows).values_list("pk", flat=True)[: 5 * AT_ONCE]
