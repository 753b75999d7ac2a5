"""Tables of enterprises: what is wrong named by row and column, nothing entered twice, all of it taken back."""

from pathlib import Path

import pytest

from lianqiao.record import time
from lianqiao.record.events import opened, verify_chain
from lianqiao.record.models import Event, Pending, Place, Sealed
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions, duplicates, importing
from lianqiao.registry.actions import imports
from lianqiao.registry.models import Enterprise, EnterpriseImport, FormerCode, MatchKey, Person, Region

HEAD = "企业名称,英文名称,统一社会信用代码,企业类型,行政区划代码,投资来源地,曾用代码,备注"
GOOD = [
    "成都示例一号科技有限公司,Chengdu Example One,91510100MA6C00017C,民营企业,510000,,510100000012345；MA6C0001-7,x",
    "示例二号（外资）有限公司,,91420600MA4900010R,foreign_invested,510000,sg,,",
    "筹建中的示例三号,,,外来企业,510000,,,",
]


def table(folder: Path, *rows: str, head: str = HEAD, encoding: str = "utf-8") -> Path:
    path = folder / "enterprises.csv"
    path.write_bytes("\n".join([head, *rows, ""]).encode(encoding))
    return path


def test_import_enters_each_with_an_event_of_its_own(admin: Person, sichuan: Region, tmp_path: Path) -> None:
    done = actions.import_enterprises(table(tmp_path, *GOOD), by=admin)

    assert (done.entered, done.known, done.left_out) == (3, 0, 0)
    rows = Enterprise.objects.order_by("uscc").values_list("name_zh", "name_en", "uscc", "kind", "origin", "region")
    assert list(rows) == [
        ("筹建中的示例三号", "筹建中的示例三号", "", "inward", "", "510000"),
        (
            "示例二号（外资）有限公司",
            "示例二号（外资）有限公司",
            "91420600MA4900010R",
            "foreign_invested",
            "SG",
            "510000",
        ),
        ("成都示例一号科技有限公司", "Chengdu Example One", "91510100MA6C00017C", "private", "", "510000"),
    ]
    one = Enterprise.objects.get(uscc="91510100MA6C00017C")
    event = Event.objects.get(subject=one.pk)
    assert (event.verb, opened(event)["name_zh"], verify_chain(one.pk, "enterprise")) == (
        "add_enterprise",
        "成都示例一号科技有限公司",
        [],
    )
    assert "示例" not in str(event.data)
    assert sorted(FormerCode.objects.values_list("code", flat=True)) == ["510100000012345", "MA6C00017"]
    assert set(one.match_keys.values_list("key", flat=True)) == duplicates.keys_of(duplicates.named(one))
    assert Pending.objects.count() + Place.objects.count() == Event.objects.count()


def test_import_again_enters_nothing(admin: Person, sichuan: Region, tmp_path: Path) -> None:
    actions.import_enterprises(table(tmp_path, *GOOD), by=admin)
    events = Event.objects.count()

    again = actions.import_enterprises(table(tmp_path, *GOOD), by=admin)

    assert again == actions_imported(known=3)
    assert (Enterprise.objects.count(), Event.objects.count(), EnterpriseImport.objects.count()) == (3, events, 1)


