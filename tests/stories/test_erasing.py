"""The contact of an enterprise is erased at one live node, and not a byte of it is left in the files of either; what proves the case still proves it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stories import journey, judging
from tests.stories.pair import CODES, Pair

from lianqiao.record.algorithms import PublicKey
from lianqiao.record.proofs import PROVEN, verify
from lianqiao.site.calling import until
from lianqiao.site.demo import handing
from lianqiao.site.demo.between import COMPLAINTS
from lianqiao.site.demo.within import ONE

pytestmark = pytest.mark.proof
CONTACT = {
    "name": "牛联系·查无此人",
    "phone": "13712345678",
    "email": "niu.lianxi@example.org",
    "address": "锦里七号附一单元",
    "postcode": "610041",
}
WORDS = ["牛联系", "13712345678", "niu.lianxi", "lianxi", "锦里七号", "附一单元"]
"""Also single words of it, as the search keeps them."""


def still_there(folder: Path) -> dict[str, list[str]]:
    """The words that stand anywhere in the bytes of the node's files, in any way in which the house writes text.

    A write-ahead log is read before the database: whoever closes last carries it over and takes it away, and a word that is carried over between two
    reads in the other order is in neither.
    """
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*"), key=lambda path: (not path.name.endswith("-wal"), path)):
        try:
            content = path.read_bytes()
        except (FileNotFoundError, IsADirectoryError):
            continue
        for word in WORDS:
            written = (word.encode(), json.dumps(word)[1:-1].encode(), word.encode("utf-16-le"))
            if any(way in content for way in written):
                found.setdefault(word, []).append(str(path.relative_to(folder)))
    return found


def take_across(pair: Pair) -> tuple[str, str]:
    """A case with the contact, filed with everything that keeps a copy of it, offered, taken over, handled and concluded; both numbers."""
    owner, enterprise = pair["owner-chengdu"], pair.places["51"].enterprises[ONE]
    content = {
        "agency": "sc-inward-centre", "programme": "private-complaint", "kind": "infringement", "category": "enforcement",
        "title": "题", "facts": "事实", "request": "请求", "enterprise": enterprise, "respondents": ["cd-market"], "contact": CONTACT,
    }  # fmt: skip
    told = {part: CONTACT[part] for part in ("name", "phone", "email")}
    owner.ask("POST", f"/enterprises/{enterprise}/add_contact", told)
    owner.ask("POST", "/drafts", {"content": content})
    here = str(owner.file(**content)["number"])
    owner.file(**content)
    pair["li-intake"].do(here, "accept")
    agreement = handing.clause_id(pair["li-intake"], COMPLAINTS)
    pair["li-intake"].do(here, "offer", agreement=agreement, clause="3.1", reason="由重庆办理")
    there = journey.take_over(pair, here)
    handing.reaches(pair["li-intake"], here, "handed_over")
    pair["cq-handler"].do(there, "conclude", ground="resolved", text="结果")
    handing.reaches(pair["li-intake"], here, "concluded")
    journey.settled(pair)
    return here, there


def test_erased_contact_is_in_no_file_of_either_node(fresh: Callable[..., Pair]) -> None:
    pair = fresh()
    here, there = take_across(pair)
    receipts = {}
    for code, account, number in (("51", "li-intake", here), ("50", "cq-handler", there)):
        receipts[code] = pair[account].get(f"/cases/{number}/receipt")["receipts"][0]
        assert "13712345678" in still_there(pair.folder / code)

    asked = pair["owner-chengdu"].ask(
        "POST", "/erasures", {"enterprise": pair.places["51"].enterprises[ONE], "reason": "联系人离职"}
    )
    pair["zhao-lead"].ask("POST", f"/erasures/{asked['id']}/erase", {"ground": "consent"})

    handing.hears(pair["cq-handler"], there, "erasure_reported")
    told = handing.hears(pair["li-intake"], here, "erased")
    assert told["data"]["outcome"] == "erased"
    journey.settled(pair)
    for code in CODES:
        assert pair["li-intake" if code == "51" else "cq-handler"].get("/cases", q="13712345678")["cases"] == []
        pair.nodes[code].run("sweep")
    until("nothing left", lambda: not any(still_there(pair.folder / code) for code in CODES), seconds=20)
    listed = [json.loads(pair.nodes[code].run("key", "list"))["keys"] for code in CODES]
    keys = [PublicKey.read(one) for both in listed for one in both]
    for code, account, number in (("51", "li-intake", here), ("50", "cq-handler", there)):
        assert verify(receipts[code], keys).state == PROVEN
        assert pair[account].get(f"/cases/{number}/receipt")["receipts"][0]["event"] == receipts[code]["event"]
        first = pair[account].events(number)[0]
        assert first["data"]["contact.phone"]["erased"] is True
    pair.end()
    assert {code: still_there(pair.folder / code) for code in CODES} == {"51": {}, "50": {}}
    assert judging.sound(pair) == []
