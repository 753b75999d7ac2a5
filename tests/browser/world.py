"""A node with people and cases in the states that pages show best, for the browser: `world` gives the addresses of its pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import cast as everybody
from tests.cast import Cast, filing
from tests.portal.conftest import signed_in

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case
from lianqiao.record import keys, nodes
from lianqiao.registry import actions, tokens


@dataclass
class World:
    cast: Cast
    cookies: dict[str, str]
    pages: dict[str, str]


@pytest.fixture
def world(transactional_db: None, settings: Any, tmp_path: Path) -> World:
    settings.LIANQIAO_DATA = tmp_path
    settings.LIANQIAO_CONTACT = "四川省外来企业投诉中心 · 028-0000 0000"
    nodes.forget()
    tokens.forget()
    nodes.establish("51", "四川", "Sichuan", "http://127.0.0.1:8051")
    keys.ensure()
    cast = everybody.enter()
    cast.centre.phone, cast.centre.address = "028-0000 0000", "成都市示例路1号"
    cast.centre.save()
    for programme in ("fie-complaint", "business-environment", "hotline"):
        actions.set_competence(cast.centre, region="51", programme=programme, by=cast.root)
    lin = signed_in(cast.lin)

    asked = intake.file(by=cast.lin, **filing(cast)).case
    act(asked, "accept", cast.wei, remark="材料齐全，予以受理。")
    act(asked, "note", cast.he, text="已调取招标文件，约谈招标代理机构。", shared=True)
    act(asked, "ask", cast.he, to="enterprise", question="贵公司何时取得招标文件？是否已经报名？")
    lin.post(f"/cases/{asked.number}/attach", {"file": SimpleUploadedFile("招标文件.txt", "内容".encode())})
    correcting = intake.file(by=cast.lin, **filing(cast, title="检查频次过高影响发货", category="enforcement")).case
    act(correcting, "request_correction", cast.wei, missing=["营业执照副本", "历次检查记录"])
    delivered = intake.file(by=cast.lin, **filing(cast, title="补贴逾期未兑现", category="policy-not-delivered")).case
    act(delivered, "accept", cast.wei)
    act(delivered, "conclude", cast.he, ground="resolved", text="经协调，补贴已于本月拨付。")
    act(delivered, "deliver", cast.wei, method="electronic")
    form = str(
        lin.post("/file", {"situation": "unequal", "programme": "inward-complaint", "agency": "sc-inward-centre"})[
            "Location"
        ]
    )
    form = form.removesuffix("/who")
    told = {"facts": "招标文件要求投标人注册地在本市，\n我公司因此不能报名。", "request": "请求纠正招标条件。"}
    lin.post(f"{form}/story", {"title": "招标条件排斥外地企业"} | told)
    lin.post(f"{form}/against", {"respondents": ["sc-market"]})
    lin.post(f"{form}/contact", {"name": "林女士", "phone": "028-0000 0000"})
    clock = asked.clocks.get(name="handle").pk
    cookie = settings.SESSION_COOKIE_NAME
    return World(
        cast,
        {cookie: lin.cookies[cookie].value},
        {
            "home": "/",
            "guides": "/guide",
            "guide": "/guide/fie-complaint",
            "where": "/where?who=inward&what=unequal&place=510100",
            "status": "/status",
            "verify": "/verify",
            "cases": "/cases",
            "case-asked": f"/cases/{asked.number}",
            "case-correcting": f"/cases/{correcting.number}",
            "case-delivered": f"/cases/{delivered.number}",
            "limit": f"/cases/{asked.number}/limits/{clock}",
            "receipt": f"/cases/{asked.number}/receipt",
            "file": "/file",
            "file-who": f"{form}/who",
            "file-matter": f"{form}/matter",
            "file-against": f"{form}/against?q=成都",
            "file-story": f"{form}/story",
            "file-contact": f"{form}/contact",
            "file-check": f"{form}/check",
        },
    )


def act(case: Case, verb: str, by: Any, **told: Any) -> None:
    ACTIONS[verb](Case.objects.get(pk=case.pk), by=by, **told)
