"""After a restore: nothing moves until every peer has answered, and what the backup had lost comes back from their copies."""

import json
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.test import Client

from lianqiao.cases import dossier as told
from lianqiao.cases.actions import conclusion, intake
from lianqiao.cases.models import Case
from lianqiao.exchange import answering, ending, recovery, signing, wire
from lianqiao.exchange.models import Alarm, Errand, Offer, ParcelIn, ParcelOut, Peer, Recovery
from lianqiao.record import keys
from lianqiao.record.canonical import canonical
from lianqiao.record.models import Event, Node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now, stamp, today
from lianqiao.registry.models import Agreement, Person
from lianqiao.site.skipping import skip_numbers

from .conftest import MAPPING, OFFERED, Talk, agree, befriend, file_case, follow, incoming
from .other_node import OtherNode, Said
from .test_handover import AGENCY, kinds, standing, verbs


class Memory:
    """What node 50 remembers of us: our parcels with our signatures, its own, and who answers for what."""

    def __init__(self, other: OtherNode, client: Client) -> None:
        self.other, self.client = other, client
        self.ours: list[dict[str, Any]] = []
        self.dossiers: list[dict[str, Any]] = []
        other.answers[wire.INVENTORY] = lambda body: (
            200,
            {"node": "50", "dossiers": self.dossiers, "offers": [], "next": ""},
        )
        self.answer = other.answer
        other.answer = self.look  # type: ignore[method-assign]

    def look(self, method: str, path: str, body: bytes) -> Said:
        if path.startswith(wire.INBOX):
            epoch, _dot, sequence = path.partition("after=")[2].partition(".")
            return 200, {
                "parcels": [i for i in self.ours if (i["epoch"], i["sequence"]) > (int(epoch), int(sequence))],
                "last": True,
            }
        return self.answer(method, path, body)

    def we_said(self, kind: str, tenure: int, dossier: UUID, data: dict[str, Any]) -> str:
        """A parcel of ours that reached node 50 after the backup was taken; its id."""
        identity = str(uuid4())
        newest = ParcelOut.objects.order_by("-sequence").first()
        sequence = (newest.sequence if newest else 0) + len(self.ours) + 1
        body = canonical({
            "specversion": "1.0", "id": identity, "source": "lianqiao://51", "type": f"cn.lianqiao.{kind}.v1", "time": stamp(now()),
            "datacontenttype": "application/json", "data": data, "receiver": "50", "epoch": 1, "sequence": sequence,
            "tenure": tenure, "subject": str(dossier),
        })  # fmt: skip
        headers = signing.sign_request(keys.signing_key(), "POST", wire.PARCELS, "50", body, wire.PARCEL_TYPE)
        self.ours.append({
            "epoch": 1, "sequence": sequence, "body": body.decode(), "digest": wire.digest(body), "state": "done",
            "proof": signing.proof("POST", wire.PARCELS, headers),
        })  # fmt: skip
        return identity

    def it_said(self, kind: str, tenure: int, dossier: UUID, data: dict[str, Any]) -> None:
        self.other.keep(self.other.parcel(kind, data, dossier=dossier, tenure=tenure))

    def holds(self, dossier: UUID, tenure: int, holder: str) -> None:
        self.dossiers.append({"dossier": str(dossier), "tenure": tenure, "holder": holder, "state": "", "offer": ""})


@pytest.fixture
def memory(live: OtherNode, people: dict[str, Person], client: Client) -> Memory:
    agree(live, people["admin"])
    follow()
    ParcelOut.objects.update(state="delivered")
    return Memory(live, client)


def restored() -> int:
    """As `lianqiao restore` leaves the node."""
    Node.objects.update(epoch=2)
    return recovery.begin()


def recovered(http: httpx.Client) -> None:
    while recovery.work(http):
        pass


def offer_of(case: Case, agreement: Agreement) -> dict[str, Any]:
    return {
        "offer": str(uuid4()), "agreement": str(agreement.pk), "clause": "3.3", "trigger": "", "offered_on": case.filed_on.isoformat(),
        "reason": "x", "agencies": {"home": "sc-fie-centre", "answering": "sc-fie-centre"},
        "content": told.content(case, ["identity", "contact"], carries=True), "attachments": [],
    }  # fmt: skip


