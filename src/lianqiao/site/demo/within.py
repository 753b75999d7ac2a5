"""The cases of the demonstration that stay within one region, in all interesting states. Enterprises and events are invented."""

from typing import Any

from lianqiao.site.demo.tales import Step, Tale, by_letter, day, number_of, on_paper

ONE, TWO = "91510100MA6C00017C", "91510100MA6C000332"
THREE, FOUR = "91500103MA5U00011H", "91500103MA5U000389"


def inward(title: str, facts: str, request: str, **more: Any) -> dict[str, Any]:
    """A complaint of the inward enterprise (three) at Sichuan's centre."""
    return {
        "agency": "sc-inward-centre", "programme": "inward-complaint", "kind": "infringement", "category": "enforcement",
        "enterprise": THREE, "title": title, "facts": facts, "request": request, "respondents": ["cd-market"],
        "contact": {"name": "尤女士", "phone": "023-00000003"}, **more,
    }  # fmt: skip


def private(title: str, facts: str, request: str, **more: Any) -> dict[str, Any]:
    """A request for help of the private enterprise (one) at Chengdu's centre."""
    return {
        "agency": "cd-inward-centre", "programme": "private-complaint", "kind": "help", "category": "no-coordination",
        "enterprise": ONE, "title": title, "facts": facts, "request": request, "contact": {"name": "朱先生"}, **more,
    }  # fmt: skip


def foreign(title: str, facts: str, request: str, **more: Any) -> dict[str, Any]:
    """A complaint of the foreign-invested enterprise (two) at Sichuan's centre for it."""
    return {
        "agency": "sc-fie-centre", "programme": "fie-complaint", "kind": "infringement", "category": "licensing",
        "enterprise": TWO, "title": title, "facts": facts, "request": request, "respondents": ["cd-planning"],
        "contact": {"name": "Manager Qin", "email": "owner@example.org"}, **more,
    }  # fmt: skip


def hotline(title: str, facts: str, request: str, **more: Any) -> dict[str, Any]:
    return {
        "agency": "sc-hotline", "programme": "hotline", "kind": "consultation", "category": "other", "enterprise": ONE,
        "title": title, "facts": facts, "request": request, "channel": "hotline", **more,
    }  # fmt: skip


ACCEPT = ("li-intake", "accept", {"remark": "材料齐全，予以受理。"})
PAPER_ACCEPT = ("li-intake", "accept", on_paper(235))
REQUEST = "请求纠正并退还已缴款项。"


