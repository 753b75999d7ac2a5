"""What has left the node is told to the audit administrator alone, from the records that hold it."""

import hashlib
from typing import Any

import pytest
from tests.cast import Cast, filing
from tests.site.api.conftest import Caller

from lianqiao.cases.models import Case
from lianqiao.exchange import parcels
from lianqiao.exchange.models import Peer
from lianqiao.notices import mail
from lianqiao.notices.models import Mail, Preference
from lianqiao.notices.webhooks import delivering, signing
from lianqiao.notices.webhooks.models import Delivery
from lianqiao.record import events, followers, nodes, sequencer, time
from lianqiao.record.actors import Actor
from lianqiao.registry import actions
from lianqiao.signin.actions import note_allowance
from lianqiao.site import cli


@pytest.fixture
def number(call: Caller, cast: Cast, settings: Any) -> str:
    """A case of which a parcel, a file, a mail and a message to an app have left; a sign-on and a backup besides."""
    settings.LIANQIAO_WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    settings.LIANQIAO_SMTP_URL = "smtp://127.0.0.1:9"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    actions.appoint(actions.add_person("shen", by=cast.root), cast.justice, "audit", by=cast.root)
    cast.people["shen"] = type(cast.root).objects.get(account="shen")
    Preference.objects.create(person=cast.wei, quiet_from=0, quiet_until=0)  # at any hour
    assert call.post("webhooks", "lin", {"url": "http://127.0.0.1:9/"}).status_code == 201
    number = str(call.post("cases", "lin", filing(cast)).json()["number"])
    sequencer.place_pending()
    followers.run("notices")
    followers.run("webhooks")
    Peer.objects.create(code="50", name_zh="重庆", name_en="Chongqing", base_url="http://127.0.0.1:9")
    case = Case.objects.numbered(number).get()
    sent = {"title": case.title, "contact": {"name": "林女士"}}
    parcels.send("50", "offer", sent, by=cast.root.actor, dossier=case.dossier, tenure=1)
    held = {"node": "50", "sha256": "0" * 64, "size": 3, "dossier": str(case.dossier)}
    events.append("attachment", case.uid, "fetched", by=Actor.node("50"), data=held)
    note_allowance(cast.people["lin"], "node-50", ["openid", "enterprises"])
    assert mail.send_due() == 1
    assert delivering.deliver_now() > 0
    events.append("node", nodes.subject("51"), "backup", by=cast.root.actor, data={"backup": "x"})
    return number


def listed(call: Caller, asked: str = "") -> list[tuple[str, str, str, str | None, list[str]]]:
    rows = call.get(f"audit/departures{asked}", "shen").json()["departures"]
    return [(row["way"], row["to"], row["kind"], row["case"], row["parts"]) for row in rows]


def test_everything_that_left_is_listed_with_its_parts_and_no_text(call: Caller, number: str) -> None:
    answer = call.get("audit/departures", "shen")

    assert sorted(listed(call)) == [
        ("backup", "", "backup", None, ["everything"]),
        ("file", "50", "attachment", number, ["content"]),
        ("mail", "wei", "file", number, ["name", "number", "verb"]),
        ("parcel", "50", "offer", number, ["contact", "title"]),
        ("sign_on", "50", "sign_on", None, ["enterprises", "openid"]),
        ("webhook", "lin", "file", number, ["number", "verb", "event", "place"]),
    ]
    assert "林女士" not in answer.content.decode()
    digests = {row["way"]: row["digest"] for row in answer.json()["departures"]}
    body = signing.body(Delivery.objects.select_related("case").get())
    assert (digests["webhook"], digests["mail"]) == (hashlib.sha256(body).hexdigest(), "")
    refused = {who: call.get("audit/departures", who).json()["code"] for who in ("wei", "root", "lin", "ren")}
    assert set(refused.values()) == {"not-auditor"}


def test_departures_are_found_by_case_recipient_and_day(call: Caller, number: str) -> None:
    assert {way for way, *_rest in listed(call, f"?case={number}")} == {"file", "mail", "parcel", "webhook"}
    assert sorted(way for way, *_rest in listed(call, "?to=50")) == ["file", "parcel", "sign_on"]
    assert [way for way, *_rest in listed(call, f"?to=wei&since={time.today()}&until={time.today()}")] == ["mail"]
    assert listed(call, "?until=2026-01-01") == []
    assert call.get("audit/departures?case=51-2020-000001", "shen").json()["code"] == "unknown-case"
    assert call.get("audit/departures?after=x~parcel~1", "shen").json()["code"] == "after"


def test_departures_turn_their_pages_without_gap_or_double(
    call: Caller, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also among those of the same moment."""
    Mail.objects.update(sent_at=Delivery.objects.get().began_at)
    whole = [row["id"] for row in call.get("audit/departures", "shen").json()["departures"]]
    paged: list[str] = []
    following = "audit/departures?limit=1"
    while following:
        page = call.get(following, "shen").json()
        paged += [row["id"] for row in page["departures"]]
        following = page["next"]

    assert (len(whole), paged) == (6, whole)
    assert cli.main(["audit", "departures", "--by", "shen", "--to", "50", "--limit", "2"]) == 0
    assert [line.split("\t")[2] for line in capsys.readouterr().out.splitlines()] == ["50", "50"]
    assert cli.main(["audit", "departures", "--by", "wei"]) == 2
