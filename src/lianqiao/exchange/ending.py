"""The end of a peer that is gone for good: the only thing that frees offers which it never answered."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.cases.actions import requests, routing
from lianqiao.cases.models import Case, Request
from lianqiao.record.actors import Actor
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now
from lianqiao.registry.access import security
from lianqiao.registry.models import Person

from . import alarms, peers
from .models import Peer, Recovery


def end(code: str, *, reason: str, proof: str, by: Person) -> Peer:
    """Records that a peer is gone for good, with the proof (the number of the document that says so). It cannot be undone.

    Offers that it never answered return to this node; of cases that it answers for an alarm tells, because people decide who
    goes on. Refuses who is not the security administrator, an unknown peer, one that is gone already, an empty reason or proof.
    """
    who = security(by)
    if not reason.strip() or not proof.strip():
        raise Refused(
            "proof-missing",
            _("Give the reason and the document that proves that the node is gone for good."),
            status=422,
        )
    with transaction.atomic():
        peer = peers.locked(code)
        if peer.state == Peer.State.GONE:
            raise Refused("peer-gone", _("The node %(node)s is recorded as gone for good."), node=code)
        peer.ended_at, peer.ended_reason = now(), f"{reason.strip()} ({proof.strip()})"[:500]
        peer.save(update_fields=["ended_at", "ended_reason"])
        peers.move(peer, Peer.State.GONE, "ended", who, reason=reason.strip(), proof=proof.strip())
        Recovery.objects.filter(peer=peer, state=Recovery.State.ASKED).update(
            state=Recovery.State.GONE, answered_at=now()
        )
        for case in Case.objects.filter(offered_to=code, state="offered"):
            free_if_gone(case)
        for case in Case.objects.filter(holder_node=code, state="handed_over"):
            alarms.raise_alarm("holder-gone", node=code, subject=str(case.dossier), number=case.number)
        for asked in Request.objects.open().filter(node=code).select_related("case"):
            requests.call_back(asked.case, by=Actor.node(this_node().code), request=asked.number, reason="peer-gone")
    return peer


def free_if_gone(case: Case) -> None:
    """Returns an offered case to its state before, if the node to which it was offered is gone for good; not while it is frozen."""
    gone = Peer.objects.filter(pk=case.offered_to, state=Peer.State.GONE).exists()
    if case.state == "offered" and not case.frozen_epoch and gone:
        node = case.offered_to
        routing.retracted(case, by=Actor.node(node), offer=case.offer)
        alarms.raise_alarm("offer-freed", node=node, subject=str(case.dossier), number=case.number)
