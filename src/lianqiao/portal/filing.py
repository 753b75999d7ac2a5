"""The steps of filing: what each asks, what it keeps in the draft, what is still missing. The draft holds the fields of the verb and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianqiao.cases import keys
from lianqiao.cases.models import CaseQuerySet, Draft
from lianqiao.law.codes import check_uscc, registered_in
from lianqiao.portal import guide, sheet, situations
from lianqiao.portal.guide import Line
from lianqiao.registry import remembered
from lianqiao.registry.models import Agency, Enterprise, EnterpriseMember, Person

STEPS: dict[str, Any] = {
    "who": gettext_lazy("Enterprise"),
    "matter": gettext_lazy("The matter"),
    "against": gettext_lazy("Who did it"),
    "story": gettext_lazy("In your words"),
    "contact": gettext_lazy("Contact"),
    "check": gettext_lazy("Check and send"),
}
FIELD_IN = {
    "enterprise": "who", "agency": "matter", "programme": "matter", "kind": "matter", "category": "matter",
    "respondents": "against", "title": "story", "facts": "story", "request": "story", "basis": "story",
    "contact": "contact", "confidential": "contact", "summary": "contact", "parallel": "contact",
}  # fmt: skip
"""In which step a field of the filing is asked."""
MOST_FOUND = 20
AGAINST = ("infringement", "retaliation")
"""Kinds that are against somebody."""


def steps_of(content: dict[str, Any]) -> list[str]:
    """The steps that this filing has: only a complaint has somebody against whom it is."""
    return [step for step in STEPS if step != "against" or content.get("kind", "infringement") in AGAINST]


def after(step: str, content: dict[str, Any]) -> str:
    steps = steps_of(content)
    return steps[min(steps.index(step) + 1, len(steps) - 1)] if step in steps else "story"


def before(step: str, content: dict[str, Any]) -> str:
    steps = steps_of(content)
    return steps[steps.index(step) - 1] if step in steps and steps.index(step) else ""


def begun(person: Person, asked: dict[str, str]) -> dict[str, Any]:
    """What a new draft holds already: the only enterprise of the person, the desk that three questions have found."""
    content: dict[str, Any] = {}
    held = enterprises_of(person)
    if len(held) == 1:
        content["enterprise"] = str(held[0].enterprise.stands.pk)
    situation = situations.BY_CODE.get(asked.get("situation", ""))
    if situation and not situation.instead:
        content |= {"kind": situation.kind, "category": situation.category}
        if remembered.agency(asked.get("agency", "")) and asked.get("programme"):
            content |= {"agency": asked["agency"], "programme": asked["programme"]}
    return content


def enterprises_of(person: Person) -> list[EnterpriseMember]:
    return [link for link in keys.enterprises_of(person) if link.may(EnterpriseMember.Power.FILE)]


def choices_of(person: Person) -> list[tuple[str, str]]:
    """The enterprises for which the person may file: their own, those that they are agent of, the members of their chamber."""
    own = {str(link.enterprise.stands.pk): link.enterprise.stands.label for link in enterprises_of(person)}
    followed = {
        str(one.enterprise.stands.pk): one.enterprise.stands.label for one, _matters in keys.associations_of(person)
    }
    return list((followed | own).items())


def situation_of(content: dict[str, Any]) -> str:
    """Which of the plain answers the draft stands for; "" when none was given yet."""
    wanted = (content.get("kind"), content.get("category"))
    return next((one.code for one in situations.SITUATIONS if (one.kind, one.category) == wanted), "")


def found(words: str, but: Sequence[str]) -> list[Agency]:
    """Agencies whose name holds the words, which are not chosen yet; at most twenty. One query."""
    wanted = words.strip()
    if len(wanted) < 2:
        return []
    return list(Agency.objects.named(wanted).exclude(code__in=but)[:MOST_FOUND])


def chosen(content: dict[str, Any]) -> list[Agency]:
    return [agency for code in content.get("respondents", []) if (agency := remembered.agency(code))]


@dataclass(frozen=True)
class Material:
    """One thing that the rule wants, and whether the form has it: "there", "missing", or "file" when it is handed in as a file."""

    line: Line
    stands: str
    words: str


def materials(told: guide.Guide, content: dict[str, Any], link: EnterpriseMember | None) -> list[Material]:
    """The list of materials of the regime, each with whether it is there."""
    contact = content.get("contact", {})
    there = {
        "complainant": bool(contact.get("name") and (contact.get("phone") or contact.get("email"))),
        "respondent": bool(content.get("respondents")),
        "request": bool(content.get("request")),
        "facts": bool(content.get("facts")),
        "statement": "parallel" in content,
        "proposal": bool(content.get("request")),
    }
    agent = link is not None and link.capacity != EnterpriseMember.Capacity.OWNER
    made = []
    for line, item in zip(told.materials, told.regime.materials, strict=True):
        if item.kinds and content.get("kind") not in item.kinds:
            continue
        if item.code == "power-of-attorney":
            if agent:
                made.append(Material(line, "there", _("Your power of attorney is entered here.")))
        elif (
            item.code == "complainant" and there[item.code] and not (contact.get("address") and contact.get("postcode"))
        ):
            made.append(Material(line, "missing", _("Without postal address or postcode")))
        elif item.code in there:
            made.append(
                Material(
                    line,
                    "there" if there[item.code] else "missing",
                    _("In the form") if there[item.code] else _("Missing in the form"),
                )
            )
        else:
            made.append(Material(line, "file", _("As a file, after you have sent the form")))
    return made


def alike(person: Person, content: dict[str, Any]) -> CaseQuerySet | list[Any]:
    """One's own open cases about the same matter: perhaps it has been said already."""
    if not content.get("category"):
        return []
    same = sheet.own_cases(person).open().filter(category=content["category"])
    return same[:5]


def lacking(content: dict[str, Any]) -> list[tuple[str, str]]:
    """What the verb will want and the form does not have: (step, words)."""
    wanted = [
        ("enterprise", _("Whose difficulty it is")), ("agency", _("What happened, and where")), ("title", _("A heading")),
        ("facts", _("What happened, in your words")), ("request", _("What you ask for")),
        ("contact", _("How to reach you")),
    ]  # fmt: skip
    if content.get("kind") in AGAINST:
        wanted.insert(2, ("respondents", _("Who is complained of")))
    return [(FIELD_IN[name], words) for name, words in wanted if not content.get(name)]


def enterprise_of(content: dict[str, Any]) -> Enterprise | None:
    return Enterprise.objects.filter(pk=content["enterprise"]).first() if content.get("enterprise") else None


def link_of(person: Person, content: dict[str, Any]) -> EnterpriseMember | None:
    held = (link for link in keys.enterprises_of(person) if str(link.enterprise.stands.pk) == content.get("enterprise"))
    return next(held, None)


@dataclass(frozen=True)
class Checked:
    """What a credit code is worth."""

    code: str
    problems: tuple[str, ...]
    place: str
    known: bool


def check_code(code: str, tongue: str) -> Checked:
    """Whether a unified social credit code can be one (GB 32100), where it was given, and whether this node knows the enterprise. One query."""
    asked = "".join(code.split()).upper()
    problems = tuple(problem.in_(tongue) for problem in check_uscc(asked))
    place = registered_in(asked) if not problems else None
    known = not problems and Enterprise.objects.filter(uscc=asked).exists()
    return Checked(asked, problems, place.in_(tongue) if place else "", known)


def kept(draft: Draft) -> str:
    """How a draft is called in the list."""
    return str(draft.content.get("title") or _("(no heading yet)"))
