"""What people of this node do with an offer of another one: look at it, take the case over, decline it.

The row of the offer decides every race: whoever locks it while it waits gives the one answer, and the case, the answer and
the parcel that carries it are written in one transaction.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import looks
from lianqiao.cases.actions import routing
from lianqiao.cases.dossier import CONTACT
from lianqiao.cases.models import Case, Kind
from lianqiao.record import reads
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from . import attachments, inbox, reliving
from .handover import TEXTS, Content, answer, note, say_no
from .models import Offer, Recovery


def looked_at(offers: Iterable[Offer], person: Person) -> None:
    """Write down that the person sees offers of confidential cases, which are no cases of this node yet: each by the id of the offer."""
    confidential = [one for one in offers if one.content.get("content", {}).get("confidential")]
    if confidential:
        named = any(one.content["content"].get("enterprise_name") for one in confidential)
        reads.note(str(person.pk), [one.pk for one in confidential], identity=named, stead=looks.stead(person))


def take_over(
    offer_id: UUID, *, by: Person, agency: str, programme: str, kind: str, category: str,
    respondents: Sequence[str] = (), remark: str = "",
) -> tuple[Case, Event]:  # fmt: skip
    """Takes an offered case over, mapped into this node's own terms; from this moment this node answers for it.

    Refused: an offer that is not theirs to answer (404), that is answered already, before the peer has been asked after a restore, and
    whatever the verb `take_over` refuses.
    The parcel to the peer follows from the event. Taken over again after a restore, the case goes at once to where this node had brought it
    before: what it had said of it, offering it on among others, is true again in the same transaction.
    """
    with transaction.atomic():
        offer = _open_for(offer_id, by)
        again = offer.state == Offer.State.LOST
        told = Content.model_validate(offer.content["content"])
        if told.kind == Kind.RETALIATION != kind:
            raise Refused(
                "kind-stays",
                _("A report of retaliation stays one when it is taken over, so that it is protected here as well."),
                status=422,
            )
        mapping = {
            "agency": agency,
            "programme": programme,
            "kind": kind,
            "category": category,
            "respondents": list(respondents),
        }
        case, event = routing.take_over(
            by=by, serial=reliving.number_given(offer) if again else None, offer=offer.pk, dossier=offer.dossier,
            tenure=offer.tenure + 1, home_node=told.home_node,
            from_node=offer.peer_id, from_number=offer.number, agreement=offer.agreement, clause=offer.clause,
            objection_to=(offer.content.get("objection") or {}).get("dossier"),
            first_filed_on=told.first_filed_on, handle_from=told.handle_from, confidential=told.confidential,
            **{name: getattr(told, name) for name in TEXTS}
            | {name: getattr(told, name) or "-" for name in ("title", "facts", "request")},
            contact={part: told.contact.get(part, "") for part in CONTACT}, remark=remark, **mapping,
        )  # fmt: skip
        if files := offer.content.get("attachments"):
            told_files = attachments.told(files)
            routing.materials_reported(case, by=Actor.node(offer.peer_id), tenure=case.tenure, **told_files)
        offer.mapping = mapping
        answer(offer, Offer.State.TAKEN)
        note(offer, "taken", by.actor, event=event.digest)
        # Not here: whoever works on a parcel of the dossier has its row and may be waiting for that of the offer. What is not woken is tried again by itself.
        transaction.on_commit(partial(inbox.wake_dossier, offer.dossier), robust=True)
        if again:
            reliving.relive_tenure(case)
    return case, event


def decline(offer_id: UUID, *, by: Person, reason: str, competent_body: str = "") -> Offer:
    """Declines an offer, with the reason and the body that is competent, if known.

    Refused: an offer that is not theirs to answer (404), that is answered already, or that was taken over before a restore;
    an empty reason (422).
    """
    if not reason.strip():
        raise Refused("reason-missing", _("Say why the case is declined; the other region reads it."), status=422)
    with transaction.atomic():
        offer = _open_for(offer_id, by)
        if offer.state == Offer.State.LOST:
            raise Refused(
                "taken-before", _("This node had taken the case over before it was restored. Take it over again.")
            )
        say_no(offer, by.actor, reason.strip()[:5000], competent_body.strip()[:200])
    return offer


def _open_for(offer_id: UUID, by: Person) -> Offer:
    offer = Offer.objects.visible_to(by).select_for_update().filter(pk=offer_id).first()
    if offer is None:
        raise Refused("unknown-offer", _("There is no such offer among those that you may answer."), status=404)
    if Recovery.objects.waiting(offer.peer_id).exists():
        raise Refused(
            "frozen",
            _(
                "This offer can be answered once node %(node)s has said what it holds of it after the restore. Try again later."
            ),
            node=offer.peer_id,
        )
    if offer.state not in (Offer.State.WAITING, Offer.State.LOST):
        raise Refused(
            "answered-already", _("This offer has been answered: %(state)s."), state=Offer.State(offer.state).label
        )
    return offer
