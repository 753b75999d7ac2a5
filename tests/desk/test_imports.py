"""Enterprises from a table at the desk: looked through first, entered in the background, taken back; by administrators alone."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.portal.conftest import signed_in, text

from lianqiao.jobs import work
from lianqiao.jobs.models import Job
from lianqiao.record.events import verify_chain
from lianqiao.record.models import Event
from lianqiao.registry.models import Enterprise, EnterpriseImport

pytestmark = pytest.mark.django_db
HERE = "/desk/registry/enterprises/import"
HEAD = "企业名称,统一社会信用代码,企业类型,行政区划代码,备注"


def upload(browser: Any, *rows: str, name: str = "企业.csv") -> Any:
    content = "\n".join([HEAD, *rows, ""]).encode()
    return browser.post(HERE, {"file": SimpleUploadedFile(name, content)})


def worked() -> None:
    while work.work():
        pass


def test_table_is_looked_through_then_entered_and_taken_back(cast: Cast) -> None:
    root, region = signed_in(cast.root), cast.city.region_id
    before = set(Enterprise.objects.all())
    known = cast.enterprise
    sent = upload(
        root,
        f"示例一号贸易有限公司,91420600MA4900010R,民营企业,{region},x",
        f"示例二号贸易有限公司,,国有企业,{region},",
        f"{known.name_zh},{known.uscc},民营企业,{region},",
        f"示例三号贸易有限公司,,民营企业,{region},",
    )
    page = sent["Location"]
    waiting = root.get(page).content.decode()
    assert ('http-equiv="refresh"' in waiting, 'hx-trigger="every 2s"' in waiting) == (True, True)
    assert upload(root, "x", name="x")["Location"] != page
    worked()

    shown = text(root.get(page))
    told = (
        "Can be entered 2 In the registry already 1 Cannot be taken 1 Columns that are not read 备注",
        "3 企业类型 use one of: 民营企业, 私营企业, 外商投资企业, 外资企业, 外来企业 problem",
    )
    assert [one for one in told if one not in shown] == []
    assert "hx-trigger" not in root.get(page).content.decode()
    assert set(Enterprise.objects.all()) == before

    entering = root.post(page, {"do": "enter"})["Location"]
    assert root.post(page, {"do": "enter"}).status_code == 409
    worked()
    assert "Entered 2" in text(root.get(entering))
    made = Enterprise.objects.exclude(pk__in=[one.pk for one in before]).order_by("name_zh")
    assert [one.name_zh for one in made] == ["示例一号贸易有限公司", "示例三号贸易有限公司"]
    record = EnterpriseImport.objects.get()
    assert [(one.imported_by, verify_chain(one.pk, "enterprise")) for one in made] == [(record, [])] * 2
    assert Event.objects.get(subject=record.pk).data["left_out"] == 1
    assert "企业.csv" in text(root.get(HERE))

    assert root.post(entering, {"do": "undo", "reason": " "}).status_code == 422
    assert root.post(entering, {"do": "undo", "reason": "表格有误"}).status_code == 302
    assert set(Enterprise.objects.all()) == before
    assert "This import was taken back." in text(root.get(entering))


def test_table_is_for_administrators_and_a_job_for_who_began_it(cast: Cast) -> None:
    page = upload(signed_in(cast.root), "x")["Location"]
    answers = [signed_in(who).get(address).status_code for who in (cast.wei, cast.lin) for address in (HERE, page)]

    assert answers == [403, 404, 403, 403]
    assert signed_in(cast.root).post(HERE, {}).status_code == 422
    assert signed_in(cast.root).post(page, {"do": "cancel"}).status_code == 302
    worked()
    assert Job.objects.get().state == "cancelled"


def test_a_row_that_came_meanwhile_is_known_and_pages_ask_the_same_for_many_rows(cast: Cast) -> None:
    root, region = signed_in(cast.root), cast.city.region_id
    page = upload(root, *(f"示例第{number}贸易公司,,民营企业,{region}," for number in range(60)))["Location"]
    worked()
    Enterprise.objects.create(name_zh="示例第7贸易公司", name_en="x", kind="private", region_id=region)
    entering = root.post(page, {"do": "enter"})["Location"]
    worked()

    assert Job.objects.get(pk=entering.rsplit("/", 1)[1]).counts == {"done": 59, "known": 1}
    with CaptureQueriesContext(connection) as asked:
        root.get(page)
    assert len(asked) <= 10
