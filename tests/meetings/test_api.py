"""The JSON API of meetings: what a secretary reads and types by it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.cast import Cast
from tests.meetings.conftest import Round, planned
from tests.site.api.conftest import Caller, call  # noqa: F401

from lianqiao.meetings import actions

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_meeting_is_read_and_a_line_typed(cast: Cast, round_: Round, call: Caller) -> None:  # noqa: F811
    planned(cast, round_.series, days=9)
    series = call.get("meetings/series", "chengdu").json()["series"]
    concern = call.post(f"meetings/series/{series[0]['id']}/concerns", "pu", {"text": "施工许可慢"})
    topic = actions.put_on_agenda(
        round_.first, by=cast.chengdu, title="施工许可", concerns=[concern.json()["id"]], agency=cast.planning
    )
    actions.open_meeting(round_.first, by=cast.chengdu, presided_by=cast.zhao)
    told = {"key": str(uuid4()), "text": "并联办理", "topic": str(topic.pk)}

    first, again = (call.post(f"meetings/{round_.first.pk}/lines", "chengdu", told) for _n in range(2))
    refused = call.post(f"meetings/{round_.first.pk}/lines", "pu", told | {"key": str(uuid4())})
    page = call.get("meetings?limit=1", "pu").json()
    following = call.get(page["next"].removeprefix("/api/v1/"), "pu").json()
    sheet = call.get(f"meetings/{round_.first.pk}", "pu").json()

    assert (first.status_code, first.json()) == (201, again.json())
    assert (refused.status_code, refused.json()["code"]) == (403, "not-secretary")
    assert [one["number"] for one in (*page["meetings"], *following["meetings"])] == [2, 1]
    assert [(one["text"], one["status"], one["agency"], one["case"]) for one in sheet["lines"]] == [
        ("并联办理", "noted", "cd-planning", None)
    ]
    assert [(one["title"], one["minutes"]) for one in sheet["items"]] == [("施工许可", 15)]
    assert {one["code"]: one["count"] for one in sheet["figures"] if one["count"]} == {"raised": 1, "open": 1}
    assert call.get("meetings", "wei").json() == {"meetings": [], "next": None}
