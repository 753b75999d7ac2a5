"""Makes the sample ledgers of this folder: `python demo/ledgers/make.py [FOLDER]`. Everything in them is invented.

They are kept as offices keep theirs: a title over the table, heads in two lines with merged cells, days in whatever style, digits in full width,
codes that are missing, one name for two lines, a sum and a signature below. The same files come out whenever it runs.
"""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).parent
Cell = str | int | date
ZERO = date(1899, 12, 30)


def code(organisation: str) -> str:
    """A credit code with right check digits for nine signs that no enterprise has."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = "91519900" + organisation
    rest = sum(alphabet.index(sign) * pow(3, place, 31) for place, sign in enumerate(body)) % 31
    return body + alphabet[(31 - rest) % 31]


def organisation(eight: str) -> str:
    """Nine signs: eight and their check digit (GB 11714)."""
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rest = 11 - sum(signs.index(sign) * weight for sign, weight in zip(eight, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return eight + {10: "X", 11: "0"}.get(rest, str(rest))


FIRMS = {
    name: code(organisation(f"MA9Y{number:04d}"))
    for number, name in enumerate(
        ("云溪示例食品有限公司", "云溪示例建材有限公司", "云溪示例纺织有限公司", "云溪示例机械有限公司", "云溪示例物流有限公司", "云溪示例农业有限公司"), 1
    )
}  # fmt: skip
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")

COMPLAINTS: list[list[Cell]] = [
    ["云溪县企业投诉诉求台账（2025年度）"],
    ["填报单位：云溪县优化营商环境办公室　　　　填报日期：2026年1月5日"],
    ["序号", "登记编号", "登记日期", "企业信息", "", "", "", "投诉类别", "反映问题", "被投诉单位", "承办单位", "办理情况", "", "", "", "满意度", "备注"],
    ["", "", "", "企业名称", "统一社会信用代码", "联系人", "联系电话", "", "", "", "", "受理日期", "办理状态", "办结时间", "办理结果", "", ""],
    [1, "云投〔2025〕1号", "2025.1.6", "云溪示例食品有限公司", FIRMS["云溪示例食品有限公司"], "甲经理", "13900000001", "乱收费、乱罚款、乱摊派", "窗口收费未公示依据。企业多次询问未获答复。", "四川省市场监督管理局", "成都市规划局", "2025.1.8", "已办结", "2025.2.14", "已公示收费依据并退还多收费用。", "满意", ""],
    [2, "云投〔2025〕2号", "2025年2月11日", "云溪示例建材有限公司", FIRMS["云溪示例建材有限公司"].translate(WIDE), "乙经理", "１３９０００００００２", "办理许可中推诿拖延、吃拿卡要", "许可逾期未决。", "", "成都市规划局", "2025年2月13日", "办结", "2025年4月1日", "许可已办结。", "基本满意", ""],
    [3, "云投〔2025〕3号", date(2025, 3, 5), "云溪示例纺织有限公司", "", "丙经理", 13900000003, "融资难", "贷款展期申请被搁置。", "", "县金融服务中心", date(2025, 3, 7), "办结", date(2025, 5, 20), "银行已办理展期。", "", "企业未提供代码"],
    [4, "云投〔2025〕4号", "", "云溪示例机械有限公司", FIRMS["云溪示例机械有限公司"], "丁经理", "13900000004", "其他", "招商协议约定的道路未建。", "", "县交通运输局", "", "在办", "", "已列入年度计划。", "", ""],
    [5, "云投〔2025〕5号", 45799, "", "", "丁经理", "13900000004", "招商引资承诺不兑现", "协议约定的奖补资金未到位。", "", "县财政局", 45800, "已销号", 45870, "资金已拨付。", "非常满意", "日期为表格内部数值"],
    [6, "云投〔2025〕6号", "3/5/2025", "云溪示例物流有限公司", FIRMS["云溪示例物流有限公司"], "戊经理", "13900000005", "妨碍公平竞争", "招标文件限定注册地。", "", "", "", "办结", "2025-06-30", "招标文件已改正。", "", "日期有两种读法"],
    [7, "云投〔2025〕7号", "20250708", "云溪示例农业有限公司", "9151990012", "己经理", "13900000006", "不作为造成损失", "用地手续长期未办。", "", "", "20250709", "办结", "20250901", "手续已办结。", "", "代码不全"],
    [8, "云投〔2025〕8号", "2025-09-10", "云溪示例食品有限公司", FIRMS["云溪示例食品有限公司"], "甲经理", "13900000001", "其他", "企业来电咨询政策后撤回。", "", "", "", "已撤回", "", "", "", ""],
    ["合计", "", "8件"],
    ["填表人：某某　　审核人：某某"],
]  # fmt: skip
COMPLAINTS[7][2] = "2025/5/22"
MERGED = ["A1:Q1", "A2:Q2", "A3:A4", "B3:B4", "C3:C4", "D3:G3", "H3:H4", "I3:I4", "J3:J4", "K3:K4", "L3:O3", "P3:P4", "Q3:Q4", "D8:D9", "E8:E9", "A13:B13", "A14:Q14"]  # fmt: skip

ROUNDTABLE: list[list[Cell]] = [
    ["第三季度外资企业圆桌会议议题清单"],
    ["议题编号", "会议日期", "提出企业", "议题", "企业建议", "牵头单位", "是否销号", "完成时间", "落实情况"],
    ["YT-2025-01", "2025.9.12", "云溪示例机械有限公司", "外籍员工工作许可续期时间长", "压缩续期时间。", "省人力资源社会保障部门", "是", "2025.10.20", "续期压缩至五个工作日。"],
    ["YT-2025-02", "2025.9.12", "云溪示例纺织有限公司", "跨境结算手续繁琐", "提供操作指引。", "金融管理部门", "否", "", "正在研究。"],
    ["YT-2025-03", "2025.9.12", "云溪示例物流有限公司", "园区周边道路限行", "调整限行时段。", "成都市规划局", "是", "2025.11.3", "限行时段已调整。"],
]  # fmt: skip

HOTLINE = [
    ["工单编号", "来电时间", "诉求类型", "工单标题", "诉求内容", "企业名称", "统一社会信用代码", "承办单位", "工单状态", "办结时间", "满意度", "来电人", "联系电话"],
    ["GD2025110001", "2025-11-03 09:12:30", "投诉举报", "供水管道施工影响生产", "施工未提前告知，影响生产两天。", "云溪示例食品有限公司", FIRMS["云溪示例食品有限公司"], "县住房城乡建设局", "已回访", "2025-11-10 16:00:00", "满意", "某先生", "13900000011"],
    ["GD2025110002", "2025-11-04 14:30:00", "咨询类", "咨询技改补贴", "企业咨询技改补贴的申报条件。", "云溪示例建材有限公司", "", "县经济和信息化局", "已答复", "2025-11-05 10:00:00", "", "某女士", "13900000012"],
    ["GD2025110003", "2025-11-06 08:05:11", "求助类", "用电增容", "企业用电增容申请未批。", "云溪示例纺织有限公司", FIRMS["云溪示例纺织有限公司"], "供电部门", "办理中", "", "", "某先生", "13900000013"],
]  # fmt: skip


def workbook(*sheets: tuple[str, Sequence[Sequence[Cell]], Sequence[str]]) -> bytes:
    """The least workbook that holds these rows: days as days (style 1), numbers as numbers, all else as text."""
    file = io.BytesIO()
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
        + "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>' for n in range(1, len(sheets) + 1))
        + "</Types>",
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
        + "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, (name, _rows, _merged) in enumerate(sheets, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(f'<Relationship Id="rId{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in range(1, len(sheets) + 1))
        + f'<Relationship Id="rId{len(sheets) + 1}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }  # fmt: skip
    for n, (_name, rows, merged) in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{n}.xml"] = worksheet(rows, merged)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 5, 0, 0, 0)), '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + content, zipfile.ZIP_DEFLATED)  # fmt: skip
    return file.getvalue()


def worksheet(rows: Sequence[Sequence[Cell]], merged: Sequence[str]) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = [cell(f"{letter(place)}{number}", value) for place, value in enumerate(row) if value != ""]
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    ranges = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    over = f'<mergeCells count="{len(merged)}">{ranges}</mergeCells>' if merged else ""
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{"".join(lines)}</sheetData>{over}</worksheet>'


def letter(place: int) -> str:
    return chr(65 + place)


def cell(where: str, value: Cell) -> str:
    if isinstance(value, date):
        return f'<c r="{where}" s="1"><v>{(value - ZERO).days}</v></c>'
    if isinstance(value, int):
        return f'<c r="{where}"><v>{value}</v></c>'
    return f'<c r="{where}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def files() -> dict[str, bytes]:
    """The sample ledgers by their names."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(HOTLINE)
    notes: list[list[Cell]] = [["填报说明"], ["本表所有内容均为虚构。"]]
    return {
        "county-complaints.xlsx": workbook(("2025年台账", COMPLAINTS, MERGED), ("说明", notes, [])),
        "roundtable.xlsx": workbook(("议题", ROUNDTABLE, ["A1:I1"])),
        "hotline.csv": text.getvalue().encode("gb18030"),
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for file_name, content in files().items():
        (folder / file_name).write_bytes(content)