def test_every_case_that_could_be_handed_over_is_frozen(memory: Memory, people: dict[str, Person]) -> None:
    open_case, refused = file_case(people), file_case(people, title="另一件")
    intake.refuse(refused, by=people["intake"], ground="1", reason="不属受理范围。")

    assert restored() == 1

    open_case.refresh_from_db()
    refused.refresh_from_db()
    assert (open_case.frozen_epoch, refused.frozen_epoch) == (2, None)
    with pytest.raises(Refused) as frozen:
        intake.accept(open_case, by=people["intake"])
    assert frozen.value.code == "frozen"
    assert recovery.begin() == 0


def test_cases_are_released_when_every_peer_has_answered(
    memory: Memory, people: dict[str, Person], http: httpx.Client
) -> None:
    case = file_case(people)
    third = OtherNode("33")
    befriend(third, people["admin"])
    restored()

    recovered(http)
    case.refresh_from_db()
    assert [(row.peer_id, row.state) for row in Recovery.objects.waiting()] == [("33", "asked")]
    assert case.frozen_epoch == 2

    with third.serving():
        Peer.objects.filter(pk="33").update(base_url=third.base_url, retry_at=None)
        third.answers[wire.INBOX] = lambda body: (200, {"parcels": [], "last": True})
        third.answers[wire.INVENTORY] = lambda body: (200, {"node": "33", "dossiers": [], "offers": [], "next": ""})
        recovered(http)
    case.refresh_from_db()
    assert (case.frozen_epoch, verbs(case)) == (None, ["file", "freeze", "thaw"])


def test_peer_that_is_gone_for_good_is_not_waited_for(
    memory: Memory, people: dict[str, Person], guard: Person, http: httpx.Client
) -> None:
    case = file_case(people)
    befriend(OtherNode("33"), people["admin"])
    restored()
    recovered(http)

    ending.end("33", reason="节点撤销", proof="川办函〔2026〕1号", by=guard)
    recovered(http)

    case.refresh_from_db()
    assert case.frozen_epoch is None
    assert set(Recovery.objects.values_list("peer_id", "state")) == {("50", "answered"), ("33", "gone")}


def test_lost_offer_is_open_again(memory: Memory, people: dict[str, Person], http: httpx.Client) -> None:
    case, agreement = file_case(people), Agreement.objects.get()
    data = offer_of(case, agreement)
    parcel = memory.we_said("handover.offered", 1, case.dossier, data)
    restored()

    recovered(http)

    case.refresh_from_db()
    assert standing(case) == ("offered", 1, "51")
    assert (str(case.offer), case.offered_to, case.state_before_offer, case.frozen_epoch) == (
        data["offer"],
        "50",
        "filed",
        None,
    )
    row = ParcelOut.objects.get(pk=parcel)
    assert (row.state, row.epoch, row.to_relive) == ("delivered", 1, False)
    assert Alarm.objects.get(kind="lost-parcels").params == {"count": 1}


def test_lost_take_over_by_the_peer_is_followed_again(
    memory: Memory, people: dict[str, Person], http: httpx.Client
) -> None:
    """The backup holds the case as ours; the peer has taken it over since. It must never be ours to act on."""
    case, agreement = file_case(people), Agreement.objects.get()
    data = offer_of(case, agreement)
    memory.we_said("handover.offered", 1, case.dossier, data)
    memory.it_said("handover.taken", 2, case.dossier, {"offer": data["offer"], "number": "50-1", "agency": AGENCY})
    memory.it_said("result", 2, case.dossier, {"ground": "1", "text": "已办结。", "concluded_on": "2026-11-20"})
    memory.holds(case.dossier, 2, "50")
    restored()

    recovered(http)

    assert standing(case) == ("concluded", 2, "50")
    assert verbs(case) == ["file", "freeze", "recover", "thaw", "taken_over", "result_reported"]
    assert case.frozen_epoch is None


