"""Agreements between agencies of two nodes: propose, sign, receive the other's signature, end, verify.

Both nodes hold the same terms and so the same id: it is derived from the digest of the canonical terms. An agreement is
in force only when both signatures verify over those bytes and the day lies within its time; its clauses are rows made
from the terms at that moment, and nothing else writes them (docs/reference/agreements.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianqiao.record import events, keys
from lianqiao.record.actors import Actor
from lianqiao.record.algorithms import PublicKey
from lianqiao.record.canonical import digest
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import terms as wording
from lianqiao.registry.access import admin
from lianqiao.registry.entering import checked, entered
from lianqiao.registry.models import Agency, Agreement, Clause, Person
from lianqiao.registry.models.agreements import only_hand_over
from lianqiao.registry.subjects import subject
from lianqiao.registry.terms import Problem, say

State = Agreement.State


def propose(terms: dict[str, Any], *, by: Person | Actor) -> Agreement:
    """Enters terms, unsigned. The same terms again give the agreement that is there, with no new event.

    `by` is an administrator, or the node that sent them. Refuses, 422, terms that cannot be signed ("terms-wrong", with
    every problem), terms that do not concern this node ("not-a-party"), agencies of this node that the registry does
    not know ("agency-unknown"); 409, a reference that other terms have ("reference-taken").
    """
    with transaction.atomic():
        actor = doer(by)
        faults = wording.problems(terms)
        if faults:
            raise Refused(
                "terms-wrong",
                _("The terms cannot be signed. %(problems)s"),
                status=422,
                problems=Sentences(faults),
                codes=[fault.code for fault in faults],
            )
        a, b = terms["parties"]
        check_parties(a, b, actor)
        fingerprint = digest(terms)
        known = Agreement.objects.filter(digest=fingerprint).first()
        if known is not None:
            return known
        if Agreement.objects.filter(reference=terms["reference"]).exists():
            raise Refused(
                "reference-taken",
                _("There is an agreement %(reference)s with other terms. Give the new one another reference."),
                reference=terms["reference"],
            )
        agreement = entered(
            Agreement(
                id=subject("agreement", fingerprint),
                **row_of(terms),
                text=terms,
                digest=fingerprint,
            )
        )
        data = {"reference": agreement.reference, "digest": fingerprint, "terms": terms}
        events.append("agreement", agreement.id, "propose", by=actor, data=data)
    return agreement


def sign(agreement: Agreement, *, by: Person) -> Agreement:
    """Signs with this node's current key. Refuses one that was ended, is over, or was signed here already."""
    with transaction.atomic():
        actor = admin(by)
        agreement = locked(agreement)
        check_open(agreement)
        side = side_of(agreement, this_node().code)
        if getattr(agreement, f"signature_{side}"):
            raise Refused("already-signed", _("This node has signed the agreement already."))
        key = keys.signing_key()
        signature = key.sign(wording.message(agreement.text)).hex()
        setattr(agreement, f"signature_{side}", signature)
        setattr(agreement, f"kid_{side}", key.kid)
        data = {"node": this_node().code, "kid": key.kid, "signature": signature}
        events.append("agreement", agreement.id, "sign", by=actor, data=data)
        return settled(agreement)


def receive_signature(agreement: Agreement, node: str, kid: str, signature: str, public_key: PublicKey) -> Agreement:
    """Takes the other node's signature (hex), with the public key that its kid names.

    The same signature again changes nothing. Refuses a node that is no party, a key that is not the kid's
    ("kid-wrong"), a signature that does not verify over our canonical text ("signature-wrong"), another signature when
    there is one ("already-signed"), an agreement that was ended or is over.
    """
    with transaction.atomic():
        agreement = locked(agreement)
        side = side_of(agreement, node)
        there = getattr(agreement, f"signature_{side}")
        if there and there == signature:
            return agreement
        check_open(agreement)
        if node == this_node().code or there:
            raise Refused("already-signed", _("This node has signed the agreement already."))
        if public_key.kid != kid or public_key.node != node:
            raise Refused("kid-wrong", _("The key %(kid)s is not the one that was given."), status=422, kid=kid)
        if not verifies(agreement.text, signature, public_key):
            raise Refused(
                "signature-wrong",
                _("The signature of node %(node)s does not fit the terms that we hold. Compare the two texts."),
                status=422,
                node=node,
            )
        setattr(agreement, f"signature_{side}", signature)
        setattr(agreement, f"kid_{side}", kid)
        data = {"node": node, "kid": kid, "signature": signature, "public_key": public_key.document()}
        events.append("agreement", agreement.id, "receive_signature", by=Actor.node(node), data=data)
        return settled(agreement)


