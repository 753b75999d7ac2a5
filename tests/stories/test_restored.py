"""A node is restored from a backup that is older than what it had told: nothing acknowledged is lost unnoticed, nobody acts twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.faults.wire import clear, dead
from tests.stories import journey, judging
from tests.stories.pair import Pair
from tests.stories.reading import rows

from lianqiao.site.calling import Answered, until
from lianqiao.site.demo import handing

pytestmark = pytest.mark.proof


def back_up(pair: Pair, code: str) -> None:
    pair.nodes[code].run("backup", str(pair.folder / f"{code}.tar"), "--by", f"admin-{code}")


def restore(pair: Pair, code: str) -> None:
    """As after a disk failure: the node dies, the older backup takes its place, the node starts again."""
    pair.kill(code)
    pair.nodes[code].run("restore", str(pair.folder / f"{code}.tar"), "--by", f"admin-{code}", "--replace")
    pair.bring_up(code)


def released(pair: Pair, code: str) -> None:
    until(f"{code} released", lambda: not frozen(pair, code))


def frozen(pair: Pair, code: str) -> int:
    return len(rows(pair.folder, code, "SELECT 1 FROM cases_case WHERE frozen_epoch IS NOT NULL"))


def alarms(pair: Pair, code: str) -> set[str]:
    return {row["kind"] for row in judging.rows(pair.folder, code, "SELECT kind FROM exchange_alarm")}


def judge(pair: Pair) -> None:
    journey.settled(pair)
    pair.end()
    assert judging.faults(pair.folder) == []
    assert judging.sound(pair) == []


def test_sender_restored_to_before_the_offer_finds_its_case_handed_over(fresh: Callable[..., Pair]) -> None:
    pair = fresh()
    here = journey.file(pair)
    back_up(pair, "51")
    journey.offer(pair, here)
    there = journey.take_over(pair, here)
    handing.reaches(pair["li-intake"], here, "handed_over")

    restore(pair, "51")
    sheet = handing.reaches(pair["li-intake"], here, "handed_over")
    released(pair, "51")

    assert (sheet["holder_node"], sheet["tenure"], sheet["peer_number"]) == ("50", 2, there)
    assert "lost-parcels" in alarms(pair, "51")
    pair["cq-handler"].do(there, "conclude", ground="resolved", text="结果")
    handing.reaches(pair["li-intake"], here, "concluded")
    judge(pair)


def test_restored_sender_cannot_act_before_the_peer_has_spoken(fresh: Callable[..., Pair]) -> None:
    pair = fresh()
    here = journey.file(pair)
    back_up(pair, "51")
    journey.offer(pair, here)
    journey.take_over(pair, here)
    handing.reaches(pair["li-intake"], here, "handed_over")
    pair.wires["50"].follow(dead)

    restore(pair, "51")
    with pytest.raises(Answered) as refused:
        pair["wang-handler"].do(here, "conclude", ground="resolved", text="再办")
    pair.wires["50"].follow(clear)
    sheet = handing.reaches(pair["li-intake"], here, "handed_over")

    assert refused.value.code == "frozen"
    assert sheet["holder_node"] == "50"
    judge(pair)


def test_receiver_restored_to_before_the_take_over_takes_over_again(fresh: Callable[..., Pair]) -> None:
    pair = fresh()
    here = journey.file(pair)
    journey.offer(pair, here)
    handing.offered(pair["cq-liaison"], here)
    back_up(pair, "50")
    journey.take_over(pair, here)
    handing.reaches(pair["li-intake"], here, "handed_over")

    restore(pair, "50")
    offer = until(
        "offer again",
        lambda: next((o for o in pair["cq-liaison"].get("/offers")["offers"] if o["state"] == "lost"), None),
    )
    until(
        "asked what was lost",
        lambda: not rows(pair.folder, "50", "SELECT 1 FROM exchange_recovery WHERE state = 'asked'"),
    )
    again = handing.take_over(pair["cq-liaison"], here, **journey.MAPPED)
    released(pair, "50")
    pair["cq-handler"].do(again["number"], "conclude", ground="resolved", text="结果")
    sheet = handing.reaches(pair["li-intake"], here, "concluded")

    assert offer["number"] == here
    assert (sheet["holder_node"], sheet["tenure"]) == ("50", 2)
    assert {"lost-parcels", "lost-report"} <= alarms(pair, "50")
    judge(pair)


def test_receiver_restored_to_before_the_conclusion_has_it_again(fresh: Callable[..., Pair]) -> None:
    pair = fresh()
    here = journey.file(pair)
    journey.offer(pair, here)
    there = journey.take_over(pair, here)
    handing.reaches(pair["li-intake"], here, "handed_over")
    back_up(pair, "50")
    pair["cq-handler"].do(there, "conclude", ground="resolved", text="结果")
    handing.reaches(pair["li-intake"], here, "concluded")

    restore(pair, "50")
    sheet = handing.reaches(pair["cq-handler"], there, "concluded")
    released(pair, "50")
    pair["li-intake"].do(here, "deliver", method="electronic")
    handing.reaches(pair["cq-handler"], there, "delivered")

    assert sheet["ground"] == "resolved"
    judge(pair)


def test_sender_restored_to_before_the_filing_has_the_case_again(fresh: Callable[..., Pair]) -> None:
    pair = fresh()
    back_up(pair, "51")
    here = journey.file(pair)
    journey.offer(pair, here)
    there = journey.take_over(pair, here)
    handing.reaches(pair["li-intake"], here, "handed_over")
    dossier = pair["cq-handler"].case(there)["dossier"]

    restore(pair, "51")
    row = until("case again", lambda: judging.cases(pair.folder, "51").get(dossier))
    released(pair, "51")

    assert (row["holder_node"], row["tenure"]) in (("50", 2), ("51", 1))
    until("handed over again", lambda: judging.cases(pair.folder, "51")[dossier]["state"] == "handed_over")
    assert f"{row['id']:06d}" == here[-6:]
    assert "lost-parcels" in alarms(pair, "51")
    judge(pair)


def test_restored_twice_from_the_same_backup(fresh: Callable[..., Pair]) -> None:
    pair = fresh()
    here = journey.file(pair)
    back_up(pair, "51")
    journey.offer(pair, here)
    there = journey.take_over(pair, here)
    handing.reaches(pair["li-intake"], here, "handed_over")

    restore(pair, "51")
    restore(pair, "51")
    sheet = handing.reaches(pair["li-intake"], here, "handed_over")
    released(pair, "51")
    pair["cq-handler"].do(there, "conclude", ground="resolved", text="结果")
    handing.reaches(pair["li-intake"], here, "concluded")

    assert sheet["holder_node"] == "50"
    assert pair["li-intake"].get("/node")["epoch"] == 3
    judge(pair)


def test_backup_taken_while_frozen_is_released_after_its_restore(fresh: Callable[..., Pair]) -> None:
    pair = fresh()
    here = journey.file(pair)
    back_up(pair, "51")
    pair.wires["50"].follow(dead)
    restore(pair, "51")
    assert frozen(pair, "51") == 1
    (pair.folder / "51.tar").unlink()
    back_up(pair, "51")

    restore(pair, "51")
    pair.wires["50"].follow(clear)
    released(pair, "51")

    pair["wang-handler"].do(here, "note", text="继续办理")
    judge(pair)
