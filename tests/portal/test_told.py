"""What the portal hands out beside the case: documents, the receipt as PDF, notices, figures, and the language that is kept."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from tests.cast import Cast, confidential, filing
from tests.pages import asked_by
from tests.portal.conftest import signed_in, text

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case
from lianqiao.notices import telling
from lianqiao.notices.documents import issuing
from lianqiao.notices.models import Notice
from lianqiao.portal import figures, receipts
from lianqiao.record import followers, sequencer
from lianqiao.record.models import Event
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db


def followed(*names: str) -> None:
    sequencer.place_pending()
    for name in names:
        followers.run(name)


def test_documents_and_receipt_are_read_as_pdf_by_who_files_and_by_nobody_else(
    cast: Cast, settings: Any, tmp_path: Any
) -> None:
    settings.LIANQIAO_DATA = tmp_path
    case = intake.file(by=cast.lin, **filing(cast)).case
    ACTIONS["accept"](case, by=cast.wei)
    followed("documents")
    issuing.print_due()
    lin, stranger = signed_in(cast.lin), signed_in(cast.stranger)

    listed = lin.get(f"/cases/{case.number}/documents").content.decode()
    [address] = re.findall(r'href="(/documents/[^"]+/zh.pdf)"', listed)
    addresses = [address, f"/cases/{case.number}/receipt.zh.pdf", f"/cases/{case.number}/receipt.en.pdf"]
    read = [b"".join(lin.get(one))[:5] for one in addresses]  # type: ignore[call-overload]

    assert read == [b"%PDF-"] * 3
    assert [stranger.get(one).status_code for one in (*addresses, f"/cases/{case.number}/documents")] == [404] * 4
    assert lin.get(f"/cases/{case.number}/receipt.fr.pdf").status_code == 404


def test_receipt_names_the_enterprise_only_to_who_may_know(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **confidential(cast)).case
    event = Event.objects.get(verb="file")

    said = {names: str(receipts.content(case, event, "zh", names=names)) for names in (True, False)}

    assert {names: cast.enterprise.name_zh in words for names, words in said.items()} == {True: True, False: False}
    assert receipts.content(case, event, "en", names=True) == receipts.content(case, event, "en", names=True)


def test_notice_opens_the_page_of_the_case_for_its_reader(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **filing(cast)).case
    ACTIONS["accept"](case, by=cast.wei)
    ACTIONS["ask"](case, by=cast.he, to="respondent", agency="sc-market", question="每月检查几次？")
    followed("notices")
    told = {notice.person.account: notice for notice in Notice.objects.select_related("person", "case")}
    lin = signed_in(cast.lin)

    listed = text(lin.get("/notices"))
    few = asked_by(lambda: lin.get("/notices"))
    opened = {
        name: signed_in(told[name].person).get(f"/notices/{told[name].pk}").headers["Location"]
        for name in ("lin", "ren")
    }

    assert (listed.count(case.number), listed.count(" new ")) == (1, 1)
    assert (text(lin.get("/notices")).count(" new "), asked_by(lambda: lin.get("/notices"))) == (0, few)
    assert opened == {"lin": f"/cases/{case.number}", "ren": "/desk/questions"}
    assert lin.get(f"/notices/{told['ren'].pk}").status_code == 404
    assert telling.page(told["lin"], cast.lin) == opened["lin"]


def test_figures_tell_no_small_number(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def page() -> list[str]:
        cache.delete(figures.KEY)
        return [figure.value for figure in figures.shown()]

    intake.file(by=cast.lin, **filing(cast))
    none = page()
    for number in range(11):
        case = intake.file(by=cast.lin, **filing(cast)).case
        Case.objects.filter(pk=case.pk).update(
            state="delivered" if number < 10 else "handed_over", ground="resolved" if number < 5 else "explained"
        )

    assert (none, page()) == ([], ["12", "10", "50%", ""])
    shown = text(signed_in(cast.lin).get("/"))
    assert (shown.count("What became of the others"), shown.count("fewer than 10")) == (1, 1)


def test_language_is_kept_with_the_person(cast: Cast) -> None:
    lin = signed_in(cast.lin)

    lin.post("/look", {"language": "en", "next": "/"})
    lin.post("/look", {"language": "en", "next": "/"})
    there = signed_in(Person.objects.get(pk=cast.lin.pk), "zh")
    started = there.get("/start")

    assert (Person.objects.get(pk=cast.lin.pk).language, Event.objects.filter(verb="choose_language").count()) == (
        "en",
        1,
    )
    assert started.cookies["django_language"].value == "en"
    assert "django_language" not in signed_in(cast.wei).get("/start").cookies


def test_notice_names_the_case_to_who_may_see_it_and_it_is_not_confidential(cast: Cast) -> None:
    open_case = intake.file(by=cast.lin, **filing(cast, title="收费未公示")).case
    hidden = intake.file(by=cast.lin, **confidential(cast)).case
    ACTIONS["accept"](open_case, by=cast.wei)
    ACTIONS["ask"](open_case, by=cast.he, to="respondent", agency="sc-market", question="请说明收费依据。")
    followed("notices")

    pages = {who: text(signed_in(cast.people[who]).get("/notices")) for who in ("wei", "ren")}

    assert [pages["wei"].count(one) for one in ("收费未公示", hidden.number, hidden.title)] == [1, 1, 0]
    assert [pages["ren"].count(one) for one in (open_case.number, "收费未公示")] == [1, 0]