def sichuan() -> list[Tale]:
    """The tales of node 51."""
    return [
        Tale("owner-inward", inward("仓库被责令停用未说明依据", "10月执法人员口头要求停用仓库，未出具文书。", REQUEST)),
        Tale(
            "owner-inward",
            inward("检查频次过高影响发货", "三个月内同一事项检查九次，每次停工半天。", "请求统一安排检查。"),
            (("li-intake", "request_correction", {"missing": ["营业执照副本", "历次检查记录"]}),),
        ),
        Tale(
            "owner-inward",
            inward("罚款数额与告知书不一致", "告知书为两万元，决定书为五万元。", REQUEST),
            (
                ("li-intake", "request_correction", {"missing": ["行政处罚决定书"]}),
                ("owner-inward", "supplement", {"text": "补交决定书复印件一份。"}),
            ),
        ),
        Tale(
            "owner-inward",
            inward("与供应商的货款纠纷", "供应商逾期未退预付款。", "请求协调退款。", category="other"),
            (
                ("li-intake", "refuse", {
                    "ground": "not-this-agency", "reason": "属平等主体之间的合同纠纷，不属本中心受理范围。",
                    "competent_body": "有管辖权的人民法院或者约定的仲裁机构",
                }),
            ),
        ),
        Tale(
            "owner-inward",
            inward("招标条件排斥外地企业", "招标文件要求投标人注册地在本市。", "请求纠正招标条件。", category="fair-competition"),
            (
                ACCEPT,
                ("wang-handler", "note", {"text": "已调取招标文件，约谈招标代理机构。", "shared": True}),
                ("wang-handler", "ask", {"to": "enterprise", "question": "贵公司何时取得招标文件？", "reply_by": day(10)}),
            ),
        ),
        Tale(
            "owner-inward",
            inward("拖延办理变更登记", "提交材料两个月未答复。", "请求按期办理。", category="licensing", confidential=True),
            (
                ACCEPT,
                ("wang-handler", "ask", {
                    "to": "respondent", "agency": "cd-market", "question": "近三个月变更登记申请的办理时限执行情况如何？",
                    "reply_by": day(12),
                }),
            ),
        ),
        Tale(
            "owner-inward",
            inward("强制购买指定设备", "要求改用指定厂家的计量设备。", "请求停止指定。", category="designated-supplier"),
            (
                ACCEPT,
                ("wang-handler", "ask", {"to": "respondent", "agency": "cd-market", "question": "该要求的依据是什么？", "reply_by": day(9)}),
                ("cd-market-handler", "reply", {"text": "经核查，相关要求无依据，已通知停止执行。"}),
            ),
        ),
        Tale("li-intake", inward("来信反映收费项目未公示", "收费窗口未公示收费依据。", "请求公示并核查。", category="levies", **by_letter(45))),
        Tale(
            "li-intake",
            inward("补贴逾期未兑现", "扶持协议约定的补贴逾期一年未付。", "请求兑现。", category="policy-not-delivered", **by_letter(240)),
            (PAPER_ACCEPT,),
        ),
        Tale(
            "li-intake",
            inward("施工许可长期未批", "材料齐备后七个月未批复。", "请求限期答复。", category="licensing", **by_letter(240)),
            (PAPER_ACCEPT, ("sun-supervisor", "supervise", {"text": "该件已逾期，请说明原因和办结日期。", "answer_by": day(7)})),
        ),
        Tale(
            "li-intake",
            inward("垃圾清运费重复收取", "同一季度收取两次。", REQUEST, category="levies", **by_letter(240)),
            (
                PAPER_ACCEPT,
                ("sun-supervisor", "supervise", {"text": "请报送办理进展。", "answer_by": day(5)}),
                ("wang-handler", "answer_supervision", {"supervision": number_of("supervise"), "text": "已查实重复收费，正在办理退款。"}),
            ),
        ),
        Tale(
            "owner-inward",
            inward("产品被认定不合格", "企业对抽检结论有异议。", "请求复检。"),
            (ACCEPT, ("wang-handler", "pause", {"cause": "expert", "reason": "委托检验机构复检。"})),
        ),
        Tale(
            "owner-inward",
            inward("厂房评估价过低", "征收评估价低于同地段成交价。", "请求重新评估。"),
            (
                ACCEPT,
                ("wang-handler", "pause", {"cause": "expert", "reason": "委托重新评估。"}),
                ("wang-handler", "resume", {"remark": "评估报告已收到。"}),
            ),
        ),
        Tale(
            "owner-inward",
            inward("货物被扣押两个月", "扣押期满未解除。", "请求解除扣押。"),
            (ACCEPT, ("zhao-lead", "extend", {"amount": 20, "unit": "working_days", "reason": "涉及两地取证，案情复杂。"})),
        ),
        Tale(
            "owner-inward",
            inward("园区道路封闭影响通行", "封路三个月未设绕行路线。", "请求恢复通行。", kind="help", category="inaction", respondents=[]),
            (ACCEPT, ("wang-handler", "engage", {"agency": "cd-planning", "task": "说明封路的规划依据和期限。", "amount": 10})),
        ),
        Tale(
            "owner-inward",
            inward("用地性质变更未告知", "地块用途调整后企业才得知。", "请求补偿协商。", kind="help", category="investment-promise", respondents=[]),
            (
                ACCEPT,
                ("wang-handler", "engage", {"agency": "cd-planning", "task": "提供调整方案和公示记录。", "amount": 8}),
                ("cd-planning-handler", "contribute", {"text": "方案已公示三十日，附公示记录。"}),
            ),
        ),
        Tale(
            "owner-inward",
            inward("街道阻挠安装招牌", "审批后仍被要求拆除。", "请求停止阻挠。", respondents=[]  , kind="help"),
            (("li-intake", "route", {"agency": "cd-inward-centre", "reason": "事项发生在成都市，由市中心办理更便捷。"}),),
        ),
        Tale(
            "owner-inward",
            inward("环评批复前后不一", "两次批复的排放要求不同。", "请求统一要求。", respondents=[], kind="help"),
            (
                ("li-intake", "route", {"agency": "cd-inward-centre", "reason": "项目位于成都市。"}),
                ("cd-intake", "dispute", {"reason": "批复由省级部门作出。", "proposed": "sc-inward-centre"}),
            ),
        ),
        Tale(
            "owner-inward",
            inward("物流车辆限行无替代路线", "限行后配送成本增加四成。", "请求设置通行时段。", respondents=[], kind="help"),
            (
                ("li-intake", "route", {"agency": "cd-inward-centre", "reason": "限行由市级部门作出。"}),
                ("cd-intake", "dispute", {"reason": "线路跨市。", "proposed": "sc-inward-centre"}),
                ("zhao-lead", "decide", {"agency": "cd-inward-centre", "reason": "主要路段在成都市，由市中心牵头。"}),
                ("cd-intake", "sign_for", {}),
                ("cd-intake", "accept", {}),
            ),
        ),
        Tale(
            "owner-inward",
            inward("保证金逾期未退", "验收一年后保证金未退。", "请求退还。", category="policy-not-delivered"),
            (
                ACCEPT,
                ("wang-handler", "settle", {"text": "双方约定十五日内退还保证金及利息。", "perform_by": day(15)}),
                ("wang-handler", "conclude", {"ground": "settled", "text": "双方达成和解，保证金已退还。"}),
                ("li-intake", "deliver", {"method": "electronic", "receipt": "平台送达回执"}),
                ("owner-inward", "rate", {"score": 1, "text": "办理迅速。"}),
                ("li-intake", "archive", {"retention": "30-years"}),
            ),
        ),
        Tale(
            "owner-inward",
            inward("拒绝出具完税证明", "窗口以系统升级为由拒绝。", "请求出具证明。", category="inaction"),
            (ACCEPT, ("wang-handler", "conclude", {"ground": "resolved", "text": "证明已补开并送交企业。"})),
        ),
        Tale(
            "owner-inward",
            inward("现场检查毁损货物", "检查后两批货物无法使用。", "请求赔偿。"),
            (
                ACCEPT,
                ("wang-handler", "conclude", {"ground": "explained", "text": "毁损与检查无直接因果关系，已向企业说明。"}),
                ("li-intake", "deliver", {"method": "post", "receipt": "挂号信回执"}),
                ("owner-inward", "rate", {"score": 5, "text": "没有回答赔偿问题。"}),
            ),
        ),
        Tale(
            "owner-inward",
            inward("窗口多次退件不说明原因", "同一申请被退件五次。", "请求一次性告知。", category="licensing"),
            (
                ACCEPT,
                ("wang-handler", "conclude", {"ground": "resolved", "text": "已一次性告知并当场受理。"}),
                ("li-intake", "deliver", {"method": "in_person"}),
                ("owner-inward", "rate", {"score": 4, "text": "用时太长。"}),
                ("wang-handler", "contact", {"text": "已回访，说明原因并致歉。"}),
            ),
        ),
        Tale(
            "owner-inward",
            inward("同一事项重复处罚", "两部门就同一行为分别处罚。", "请求撤销其一。"),
            (
                ("li-intake", "refuse", {"ground": "unfounded", "reason": "两项处罚针对不同行为，事实不符。"}),
                ("owner-inward", "object", {"reason": "两份决定书记载的时间、地点、行为完全相同。"}),
            ),
        ),
        Tale(
            "owner-inward",
            inward("排水管网接驳被拒", "同园区其他企业均已接驳。", "请求接驳。", category="no-coordination"),
            (("owner-inward", "withdraw", {"reason": "已自行协商解决。"}),),
        ),
        Tale(
            "owner-inward",
            inward("临时用电申请被搁置", "申请后一个月无答复。", "请求办理。", kind="help", respondents=[], category="inaction"),
            (
                ACCEPT,
                ("wang-handler", "conclude", {"ground": "resolved", "text": "已办理临时用电。"}),
                ("zhao-lead", "reopen", {"reason": "用电次日又被切断，需继续办理。"}),
            ),
        ),
        Tale(
            "owner-foreign",
            foreign("Certificate of completion withheld", "The certificate has been withheld for four months without a written reason.",
                    "Please have it issued, or a written refusal.", confidential=True),
            (("fie-intake-51", "accept", {}),),
        ),
        Tale(
            "agent-xu",
            foreign("扩建许可附加本地采购要求", "许可答复中要求设备本地采购比例不低于六成。", "请求取消该要求。", category="fair-competition"),
            (
                ("fie-intake-51", "accept", {}),
                ("fie-handler-51", "conclude", {"ground": "1", "text": "附加要求已取消，许可已发放。"}),
                ("fie-intake-51", "deliver", {"method": "electronic"}),
                ("owner-foreign", "rate", {"score": 1}),
            ),
        ),
        Tale(
            "hotline-51",
            hotline("咨询高新技术企业申报条件", "企业询问今年申报的时间和材料。", "请答复。"),
            (
                ("hotline-51", "accept", {}),
                ("hotline-51", "conclude", {"ground": "explained", "text": "已答复申报时间、条件和材料清单。"}),
                ("hotline-51", "deliver", {"method": "electronic"}),
            ),
        ),
        Tale(
            "owner-chengdu",
            private("建议明确技术改造备案口径", "各区对同类技改项目备案要求不一。", "建议统一备案口径。", kind="suggestion", category="other"),
            (
                ("cd-intake", "accept", {}),
                ("cd-handler", "conclude", {"ground": "policy-study", "text": "已列入专题研究，形成统一口径后公布。"}),
            ),
        ),
    ]  # fmt: skip