def test_hand_back_that_was_lost_is_ours_again(
    memory: Memory, people: dict[str, Person], http: httpx.Client, client: Client
) -> None:
    """Handed over at the time of the backup; since then handed back, taken over here and concluded."""
    case, agreement = file_case(people), Agreement.objects.get()
    first = offer_of(case, agreement)
    memory.we_said("handover.offered", 1, case.dossier, first)
    memory.it_said("handover.taken", 2, case.dossier, {"offer": first["offer"], "number": "50-1", "agency": AGENCY})
    back = OFFERED | {"offer": str(uuid4()), "agreement": str(agreement.pk)}
    memory.it_said("handover.offered", 2, case.dossier, back)
    memory.we_said(
        "handover.taken",
        3,
        case.dossier,
        {"offer": back["offer"], "number": case.number, "agency": {"code": "sc-fie-centre"}},
    )
    memory.we_said("result", 3, case.dossier, {"ground": "1", "text": "已办结。", "concluded_on": "2026-11-20"})
    memory.holds(case.dossier, 3, "51")
    restored()

    recovered(http)

    assert standing(case) == ("concluded", 3, "51")
    assert list(Offer.objects.open()) == []
    conclusion.deliver(case, by=people["intake"], method="post")


@pytest.mark.parametrize("left_out", [True, False])
def test_case_that_the_backup_does_not_have_is_made_anew(
    memory: Memory, people: dict[str, Person], http: httpx.Client, left_out: bool
) -> None:
    """Under its number, where the restore has left that out; else under a new one, with an alarm."""
    model, agreement = file_case(people), Agreement.objects.get()
    dossier = uuid4()
    data = offer_of(model, agreement)
    data["content"]["from_number"] = f"51-{today().year}-{model.pk + 5:06d}"
    memory.we_said("handover.offered", 1, dossier, data)
    memory.it_said("handover.taken", 2, dossier, {"offer": data["offer"], "number": "50-1", "agency": AGENCY})
    memory.holds(dossier, 2, "50")
    restored()
    if left_out:
        skip_numbers(now(), by=people["admin"].actor)

    recovered(http)

    case = Case.objects.get(dossier=dossier)
    assert standing(case) == ("handed_over", 2, "50")
    assert (case.title, case.home_agency.code, case.enterprise) == (model.title, "sc-fie-centre", model.enterprise)
    assert Case.objects.visible_to(people["owner"]).filter(pk=case.pk).exists()
    alarms = Alarm.objects.filter(kind="lost-report").count()
    assert (case.pk == model.pk + 5, alarms) == ((True, 0) if left_out else (False, 1))
    assert told.filing(case)["facts"] == told.filing(model)["facts"]


def test_take_over_that_was_lost_is_to_be_taken_over_again(
    memory: Memory, people: dict[str, Person], http: httpx.Client
) -> None:
    """The peer sees us as the one who answers: the offer can be taken over, and nothing else."""
    dossier, agreement = uuid4(), Agreement.objects.get()
    data = OFFERED | {"offer": str(uuid4()), "agreement": str(agreement.pk)}
    memory.it_said("handover.offered", 1, dossier, data)
    memory.we_said(
        "handover.taken",
        2,
        dossier,
        {"offer": data["offer"], "number": "51-2026-000900", "agency": {"code": "sc-fie-centre"}},
    )
    memory.holds(dossier, 2, "51")
    restored()

    recovered(http)

    (offer,) = Offer.objects.open().visible_to(people["intake"])
    assert offer.state == "lost"
    with pytest.raises(Refused) as refused:
        answering.decline(offer.pk, by=people["intake"], reason="x")
    assert refused.value.code == "taken-before"
    case, _event = answering.take_over(offer.pk, by=people["intake"], **MAPPING)
    follow()
    assert standing(case) == ("accepted", 2, "51")
    assert kinds()[-1] == "handover.taken"


def offered_back(case: UUID, agreement: Agreement) -> dict[str, Any]:
    """What we said when we offered the case, taken over from node 50, to where it had come from."""
    content = OFFERED["content"] | {"home_node": "50"}
    agencies = {"home": "sc-fie-centre", "answering": "sc-fie-centre"}
    return OFFERED | {"offer": str(uuid4()), "agreement": str(agreement.pk), "agencies": agencies, "content": content}


