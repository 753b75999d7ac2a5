"""How one is told, over the interface and on the command line."""

import pytest
from tests.cast import Cast, filing
from tests.site.api.conftest import Caller

from lianqiao.record import followers, sequencer
from lianqiao.site import cli


def test_choice_calendar_and_days_of_reminders(call: Caller, cast: Cast) -> None:
    usual = {"mail": "each", "hour": 8, "quiet_from": 22, "quiet_until": 7, "calendar_since": None}
    assert call.get("notices/preferences", "lin").json() == usual
    chosen = {"mail": "daily", "hour": 17, "quiet_from": 20, "quiet_until": 8}

    assert call("put", "notices/preferences", "lin", chosen).json() == chosen | {"calendar_since": None}
    opened = call.post("notices/calendar", "lin")
    assert (
        opened.status_code,
        call.get(opened.json()["address"].removeprefix("http://127.0.0.1:8051"), "").status_code,
    ) == (201, 200)
    assert call.get("notices/preferences", "lin").json()["calendar_since"] is not None
    assert [call("delete", "notices/calendar", "lin").status_code for _twice in (1, 2)] == [204, 404]
    rule = {"agency": "sc-inward-centre", "days": [2, 0]}
    assert call("put", "notices/reminders", "wei", rule).json()["code"] == "not-admin"
    assert call("put", "notices/reminders", "zhao", rule).json() == rule
    assert call.get("notices/reminders", "lin").json() == {"agency": "", "days": [3, 1, 0, -1]}


def test_audience_names_officers_to_officers_only(call: Caller, cast: Cast) -> None:
    number = call.post("cases", "lin", filing(cast)).json()["number"]

    officer = call.get(f"cases/{number}/audience?verb=withdraw", "wei", Accept_Language="en").json()
    enterprise = call.get(f"cases/{number}/audience?verb=withdraw", "lin", Accept_Language="en").json()

    assert officer["told"] == [
        {"side": "the enterprise", "count": 1, "people": []},
        {"side": "Appeal Center", "count": 2, "people": ["某he", "某zhao"]},
    ]
    assert enterprise["told"] == [{"side": "Appeal Center", "count": 3, "people": []}]
    assert call.get(f"cases/{number}/audience?verb=nothing", "wei").json()["code"] == "choice-unknown"
    assert call.get(f"cases/{number}/audience?verb=accept", "ren").status_code == 404


def test_notice_says_its_sentence_and_its_page(call: Caller, cast: Cast) -> None:
    number = call.post("cases", "lin", filing(cast)).json()["number"]
    call.post(f"cases/{number}/accept", "wei", {})
    sequencer.place_pending()
    followers.run("notices")

    [told] = call.get("notices", "lin", Accept_Language="en").json()["notices"]

    assert (told["sentence"], told["page"], told["due_on"]) == (
        "The case was accepted; the limit for handling runs.", f"/cases/{number}", None,
    )  # fmt: skip


def test_commands_choose_and_show(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        cli.main(["notice", "choose", "lin", "--mail", "daily", "--hour", "17", "--quiet", "20-8", "--by", "lin"]) == 0
    )
    assert cli.main(["notice", "calendar", "lin", "--by", "lin"]) == 0
    assert cli.main(["notice", "remind", "5,0,-2", "--agency", "sc-inward-centre", "--by", "zhao"]) == 0
    refused = [
        cli.main(["notice", "calendar", "lin", "--by", "root"]),
        cli.main(["notice", "choose", "lin", "--quiet", "night", "--by", "lin"]),
        cli.main(["notice", "remind", "soon", "--by", "root"]),
        cli.main(["notice", "calendar", "wei", "--end", "--by", "wei"]),
    ]

    lines = capsys.readouterr().out.splitlines()
    assert (lines[0].split("\t")[-2:], lines[1].startswith("http://127.0.0.1:8051/calendar/"), lines[2], refused) == (
        ["17:00", "20-08"],
        True,
        "sc-inward-centre\t5,0,-2",
        [2, 2, 2, 2],
    )
