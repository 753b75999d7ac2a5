"""The terms of an agreement: one JSON document, the same bytes for both nodes (docs/reference/agreements.md).

Pure: no database. `problems` says, sentence by sentence, why terms cannot be signed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

from lianqiao.law.limit import CALENDAR_DAYS, HOURS, MONTHS, WORKING_DAYS, YEARS
from lianqiao.law.vocabulary import PROGRAMMES
from lianqiao.record.canonical import canonical

VERSION = 1
PREFIX = b"lianqiao/agreement/v1\0"
UNITS = (HOURS, WORKING_DAYS, CALENDAR_DAYS, MONTHS, YEARS)
SHARES = {
    "identity": _("who the enterprise is, also of a confidential case"),
    "contact": _("how to reach the enterprise"),
    "attachments": _("attachments"),
    "progress": _("reports of progress"),
    "result": _("the result"),
}
JOINT_TRIGGERS = {
    "social_impact": _("adverse social impact is likely"),
    "operation_affected": _("the normal order of production and operation is seriously affected"),
    "major_interests": _("disputes over major interests of enterprises are provoked"),
    "environment_harmed": _("the business environment of both places is seriously harmed"),
}
HAND_OVER, CONSULT, TASK, OBJECTION = "hand_over", "consult", "task", "objection"
LETS = {
    HAND_OVER: _("hand a case over"),
    CONSULT: _("consult"),
    TASK: _("give sub-tasks of a case that stays where it is"),
    OBJECTION: _("pass an objection on to the agency above"),
}
OPTIONAL = {"lets"}
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
REF = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}")
NODE = re.compile(r"[0-9A-Za-z]{1,12}")
TOP = {"v", "reference", "title", "parties", "from", "until", "clauses"}
CLAUSE = {"ref", "from", "to", "programmes", "categories", "shares", "answer", "carries", "joint_triggers"}
SIGN_ON = "sign_on"
"""The one part of the terms that may be left out: without it nobody of one node signs in at the other."""
ASSURANCE = (1, 2, 3)
POWERS = ("file", "supplement", "withdraw", "receive", "object", "rate")
NO_TEXT_ABOVE = 200


class Problem(NamedTuple):
    """One reason why terms cannot be signed: a stable code and a sentence."""

    code: str
    sentence: str | Promise


def message(terms: Mapping[str, Any]) -> bytes:
    """The bytes that both nodes sign: a prefix that no other signature of the house begins with, then the canonical
    form (RFC 8785). Raises ValueError for what has no canonical form."""
    return PREFIX + canonical(dict(terms))


def problems(terms: Any) -> list[Problem]:
    """Why these terms cannot be signed; an empty list means that they can."""
    if not isinstance(terms, dict):
        return [Problem("not-an-object", _("The terms must be one JSON object."))]
    found = list(of_shape(terms))
    if found:
        return found
    found = [*of_heading(terms), *of_parties(terms), *of_sign_on(terms)]
    return found or [problem for clause in terms["clauses"] for problem in of_clause(clause, terms)] + list(
        of_refs(terms["clauses"])
    )


def of_shape(terms: dict[str, Any]) -> Iterator[Problem]:
    """The fields that must be there, and no others: what the text does not say must not look agreed."""
    yield from fields({name: said for name, said in terms.items() if name != SIGN_ON}, TOP, _("the terms"))
    if terms.get("v") != VERSION:
        yield Problem("version-unknown", say(_("The version of the form must be %(version)s."), version=VERSION))
    clauses = terms.get("clauses")
    if not isinstance(clauses, list) or not clauses:
        yield Problem("no-clause", _("The agreement has no clause: without one nothing can be handed over."))
        return
    for clause in clauses:
        if not isinstance(clause, dict):
            yield Problem("clause-not-an-object", _("Each clause must be a JSON object."))
            continue
        yield from fields(
            {name: value for name, value in clause.items() if name not in OPTIONAL},
            CLAUSE,
            say(_("clause %(ref)s"), ref=str(clause.get("ref", "?"))),
        )
    try:
        canonical(terms)
    except ValueError as error:
        yield Problem("not-canonical", say(_("The terms have no canonical form: %(problem)s"), problem=str(error)))


def fields(found: dict[str, Any], wanted: set[str], where: str | Promise) -> Iterator[Problem]:
    for name in sorted(wanted - found.keys()):
        yield Problem("field-missing", say(_("In %(where)s the field %(field)s is missing."), where=where, field=name))
    for name in sorted(map(str, found.keys() - wanted)):
        yield Problem(
            "field-unknown", say(_("In %(where)s the field %(field)s is not known."), where=where, field=name)
        )


def of_heading(terms: dict[str, Any]) -> Iterator[Problem]:
    reference, title = terms["reference"], terms["title"]
    if not text_fits(reference, 80):
        yield Problem("reference-wrong", _("The reference must be a text of 1 to 80 characters in one line."))
    if not isinstance(title, dict) or set(title) != {"zh", "en"} or not all(text_fits(t) for t in title.values()):
        yield Problem("title-wrong", _("The title must be given in Chinese and English, each of 1 to 200 characters."))
    begins, ends = day(terms["from"]), day(terms["until"])
    if begins is None:
        yield Problem("from-wrong", _("Say from which day the agreement holds, as YYYY-MM-DD."))
    if terms["until"] is not None and ends is None:
        yield Problem("until-wrong", _("The last day must be a date as YYYY-MM-DD, or null for no end."))
    if begins and ends and ends < begins:
        yield Problem("ends-before-it-starts", _("The agreement ends before it starts. Give a later last day."))


def of_sign_on(terms: dict[str, Any]) -> Iterator[Problem]:
    """How surely the people of one node must be known to sign in at the other, and which of their powers they may use there."""
    if SIGN_ON not in terms:
        return
    said = terms[SIGN_ON]
    if not isinstance(said, dict) or said.keys() != {"assurance", "powers"}:
        yield Problem(
            "sign-on-wrong", _("What the terms say about signing in must have assurance and powers, and nothing else.")
        )
        return
    if (
        not isinstance(said["assurance"], int)
        or isinstance(said["assurance"], bool)
        or said["assurance"] not in ASSURANCE
    ):
        yield Problem(
            "assurance-unknown",
            say(_("The assurance for signing in must be one of %(known)s."), known=", ".join(map(str, ASSURANCE))),
        )
    powers = said["powers"]
    if (
        not isinstance(powers, list)
        or len({*map(str, powers)}) != len(powers)
        or any(one not in POWERS for one in powers)
    ):
        yield Problem(
            "powers-unknown",
            say(_("The powers for signing in must be some of %(known)s, each once."), known=", ".join(POWERS)),
        )


def of_parties(terms: dict[str, Any]) -> Iterator[Problem]:
    parties = terms["parties"]
    if not isinstance(parties, list) or len(parties) != 2 or not all(map(is_party, parties)):
        yield Problem(
            "parties-wrong",
            _("There must be two parties, each with its node and a list of agencies with code, zh and en."),
        )
        return
    if parties[0]["node"] == parties[1]["node"]:
        yield Problem("same-node", _("Both parties are of the same node. An agreement joins two nodes."))
    codes = Counter((party["node"], agency["code"]) for party in parties for agency in party["agencies"])
    for (node, code), times in codes.items():
        if times > 1:
            yield Problem(
                "agency-twice",
                say(_("The agency %(agency)s of node %(node)s is named twice."), agency=code, node=node),
            )


def is_party(party: Any) -> bool:
    return (
        isinstance(party, dict)
        and set(party) == {"node", "agencies"}
        and isinstance(party["node"], str)
        and bool(NODE.fullmatch(party["node"]))
        and isinstance(party["agencies"], list)
        and bool(party["agencies"])
        and all(
            isinstance(agency, dict)
            and set(agency) == {"code", "zh", "en"}
            and isinstance(agency["code"], str)
            and bool(CODE.fullmatch(agency["code"]))
            and text_fits(agency["zh"])
            and text_fits(agency["en"])
            for agency in party["agencies"]
        )
    )


def of_clause(clause: dict[str, Any], terms: dict[str, Any]) -> Iterator[Problem]:
    ref = str(clause["ref"])
    named = [
        {"node": party["node"], "agency": agency["code"]} for party in terms["parties"] for agency in party["agencies"]
    ]

    def wrong(code: str, sentence: str | Promise, **facts: object) -> Problem:
        return Problem(code, say(sentence, ref=ref, **facts))

    if not isinstance(clause["ref"], str) or not REF.fullmatch(ref):
        yield wrong("ref-wrong", _('The number of a clause must look like "3.1", not "%(ref)s".'))
    for side in ("from", "to"):
        if clause[side] not in named:
            yield wrong(
                "agency-not-a-party",
                _("Clause %(ref)s: %(side)s must name a node and agency that is a party."),
                side=side,
            )
    if clause["from"] in named and clause["to"] in named and clause["from"]["node"] == clause["to"]["node"]:
        yield wrong("same-node", _("Clause %(ref)s hands over within one node. It must lead to the other node."))
    for name, known, code in (
        ("programmes", PROGRAMMES, "programme-unknown"),
        ("categories", None, "category-wrong"),
        ("shares", SHARES, "share-unknown"),
        ("joint_triggers", JOINT_TRIGGERS, "trigger-unknown"),
        ("lets", LETS, "lets-unknown"),
    ):
        values = clause.get(name, [HAND_OVER])
        if not isinstance(values, list) or not all(isinstance(v, str) and text_fits(v, 64) for v in values):
            yield wrong("list-wrong", _("Clause %(ref)s: %(field)s must be a list of codes."), field=name)
            continue
        for value, times in Counter(values).items():
            if known is not None and value not in known:
                yield wrong(
                    code,
                    _('Clause %(ref)s: "%(value)s" in %(field)s is not known. Use: %(known)s.'),
                    value=value,
                    field=name,
                    known=", ".join(known),
                )
            if times > 1:
                yield wrong("named-twice", _('Clause %(ref)s names "%(value)s" twice.'), value=value)
    if clause["programmes"] == []:
        yield wrong("no-programme", _("Clause %(ref)s names no programme. Say for which programmes it holds."))
    if clause.get("lets") == []:
        yield wrong("lets-nothing", _("Clause %(ref)s lets nobody do anything. Say what it is for, or leave lets out."))
    if not isinstance(clause["carries"], bool):
        yield wrong(
            "carries-wrong", _("Clause %(ref)s: say true or false for carries (does the handling limit run on).")
        )
    yield from of_answer(clause["answer"], wrong)


def of_answer(answer: Any, wrong: Any) -> Iterator[Problem]:
    if answer is None:
        return
    amount = answer.get("amount") if isinstance(answer, dict) else None
    if not isinstance(amount, int) or isinstance(amount, bool) or not 1 <= amount <= 1000:
        yield wrong(
            "answer-wrong", _("Clause %(ref)s: the answer limit must be a whole number from 1 to 1000, or null.")
        )
    elif answer.keys() != {"amount", "unit"} or answer["unit"] not in UNITS:
        yield wrong(
            "answer-without-unit",
            _("Clause %(ref)s: the answer limit %(amount)s has no unit. Use one of: %(known)s."),
            amount=amount,
            known=", ".join(UNITS),
        )


def of_refs(clauses: list[dict[str, Any]]) -> Iterator[Problem]:
    for ref, times in Counter(str(clause["ref"]) for clause in clauses).items():
        if times > 1:
            yield Problem("ref-twice", say(_("The clause number %(ref)s is given twice."), ref=ref))


def fill(sentence: str | Promise, facts: Mapping[str, object]) -> str:
    return str(sentence) % facts


fill_lazily = lazy(fill, str)


def say(sentence: str | Promise, **facts: object) -> str | Promise:
    """A sentence with its facts, put into the reader's language when it is read."""
    said: str | Promise = fill_lazily(sentence, facts)
    return said


def text_fits(value: Any, longest: int = NO_TEXT_ABOVE) -> bool:
    return isinstance(value, str) and 1 <= len(value.strip()) == len(value) <= longest and value.isprintable()


def day(value: Any) -> date | None:
    """The date that a text in the form YYYY-MM-DD names, or None."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