def test_taken_over_and_handed_back_is_not_acted_on_again(
    memory: Memory, people: dict[str, Person], http: httpx.Client
) -> None:
    """Both after the backup. Taken over again, the case is at once where it was: with the peer, in its newest tenure."""
    dossier, agreement = uuid4(), Agreement.objects.get()
    data, back = OFFERED | {"offer": str(uuid4()), "agreement": str(agreement.pk)}, offered_back(dossier, agreement)
    memory.it_said("handover.offered", 1, dossier, data)
    memory.we_said("handover.taken", 2, dossier, {"offer": data["offer"], "number": "51-2026-000900"})
    memory.we_said("handover.offered", 2, dossier, back)
    memory.it_said("handover.taken", 3, dossier, {"offer": back["offer"], "number": "50-1", "agency": AGENCY})
    memory.holds(dossier, 3, "50")
    restored()
    recovered(http)
    (offer,) = Offer.objects.open().visible_to(people["intake"])

    case, _event = answering.take_over(offer.pk, by=people["intake"], **MAPPING)

    assert standing(case) == ("handed_over", 3, "50")
    assert verbs(case) == ["take_over", "recover", "taken_over"]
    assert not ParcelIn.objects.filter(dossier=dossier).exclude(state="done").exists()


def test_own_offer_proves_a_take_over_that_never_arrived(
    memory: Memory, people: dict[str, Person], http: httpx.Client
) -> None:
    """The peer has our offer of the second tenure, not the word that we had begun it: it can be begun again, and nothing else."""
    dossier, agreement = uuid4(), Agreement.objects.get()
    data, back = OFFERED | {"offer": str(uuid4()), "agreement": str(agreement.pk)}, offered_back(dossier, agreement)
    memory.it_said("handover.offered", 1, dossier, data)
    memory.we_said("handover.offered", 2, dossier, back)
    memory.holds(dossier, 1, "50")
    restored()
    recovered(http)
    (offer,) = Offer.objects.open().visible_to(people["intake"])
    assert offer.state == "lost"
    with pytest.raises(Refused) as refused:
        answering.decline(offer.pk, by=people["intake"], reason="x")
    assert refused.value.code == "taken-before"

    case, _event = answering.take_over(offer.pk, by=people["intake"], **MAPPING)

    assert (*standing(case), str(case.offer)) == ("offered", 2, "51", back["offer"])


def test_taken_over_again_under_the_number_that_the_peer_knows(
    memory: Memory, people: dict[str, Person], http: httpx.Client
) -> None:
    dossier, agreement = uuid4(), Agreement.objects.get()
    first = file_case(people).pk + 1
    data = OFFERED | {"offer": str(uuid4()), "agreement": str(agreement.pk)}
    memory.it_said("handover.offered", 1, dossier, data)
    number = f"51-{today().year}-{first + 7:06d}"
    memory.we_said("handover.taken", 2, dossier, {"offer": data["offer"], "number": number})
    memory.holds(dossier, 2, "51")
    restored()
    skip_numbers(now(), by=people["admin"].actor)
    recovered(http)
    (offer,) = Offer.objects.open().visible_to(people["intake"])

    case, _event = answering.take_over(offer.pk, by=people["intake"], **MAPPING)

    assert case.number == number
    assert file_case(people, title="另一件").pk > first + 100


def test_result_that_was_told_stands_when_the_case_is_taken_over_again(
    memory: Memory, people: dict[str, Person], http: httpx.Client
) -> None:
    dossier, agreement = uuid4(), Agreement.objects.get()
    data = OFFERED | {"offer": str(uuid4()), "agreement": str(agreement.pk)}
    memory.it_said("handover.offered", 1, dossier, data)
    memory.we_said("handover.taken", 2, dossier, {"offer": data["offer"], "number": "51-2026-000900"})
    memory.we_said("result", 2, dossier, {"ground": "1", "text": "已办结。", "concluded_on": "2026-11-20"})
    memory.holds(dossier, 2, "51")
    restored()
    recovered(http)
    (offer,) = Offer.objects.open().visible_to(people["intake"])

    case, _event = answering.take_over(offer.pk, by=people["intake"], **MAPPING)
    follow()

    assert standing(case) == ("concluded", 2, "51")
    assert kinds().count("result") == 1


def test_answers_to_two_offers_that_were_lost_stay_given(
    memory: Memory, people: dict[str, Person], http: httpx.Client
) -> None:
    """The second offer cannot lie here before the first is answered: its row comes after its answer, and is born answered."""
    dossier, agreement = uuid4(), Agreement.objects.get()
    first, second = (OFFERED | {"offer": str(uuid4()), "agreement": str(agreement.pk)} for _ in range(2))
    memory.it_said("handover.offered", 1, dossier, first)
    memory.we_said("handover.declined", 1, dossier, {"offer": first["offer"], "reason": "x", "competent_body": ""})
    memory.it_said("handover.offered", 1, dossier, second)
    memory.we_said("handover.retracted", 1, dossier, {"offer": second["offer"]})
    restored()

    recovered(http)

    states = dict(Offer.objects.filter(dossier=dossier).values_list("pk", "state"))
    assert states == {UUID(first["offer"]): "declined", UUID(second["offer"]): "retracted"}
    assert ParcelOut.objects.filter(dossier=dossier, epoch=2).count() == 0


