"""What adopting, correcting or ending a regime would do, told before anything is written."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import ParamSpec, TypeVar

import tomlkit
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from lianqiao.law import reading
from lianqiao.law.limit import LIMIT_NAMES, PERIODIC, UNITS, Limit
from lianqiao.law.regime import NODE_TARGET, Regime, RegimeError, shipped
from lianqiao.law.vocabulary import KINDS
from lianqiao.record.refusal import Refused
from lianqiao.registry.entering import check_choice, wrong_field
from lianqiao.registry.lawbook import Adoption, LawBook, read_with
from lianqiao.registry.models import RegimeText

LONGEST_TEXT = 200_000
Given = ParamSpec("Given")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Edition:
    """One version to be adopted: as read, its text, and the digest of the parent that it was read under."""

    regime: Regime
    text: str
    parent: str


@dataclass(frozen=True)
class Plan:
    """The regime first, then those that inherit from it and are adopted anew with it."""

    editions: tuple[Edition, ...]
    since: date
    before: Regime | None

    @property
    def regime(self) -> Regime:
        return self.editions[0].regime

    def adoptions(self) -> list[Adoption]:
        return [Adoption(edition.regime, self.since) for edition in self.editions]


def sound(function: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Refuses, 422, a text that contradicts itself or cannot be read ("regime-contradiction"), with where and how."""

    @wraps(function)
    def read(*given: Given.args, **more: Given.kwargs) -> Answer:
        try:
            return function(*given, **more)
        except RegimeError as error:
            problem = error.in_(get_language() or "zh")
        except (tomllib.TOMLDecodeError, TOMLKitError, UnicodeError, TypeError, AttributeError) as error:
            problem = str(error)
        raise Refused("regime-contradiction", _("The text cannot be adopted: %(problem)s"), status=422, problem=problem)

    return read


@sound
def plan(text: str, book: LawBook, since: date) -> Plan:
    """What adopting the text from a day would write.

    Refused: a text that contradicts itself, a parent that is not in force on the day, two regimes of equal standing
    ("regime-contradiction"); a version not above those that were in force here, unless it is one of them
    ("version-not-above"); the version that is in force already ("already-in-force").
    """
    if len(text) > LONGEST_TEXT:
        raise wrong_field("text", str(_("it is too long")))
    held = book.in_force(since)
    said = tomllib.loads(text)
    code = str(said.get("id", ""))
    parent = held.get(str(said.get("parent", "")))
    found = read_with(f"{code or 'regime'}.toml", text.encode(), parent)
    before = held.get(found.id)
    if before is not None and before.digest == found.digest:
        raise Refused(
            "already-in-force",
            _("Version %(version)s of %(regime)s is in force on %(since)s already."),
            regime=found.id,
            version=found.version,
            since=since.isoformat(),
        )
    known = book.versions(found.id)
    highest = max((one.version for one in known), default=0)
    if found.version <= highest and found.digest not in {one.digest for one in known}:
        raise Refused(
            "version-not-above",
            _("%(regime)s has had version %(highest)s here. Give the new text a version above it, not %(version)s."),
            status=422,
            regime=found.id,
            highest=highest,
            version=found.version,
        )
    editions = (Edition(found, text, parent.digest if parent else ""), *heirs(found, held.values()))
    new = {edition.regime.id: edition.regime for edition in editions}
    reading.refuse_rivals((dict(held) | new).values())
    return Plan(editions, since, before)


def heirs(parent: Regime, held: object) -> Iterator[Edition]:
    """The regimes that inherit from it, read anew under it, and those that inherit from them."""
    known: list[Regime] = list(held)  # type: ignore[call-overload]
    for heir in known:
        if heir.parent == parent.id and heir.id != parent.id:
            text = text_of(heir)
            edition = Edition(read_with(f"{heir.id}.toml", text.encode(), parent), text, parent.digest)
            yield edition
            yield from heirs(edition.regime, known)


def text_of(held: Regime) -> str:
    """The text of a version that is in force."""
    kept = RegimeText.objects.filter(digest=held.digest).first()
    return kept.text if kept else shipped(held.id).decode()


