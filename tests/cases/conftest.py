"""The cast of the case tests: node 51 as it stands in the demonstration, with people by what they are to the case."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import lianqiao.site
from lianqiao.cases.actions import intake
from lianqiao.record import keys as node_keys
from lianqiao.record import nodes, time
from lianqiao.registry import actions, seed, tokens
from lianqiao.registry.models import Agency, Enterprise, Person, Region

SEED = Path(lianqiao.site.__file__).parent / "demo" / "51.toml"
CAST = {
    "owner": "owner-foreign",
    "agent": "agent-xu",
    "intake": "fie-intake-51",
    "handler": "fie-handler-51",
    "lead": "fie-lead-51",
    "economy": "economy-51",
    "respondent": "cd-market-handler",
    "stranger": "owner-chengdu",
}


@pytest.fixture
def people(db: None, settings: Any, tmp_path: Path) -> Iterator[dict[str, Person]]:
    """Everybody by role; `both` is an intake officer of the centre who also works for the agency complained of."""
    settings.LIANQIAO_DATA = tmp_path
    nodes.forget()
    tokens.forget()
    nodes.establish("51", "四川节点", "Node Sichuan", "http://127.0.0.1:8051")
    node_keys.ensure()
    region = Region(code="510000", name_zh="四川省", name_en="Sichuan", node_code="51")
    admin = actions.first_admin(
        "root", name="Administrator", region=region, agency_code="sc-office", agency_zh="节点运行办公室", agency_en="Office of the node"
    )
    seed.load(SEED, admin)
    both = actions.add_person("both", name="两处任职", by=admin)
    actions.appoint(both, Agency.objects.get(code="sc-fie-centre"), "intake", since=time.today(), by=admin)
    actions.appoint(both, Agency.objects.get(code="cd-market"), "handler", since=time.today(), by=admin)
    yield {role: Person.objects.get(account=account) for role, account in CAST.items()} | {"both": both, "admin": admin}
    nodes.forget()
    tokens.forget()


@pytest.fixture
def filing(people: dict[str, Person]) -> Callable[..., intake.Filed]:
    """Files a complaint of the foreign-invested enterprise against a market authority; fields can be overridden."""

    def file(by: str = "owner", **given: Any) -> intake.Filed:
        told = {
            "agency": "sc-fie-centre",
            "programme": "fie-complaint",
            "kind": "infringement",
            "category": "enforcement",
            "title": "扣押货物无据",
            "facts": "市场监管部门扣押我司货物，未出具文书。",
            "request": "请求返还货物。",
            "enterprise": Enterprise.objects.get(uscc="91510100MA6C000332").pk,
            "respondents": ["cd-market"],
            "contact": {"name": "秦经理", "phone": "028-0000"},
        }
        return intake.file(by=people[by], **(told | given))

    return file
