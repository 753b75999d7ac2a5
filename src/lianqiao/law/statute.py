"""What a statute says about a programme: one regime, its limits, grounds, materials and notices, each with its article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lianqiao.law.divisions import is_within
from lianqiao.law.limit import Limit
from lianqiao.law.text import NOTHING, Text
from lianqiao.law.vocabulary import PROCEDURE


class RegimeError(ValueError):
    """A regime that contradicts itself: `file`, `key` and `what` (Text) say where and how."""

    def __init__(self, file: str, key: str, what: Text) -> None:
        super().__init__(f"{file}: {key}: {what.en}")
        self.file, self.key, self.what = file, key, what

    def in_(self, lang: str) -> str:
        """The whole message in "zh" or "en"."""
        return f"{self.file}: {self.key}: {self.what.in_(lang)}"


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a statute says: its code, its text, the article, and how well it is known.

    The same form serves grounds (of refusal, of conclusion), causes to pause, materials, notices and data of reports.
    `names_competent_body`: the refusal must name who is competent. `kinds`: only for these kinds of case (empty: all).
    `verb`: the verb that a notice goes with. `required`: a material without which a filing is incomplete.
    """

    code: str
    text: Text
    article: str
    verified: bool
    mark: str
    inherited: str = ""
    names_competent_body: bool = False
    kinds: tuple[str, ...] = ()
    verb: str = ""
    required: bool = True

    def as_data(self) -> dict[str, object]:
        """JSON form."""
        return {
            "code": self.code, "text": self.text.as_data(), "article": self.article, "verified": self.verified,
            "mark": self.mark, "inherited": self.inherited,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExtensionRule:
    """Whether handling may be extended. `amount` and `unit` are the most that all extensions may add; None and "" set no cap.

    `total`: the statute caps the whole limit instead ("50 working days in all"); `amount` is then what that leaves.
    """

    allowed: bool
    needs: Text = NOTHING
    amount: int | None = None
    unit: str = ""
    article: str = ""
    verified: bool = False
    mark: str = ""
    statutory: bool = True
    inherited: str = ""
    total: int | None = None


@dataclass(frozen=True)
class Regime:
    """One statute for some programmes, in one jurisdiction and period. Built by `reading.read`.

    `jurisdiction` is the beginning of a division code ("" = China). `first` and `until` are days in force, both
    included. `digest` is the sha256 of the file's bytes: what a node cites when it adopts a version. `pattern`: the place
    that made the rule is not known, so it applies nowhere by itself; it is there to compare and to adopt.
    """

    id: str
    version: int
    title: Text
    programmes: tuple[str, ...]
    kinds: tuple[str, ...]
    jurisdiction: str
    first: date
    until: date | None
    precedence: int
    parent: str
    source: str
    mark: str
    note: Text
    verbs: frozenset[str]
    limits: tuple[Limit, ...]
    extension: ExtensionRule
    refusal_grounds: tuple[Item, ...]
    conclusion_grounds: tuple[Item, ...]
    pause_causes: tuple[Item, ...]
    materials: tuple[Item, ...]
    notices: tuple[Item, ...]
    reports: tuple[Item, ...]
    provisions: tuple[Item, ...]
    labels: dict[str, Text]
    digest: str
    pattern: bool = False

    def limit(self, name: str, kind: str | None = None) -> Limit | None:
        """The limit of this name for a kind of case: the one made for the kind, else the general one, else None."""
        of_name = [limit for limit in self.limits if limit.name == name]
        return next(
            (limit for limit in of_name if kind in limit.kinds),
            next((limit for limit in of_name if not limit.kinds), None),
        )

    def provision(self, code: str) -> Item | None:
        """A rule in words: "languages", "simplified", "objection", "confidentiality"; None where none is known."""
        return next((item for item in self.provisions if item.code == code), None)

    @property
    def simplified(self) -> Item | None:
        """The rule for a simplified procedure, where the regime has one."""
        return self.provision("simplified")

    @property
    def objection(self) -> Item | None:
        """The route of an objection, where one is known."""
        return self.provision("objection")

    def materials_for(self, kind: str) -> tuple[Item, ...]:
        """What a filing of this kind must contain."""
        return tuple(item for item in self.materials if not item.kinds or kind in item.kinds)

    def allows(self, verb: str) -> bool:
        """Whether the regime leaves room for a verb; verbs that are not procedural are never narrowed."""
        return verb not in PROCEDURE or verb in self.verbs

    def covers(self, programme: str, division: str, on: date, kind: str | None = None) -> bool:
        """Whether the regime is made for this programme, place, day and kind."""
        return (
            not self.pattern
            and programme in self.programmes
            and is_within(division, self.jurisdiction)
            and self.first <= on
            and (self.until is None or on <= self.until)
            and (kind is None or not self.kinds or kind in self.kinds)
        )

    def label(self, state: str, ground: str = "") -> Text | None:
        """The regime's own word for a state, or for a state with a ground ("state/ground")."""
        return self.labels.get(f"{state}/{ground}" if ground else state) or self.labels.get(state)