def chongqing() -> list[Tale]:
    """The tales of node 50."""

    def centre(title: str, facts: str, request: str, **more: Any) -> dict[str, Any]:
        return {
            "agency": "cq-private-centre", "programme": "private-complaint", "kind": "infringement", "category": "enforcement",
            "enterprise": THREE, "title": title, "facts": facts, "request": request, "respondents": ["yz-market"],
            "contact": {"name": "窦先生"}, **more,
        }  # fmt: skip

    accept: Step = ("cq-intake", "accept", {})
    return [
        Tale("owner-yuzhong", centre("店铺被限期搬离", "通知期限仅三日，未说明依据。", "请求说明依据并延长期限。")),
        Tale(
            "owner-yuzhong",
            centre("抽检样品未返还", "抽检后样品两个月未返还。", "请求返还。"),
            (
                accept,
                ("cq-handler", "ask", {"to": "respondent", "agency": "yz-market", "question": "样品现存何处？", "reply_by": day(8)}),
                ("yz-market-handler", "reply", {"text": "样品存放于检验机构，三日内返还。"}),
                ("cq-handler", "conclude", {"ground": "resolved", "text": "样品已返还。"}),
            ),
        ),
        Tale(
            "cq-intake",
            centre("奖励资金申报被遗漏", "申报材料被遗漏，错过年度评审。", "请求补评。", category="policy-not-delivered", **by_letter(240)),
            (
                ("cq-intake", "accept", on_paper(236)),
                ("cq-supervisor", "supervise", {"text": "请在期限内说明补评安排。", "answer_by": day(6)}),
            ),
        ),
        Tale(
            "owner-foreign-50",
            {
                "agency": "cq-fie-centre", "programme": "fie-complaint", "kind": "infringement", "category": "licensing",
                "enterprise": FOUR, "title": "Import licence answered after the legal limit",
                "facts": "The answer came 40 days after the limit had run out.", "request": "An explanation, and observance of the limit.",
                "respondents": ["cq-market"], "confidential": True,
            },
            (
                ("fie-intake-50", "accept", {}),
                ("fie-handler-50", "ask", {
                    "to": "respondent", "agency": "cq-market", "question": "请说明近半年该类许可的答复时限。", "reply_by": day(14),
                }),
            ),
        ),
        Tale(
            "hotline-50",
            {
                "agency": "cq-hotline", "programme": "hotline", "kind": "help", "category": "no-coordination", "enterprise": THREE,
                "title": "跨区迁址手续衔接", "facts": "迁出区已办结，迁入区称查不到记录。", "request": "请求两区衔接。", "channel": "hotline",
            },
            (("hotline-50", "accept", {}), ("hotline-50", "note", {"text": "已联系两区窗口核对。", "shared": True})),
        ),
    ]  # fmt: skip