def in_force(code: str, book: LawBook, on: date) -> Regime:
    """The regime in force on the day; refuses, 404, one that is not ("regime-not-in-force")."""
    held = book.in_force(on)
    if code not in held:
        raise Refused(
            "regime-not-in-force",
            _("No regime %(regime)s is in force here on %(on)s. In force: %(known)s."),
            status=404,
            regime=code,
            on=on.isoformat(),
            known=", ".join(held),
        )
    return held[code]


@dataclass(frozen=True)
class Correction:
    """A figure as a jurist read it: what is None stays as it is. `verified` needs `quote`, the words of the text."""

    limit: str
    kind: str = ""
    amount: int | None = None
    unit: str | None = None
    article: str | None = None
    verified: bool = False
    mark: str | None = None
    quote: str = ""

    @property
    def evidence(self) -> dict[str, str]:
        return {"limit": self.limit, "kind": self.kind, "article": self.article or "", "text": self.quote.strip()}


@sound
def corrected(held: Regime, text: str, correction: Correction, version: int) -> str:
    """The text of a regime with one figure corrected, as its next version; everything else stays as it is written.

    Refused: a limit that the regime does not have ("unknown-limit"), a verification without the words that were read
    ("no-quote"), an unknown unit, kind or limit.
    """
    check_choice("limit", correction.limit, list(LIMIT_NAMES))
    check_choice("kind", correction.kind, ["", *KINDS])
    if correction.unit is not None:
        check_choice("unit", correction.unit, [unit for unit in UNITS if unit != PERIODIC])
    if correction.verified and not correction.quote.strip():
        raise Refused(
            "no-quote",
            _("A figure is verified by the words of the text. Give the article as it was read."),
            status=422,
        )
    limit = held.limit(correction.limit, correction.kind or None)
    if limit is None:
        known = ", ".join(dict.fromkeys(one.name for one in held.limits))
        raise Refused(
            "unknown-limit",
            _("%(regime)s has no such limit for this kind of case. Known: %(known)s."),
            status=422,
            regime=held.id,
            known=known,
        )
    document = tomlkit.parse(text)
    document["version"] = version
    row = _row_of(document, limit)
    row["amount"] = limit.amount if correction.amount is None else correction.amount
    row["unit"] = correction.unit or limit.unit
    row["article"] = correction.article or limit.article or "unknown"
    row["mark"] = correction.mark or ("V1" if correction.verified else "K")
    row["verified"] = correction.verified
    if held.id != NODE_TARGET:
        row.pop("node_target", None)
        if limit.name in document.get("targets", []):
            document["targets"].remove(limit.name)
    return tomlkit.dumps(document)


def _row_of(document: tomlkit.TOMLDocument, limit: Limit) -> Table:
    """The limit's own table in the text; a limit that was inherited gets one."""
    rows = document.setdefault("limit", tomlkit.aot())
    assert isinstance(rows, AoT)
    row: Table
    for row in rows:
        if row["name"] == limit.name and tuple(row.get("kinds", ())) == limit.kinds:
            return row
    row = tomlkit.table()
    row["name"] = limit.name
    start = tomlkit.inline_table()
    start.update({"zh": limit.start.zh or limit.label.zh, "en": limit.start.en or limit.label.en})
    row["start"] = start
    if limit.kinds:
        row["kinds"] = list(limit.kinds)
    if not limit.rolls:
        row["rolls"] = False
    if limit.unit == PERIODIC:
        row["every"], row["first_month"] = limit.every, limit.first_month
    rows.append(row)
    return row


@sound
def code_of(text: str) -> str:
    """The id that a text gives itself."""
    return str(tomllib.loads(text).get("id", ""))


@sound
def placed(text: str, jurisdiction: str, version: int) -> str:
    """The text of a pattern as a regime of one place, as its next version: the place is the beginning of a division code."""
    document = tomlkit.parse(text)
    document["version"], document["jurisdiction"] = version, jurisdiction
    document.pop("pattern", None)
    return tomlkit.dumps(document)


def next_version(code: str, book: LawBook) -> int:
    """One above every version of the regime that was ever in force here."""
    return 1 + max((one.version for one in book.versions(code)), default=0)