def actions_imported(known: int) -> object:
    return (None, 0, known, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_read_takes_the_encodings_of_spreadsheets(
    admin: Person, sichuan: Region, tmp_path: Path, encoding: str
) -> None:
    assert [row.name_zh for row in importing.read(table(tmp_path, *GOOD, encoding=encoding)).new] == [
        "成都示例一号科技有限公司",
        "示例二号（外资）有限公司",
        "筹建中的示例三号",
    ]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (",,,民营企业,510000,,,", "企业名称", "missing"),
        ("甲公司,,91510100MA6C00017D,民营企业,510000,,,", "统一社会信用代码", "wrong-code"),
        ("甲公司,,,国有企业,510000,,,", "企业类型", "unknown-kind"),
        ("甲公司,,,民营企业,519999,,,", "行政区划代码", "unknown-region"),
        ("甲公司,,,外商投资企业,510000,,,", "投资来源地", "missing"),
        ("甲公司,,,外商投资企业,510000,新加坡,,", "投资来源地", "wrong"),
        ("甲公司,,,民营企业,510000,,12,", "曾用代码", "wrong-code"),
        ("甲" * 201 + ",A,,民营企业,510000,,,", "企业名称", "too-long"),
        ("甲\x07,,,民营企业,510000,,,", "企业名称", "control-characters"),
        (GOOD[0], "统一社会信用代码", "twice"),
        (GOOD[2], "企业名称", "twice"),
    ],
)
def test_read_names_every_problem_by_row_and_column(
    admin: Person, sichuan: Region, tmp_path: Path, row: str, column: str, code: str
) -> None:
    reading = importing.read(table(tmp_path, *GOOD, "", row))

    found = [problem[:3] for problem in reading.problems if (problem.column, problem.code) == (column, code)]
    assert found == [(6, column, code)]
    assert (reading.rows, len(reading.new), reading.ignored) == (4, 3, ["备注"])


def test_import_refuses_all_or_leaves_the_faulty_out(admin: Person, sichuan: Region, tmp_path: Path) -> None:
    path = table(tmp_path, *GOOD, "乙公司,,,国有企业,519999,,,")
    events = Event.objects.count()

    with pytest.raises(Refused) as refused:
        actions.import_enterprises(path, by=admin)
    assert (refused.value.code, refused.value.params["row"], refused.value.params["rows"]) == ("import-faulty", 5, 1)
    assert (Enterprise.objects.count(), Event.objects.count()) == (0, events)

    done = actions.import_enterprises(path, leave_out=True, by=admin)
    assert (done.entered, done.left_out) == (3, 1)


def test_likely_names_duplicates_in_the_registry_and_above_in_the_table(
    admin: Person, sichuan: Region, tmp_path: Path
) -> None:
    actions.add_enterprise(name_zh="绵阳旧名贸易公司", name_en="Old", kind="private", region=sichuan, by=admin)
    reading = importing.read(
        table(
            tmp_path,
            GOOD[0],
            "成都示例一號科技股份公司,x,,民营企业,510000,,,",
            "绵阳市旧名贸易有限公司,y,,民营企业,510000,,,",
        )
    )

    found = [(like.row, like.other, like.score) for like in importing.likely(reading)]

    assert found == [(3, "row 2: 成都示例一号科技有限公司", 90), (4, "绵阳旧名贸易公司", 65)]


