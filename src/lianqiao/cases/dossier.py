"""What a case says, read from its first event: for the case page, and for the other region as far as the clause shares it."""

from collections.abc import Collection
from typing import Any

from lianqiao.record import events
from lianqiao.record.models import Event

from . import search
from .models import Case

MATTER = ("title", "facts", "request", "basis")
"""What whoever files says of the matter, in their own words."""
CONTACT = ("name", "phone", "email", "address", "postcode")


def filing(case: Case) -> dict[str, Any]:
    """What was said when the case began here (filed, taken over or recovered), erasable texts put back where they still exist."""
    return events.opened(Event.objects.about("case", case.uid).get(number=1))


def content(case: Case, shares: Collection[str], *, carries: bool) -> dict[str, Any]:
    """The minimum that the receiver of an offer needs, with no more identity than the clause shares.

    `shares` may name "identity" (who files) and "contact" (how to reach them); without "identity" a confidential case travels without a name and with
    its summary in place of what was said, others with the name of the enterprise only. `carries`: the start of a running handling limit goes along.
    Salts never travel.
    """
    said = filing(case)
    told: dict[str, Any] = {name: _text(said, name) for name in MATTER} | {"summary": case.summary}
    if case.confidential and "identity" not in shares:
        title = case.titled(known=False) if case.summary else "-"
        told |= {"title": title, "facts": case.summary or title, "request": "", "basis": ""}
    told |= {
        "kind": case.kind,
        "programme": case.programme,
        "category": case.category,
        "confidential": case.confidential,
        "respondents": said.get("respondents", []),
        "home_node": case.home_node,
        "from_number": case.number,
        "first_filed_on": case.first_filed_on.isoformat(),
    }
    if "identity" in shares or not case.confidential:
        told["enterprise_name"] = case.complainant
    if "identity" in shares:
        told["enterprise_code"] = case.enterprise.uscc if case.enterprise else _text(said, "enterprise_code")
    if {"identity", "contact"} <= set(shares) or ("contact" in shares and not case.confidential):
        told["contact"] = {part: _text(said, f"contact.{part}") for part in CONTACT}
    if carries and (clock := case.clocks.running().filter(name="handle").first()):
        told["handle_from"] = clock.given.get("carried_from") or clock.started_on.isoformat()
    return told


def derive(case: Case) -> None:
    """Set the title, the summary and the tokens of the search anew from what is still said, after an erasure."""
    said = filing(case)
    last = Event.objects.about("case", case.uid).filter(verb="summarise").last()
    case.summary = _text(events.opened(last), "text") if last else _text(said, "summary")
    tell(case, said, names=bool(case.complainant))


def tell(case: Case, said: dict[str, Any], *, names: bool = True) -> None:
    """Set the title and the tokens of the search by what was said. The words of a confidential case are found by who may know who files alone;
    openly it is found by its summary."""
    case.title = _text(said, "title")
    matter = search.tokens(*(_text(said, name) for name in ("title", "facts", "request")))
    identity = identity_tokens(case, said, names=names)
    if case.confidential:
        case.tokens_open, case.tokens_identity = search.tokens(case.summary), identity + matter.lstrip()
    else:
        case.tokens_open, case.tokens_identity = matter, identity


def identity_tokens(case: Case, said: dict[str, Any], *, names: bool = True) -> str:
    """The tokens that tell who files; `names`: also those that the registry knows of the enterprise."""
    known = [case.complainant, _text(said, "enterprise_name"), _text(said, "enterprise_code")]
    if case.enterprise and names:
        known += [case.enterprise.name_zh, case.enterprise.name_en, case.enterprise.uscc]
    return search.tokens(*known, *(_text(said, f"contact.{part}") for part in ("name", "phone", "email")))


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name, "")
    return value if isinstance(value, str) else ""