def test_answer_that_was_overtaken_before_the_restore_alarms_nobody(
    memory: Memory, people: dict[str, Person], http: httpx.Client
) -> None:
    """Offered, declined and offered again, all after the backup."""
    case, agreement = file_case(people), Agreement.objects.get()
    first, second = offer_of(case, agreement), offer_of(case, agreement)
    memory.we_said("handover.offered", 1, case.dossier, first)
    memory.it_said("handover.declined", 1, case.dossier, {"offer": first["offer"], "reason": "x", "competent_body": ""})
    memory.we_said("handover.offered", 1, case.dossier, second)
    restored()

    recovered(http)

    assert (*standing(case), str(case.offer)) == ("offered", 1, "51", second["offer"])
    assert not Alarm.objects.filter(kind="parcel-rejected").exists()


@pytest.mark.parametrize(("kind", "state"), [("handover.declined", "declined"), ("handover.retracted", "retracted")])
def test_answer_that_was_lost_stays_given(
    memory: Memory, people: dict[str, Person], http: httpx.Client, client: Client, kind: str, state: str
) -> None:
    _talk, offer = incoming(memory.other, client, Agreement.objects.get())
    memory.we_said(kind, 1, offer.dossier, {"offer": str(offer.pk), "reason": "x", "competent_body": ""})
    restored()

    recovered(http)

    offer.refresh_from_db()
    assert offer.state == state


def test_case_that_both_sides_see_differently_stays_frozen(
    memory: Memory, people: dict[str, Person], http: httpx.Client
) -> None:
    case = file_case(people)
    memory.holds(case.dossier, 4, "50")
    restored()

    recovered(http)

    case.refresh_from_db()
    alarm = Alarm.objects.get(kind="recovery-mismatch")
    assert (case.frozen_epoch, alarm.node, alarm.subject) == (2, "50", str(case.dossier))
    assert (verbs(case), alarm.times, recovery.work(http)) == (["file", "freeze"], 1, 0)
    recovery.release_by_hand(case.dossier, by=people["admin"], note="双方核对，由四川负责。")
    case.refresh_from_db()
    alarm.refresh_from_db()
    assert (case.frozen_epoch, alarm.handled_by) == (None, str(people["admin"].actor))


def test_parcel_without_our_signature_is_not_ours(
    memory: Memory, people: dict[str, Person], http: httpx.Client
) -> None:
    case, agreement = file_case(people), Agreement.objects.get()
    memory.we_said("handover.offered", 1, case.dossier, offer_of(case, agreement))
    memory.ours[0]["body"] = memory.ours[0]["body"].replace('"reason":"x"', '"reason":"y"')
    restored()

    recovered(http)

    assert standing(case) == ("filed", 1, "51")
    assert ParcelOut.objects.filter(epoch=1, kind="handover.offered").count() == 0
    assert Alarm.objects.get(kind="recovery-mismatch").params == {"why": "not our signature"}


def test_reports_that_were_lost_are_listed(memory: Memory, people: dict[str, Person], http: httpx.Client) -> None:
    case = file_case(people)
    parcel = memory.we_said("progress", 1, case.dossier, {"step": "note", "text": "x", "due_on": None})
    restored()

    recovered(http)

    alarm = Alarm.objects.get(kind="lost-report")
    assert (alarm.subject, alarm.params["kind"]) == (parcel, "progress")
    assert json.loads(ParcelOut.objects.get(pk=parcel).body)["data"]["text"] == "x"


def test_asking_again_after_a_crash_relives_nothing_twice(
    memory: Memory, people: dict[str, Person], http: httpx.Client
) -> None:
    case, agreement = file_case(people), Agreement.objects.get()
    memory.we_said("handover.offered", 1, case.dossier, offer_of(case, agreement))
    restored()
    peer = Peer.objects.get()
    assert [row.kind for row in recovery.fetch_own(http, peer) or []] == ["handover.offered"]  # then the process dies

    recovered(http)

    assert verbs(case) == ["file", "freeze", "recover", "thaw"]
    assert Event.objects.filter(verb="recover").count() == 1
    assert ParcelIn.objects.exclude(state="done").count() == 0