def test_import_notes_another_name_under_a_known_code(admin: Person, sichuan: Region, tmp_path: Path) -> None:
    actions.import_enterprises(table(tmp_path, *GOOD), by=admin)

    reading = importing.read(table(tmp_path, "完全改名有限公司,,91510100MA6C00017C,民营企业,510000,,,"))

    assert ([note[:3] for note in reading.notes], reading.known, reading.new) == ([(2, "企业名称", "differs")], 1, [])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a,b\n1,2\n", "import-columns"),
        (b"", "import-columns"),
        (b"PK\x03\x04 no workbook", "import-unreadable"),
        (b"\xff\xff\xff\xff", "import-unreadable"),
    ],
)
def test_read_refuses_what_is_no_table(admin: Person, tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(Refused) as refused:
        importing.read(tmp_path / "x")
    assert refused.value.code == code


def test_read_takes_a_workbook_and_tells_a_code_that_became_a_number(
    admin: Person, sichuan: Region, tmp_path: Path
) -> None:
    cells = [row.split(",") for row in [HEAD, GOOD[0]]]
    numeric: list[object] = ["丁公司", "", 915101000000000000.0, "民营企业", 510000.0, "", "", ""]
    (tmp_path / "x.xlsx").write_bytes(workbook([["企业名单"], *cells, numeric]))

    reading = importing.read(tmp_path / "x.xlsx")

    assert [row.uscc for row in reading.new] == ["91510100MA6C00017C"]
    assert [problem[:3] for problem in reading.problems] == [(4, "统一社会信用代码", "number")]


def workbook(rows: list[list[object]]) -> bytes:
    """The least workbook that can be read: one sheet, texts in the cells themselves."""
    import io
    import zipfile
    from xml.sax.saxutils import escape

    def cell(value: object) -> str:
        if isinstance(value, float):
            return f"<c><v>{value!r}</v></c>"
        return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'

    sheet = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    main, relations = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org"
    office = f"{relations}/officeDocument/2006/relationships"
    package = f"{relations}/package/2006"

    def points(kind: str, target: str) -> str:
        one = f'<Relationship Id="r1" Type="{office}/{kind}" Target="{target}"/>'
        return f'<Relationships xmlns="{package}/relationships">{one}</Relationships>'

    named = '<sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets>'
    types = '<Default Extension="xml" ContentType="application/xml"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">{types}</Types>',
        "_rels/.rels": points("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">{named}</workbook>',
        "xl/_rels/workbook.xml.rels": points("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return held.getvalue()


def test_undo_takes_back_what_nothing_refers_to(admin: Person, person: Person, sichuan: Region, tmp_path: Path) -> None:
    record = actions.import_enterprises(table(tmp_path, *GOOD), by=admin).record
    assert record is not None
    used = Enterprise.objects.get(uscc="91510100MA6C00017C")
    actions.link_owner(person, used, by=admin)
    gone = set(Enterprise.objects.exclude(pk=used.pk).values_list("pk", flat=True))

    assert actions.undo_import(record, reason="文件有误", by=admin) == (2, 1)

    assert list(Enterprise.objects.all()) == [used]
    assert set(MatchKey.objects.values_list("enterprise", flat=True)) == {used.pk}
    for one in gone:
        verbs = Event.objects.filter(subject=one).order_by("number").values_list("verb", flat=True)
        assert (list(verbs), verify_chain(one, "enterprise")) == (["add_enterprise", "remove"], [])
    with pytest.raises(Refused) as refused:
        actions.undo_import(record, reason="x", by=admin)
    assert refused.value.code == "import-undone"
    assert actions.import_enterprises(table(tmp_path, *GOOD), by=admin).entered == 2


def test_import_cut_off_leaves_no_half_row_and_goes_on_when_repeated(
    admin: Person, sichuan: Region, tmp_path: Path
) -> None:
    path = table(tmp_path, *GOOD, "示例四号有限公司,,,民营企业,510000,,,", "示例五号有限公司,,,民营企业,510000,,,")
    rows = importing.read(path).new
    record = EnterpriseImport.objects.create(
        file_name="x", file_digest="x", by=admin, began_at=time.now(), rows=len(rows)
    )
    imports.enter(rows[:1], record, admin.actor)
    before = counted()

    overtaken = [*rows[1:3], rows[0]]
    with pytest.raises(Refused) as refused:
        imports.enter(overtaken, record, admin.actor)
    assert (refused.value.code, counted()) == ("import-overtaken", before)

    assert actions.import_enterprises(path, by=admin)[1:] == (4, 1, 0)
    names = list(Enterprise.objects.order_by("name_zh").values_list("name_zh", flat=True))
    assert names == sorted(row.name_zh for row in rows)
    for one in Enterprise.objects.all():
        assert (Event.objects.filter(subject=one.pk).count(), verify_chain(one.pk, "enterprise")) == (1, [])
        assert set(one.match_keys.values_list("key", flat=True)) == duplicates.keys_of(duplicates.named(one))


def counted() -> list[int]:
    return [model.objects.count() for model in (Enterprise, FormerCode, MatchKey, Event, Sealed, Pending)]
