"""The hand-over as a small model, and a search through all of its states.

Two nodes, one dossier, a line that loses, doubles, delays and reorders; people who offer, take over, decline, ask back and hand on to where
the case came from; a process that dies at any moment; and, once, a node that is restored from a backup of any age. A model's node is what the
database of a node holds of the dossier; each step of STEPS is one transaction of the house, and `test_model.py` holds the names against the
flow table and the handlers, and walks the same ways with the real code.

`python -m tests.exchange.model` searches and prints the count of the states. In each of them at most one node may act on the substance,
exactly one answers, no tenure falls, and nothing acknowledged is lost; from each of them, once the line is clear and people rest, both nodes
come to the same, and no parcel waits or was refused.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

ACCEPTED, OFFERED, HANDED_OVER = "accepted", "offered", "handed_over"
WAITING, TAKEN, DECLINED, RETRACTED, LOST = "waiting", "taken", "declined", "retracted", "lost"
STORED, DONE, EARLY, REFUSED = "stored", "done", "waiting", "refused"
OFFER, RETRACT, TOOK, SAID_NO, GAVE_BACK = (
    "handover.offered", "handover.retract", "handover.taken", "handover.declined", "handover.retracted",
)  # fmt: skip

ANSWERS = {TOOK: TAKEN, SAID_NO: DECLINED, GAVE_BACK: RETRACTED}

STEPS = {
    "offer": "offer",
    "ask back": "retract",
    "take over": "take_over",
    "decline": "declined",
    "work on": (OFFER, RETRACT, TOOK, SAID_NO, GAVE_BACK),
}
"""The steps that the house itself makes: the verb of a case to which each leads, or the kinds of parcels whose handlers it runs."""
AROUND = ("send", "arrive", "lose", "acknowledge", "back up", "restore", "ask the peer")
"""What happens around them: a process that dies loses what it has sent and not written down, which is `lose` or a second `send`."""


class Case(NamedTuple):
    """What a node holds of the dossier."""

    state: str
    tenure: int
    holder: int
    offer: int = 0  # the one that is open
    asked_back: bool = False
    offers: tuple[int, ...] = ()  # all that were made here
    answered: tuple[int, ...] = ()  # of these, those whose answer was heard
    taken: tuple[int, ...] = ()  # and those that the other node took


class Offer(NamedTuple):
    """An offer that lies before a node."""

    number: int
    tenure: int
    state: str


class Parcel(NamedTuple):
    number: int  # in the stream of its sender
    kind: str
    offer: int
    tenure: int
    epoch: int = 1


class Sent(NamedTuple):
    parcel: Parcel
    acknowledged: bool


class Came(NamedTuple):
    parcel: Parcel
    state: str


class Node(NamedTuple):
    case: Case | None = None
    offers: tuple[Offer, ...] = ()
    out: tuple[Sent, ...] = ()
    came: tuple[Came, ...] = ()
    epoch: int = 1
    to_ask: bool = False  # restored, and the peer has not been asked yet
    frozen: bool = False


class World(NamedTuple):
    """Both nodes, what is on the line from each, and the backup of one of them."""

    nodes: tuple[Node, Node]
    line: tuple[frozenset[Parcel], frozenset[Parcel]] = (frozenset(), frozenset())
    made: int = 0  # offers
    backup: tuple[int, Node] | None = None
    restored: bool = False


START = World((Node(Case(ACCEPTED, 1, 0)), Node()))
"""Filed and accepted at node 0."""


@dataclass(frozen=True)
class Bounds:
    """How far the search goes."""

    offers: int = 2
    restores: bool = False
    tenure: int = 3
    lose: bool = True
    """Without: what was sent can arrive at any time, again and again, or never. The nodes come to the same states, of fewer worlds."""
    eager: bool = False
    """What is made is on the line at once and what is stored is acknowledged at once: what is not sent yet has not arrived yet. Without loss."""


class Early(Exception):  # noqa: N818
    pass


class Refused(Exception):  # noqa: N818
    pass


# What a node does


def may_act(node: Node) -> bool:
    """On the substance: the case is accepted here, not offered, not frozen."""
    return node.case is not None and node.case.state == ACCEPTED and not node.frozen


def send(node: Node, kind: str, offer: int, tenure: int) -> Node:
    number = sum(sent.parcel.epoch == node.epoch for sent in node.out) + 1
    return node._replace(out=(*node.out, Sent(Parcel(number, kind, offer, tenure, node.epoch), False)))


def offer(node: Node, number: int) -> Node | None:
    if not may_act(node):
        return None
    assert node.case
    case = node.case._replace(state=OFFERED, offer=number, asked_back=False, offers=(*node.case.offers, number))
    return send(node._replace(case=case), OFFER, number, case.tenure)


def ask_back(node: Node) -> Node | None:
    case = node.case
    if case is None or case.state != OFFERED or case.asked_back or node.frozen:
        return None
    return send(node._replace(case=case._replace(asked_back=True)), RETRACT, case.offer, case.tenure)


def take_over(node: Node, me: int, number: int) -> Node | None:
    found = offered(node, number)
    if found is None or found.state not in (WAITING, LOST) or asks_first(node):
        return None
    case = node.case
    if case and (case.state != HANDED_OVER or found.tenure + 1 <= case.tenure or node.frozen):
        return None
    case = (case or Case(ACCEPTED, 1, me))._replace(state=ACCEPTED, tenure=found.tenure + 1, holder=me)
    before = said_before(node, case.tenure) if found.state == LOST else []
    node = send(woken(answered(node._replace(case=case), number, TAKEN)), TOOK, number, case.tenure)
    for parcel in before:
        node = settled(woken(relived(node, me, parcel)), me)
    return node


def said_before(node: Node, tenure: int) -> list[Parcel]:
    """What a node that takes a case over again had said in this tenure before it was restored."""
    return [sent.parcel for sent in node.out if sent.parcel.tenure == tenure]


def decline(node: Node, number: int) -> Node | None:
    found = offered(node, number)
    if found is None or found.state != WAITING or asks_first(node):
        return None
    return send(answered(node, number, DECLINED), SAID_NO, number, found.tenure)


def asks_first(node: Node) -> bool:
    """A restored node answers no offer before its peer has said what it has heard."""
    return node.to_ask


def offered(node: Node, number: int) -> Offer | None:
    return next((one for one in node.offers if one.number == number), None)


def answered(node: Node, number: int, state: str) -> Node:
    offers = tuple(one._replace(state=state) if one.number == number else one for one in node.offers)
    return node._replace(offers=offers)


def woken(node: Node) -> Node:
    """Parcels that came too early are due again."""
    return node._replace(came=tuple(came._replace(state=STORED) if came.state == EARLY else came for came in node.came))


# What a node makes of a parcel: the handlers of `exchange/handover.py`


def received_offer(node: Node, me: int, told: Parcel) -> Node:
    if offered(node, told.offer):
        return node
    case = node.case
    before = answered_before(node, told)
    if before is None and case and told.tenure > case.tenure:
        raise Early
    if before is None and case and told.tenure < case.tenure:
        raise Refused
    if before in (None, LOST) and any(one.state in (WAITING, LOST) for one in node.offers):
        raise Early
    node = node._replace(offers=(*node.offers, Offer(told.offer, told.tenure, before or WAITING)))
    if before is None and case and case.holder == me:
        node = send(answered(node, told.offer, DECLINED), SAID_NO, told.offer, told.tenure)
    return node


def answered_before(node: Node, told: Parcel) -> str | None:
    """A restored node that finds an answer among what it had sent, or a word of the tenure that it had begun, gives no other one."""
    said = next(
        (sent.parcel for sent in node.out if sent.parcel.offer == told.offer and sent.parcel.kind in ANSWERS), None
    )
    if said and said.kind != TOOK:
        return ANSWERS[said.kind]
    if said or any((sent.parcel.kind, sent.parcel.tenure) == (OFFER, told.tenure + 1) for sent in node.out):
        return TAKEN if node.case and node.case.tenure > told.tenure else LOST
    return None


def received_retract(node: Node, me: int, told: Parcel) -> Node:
    found = offered(node, told.offer)
    if found is None or asks_first(node):
        raise Early
    if found.state != WAITING:
        return node
    return send(answered(node, told.offer, RETRACTED), GAVE_BACK, told.offer, found.tenure)


def open_here(node: Node, told: Parcel) -> Case | None:
    """The case with this offer open; none if the offer was overtaken by what a restored node remembers to have said after it."""
    case = node.case
    if case is None or node.frozen:
        raise Early
    if case.offer == told.offer:
        return case
    if told.offer in case.offers and told.offer not in case.answered:
        return None
    if told.offer in case.offers:
        raise Refused
    if (told.tenure <= case.tenure and told.kind == TOOK) or told.tenure < case.tenure:
        raise Refused
    raise Early


def received_taken(node: Node, me: int, told: Parcel) -> Node:
    if node.case and told.offer in node.case.taken:
        return node
    case = open_here(node, told)
    if case is None:
        return node
    if told.tenure != case.tenure + 1:
        raise Refused
    return node._replace(
        case=case._replace(
            state=HANDED_OVER, tenure=told.tenure, holder=1 - me, offer=0, asked_back=False,
            answered=(*case.answered, told.offer), taken=(*case.taken, told.offer),
        )
    )  # fmt: skip


def received_no(node: Node, me: int, told: Parcel) -> Node:
    case = open_here(node, told)
    if case is None:
        return node
    return node._replace(
        case=case._replace(state=ACCEPTED, offer=0, asked_back=False, answered=(*case.answered, told.offer))
    )


HANDLERS: dict[str, Callable[[Node, int, Parcel], Node]] = {
    OFFER: received_offer, RETRACT: received_retract, TOOK: received_taken, SAID_NO: received_no, GAVE_BACK: received_no,
}  # fmt: skip


def work_on(node: Node, me: int, parcel: Parcel) -> Node:
    """One stored parcel, in one transaction with how it ended; one that is done wakes those that came too early."""
    try:
        node = HANDLERS[parcel.kind](node, me, parcel)
        end = DONE
    except Early:
        end = EARLY
    except Refused:
        end = REFUSED
    node = node._replace(came=tuple(Came(parcel, end) if came.parcel == parcel else came for came in node.came))
    return woken(node) if end == DONE else node


# The backup


def restored(now: Node, backup: Node, epoch: int) -> Node:
    frozen = backup.case is not None
    return backup._replace(epoch=epoch, to_ask=True, frozen=frozen)


def ask_the_peer(node: Node, me: int, peer: Node) -> Node:
    """Everything that the peer has of ours and we have not is brought back and relived; everything that it has for us is fetched; then the
    case is released and what waited is worked on."""
    own = {sent.parcel for sent in node.out}
    lost = [came.parcel for came in peer.came if came.parcel not in own and came.parcel.epoch < node.epoch]
    lost.sort()
    kept = {came.parcel for came in node.came}
    new = tuple(Came(sent.parcel, STORED) for sent in peer.out if sent.parcel not in kept)
    node = node._replace(out=(*node.out, *(Sent(parcel, True) for parcel in lost)), came=(*node.came, *new))
    node = settled(node, me)
    for parcel in lost:
        node = relived(node, me, parcel)
    return settled(woken(node._replace(to_ask=False, frozen=False)), me)


def relived(node: Node, me: int, told: Parcel) -> Node:
    """`exchange/reliving.py`: what we said is true again."""
    case = node.case
    if told.kind == OFFER:
        if case is None or told.tenure > case.tenure:  # we had begun this tenure: the offer that led to it
            lost = tuple(
                one._replace(state=LOST) if (one.tenure + 1, one.state) == (told.tenure, WAITING) else one
                for one in node.offers
            )
            return node._replace(offers=lost)
        if (case.holder, case.tenure) == (me, told.tenure) and case.offer != told.offer:
            offers = (*case.offers, told.offer)
            return node._replace(case=case._replace(state=OFFERED, offer=told.offer, asked_back=False, offers=offers))
    if told.kind == TOOK:
        if case is None:
            return answered(node, told.offer, LOST)
        node = answered(node, told.offer, TAKEN)
        if case.tenure < told.tenure:
            node = node._replace(
                case=case._replace(state=ACCEPTED, tenure=told.tenure, holder=me, offer=0, asked_back=False)
            )
    if told.kind in (SAID_NO, GAVE_BACK):
        found = offered(node, told.offer)
        if found and found.state == WAITING:
            return answered(node, told.offer, ANSWERS[told.kind])
    return node


def settled(node: Node, me: int) -> Node:
    """All that can be worked on is worked on."""
    while todo := [came.parcel for came in node.came if came.state == STORED]:
        for parcel in todo:
            node = work_on(node, me, parcel)
    return node


# The steps of the world


def next_worlds(world: World, bounds: Bounds) -> Iterator[tuple[tuple[object, ...], World]]:
    """Every step that can be taken, as the bounds want it."""
    for step, after in steps(world, bounds):
        yield step, on_its_way(after) if bounds.eager else after


def on_its_way(world: World) -> World:
    for me in (0, 1):
        out, there = world.nodes[me].out, world.nodes[1 - me]
        world = on_line(world, me, world.line[me] | {sent.parcel for sent in out if not sent.acknowledged})
        out = tuple(Sent(one.parcel, one.acknowledged or received_at(there, one.parcel)) for one in out)
        world = put(world, me, world.nodes[me]._replace(out=out))
    return world


def steps(world: World, bounds: Bounds) -> Iterator[tuple[tuple[object, ...], World]]:
    """Every step that can be taken, by name, and where it leads."""
    for me in (0, 1):
        node = world.nodes[me]
        more = world.made < bounds.offers and node.case and node.case.tenure < bounds.tenure
        if more and (after := offer(node, world.made + 1)) is not None:
            yield ("offer", me, world.made + 1), put(world, me, after)._replace(made=world.made + 1)
        if (after := ask_back(node)) is not None:
            yield ("ask back", me), put(world, me, after)
        for one in node.offers:
            if (after := take_over(node, me, one.number)) is not None:
                yield ("take over", me, one.number), put(world, me, after)
            if (after := decline(node, one.number)) is not None:
                yield ("decline", me, one.number), put(world, me, after)
        for came in node.came:
            if came.state == STORED:
                yield ("work on", me, came.parcel), put(world, me, work_on(node, me, came.parcel))
        for sent in node.out:
            if sent.acknowledged:
                continue
            if sent.parcel not in world.line[me]:
                yield ("send", me, sent.parcel), on_line(world, me, world.line[me] | {sent.parcel})
            if received_at(world.nodes[1 - me], sent.parcel):
                yield (
                    ("acknowledge", me, sent.parcel),
                    acknowledged(world, me, sent.parcel),
                )  # or never: then it is sent again
        for parcel in world.line[me]:
            there = arrived(world, me, parcel)
            yield ("arrive", me, parcel), there  # and a copy stays on the line: it can come again, later
            if bounds.lose:
                yield ("lose", me, parcel), on_line(world, me, world.line[me] - {parcel})
        if bounds.restores and not world.restored:
            if world.backup is None:
                yield ("back up", me), world._replace(backup=(me, node))
            elif world.backup[0] == me:
                back = restored(node, world.backup[1], node.epoch + 1)
                yield ("restore", me), put(world, me, back)._replace(restored=True, backup=None)
        if node.to_ask:
            yield ("ask the peer", me), put(world, me, ask_the_peer(node, me, world.nodes[1 - me]))


def put(world: World, me: int, node: Node) -> World:
    return world._replace(nodes=(node, world.nodes[1]) if me == 0 else (world.nodes[0], node))


def on_line(world: World, me: int, line: frozenset[Parcel]) -> World:
    return world._replace(line=(line, world.line[1]) if me == 0 else (world.line[0], line))


def arrived(world: World, me: int, parcel: Parcel) -> World:
    """Stored, once; a copy of one that is not done is tried again. Of an epoch that is over, only what its sender still has."""
    other = 1 - me
    node = world.nodes[other]
    found = next((came for came in node.came if came.parcel == parcel), None)
    if found is None and epoch_is_over(world.nodes[me], parcel):
        return world
    if found is None:
        node = node._replace(came=(*node.came, Came(parcel, STORED)))
    elif found.state != DONE:
        node = node._replace(came=tuple(one._replace(state=STORED) if one == found else one for one in node.came))
    return put(world, other, node)


def received_at(node: Node, parcel: Parcel) -> bool:
    """Only what is stored is acknowledged."""
    return any(came.parcel == parcel for came in node.came)


def epoch_is_over(sender: Node, parcel: Parcel) -> bool:
    return parcel.epoch < sender.epoch and not sender.to_ask and all(sent.parcel != parcel for sent in sender.out)


def acknowledged(world: World, me: int, parcel: Parcel) -> World:
    node = world.nodes[me]
    out = tuple(sent._replace(acknowledged=True) if sent.parcel == parcel else sent for sent in node.out)
    return put(world, me, node._replace(out=out))


def at_rest(world: World) -> World:
    """The line is clear, people rest: where the two nodes come to."""
    while True:
        before = world
        for me in (0, 1):
            node = world.nodes[me]
            if node.to_ask:
                world = put(world, me, ask_the_peer(node, me, world.nodes[1 - me]))
            for sent in world.nodes[me].out:
                if not sent.acknowledged:
                    world = acknowledged(arrived(world, me, sent.parcel), me, sent.parcel)
            world = put(world, 1 - me, settled(world.nodes[1 - me], 1 - me))
        if world == before:
            return world._replace(line=START.line)


# What must hold


def violations(world: World) -> list[str]:
    """In each state."""
    found = []
    acting = [me for me in (0, 1) if may_act(world.nodes[me])]
    if len(acting) > 1:
        found.append("two may act")
    if not any(node.to_ask for node in world.nodes):
        found += answerable(world)
        for me in (0, 1):
            stored = {came.parcel for came in world.nodes[1 - me].came}
            found += [
                f"acknowledged and lost: {sent.parcel}"
                for sent in world.nodes[me].out
                if sent.acknowledged and sent.parcel not in stored
            ]
    return found


def answerable(world: World) -> list[str]:
    """The holder of the highest tenure answers, and nobody else believes to, except who has offered and not heard yet. A restored node that
    had taken the case over answers by the offer that says so: its people take it over again."""
    cases = [(me, node.case) for me, node in enumerate(world.nodes) if node.case]
    highest = max(case.tenure for _me, case in cases)
    believing = [me for me, case in cases if case.holder == me and case.tenure == highest]
    believing += [
        me
        for me, node in enumerate(world.nodes)
        for one in node.offers
        if (one.state, one.tenure + 1) == (LOST, highest)
    ]
    others = [me for me, case in cases if case.holder == me and case.tenure < highest and case.state != OFFERED]
    return [] if (len(believing), others) == (1, []) else [f"answerable: {believing}, also believing: {others}"]


def violations_at_rest(world: World) -> list[str]:
    """Once all has arrived: both agree, and nothing is left."""
    end = at_rest(world)
    found = violations(end)
    here, there = (node.case for node in end.nodes)
    lost_offer = any(one.state == LOST for node in end.nodes for one in node.offers)
    if here and there and (here.tenure, here.holder) != (there.tenure, there.holder) and not lost_offer:
        found.append(f"they differ: {here}, {there}")
    for me, node in enumerate(end.nodes):
        left = [came for came in node.came if came.state != DONE and not unfounded(end, came)]
        if left and not lost_offer:
            found.append(f"left at {me}: {left}")
        if node.case and node.case.state == OFFERED and not lost_offer:
            lying = offered(end.nodes[1 - me], node.case.offer)
            if lying is None or lying.state != WAITING:
                found.append(f"offered for ever: {lying}")
    return found


def unfounded(world: World, came: Came) -> bool:
    """Asks an offer back that a restored node had made and its peer has never seen: it waits, with an alarm."""
    return world.restored and (came.parcel.kind, came.state) == (RETRACT, EARLY)


@dataclass
class Searched:
    states: int
    nodes: int
    """What the two databases can hold, whatever is on the line."""
    transitions: int
    by_step: Counter[str]
    wrong: list[tuple[str, list[tuple[object, ...]]]]
    """What does not hold, and the shortest way there."""


def search(bounds: Bounds, most: int = 10**8) -> Searched:
    """Every state, breadth first: a violation is found on a shortest way."""
    came_from: dict[World, tuple[World, tuple[object, ...]] | None] = {START: None}
    queue, by_step, rests = deque([START]), Counter[str](), dict[World, list[str]]()
    found = Searched(0, 0, 0, by_step, [])
    while queue and len(came_from) < most and len(found.wrong) < 5:
        world = queue.popleft()
        still = world._replace(line=START.line)
        if still not in rests:
            rests[still] = violations_at_rest(still)
        for wrong in [*violations(world), *rests[still]]:
            found.wrong.append((wrong, way(came_from, world)))
        for step, after in next_worlds(world, bounds):
            found.transitions += 1
            by_step[str(step[0])] += 1
            if after not in came_from:
                came_from[after] = (world, step)
                queue.append(after)
    found.states, found.nodes = len(came_from), len({world.nodes for world in came_from})
    return found


def way(came_from: dict[World, tuple[World, tuple[object, ...]] | None], world: World) -> list[tuple[object, ...]]:
    taken = []
    while (before := came_from[world]) is not None:
        world, step = before
        taken.append(step)
    return taken[::-1]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offers", type=int, default=2)
    parser.add_argument("--restores", action="store_true")
    parser.add_argument("--without-loss", action="store_true")
    parser.add_argument("--eager", action="store_true")
    parser.add_argument("--most", type=int, default=10**8)
    args = parser.parse_args(argv)
    began = time.monotonic()
    searched = search(
        Bounds(args.offers, args.restores, lose=not (args.without_loss or args.eager), eager=args.eager), args.most
    )
    took = time.monotonic() - began
    print(
        f"{searched.states} states ({searched.nodes} of the two nodes), {searched.transitions} transitions in {took:.0f} s"
    )
    print(f"violations: {len(searched.wrong)}")
    print(", ".join(f"{step} {count}" for step, count in searched.by_step.most_common()))
    for wrong, taken in searched.wrong[:5]:
        print(wrong, *taken, sep="\n    ")
    return 1 if searched.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
