"""An example for the body of every verb. A test walks the journey of a case with nothing but these."""

from typing import Any

ENTERPRISE = "00000000-0000-4000-8000-000000000001"
AGREEMENT = "00000000-0000-4000-8000-000000000002"
SUBJECT = "00000000-0000-4000-8000-000000000003"
"""Stand for ids that the reader takes from GET /api/v1/me and GET /api/v1/agreements."""

EXAMPLES: dict[str, dict[str, Any]] = {
    "file": {
        "agency": "sc-inward-centre",
        "programme": "inward-complaint",
        "kind": "infringement",
        "category": "fair-competition",
        "title": "招标条件排斥外地企业",
        "facts": "成都市某项目的招标文件要求投标人的注册地在本市，我公司因此未能参加。",
        "request": "请求纠正招标条件。",
        "enterprise": ENTERPRISE,
        "contact": {"name": "尤女士", "phone": "023-00000000", "email": "owner@example.org"},
        "respondents": ["sc-market"],
        "confidential": False,
    },
    "request_correction": {"missing": ["营业执照副本", "招标文件全文"]},
    "summarise": {"text": "投标人注册地受限，请求纠正招标条件。"},
    "supplement": {"text": "补交营业执照副本和招标文件。"},
    "accept": {"remark": "材料齐全，予以受理。"},
    "refuse": {
        "ground": "not-this-agency",
        "reason": "该事项由成都市规划部门管辖。",
        "competent_body": "成都市规划和自然资源局",
    },
    "withdraw": {"reason": "问题已自行协商解决。"},
    "route": {"agency": "cd-inward-centre", "reason": "事项发生在成都市。"},
    "sign_for": {},
    "dispute": {"reason": "事项涉及省级部门。", "proposed": "sc-inward-centre"},
    "decide": {"agency": "cd-inward-centre", "reason": "事项发生地在成都，由成都中心办理。"},
    "engage": {"agency": "cd-planning", "task": "说明该项目的招标依据。", "amount": 10, "unit": "working_days"},
    "contribute": {"text": "该项目招标条件由业主单位自行设定，无规划依据。"},
    "offer": {"agreement": AGREEMENT, "clause": "3.1", "reason": "被投诉行为发生在重庆市。"},
    "retract": {"reason": "另有材料表明由本地办理更妥。"},
    "ask": {"to": "enterprise", "question": "贵公司何时取得招标文件？", "reply_by": "2099-12-31"},
    "reply": {"ask": 1, "text": "2026年9月1日取得。"},
    "consult": {"agency": "cd-planning", "question": "招标公告中的注册地要求有无规划依据？", "reply_by": "2099-12-31"},
    "give_task": {
        "agreement": AGREEMENT,
        "clause": "2.1",
        "task": "请核实该企业在贵市项目的停工情况。",
        "amount": 5,
        "unit": "working_days",
        "trigger": "operation_affected",
    },
    "remind": {"request": 1, "text": "期限将至，请尽快答复。"},
    "call_back": {"request": 1, "reason": "已从其他途径查明。"},
    "note": {"text": "已约谈招标代理机构。", "shared": True},
    "reassign": {"handler": "wang-handler", "reason": "原承办人员轮岗。"},
    "supervise": {"text": "请说明办理进展。", "answer_by": "2099-12-31"},
    "answer_supervision": {"supervision": 6, "text": "正在核实，预计一周内办结。"},
    "extend": {"amount": 10, "unit": "working_days", "reason": "案情复杂，需要补充调查。"},
    "pause": {"cause": "expert", "reason": "委托专业机构鉴定。"},
    "resume": {"remark": "鉴定意见已收到。"},
    "settle": {"text": "双方同意重新招标，取消注册地要求。", "perform_by": "2099-12-31"},
    "merge": {"main": "51-2026-000001", "reason": "同一企业就同一招标文件重复提交。"},
    "unmerge": {"reason": "经核实两件诉求所涉项目不同。"},
    "report": {"to": "成都市人民政府", "text": "受理已满一年，涉及部门较多，建议召开联席会议。"},
    "join": {"subject": SUBJECT, "reason": "与其他两件反映同一做法。"},
    "leave": {"subject": SUBJECT, "reason": "经核实属另一问题。"},
    "conclude": {"ground": "resolved", "text": "招标人已取消注册地要求并重新招标。"},
    "deliver": {"method": "electronic", "receipt": "平台送达回执"},
    "rate": {"score": 2, "text": "结果满意，但用时较长。"},
    "contact": {"text": "已电话联系企业，说明用时较长的原因。"},
    "object": {"reason": "处理结果未涉及赔偿。"},
    "reopen": {"reason": "发现新的证据。"},
    "archive": {"retention": "30-years"},
    "request_erasure": {"contact": True, "reason": "联系人已离职，请删除其联系方式。"},
    "refuse_erasure": {"request": 3, "ground": "duty", "remark": "办结后再行删除。"},
    "erase": {"contact": True, "ground": "consent", "reason": "联系人撤回同意。"},
    "hold": {"cause": "litigation", "until": "2099-12-31", "reason": "同一事项在诉讼中。"},
    "lift_hold": {"hold": 9, "reason": "诉讼已结。"},
    "propose_disposal": {"remark": "保管期限届满。"},
    "refuse_disposal": {"reason": "拟移交国家档案馆。"},
    "dispose": {"remark": "经复核，同意处置。"},
}


def body(verb: str) -> dict[str, Any]:
    """The example as an addition to the operation's description in OpenAPI."""
    return of(EXAMPLES[verb])


def of(example: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"content": {"application/json": {"example": example}}}}
