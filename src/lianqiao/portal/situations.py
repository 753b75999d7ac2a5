"""Where a matter belongs, found by plain questions: who is asking, what happened, where. Nobody needs to know the law for it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from lianqiao.cases.pictures import language
from lianqiao.law import divisions
from lianqiao.record import nodes, time
from lianqiao.registry.models import Agency, Competence, Enterprise

PROGRAMME_OF = {
    Enterprise.Kind.FOREIGN_INVESTED: "fie-complaint",
    Enterprise.Kind.INWARD: "inward-complaint",
    Enterprise.Kind.PRIVATE: "private-complaint",
}
WHO = [
    (Enterprise.Kind.FOREIGN_INVESTED, _("With foreign investment")),
    (Enterprise.Kind.INWARD, _("From another province, investing here")),
    (Enterprise.Kind.PRIVATE, _("A private enterprise of this place")),
]
ELSEWHERE = ["business-environment", "hotline"]
"""Programmes that take in what no agency of the first choice is competent for."""


@dataclass(frozen=True)
class Situation:
    """What happened, as somebody would say it, and what the filing calls it. `instead`: the matter belongs nowhere here; where to go."""

    code: str
    words: Any
    kind: str
    category: str
    programme: str = ""
    instead: Any = ""


SITUATIONS = [
    Situation("inspection", _("An inspection, fine, seizure or closure that we think is wrong"), "infringement", "enforcement"),
    Situation("licence", _("A permit or approval is delayed, refused, or handed round"), "infringement", "licensing"),
    Situation("fees", _("Fees, fines or contributions without a clear basis"), "infringement", "levies"),
    Situation("supplier", _("We are told from whom we have to buy"), "infringement", "designated-supplier"),
    Situation("unequal", _("A tender, rule or practice treats us worse than others"), "infringement", "fair-competition"),
    Situation("bidding", _("Somebody meddles in bidding or procurement"), "infringement", "bidding"),
    Situation("policy", _("A subsidy or preferential policy is not delivered"), "infringement", "policy-not-delivered"),
    Situation("promise", _("What was promised when we invested is not kept"), "infringement", "investment-promise"),
    Situation("inaction", _("An authority does nothing, and we lose by it"), "infringement", "inaction"),
    Situation("retaliation", _("We are pressed or punished because we complained"), "retaliation", "enforcement"),
    Situation("help", _("Nobody did wrong, but we need help with something"), "help", "no-coordination"),
    Situation("suggestion", _("We have a suggestion on rules or services"), "suggestion", "other"),
    Situation("question", _("We only have a question"), "consultation", "other", "hotline"),
    Situation(
        "contract", _("Another company owes us money or breaks a contract"), "", "",
        instead=_(
            "A dispute between companies is for the court, or for the arbitration body that the contract names. "
            "If a public body or a large enterprise owes money to a small one, the platform for overdue payments takes the complaint."
        ),
    ),
    Situation(
        "decided", _("The matter is before a court, in reconsideration, or was decided there"), "", "",
        instead=_(
            "What is before a court or a reconsideration body, or was decided by one, cannot be taken up here. "
            "Follow the remedy named in that decision, and mind its time limit."
        ),
    ),
]  # fmt: skip
BY_CODE = {situation.code: situation for situation in SITUATIONS}


@dataclass(frozen=True)
class Answer:
    """Where the matter belongs: the agency (None if none is entered as competent), the programme, and why."""

    situation: Situation
    programme: str
    agency: Agency | None
    because: str


def places() -> list[tuple[str, str]]:
    """The places of this node that a matter can lie in: the province itself, its prefectures, and the counties below a municipality."""
    code = nodes.this_node().code.ljust(6, "0")
    tongue = language()
    own = divisions.division(code)
    held = ([own] if own else []) + list(divisions.children(code))
    return [(one.code, one.name.in_(tongue)) for one in held]


def answer(who: str, situation: Situation, place: str) -> Answer:
    """Who is competent: for the programme of the enterprise's kind, else for one that takes in what is left over. At most three queries."""
    wanted = [situation.programme or PROGRAMME_OF[Enterprise.Kind(who)], *ELSEWHERE]
    first = None
    for programme in dict.fromkeys(wanted):
        found = Competence.objects.competent(place, programme, situation.category, "", time.today())
        if found.agency is not None:
            return Answer(situation, programme, found.agency, found.because)
        first = first or Answer(situation, programme, None, found.because)
    assert first is not None
    return first
