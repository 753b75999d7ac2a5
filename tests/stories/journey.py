"""A case that goes to the other region and comes back, as people who insist take it there."""

from __future__ import annotations

from tests.stories import judging
from tests.stories.pair import Pair

from lianqiao.site.calling import until
from lianqiao.site.demo import handing
from lianqiao.site.demo.between import COMPLAINTS, MAPPED
from lianqiao.site.demo.within import ONE

HERE = ["file", "accept", "offer", "taken_over", "progress_reported", "result_reported", "deliver", "rate"]
THERE = ["take_over", "note", "conclude", "delivery_reported", "rating_reported"]


def file(pair: Pair) -> str:
    """Filed in Sichuan and accepted; its number."""
    filed = pair["owner-chengdu"].file(
        agency="sc-inward-centre", programme="private-complaint", kind="infringement", category="enforcement", title="题",
        facts="事实", request="请求", enterprise=pair.places["51"].enterprises[ONE], respondents=["cd-market"],
    )  # fmt: skip
    pair["li-intake"].do(filed["number"], "accept")
    return str(filed["number"])


def offer(pair: Pair, number: str) -> None:
    agreement = handing.clause_id(pair["li-intake"], COMPLAINTS)
    pair["li-intake"].do(number, "offer", agreement=agreement, clause="3.1", reason="由重庆办理")


def take_over(pair: Pair, number: str) -> str:
    return str(handing.take_over(pair["cq-liaison"], number, **MAPPED)["number"])


def cross(pair: Pair) -> tuple[str, str]:
    """The whole way: both numbers."""
    here = file(pair)
    offer(pair, here)
    return here, and_back(pair, here)


def and_back(pair: Pair, here: str) -> str:
    """From the offer on: taken over, concluded there, delivered and rated here; the number there."""
    there = take_over(pair, here)
    handing.reaches(pair["li-intake"], here, "handed_over")
    pair["cq-handler"].do(there, "note", text="进展", shared=True)
    pair["cq-handler"].do(there, "conclude", ground="resolved", text="结果")
    handing.reaches(pair["li-intake"], here, "concluded")
    pair["li-intake"].do(here, "deliver", method="electronic")
    handing.reaches(pair["cq-handler"], there, "delivered")
    pair["owner-chengdu"].do(here, "rate", score=2)
    handing.hears(pair["cq-handler"], there, "rating_reported")
    return there


def settled(pair: Pair) -> None:
    """Wait until every parcel has arrived and been worked on, and each log is cosigned by the other node."""
    until("parcels at rest", lambda: not any(judging.parcels(pair.folder, code) for code in pair.codes))
    for code, other in (("51", "50"), ("50", "51")):
        caller = next(iter(pair.places[code].callers.values()))
        until(
            f"{code} cosigned",
            lambda caller=caller, other=other: f"— lianqiao/{other} " in caller.get("/log/checkpoint")["note"],
        )  # type: ignore[misc]


def verbs(pair: Pair, account: str, number: str) -> list[str]:
    return [step["verb"] for step in pair[account].events(number)]
