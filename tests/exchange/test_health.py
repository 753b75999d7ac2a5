"""How it stands between the nodes, by the JSON API: for liaisons and the system and security administrators, without what parcels say."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from lianqiao.exchange import alarms
from lianqiao.exchange.models import Alarm, ParcelOut, Peer
from lianqiao.record.time import now
from lianqiao.registry import actions
from lianqiao.registry.models import Agency, Agreement, Person

from .conftest import befriend, incoming, offer_case
from .other_node import OtherNode

pytestmark = pytest.mark.django_db


@pytest.fixture
def called(client: Client, people: dict[str, Person], guard: Person) -> Any:
    """Calls an address as somebody."""
    liaison = actions.add_person("liaison", by=people["admin"])
    actions.appoint(liaison, Agency.objects.get(code="sc-fie-centre"), "liaison", by=people["admin"])
    everybody, secrets = people | {"guard": guard, "liaison": liaison}, {}

    def call(who: str, path: str, body: dict[str, Any] | None = None) -> Any:
        if who not in secrets:
            _token, secrets[who] = actions.issue_token(
                everybody[who], name="test", scopes=["read", "act", "admin"], expires_at=now() + timedelta(days=1),
                by=people["admin"],
            )  # fmt: skip
        headers = {"Authorization": f"Bearer {secrets[who]}"}
        if body is None:
            return client.get(f"/api/v1/exchange/{path}", headers=headers)
        return client.post(f"/api/v1/exchange/{path}", body, content_type="application/json", headers=headers)

    return call


def test_health_is_for_who_watches(called: Any, agreement: Agreement) -> None:
    alarm = alarms.raise_alarm("peer-restored", node="50", epoch=2)
    told = {
        who: [called(who, path).status_code for path in ("peers", "peers/50/parcels", "alarms")]
        + [called(who, f"alarms/{alarm.pk}/handle", {"note": ""}).status_code]
        for who in ("liaison", "admin", "guard", "intake", "handler", "lead", "owner", "stranger")
    }

    watching, others = [200, 200, 200, 422], [403, 403, 403, 422]
    assert told == dict.fromkeys(("liaison", "admin", "guard"), watching) | dict.fromkeys(
        ("intake", "handler", "lead", "owner", "stranger"), others
    )


def test_peers_tell_what_waits_and_how_they_are(
    called: Any,
    client: Client,
    other: OtherNode,
    people: dict[str, Person],
    agreement: Agreement,
    django_assert_num_queries: Any,
) -> None:
    incoming(other, client, agreement)
    offer_case(people, agreement)
    ParcelOut.objects.filter(kind="agreement.signed").update(state="refused")
    Peer.objects.update(skew_seconds=3)

    (row,) = called("liaison", "peers").json()["peers"]
    assert (row["code"], row["state"], row["waiting"], row["given_up"], row["unsettled"]) == ("50", "active", 3, 1, 0)
    assert (row["last_parcel_at"] is None, row["cosigned_size"], row["skew_seconds"]) == (False, None, 3)
    called("liaison", "peers")
    with django_assert_num_queries(4):
        called("liaison", "peers")
    befriend(OtherNode("42"), people["admin"])
    with django_assert_num_queries(4):
        assert len(called("liaison", "peers").json()["peers"]) == 2


def test_parcels_are_paged_without_what_they_say(
    called: Any, client: Client, other: OtherNode, people: dict[str, Person], agreement: Agreement, monkeypatch: Any
) -> None:
    from lianqiao.exchange.api import health

    incoming(other, client, agreement)
    offer_case(people, agreement)
    monkeypatch.setattr(health, "PAGE", 2)
    first = called("admin", "peers/50/parcels").json()
    second = called("admin", f"peers/50/parcels?after={first['next']}").json()
    came = called("admin", "peers/50/parcels?direction=in&state=all").json()

    assert [row["place"] for row in first["parcels"] + second["parcels"]] == ["1.3", "1.2", "1.1"]
    assert (first["parcels"][0]["kind"], second["next"]) == ("handover.offered", None)
    assert [(row["kind"], row["state"]) for row in came["parcels"]] == [("handover.offered", "done")]
    assert called("admin", "peers/50/parcels?direction=in").json()["parcels"] == []
    assert called("admin", "peers/50/parcels?after=x").status_code == 422
    assert "秦经理" not in str(first) + str(second) + str(came)


def test_alarm_is_closed_by_an_administrator_with_a_note(called: Any) -> None:
    alarm = alarms.raise_alarm("peer-restored", node="50", epoch=2)

    refused = called("liaison", f"alarms/{alarm.pk}/handle", {"note": "已核对。"})
    done = called("guard", f"alarms/{alarm.pk}/handle", {"note": "已核对。"})
    again = called("admin", f"alarms/{alarm.pk}/handle", {"note": "已核对。"})

    assert (refused.status_code, done.status_code, again.json()["code"]) == (403, 200, "alarm-handled")
    assert (done.json()["note"], Alarm.objects.get().handled_by[:7]) == ("已核对。", "person:")
    assert called("liaison", "alarms").json()["alarms"] == []
    assert [row["id"] for row in called("liaison", "alarms?state=all").json()["alarms"]] == [alarm.pk]