def end(agreement: Agreement, *, by: Person | Actor, on: date | None = None, reason: str) -> Agreement:
    """Ends an agreement: `on` (today if not said) is the first day on which it no longer holds. `by` is an
    administrator here, or the other party.

    What was handed over before stays handed over. Refuses a missing reason, a day that is past (of a person: the other
    node's word is taken with its day), one that was ended already.
    """
    with transaction.atomic():
        actor = doer(by)
        agreement = locked(agreement)
        if actor.kind == "node":
            side_of(agreement, actor.id)
        first = on or today()
        if not reason.strip():
            raise Refused("reason-missing", _("Say why this ends: the reason stays in the record."), status=422)
        if agreement.ended_on is not None:
            raise Refused(
                "agreement-ended",
                _("The agreement was ended from %(ended)s."),
                ended=agreement.ended_on.isoformat(),
            )
        if actor.kind == "person" and first < today():
            raise Refused(
                "end-in-the-past",
                _("An agreement cannot be ended for days that are past. Give today or a later day."),
                status=422,
            )
        agreement.ended_on = first
        agreement.ended_reason = reason
        if first <= today():
            agreement.state = State.ENDED
        checked(agreement)
        agreement.save(update_fields=["ended_on", "ended_reason", "state"])
        data = {"on": first.isoformat(), "reason": reason}
        events.append("agreement", agreement.id, "end", by=actor, data=data)
    return agreement


def verify(agreement: Agreement, public_keys: Iterable[PublicKey]) -> list[Problem]:
    """What is wrong with an agreement as it stands, checked against the published keys of both nodes.

    An empty list means: the row, the clauses and the text say the same, and both signatures verify over the text.
    """
    known = {(key.node, key.kid): key for key in public_keys}
    found = wording.problems(agreement.text)
    if found:
        return found
    if digest(agreement.text) != agreement.digest:
        found.append(Problem("digest-wrong", _("The text is not the one that was proposed: its digest differs.")))
    if row_of(agreement.text) != {name: getattr(agreement, name) for name in row_of(agreement.text)}:
        found.append(Problem("row-differs", _("Title, parties or time in the registry differ from the text.")))
    for side, node in (("a", agreement.node_a), ("b", agreement.node_b)):
        signature, kid = getattr(agreement, f"signature_{side}"), getattr(agreement, f"kid_{side}")
        if not signature:
            found.append(Problem("signature-missing", say(_("Node %(node)s has not signed."), node=node)))
        elif (key := known.get((node, kid))) is None:
            found.append(
                Problem("key-unknown", say(_("The key %(kid)s of node %(node)s is not known."), kid=kid, node=node))
            )
        elif not verifies(agreement.text, signature, key):
            found.append(
                Problem("signature-wrong", say(_("The signature of node %(node)s does not fit the text."), node=node))
            )
    if agreement.signature_a and agreement.signature_b:
        stored = {clause.ref: facts_of(clause) for clause in agreement.clauses.all()}
        if stored != {clause.ref: facts_of(clause) for clause in clauses_of(agreement)}:
            found.append(Problem("clauses-differ", _("The clauses in the registry differ from the text.")))
    return found


def doer(by: Person | Actor) -> Actor:
    """An administrator, or a node; never the clock."""
    if isinstance(by, Person):
        return admin(by)
    if by.kind != "node":
        raise Refused("not-admin", _("Only an administrator or the other node may do this."), status=403)
    return by


