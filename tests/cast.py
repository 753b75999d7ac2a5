"""The cast of the tests, entered by the registry's own verbs on node 51 (Sichuan).

`cast` is a fixture of the room that needs it: `from tests.cast import cast, node  # noqa: F401` in its conftest.

Agencies: `centre` (complaint centre of the province), `city` (the one of Chengdu below it), `justice` (above the centre), `market` (the agency
complained of), `planning` (another department). People by what they are: lin (owner of `enterprise`), wei (intake), he (handler), zhao
(lead), su (supervisor), liu (liaison; all of the centre), chengdu (intake, handler and lead of the city), ren (officer of the agency complained of),
both (officer of that agency and intake officer of the centre), pu (officer of the other department), stranger (nobody), root (administrator).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.worlds import laid_out

from lianqiao.record import keys, nodes
from lianqiao.registry import actions, tokens
from lianqiao.registry.models import Agency, Enterprise, Person, Region

SECRET_WORDS = ("锦江秘名", "91510100MA6C00017C", "秘密联系人", "13800000000", "secret@example.org", "秘题")
"""What the agency complained of must never read of the confidential case of `confidential`."""


@dataclass
class Cast:
    root: Person
    people: dict[str, Person]
    agencies: dict[str, Agency]
    enterprise: Enterprise
    secrets: dict[str, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        for group in (self.__dict__.get("people", {}), self.__dict__.get("agencies", {})):
            if name in group:
                return group[name]
        raise AttributeError(name)

    def token(self, name: str, *scopes: str) -> str:
        """The secret of a token of this person, made once per set of scopes (all but `exchange` unless named)."""
        key = f"{name}:{','.join(scopes)}"
        if key not in self.secrets:
            person = self.root if name == "root" else self.people[name]
            granted = scopes or ("read", "act", "admin")
            _token, self.secrets[key] = actions.issue_token(person, name="test", scopes=granted, by=self.root)
        return self.secrets[key]


def filing(cast: Cast, **changed: Any) -> dict[str, Any]:
    """The least that can be filed: a complaint of the enterprise at the centre against the market administration."""
    return {
        "agency": "sc-inward-centre",
        "programme": "inward-complaint",
        "kind": "infringement",
        "category": "fair-competition",
        "title": "招标条件排斥外地企业",
        "facts": "成都市某项目招标文件要求投标人注册地在本市。The tender excludes bidders from elsewhere.",
        "request": "请求纠正招标条件。",
        "enterprise": str(cast.enterprise.pk),
        "contact": {"name": "林女士", "phone": "13900000000", "email": "lin@example.org"},
        "respondents": ["sc-market"],
    } | changed


def confidential(cast: Cast) -> dict[str, Any]:
    """A filing whose every identifying word stands in SECRET_WORDS."""
    return filing(
        cast,
        confidential=True,
        title="秘题：检查过于频繁",
        facts="秘题所述检查每月三次。",
        contact={"name": "秘密联系人", "phone": "13800000000", "email": "secret@example.org"},
    )


@pytest.fixture
def node(db: None, settings: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[None]:
    """Node 51 with its first key, its data in a folder of this test. The `cast` brings its own, with everybody in it."""
    settings.LIANQIAO_DATA = tmp_path
    nodes.forget()
    tokens.forget()
    if "cast" not in request.fixturenames:
        establish()
    yield
    nodes.forget()
    tokens.forget()


@pytest.fixture
def cast(node: None, tmp_path: Path) -> Cast:
    """Everybody, with their roles."""
    entered: Cast = laid_out("cast", tmp_path, enter)
    return entered


def establish() -> None:
    nodes.establish("51", "四川节点", "Node Sichuan", "http://127.0.0.1:8051")
    keys.ensure()


ROLES = {
    "wei": [("centre", "intake")],
    "he": [("centre", "handler")],
    "zhao": [("centre", "lead")],
    "su": [("justice", "supervisor"), ("centre", "supervisor")],
    "liu": [("centre", "liaison")],
    "chengdu": [("city", "intake"), ("city", "handler"), ("city", "lead")],
    "ren": [("market", "intake"), ("market", "handler"), ("market", "lead")],
    "both": [("market", "handler"), ("centre", "intake")],
    "pu": [("planning", "handler")],
    "lin": [],
    "stranger": [],
}


def enter() -> Cast:
    establish()
    root = actions.first_admin(
        "root",
        name="管理员",
        region=Region(code="510000", name_zh="四川省", name_en="Sichuan", node_code="51"),
        agency_code="sc-office",
        agency_zh="节点运行办公室",
        agency_en="Office of the node",
    )
    sichuan = Region.objects.get(code="510000")
    chengdu = actions.add_region("510100", name_zh="成都市", name_en="Chengdu", node_code="51", parent=sichuan, by=root)

    def agency(
        code: str, zh: str, en: str, kind: str, region: Region = sichuan, parent: Agency | None = None
    ) -> Agency:
        return actions.add_agency(code, name_zh=zh, name_en=en, kind=kind, region=region, parent=parent, by=root)

    justice = agency("sc-justice", "四川省司法厅", "Department of Justice", "department")
    centre = agency("sc-inward-centre", "四川省外来企业投诉中心", "Appeal Center", "complaint_centre", parent=justice)
    agencies = {
        "justice": justice,
        "centre": centre,
        "city": agency(
            "cd-inward-centre", "成都市外来企业投诉中心", "Chengdu Appeal Center", "complaint_centre", chengdu, centre
        ),
        "market": agency("sc-market", "四川省市场监督管理局", "Market Administration", "department"),
        "planning": agency("cd-planning", "成都市规划局", "Chengdu Planning Bureau", "department", chengdu),
    }
    people = {}
    for name, roles in ROLES.items():
        people[name] = actions.add_person(name, name=f"某{name}", email=f"{name}@example.org", by=root)
        for where, role in roles:
            actions.appoint(people[name], agencies[where], role, by=root)
    enterprise = actions.add_enterprise(
        name_zh="锦江秘名科技有限公司",
        name_en="Jinjiang Test Technology",
        kind="inward",
        region=chengdu,
        uscc="91510100MA6C00017C",
        by=root,
    )
    actions.link_owner(people["lin"], enterprise, by=root)
    for programme in ("inward-complaint", "private-complaint"):
        actions.set_competence(centre, region="51", programme=programme, by=root)
    for limit, amount in {"correct": 7, "supplement": 15, "accept": 7, "handle": 60, "deliver": 3}.items():
        actions.set_target("inward-complaint", limit, amount=amount, unit="working_days", by=root)
    return Cast(root, people, agencies, enterprise)
