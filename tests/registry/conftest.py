"""The cast of the registry's tests: node 51 with its first administrator, a centre under a department, two regions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.cast import establish

from lianqiao.record import nodes
from lianqiao.registry import actions, tokens
from lianqiao.registry.models import Agency, Person, Region


@pytest.fixture(autouse=True)
def _node(db: None, settings: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[None]:
    settings.LIANQIAO_DATA = tmp_path
    settings.LANGUAGE_CODE = "en"
    nodes.forget()
    tokens.forget()
    if "cast" not in request.fixturenames:  # which brings its own
        establish()
    yield
    nodes.forget()
    tokens.forget()


@pytest.fixture
def admin() -> Person:
    return actions.first_admin(
        "root",
        name="Administrator",
        region=Region(code="510000", name_zh="四川省", name_en="Sichuan", node_code="51"),
        agency_code="sc-office",
        agency_zh="节点运行办公室",
        agency_en="Office of the node",
    )


@pytest.fixture
def sichuan(admin: Person) -> Region:
    return Region.objects.get(code="510000")


@pytest.fixture
def chengdu(admin: Person, sichuan: Region) -> Region:
    return actions.add_region("510100", name_zh="成都市", name_en="Chengdu", node_code="51", parent=sichuan, by=admin)


@pytest.fixture
def justice(admin: Person, sichuan: Region) -> Agency:
    return actions.add_agency(
        "sc-justice",
        name_zh="四川省司法厅",
        name_en="Department of Justice",
        kind="department",
        region=sichuan,
        by=admin,
    )


@pytest.fixture
def centre(admin: Person, sichuan: Region, justice: Agency) -> Agency:
    return actions.add_agency(
        "sc-inward-centre",
        name_zh="四川省外来企业投诉中心",
        name_en="Appeal Center",
        kind="complaint_centre",
        region=sichuan,
        parent=justice,
        by=admin,
    )


@pytest.fixture
def city_centre(admin: Person, chengdu: Region, centre: Agency) -> Agency:
    return actions.add_agency(
        "cd-inward-centre",
        name_zh="成都市外来企业投诉中心",
        name_en="Chengdu Appeal Center",
        kind="complaint_centre",
        region=chengdu,
        parent=centre,
        by=admin,
    )


@pytest.fixture
def person(admin: Person) -> Person:
    return actions.add_person("li-intake", name="李受理", email="li@example.org", by=admin)


@pytest.fixture
def other_key() -> Ed25519PrivateKey:
    """The key of node 50."""
    return Ed25519PrivateKey.generate()


@pytest.fixture
def terms() -> dict[str, Any]:
    """The least terms that can be signed."""
    return {
        "v": 1,
        "reference": "SC-CQ-1",
        "title": {"zh": "协作协议", "en": "Agreement"},
        "parties": [
            {
                "node": "51",
                "agencies": [{"code": "sc-inward-centre", "zh": "四川省外来企业投诉中心", "en": "Appeal Center"}],
            },
            {
                "node": "50",
                "agencies": [{"code": "cq-private-centre", "zh": "维权投诉中心", "en": "Complaints Center"}],
            },
        ],
        "from": "2020-05-29",
        "until": None,
        "clauses": [
            {
                "ref": "3.1",
                "from": {"node": "51", "agency": "sc-inward-centre"},
                "to": {"node": "50", "agency": "cq-private-centre"},
                "programmes": ["inward-complaint", "business-environment"],
                "categories": [],
                "shares": ["identity", "result"],
                "answer": {"amount": 5, "unit": "working_days"},
                "carries": True,
                "joint_triggers": ["social_impact"],
            }
        ],
    }