def test_new_parcels_go_out_in_the_new_epoch(memory: Memory, people: dict[str, Person], http: httpx.Client) -> None:
    Talk(memory.other, memory.client, uuid4())
    restored()
    recovered(http)
    case = file_case(people)
    from lianqiao.cases.actions import routing

    routing.offer(case, by=people["intake"], agreement=Agreement.objects.get().pk, clause="3.3", reason="x")
    follow()

    row = ParcelOut.objects.get(kind="handover.offered")
    assert (row.epoch, row.sequence) == (2, 1)


def test_recovered_case_runs_its_limits_from_the_day_that_is_proven(
    memory: Memory, people: dict[str, Person], http: httpx.Client
) -> None:
    """Handed over at the time of the backup; since then handed back and taken over here; another concluded by the other side."""
    case, agreement = file_case(people), Agreement.objects.get()
    first = offer_of(case, agreement)
    memory.we_said("handover.offered", 1, case.dossier, first)
    memory.it_said("handover.taken", 2, case.dossier, {"offer": first["offer"], "number": "50-1", "agency": AGENCY})
    back = OFFERED | {"offer": str(uuid4()), "agreement": str(agreement.pk)}
    memory.it_said("handover.offered", 2, case.dossier, back)
    memory.we_said("handover.taken", 3, case.dossier, {"offer": back["offer"], "number": case.number})
    memory.holds(case.dossier, 3, "51")
    restored()

    recovered(http)

    assert standing(case) == ("accepted", 3, "51")
    assert [(row.name, row.started_on) for row in case.clocks.running()] == [("handle", today())]
    conclusion.conclude(case, by=people["handler"], ground="1", text="已办结。")
    assert [row.name for row in case.clocks.running()] == ["deliver"]


def test_word_on_an_errand_that_was_lost_stays_said(
    memory: Memory, people: dict[str, Person], http: httpx.Client
) -> None:
    agreement, dossier, request = Agreement.objects.get(), uuid4(), str(uuid4())
    errand = Errand.objects.create(
        id=request, peer_id="50", kind="task", dossier=dossier, folder=request, number="50-1", request=1,
        programme="fie-complaint", agreement=agreement.pk, clause="3.4", received_at=now(), content={},
    )  # fmt: skip
    memory.we_said("task.reported", 0, dossier, {"request": request, "place": 1, "step": "accepted"})
    memory.we_said("task.reported", 0, dossier, {"request": request, "place": 2, "step": "done"})
    restored()

    recovered(http)

    errand.refresh_from_db()
    assert (errand.state, errand.words, errand.ended_at is not None) == ("done", 2, True)
    assert Alarm.objects.filter(kind="lost-report").count() == 2


def test_offer_is_not_answered_before_the_peer_has_said_what_it_heard(
    memory: Memory, people: dict[str, Person], http: httpx.Client, client: Client
) -> None:
    """The backup holds the offer as waiting; since then it was declined, and the peer acts again. Nobody may take it over here."""
    agreement = Agreement.objects.get()
    talk, offer = incoming(memory.other, client, agreement)
    memory.we_said("handover.declined", 1, offer.dossier, {"offer": str(offer.pk), "reason": "-", "competent_body": ""})
    memory.holds(offer.dossier, 1, "50")
    restored()

    for answer in (
        lambda: answering.take_over(offer.pk, by=people["intake"], **MAPPING),
        lambda: answering.decline(offer.pk, by=people["intake"], reason="x"),
    ):
        with pytest.raises(Refused) as refused:
            answer()
        assert refused.value.code == "frozen"
    asked_back = talk.say("handover.retract", 1, offer=str(offer.pk), reason="x")
    assert (asked_back.state, asked_back.reason) == ("waiting", "frozen")

    recovered(http)
    ParcelIn.objects.update(next_try_at=now())
    talk.work()

    offer.refresh_from_db()
    asked_back.refresh_from_db()
    assert (offer.state, asked_back.state) == ("declined", "done")
    assert "handover.retracted" not in kinds()
