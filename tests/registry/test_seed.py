import json
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

import lianqiao.site
from lianqiao.record import nodes
from lianqiao.record.models import Event, Node
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions, agreements, gaps, seed
from lianqiao.registry import terms as wording
from lianqiao.registry.models import Agency, Competence, Enterprise, Membership, Person, Region, Target

pytestmark = pytest.mark.once

DEMO = Path(lianqiao.site.__file__).parent / "demo"
AGREEMENTS = ("agreement-2020.json", "agreement-services-2020.json", "agreement-working-2021.json")
COUNTED = (Region, Agency, Person, Membership, Enterprise, Competence, Target, Event)


TEN = (
    # region, area, programme, category, level, day, agency, words of the answer
    ("510107", "", "inward-complaint", "", "", "2026-11-20", "cd-inward-centre", "成都市 (5101)"),
    ("510107", "", "inward-complaint", "licensing", "prefecture", "2026-11-20", "cd-inward-centre", "市（州）级"),
    ("510107", "", "inward-complaint", "", "province", "2026-11-20", "sc-inward-centre", "四川省 (51)"),
    ("511300", "", "private-complaint", "", "", "2026-11-20", "sc-inward-centre", "川府发〔2021〕27号"),
    ("511300", "", "fie-complaint", "", "", "2026-11-20", "sc-fie-centre", "商务部令2020年第3号"),
    ("510107", "", "fie-complaint", "", "", "2026-11-20", "cd-fie-centre", "武侯区 (510107)"),
    ("", "tianfu", "business-environment", "", "", "2026-11-20", "sc-economy-it", "四川天府新区 (tianfu)"),
    ("510100", "", "hotline", "", "", "2026-11-20", "sc-hotline", "12345热线企业诉求"),
    ("510100", "", "petition", "", "", "2026-11-20", None, "尚未登记管辖机构"),
    ("500103", "", "inward-complaint", "", "", "2026-11-20", None, "属于节点50"),
)
"""Ten questions for competence, and what an officer expects to be told."""


def ask_ten() -> None:
    with translation.override("zh-hans"):
        for region, area, programme, category, level, on, agency, words in TEN:
            answer = Competence.objects.competent(region, programme, category, level, date.fromisoformat(on), area)
            assert (answer.agency.code if answer.agency else None, words in answer.because) == (agency, True), (
                answer.because
            )
        told = [*gaps.gaps("51", date(2026, 11, 20)), *gaps.overlaps("51", date(2026, 11, 20))]
    assert (len(told), told[0]) == (9, "空缺：省（510000）的中小企业诉求无管辖机构。")


@pytest.mark.parametrize("node", ["51", "50"])
def test_load_enters_the_demonstration_once(node: str) -> None:
    Node.objects.update(code=node)
    nodes.forget()
    by = actions.first_admin(
        "root",
        region=Region(code=f"{node}0000", name_zh="省", name_en="Province", node_code=node),
        agency_code="node-office",
        agency_zh="节点",
        agency_en="Node",
    )
    made = seed.load(DEMO / f"{node}.toml", by=by)
    counts = [model.objects.count() for model in COUNTED]  # type: ignore[attr-defined]
    assert seed.load(DEMO / f"{node}.toml", by=by).keys() == {"regions", "agencies", "people", "enterprises"}
    assert [model.objects.count() for model in COUNTED] == counts  # type: ignore[attr-defined]
    assert {r.code[:2] for r in made["regions"].values()} == {"50", "51"}
    assert len(made["enterprises"]) == 3
    designated = Agency.objects.filter(pk__in=Competence.objects.values("agency"))
    assert [agency.code for agency in designated if not (agency.address and agency.phone)] == []
    if node == "51":
        ask_ten()
    for name in AGREEMENTS:
        terms = json.loads((DEMO / name).read_text(encoding="utf-8"))
        assert [str(problem.sentence) for problem in wording.problems(terms)] == []
        assert agreements.propose(terms, by=by).state == "proposed"


def test_load_makes_the_routes_of_the_demonstration(admin: Person) -> None:
    routes = {
        ("510104", "inward-complaint"): "cd-inward-centre",
        ("510300", "inward-complaint"): "sc-inward-centre",
        ("510104", "fie-complaint"): "cd-fie-centre",
        ("510300", "hotline"): "sc-hotline",
        ("510300", "business-environment"): "sc-economy-it",
        ("500103", "fie-complaint"): None,
    }
    seed.load(DEMO / "51.toml", by=admin)
    found = {
        route: Competence.objects.competent(*route, "", "", date(2026, 9, 18)).agency  # region, programme
        for route in routes
    }
    assert {route: agency and agency.code for route, agency in found.items()} == routes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("regions = [", "seed-unreadable"),
        ('[[agency]]\ncode="a"\nzh="甲"\nen="A"\nkind="office"\nregion="999999"\n', "seed-unknown"),
        ('[[person]]\naccount="x"\nname="X"\nroles=[["nowhere", "lead"]]\n', "seed-unknown"),
        ('regions = ["51"]\n[[person]]\naccount="x"\nname="X"\nroles=[["sc-office", "king"]]\n', "choice-unknown"),
    ],
)
def test_load_enters_all_or_nothing(admin: Person, tmp_path: Path, text: str, code: str) -> None:
    counts = [model.objects.count() for model in COUNTED]  # type: ignore[attr-defined]
    (tmp_path / "seed.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        seed.load(tmp_path / "seed.toml", by=admin)
    assert refused.value.code == code
    assert [model.objects.count() for model in COUNTED] == counts  # type: ignore[attr-defined]


def test_load_refuses_a_file_that_is_not_there(admin: Person, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        seed.load(tmp_path / "none.toml", by=admin)
    assert refused.value.code == "seed-unreadable"
