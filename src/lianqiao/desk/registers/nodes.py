"""Other nodes and their health, and the alarms: what the exchange cannot settle by itself."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from lianqiao.exchange import alarms, parcels, peers, standing
from lianqiao.exchange.api.health import HandledNote
from lianqiao.exchange.models import Alarm, ParcelIn, ParcelOut, Peer
from lianqiao.exchange.parcels import Place
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.registry import access
from lianqiao.registry.api.forms import Form, Reason

from .parts import (
    PAGE,
    Asked,
    Cell,
    Deed,
    Done,
    Entry,
    Register,
    Seat,
    Section,
    Table,
    Told,
    address,
    badge,
    code,
    moment,
    number,
    paged,
)

SKEW = 30
"""From so many seconds on, the difference of two clocks is marked."""
OPEN = 50
TONES = {"known": "warn", "active": "good", "blocked": "bad", "gone": ""}
PARCEL_TONES = {"waiting": "act", "stored": "act", "refused": "bad", "dead": "bad"}


class CardForm(Form):
    """What `lianqiao peer add` is told: the card of the node, as it shows it at its own address."""

    card: str = Field(min_length=2, max_length=50_000)


class Fingerprint(Form):
    fingerprint: str = Field(min_length=64, max_length=100)


class WhyBlocked(Form):
    reason: Reason


def listing(seat: Seat, asked: Asked) -> Table:
    return Table(
        (
            _("Node"),
            _("State"),
            _("Last heard"),
            _("Last parcel"),
            _("Waits for it"),
            _("Not worked on here"),
            _("Clock"),
            _("Cosigned log"),
        ),
        [
            (
                Cell(one.peer.name, address("nodes", one.peer.code), below=f"{one.peer.code} {one.peer.base_url}"),
                state(one.peer),
                moment(one.peer.last_heard_at),
                moment(one.last_parcel_at),
                queue(one),
                Cell(one.unsettled, mark="number"),
                skew(one.peer),
                Cell(one.cosigned.size, mark="number", below=str(moment(one.cosigned.cosigned_at).text))
                if one.cosigned
                else Cell("–"),
            )
            for one in standing.standings()
        ],
        _("No other node is known here."),
    )


def state(peer: Peer) -> Cell:
    if peer.unreachable_since and peer.state == Peer.State.ACTIVE:
        return badge(_("does not answer"), "bad")
    return badge(peer.get_state_display(), TONES[peer.state])


def queue(one: standing.Standing) -> Cell:
    if one.given_up:
        return Cell(one.waiting, mark="badge bad", below=_("%(count)s refused or given up") % {"count": one.given_up})
    return Cell(one.waiting, mark="number")


def skew(peer: Peer) -> Cell:
    if peer.skew_seconds is None:
        return Cell("–")
    said = _("%(seconds)s s") % {"seconds": f"{peer.skew_seconds:+d}"}
    return badge(said, "bad") if abs(peer.skew_seconds) >= SKEW else Cell(said, mark="number")


def find(seat: Seat, key: str) -> standing.Standing:
    found = next((one for one in standing.standings() if one.peer.code == key), None)
    if found is None:
        raise Refused(
            "peer-unknown", gettext_lazy("No node %(node)s is known here; add it as a peer."), status=404, node=key
        )
    return found


def entry(seat: Seat, one: standing.Standing) -> Entry:
    peer = one.peer
    held = list(peer.keys.all())
    out = list(
        ParcelOut.objects.filter(peer=peer)
        .exclude(state=ParcelOut.State.DELIVERED)
        .defer("body")
        .order_by("epoch", "sequence")[: OPEN + 1]
    )
    back = list(
        ParcelIn.objects.filter(peer=peer, state__in=["stored", "waiting"])
        .defer("body")
        .order_by("epoch", "sequence")[: OPEN + 1]
    )
    raised = list(Alarm.objects.filter(node=peer.code, handled_at=None)[: OPEN + 1])
    return Entry(
        peer.name,
        peer.code,
        [state(peer)],
        [
            *([Section(_("Alarms"), table=alarm_table(raised, seat))] if raised else []),
            Section(
                _("Waits to be delivered"),
                table=parcel_table(out, peer, seat),
                hint=_("The oldest first, without what the parcels say."),
            ),
            *([Section(_("Came, and is not worked on yet"), table=parcel_table(back, peer, seat))] if back else []),
        ],
        [
            Section(
                _("Health"),
                facts=[
                    (_("Last heard"), moment(peer.last_heard_at)),
                    (_("Last reached"), moment(peer.last_sent_at)),
                    *([(_("Does not answer since"), moment(peer.unreachable_since))] if peer.unreachable_since else []),
                    (_("Last parcel"), moment(one.last_parcel_at)),
                    (_("Its clock, against ours"), skew(peer)),
                    (_("Epoch in which it writes"), Cell(peer.epoch, mark="number")),
                    (
                        _("Its log, cosigned by us"),
                        Cell(
                            _("%(size)s entries") % {"size": one.cosigned.size},
                            below=str(moment(one.cosigned.cosigned_at).text),
                        )
                        if one.cosigned
                        else Cell(_("nothing yet")),
                    ),
                ],
            ),
            Section(
                _("The node"),
                facts=[
                    (_("Number of the region"), code(peer.code)),
                    (_("Address"), code(peer.base_url)),
                    *[
                        (
                            _("Fingerprint of key %(kid)s") % {"kid": key.kid},
                            code(peers.shown(peers.fingerprint_of(key))),
                        )
                        for key in held
                    ],
                ],
            ),
        ],
    )


def parcel_table(rows: list[Any], peer: Peer, seat: Seat) -> Table:
    shown = rows[:OPEN]
    return Table(
        (_("Parcel"), _("Made or came"), _("State"), _("Tries"), _("Why")),
        [
            (
                Cell(one.kind, below=str(Place(one.epoch, one.sequence))),
                moment(one.created_at if isinstance(one, ParcelOut) else one.received_at),
                badge(one.get_state_display(), PARCEL_TONES.get(one.state, "")),
                Cell(one.attempts if isinstance(one, ParcelOut) else one.tries, mark="number"),
                Cell((one.last_error if isinstance(one, ParcelOut) else one.reason) or "–"),
            )
            for one in shown
        ],
        _("Nothing waits."),
        deeds=[
            [(_("Send again"), address("nodes", peer.code, "resend", of=one.pk))]
            if seat.admin and isinstance(one, ParcelOut)
            else []
            for one in shown
        ],
    )


# Deeds


def add(seat: Seat, row: None, told: Told) -> Done:
    try:
        card = json.loads(told["card"])
    except ValueError:
        card = {}
    made = peers.add(card if isinstance(card, dict) else {}, by=seat.person)
    return Done(
        _("The node was noted. Compare the fingerprint with its people by another way, then trust it."),
        address("nodes", made.code),
    )


def trust(seat: Seat, one: standing.Standing, told: Told) -> Done:
    peers.trust(one.peer.code, told["fingerprint"], by=seat.person)
    return Done(_("The node is trusted now."))


def block(seat: Seat, one: standing.Standing, told: Told) -> Done:
    peers.block(one.peer.code, reason=told["reason"], by=seat.person)
    return Done(_("The exchange with it has stopped; nothing is lost, parcels wait."))


def resend(seat: Seat, one: standing.Standing, told: Told) -> Done:
    try:
        parcel = UUID(told["of"])
    except ValueError:
        parcel = UUID(int=0)
    parcels.resend(parcel, by=access.admin(seat.person))
    return Done(_("The parcel is sent again."))


REGISTER = Register(
    "nodes",
    gettext_lazy("Other nodes"),
    gettext_lazy("Who is heard, what waits for whom, whose clock is off, what of whose log we have cosigned."),
    lambda seat: seat.watches,
    listing,
    find,
    entry,
    (
        Deed(
            "trust",
            gettext_lazy("Trust it"),
            Fingerprint,
            lambda seat, row: seat.admin and row.peer.state in ("known", "blocked"),
            trust,
            grave=True,
        ),
        Deed(
            "block",
            gettext_lazy("Stop the exchange"),
            WhyBlocked,
            lambda seat, row: seat.admin and row.peer.state in ("known", "active"),
            block,
            grave=True,
        ),
        Deed("resend", gettext_lazy("Send again"), None, lambda seat, row: seat.admin, resend, of=True),
    ),
    (Deed("add", gettext_lazy("Note another node"), CardForm, lambda seat, row: seat.admin, add),),
)


# Alarms


def alarm_table(rows: list[Alarm], seat: Seat, older: str = "", newer: str = "") -> Table:
    return Table(
        (_("What"), _("Node"), _("First"), _("Last"), _("Times"), _("State")),
        [
            (
                Cell(alarms.text(one), address("alarms", one.pk)),
                Cell(one.node or "–", mark="number"),
                moment(one.raised_at),
                moment(one.last_at),
                Cell(one.times, mark="number"),
                badge(_("handled"), "good") if one.handled_at else badge(_("open"), "bad"),
            )
            for one in rows
        ],
        _("No alarm."),
        older,
        newer,
    )


def raised(seat: Seat, asked: Asked) -> Table:
    """All alarms, the newest first."""
    found = Alarm.objects.order_by("-pk")
    if asked.words:
        found = found.filter(node=asked.words)
    if asked.after.isdecimal():
        found = found.filter(pk__lt=int(asked.after))
    rows, older, newer = paged("alarms", asked, list(found[: PAGE + 1]), lambda one: one.pk)
    return alarm_table(rows, seat, older, newer)


def find_alarm(seat: Seat, key: str) -> Alarm:
    found = Alarm.objects.filter(pk=number(key)).first()
    if found is None:
        raise Refused("alarm-unknown", gettext_lazy("There is no alarm %(id)s."), status=404, id=key)
    return found


def alarm_entry(seat: Seat, alarm: Alarm) -> Entry:
    return Entry(
        alarms.text(alarm),
        str(alarm.pk),
        [badge(_("handled"), "good") if alarm.handled_at else badge(_("open"), "bad")],
        [
            Section(
                _("The alarm"),
                facts=[
                    (_("Kind"), code(alarm.kind)),
                    (
                        _("Node"),
                        Cell(alarm.node or this_node().code, address("nodes", alarm.node) if alarm.node else ""),
                    ),
                    (_("First"), moment(alarm.raised_at)),
                    (_("Last"), moment(alarm.last_at)),
                    (_("Times"), Cell(alarm.times, mark="number")),
                    *(
                        [(_("Closed on"), moment(alarm.handled_at)), (_("What was found or done"), Cell(alarm.note))]
                        if alarm.handled_at
                        else []
                    ),
                ],
            )
        ],
    )


def handle(seat: Seat, alarm: Alarm, told: Told) -> Done:
    alarms.handle(alarm.pk, by=seat.person.actor, note=told["note"])
    return Done(_("The alarm is closed."))


def closes(seat: Seat, alarm: Alarm) -> bool:
    return seat.has("admin", "security") and alarm.handled_at is None


ALARMS = Register(
    "alarms",
    gettext_lazy("Alarms"),
    gettext_lazy(
        "What the exchange cannot settle by itself. Each stays open until somebody says what was found or done."
    ),
    lambda seat: seat.watches,
    raised,
    find_alarm,
    alarm_entry,
    (Deed("handle", gettext_lazy("Close the alarm"), HandledNote, closes, handle),),
    searched=gettext_lazy("Number of a node"),
)