def check_parties(a: dict[str, Any], b: dict[str, Any], actor: Actor) -> None:
    """Refuses terms in which this node, or the node that sent them, is no party, or whose agencies here are unknown."""
    here = this_node().code
    for node in [here, *([actor.id] if actor.kind == "node" else [])]:
        if node not in (a["node"], b["node"]):
            raise Refused("not-a-party", _("Node %(node)s is not a party to these terms."), status=422, node=node)
    ours = [agency["code"] for party in (a, b) if party["node"] == here for agency in party["agencies"]]
    known = set(Agency.objects.of_node(here).filter(code__in=ours, active=True).values_list("code", flat=True))
    for code in ours:
        if code not in known:
            raise Refused(
                "agency-unknown",
                _("The terms name the agency %(agency)s of this node, which is not in the registry. Enter it first."),
                status=422,
                agency=code,
            )


def locked(agreement: Agreement) -> Agreement:
    return Agreement.objects.select_for_update().get(pk=agreement.pk)


def check_open(agreement: Agreement) -> None:
    """Refuses an agreement that can no longer come into force."""
    if agreement.ended_on is not None:
        raise Refused(
            "agreement-ended", _("The agreement was ended from %(ended)s."), ended=agreement.ended_on.isoformat()
        )
    if agreement.ends_on is not None and agreement.ends_on < today():
        raise Refused(
            "agreement-over",
            _("The agreement ran until %(until)s. Propose a new one."),
            until=agreement.ends_on.isoformat(),
        )


def side_of(agreement: Agreement, node: str) -> str:
    """ "a" or "b"; refuses a node that is no party."""
    if node == agreement.node_a:
        return "a"
    if node == agreement.node_b:
        return "b"
    raise Refused("not-a-party", _("Node %(node)s is not a party to these terms."), status=422, node=node)


def verifies(terms: Mapping[str, Any], signature: str, key: PublicKey) -> bool:
    """True if the signature (hex) is the key's over the canonical text."""
    try:
        return key.verify(bytes.fromhex(signature), wording.message(terms))
    except ValueError:
        return False


def settled(agreement: Agreement) -> Agreement:
    """Saves the signatures; with both there, writes the clauses from the text and the state that follows from them."""
    if agreement.signature_a and agreement.signature_b:
        agreement.state = State.IN_FORCE
        Clause.objects.bulk_create(clauses_of(agreement))
    agreement.save(update_fields=["signature_a", "kid_a", "signature_b", "kid_b", "state"])
    return agreement


def row_of(terms: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that the terms fix."""
    a, b = terms["parties"]
    return {
        "reference": terms["reference"],
        "title_zh": terms["title"]["zh"],
        "title_en": terms["title"]["en"],
        "node_a": a["node"],
        "agency_a": a["agencies"][0]["code"],
        "node_b": b["node"],
        "agency_b": b["agencies"][0]["code"],
        "starts_on": wording.day(terms["from"]),
        "ends_on": wording.day(terms["until"]),
    }


def clauses_of(agreement: Agreement) -> list[Clause]:
    """The clauses that the text says, unsaved."""
    return [
        Clause(
            agreement=agreement,
            ref=clause["ref"],
            from_node=clause["from"]["node"],
            from_agency=clause["from"]["agency"],
            to_node=clause["to"]["node"],
            to_agency=clause["to"]["agency"],
            programmes=clause["programmes"],
            categories=clause["categories"],
            shares=clause["shares"],
            answer_amount=clause["answer"]["amount"] if clause["answer"] else None,
            answer_unit=clause["answer"]["unit"] if clause["answer"] else "",
            carries=clause["carries"],
            joint_triggers=clause["joint_triggers"],
            lets=clause.get("lets", only_hand_over()),
        )
        for clause in agreement.text["clauses"]
    ]


def facts_of(clause: Clause) -> dict[str, Any]:
    """What a clause says, without the ids of its row."""
    return {f.name: getattr(clause, f.name) for f in Clause._meta.concrete_fields if f.name not in ("id", "agreement")}


class Sentences(list[Problem]):
    """Problems that read as one text in the reader's language."""

    def __str__(self) -> str:
        space = "" if (get_language() or "zh").startswith("zh") else " "
        return space.join(str(problem.sentence) for problem in self)
