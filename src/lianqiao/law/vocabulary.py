"""The words that regimes may use: programmes, kinds of case, procedural verbs, marks of evidence."""

from lianqiao.law.text import Text

NODE_TARGET = "node-target"
"""The regime of last resort: no statute found, every figure a target of the node."""

PROGRAMMES: dict[str, Text] = {
    "fie-complaint": Text("外商投资企业投诉", "complaint of a foreign-invested enterprise"),
    "inward-complaint": Text("外来企业投诉", "complaint of an enterprise from another region"),
    "private-complaint": Text("民营企业维权投诉", "complaint of a private enterprise"),
    "business-environment": Text("营商环境问题投诉", "complaint about the business environment"),
    "hotline": Text("12345热线企业诉求", "enterprise demand by the 12345 hotline"),
    "sme-demand": Text("中小企业诉求", "demand of a small or medium-sized enterprise"),
    "payment-complaint": Text("拖欠中小企业款项投诉", "complaint about overdue payment to a small enterprise"),
    "petition": Text("信访", "petition"),
    "reconsideration": Text("行政复议", "administrative reconsideration"),
    "bad-review": Text("政务服务差评", "bad review of a government service"),
    "roundtable": Text("外资企业圆桌会议议题", "issue raised at the roundtable of foreign-invested enterprises"),
    "policy-claim": Text("惠企政策兑现", "claim of a benefit under a policy"),
    "credit-repair": Text("信用修复", "credit repair"),
    "credit-objection": Text("信用信息异议", "objection to credit information"),
}
KINDS: dict[str, Text] = {
    "infringement": Text("权益受侵害投诉", "complaint about an infringement"),
    "suggestion": Text("投资环境建议", "suggestion on the investment environment"),
    "help": Text("困难求助", "difficulty, request for help"),
    "consultation": Text("咨询", "consultation"),
    "retaliation": Text("打击报复举报", "report of retaliation"),
}
PROCEDURE = (
    "file", "request_correction", "supplement", "accept", "refuse", "withdraw", "route", "extend", "pause", "settle",
    "conclude", "deliver", "rate", "object", "reopen", "archive",
)  # fmt: skip
"""The verbs that a statute may leave out. The others (asking, noting, the hand-over between nodes) are not its to narrow."""

STEPS = (*PROCEDURE, "take_over", "sign_for", "dispute", "decide", "engage", "ask", "reassign", "report")
"""The steps of a case that may begin or end a limit where a statute says so (Limit.begins, again, ends)."""

MARKS: dict[str, Text] = {
    "V1": Text("读过原文（法规、标准）", "read in the primary text"),
    "V2": Text("读自公开网页，往往只见开头部分", "read in a public page, often only its beginning"),
    "V3": Text("经计算核对", "checked by computation"),
    "K-high": Text(
        "按一般了解录入，与已核实部分相符，尚未核对条文",
        "from knowledge, consistent with what was read; no text compared",
    ),
    "K": Text("按一般了解录入，尚未核对条文", "from knowledge; no text compared"),
    "K-low": Text("默认值，应由人核对", "a default that a person must check"),
    "D": Text("设计推断或自设目标", "a design inference or a target of one's own"),
}
STANDING: dict[str, Text] = {
    "V1": Text("未核实：读过原文，此处待核", "not verified: the primary text was read, this place in it was not checked"),
    "V2": Text("未核实：见于公开网页，条文待核", "not verified: known from a public page, the text itself not read"),
    "V3": Text("未核实：经计算核对，条文待核", "not verified: checked by computation, no text compared"),
    "K-high": Text("未核实：按一般了解录入，与已核实部分相符，待核对条文", "not verified: from knowledge that fits what was read, no text compared"),
    "K": Text("未核实：按一般了解录入，待核对条文", "not verified: from knowledge, no text compared"),
    "K-low": Text("未核实：默认值，应由人核对", "not verified: a default that a person must check"),
    "D": Text("未核实：设计推断", "not verified: an inference of the design"),
}  # fmt: skip
"""What is said of a figure that nobody has verified, by its mark of evidence; such that it can be read aloud."""
VERIFIED: dict[str, Text] = {
    "V1": Text("已核实：读过原文", "verified: read in the primary text"),
    "V2": Text("已核实数字：读自公开转载", "figure verified: read in a public page"),
    "V3": Text("已核实：经计算核对", "verified: checked by computation"),
}
"""The same of a figure that was verified."""
READ_MARKS = ("V1", "V2", "V3")
