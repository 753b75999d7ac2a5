"""Chinese texts as enterprises write them, from a seed: each another, some words in most of them and most words in few, as in earnest."""

from __future__ import annotations

import random
from itertools import accumulate

MATTERS = (
    "拖欠工程款",
    "重复检查",
    "招标排斥外地企业",
    "许可延期未批",
    "补贴逾期未兑现",
    "违规收费",
    "强制指定服务商",
    "查封超期",
    "土地证迟迟未办",
    "跨省迁移登记受阻",
    "环评批复前后不一",
    "消防验收拖延",
    "保证金逾期未退",
    "用电报装搁置",
    "排水接驳被拒",
    "物流车辆限行",
    "商标侵权查处不力",
    "社保转移被退",
    "出口退税停滞",
    "项目备案口径不一",
    "证照变更未告知",
    "行政处罚畸重",
    "评标不公",
    "特许经营协议单方变更",
    "租金减免未落实",
    "施工噪声扰产",
    "设备抽检结论争议",
    "数据接口停用",
    "人才公寓配额取消",
    "园区道路封闭",
)
INDUSTRIES = (
    "装备制造",
    "生物医药",
    "电子信息",
    "新能源",
    "食品加工",
    "现代物流",
    "建筑安装",
    "软件服务",
    "纺织服装",
    "家具建材",
    "汽车零部件",
    "精细化工",
    "文化旅游",
    "种业农资",
    "节能环保",
    "医疗器械",
    "包装印刷",
    "冷链仓储",
    "跨境电商",
    "检验检测",
    "钒钛材料",
    "白酒酿造",
    "茶叶加工",
    "竹木制品",
    "页岩气服务",
    "航空维修",
    "玻璃纤维",
    "中药饮片",
    "调味品",
    "摩托车配件",
)
BODIES = (
    "市场监管部门",
    "住建部门",
    "自然资源部门",
    "生态环境部门",
    "交通运输部门",
    "税务窗口",
    "政务服务大厅",
    "园区管委会",
    "街道办事处",
    "供电单位",
    "城管执法队",
    "发展改革部门",
)
CAUSES = (
    "对方以内部流程为由未予书面答复",
    "窗口人员要求补充清单以外的材料",
    "现场人员未出具任何文书",
    "两个部门对同一条款的解释不一致",
    "承办人员调整后资料被要求重新提交",
    "对方称需等待上级批复",
    "系统升级期间申请记录丢失",
    "答复意见未引用任何法律依据",
    "会议纪要载明的事项至今未落实",
    "招标文件设置了与履约无关的条件",
    "执法人员要求当场缴款且未开具票据",
    "前后两次通知的期限相互矛盾",
)
EFFECTS = (
    "我公司因此停产{days}日，直接损失约{money}万元",
    "已造成{count}名员工待岗",
    "合同履约期限将于{month}月届满，面临违约赔偿",
    "累计垫付费用{money}万元，资金周转困难",
    "{count}批货物滞留仓库，部分已超过保质期",
    "银行已要求提前还款，涉及授信{money}万元",
    "客户已书面提出取消订单{count}份",
    "项目开工时间被迫推迟{days}日",
)
LAWS = (
    "《优化营商环境条例》第{article}条",
    "《行政许可法》第{article}条",
    "《行政处罚法》第{article}条",
    "《招标投标法》第{article}条",
    "《外商投资法》第{article}条",
    "《保障中小企业款项支付条例》第{article}条",
)
WISHES = (
    "请求依法限期办理并书面答复。",
    "请求纠正并退还已缴款项。",
    "请求协调有关部门统一口径。",
    "请求核查并追究相关责任。",
    "请求停止执行并赔偿损失。",
    "请求组织面谈并明确办结时间。",
)
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖"
    "邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
SIGNS = (
    "华瑞泰恒鑫源盛达宏远嘉诚信和兴隆安康福禄德利丰润泽江川岷嘉陵锦蓉渝巴蜀峡云岭峰岳海洋洲天宇星辰光明晖曜晨曦晓东南西北中原野林森木松柏"
    "竹梅兰菊荷莲棠桂金银铜铁钢钛锂硅晶玉石磐基础建筑工匠巧艺美善良友谊联合众群策创新科技智慧数码云网电波能量动力驱驰骋翔飞鹏鹰雁燕鹤凤凰"
    "麒麟龙虎豹马牛羊"
)


def falling(count: int, power: float = 0.9) -> list[float]:
    """Cumulated weights of so many things of which each is rarer than the one before it."""
    return list(accumulate((place + 1) ** -power for place in range(count)))


class Writer:
    """What one enterprise after the other writes. The same seed writes the same."""

    def __init__(self, chance: random.Random, places: list[str]) -> None:
        self.chance, self.places = chance, places
        self.weights = {len(words): falling(len(words)) for words in (MATTERS, INDUSTRIES, BODIES, places)}

    def one(self, words: tuple[str, ...] | list[str]) -> str:
        """One of the words, the first ones most often."""
        return self.chance.choices(words, cum_weights=self.weights[len(words)])[0]

    def name(self, length: int = 2) -> str:
        """A fancy name of two or more signs, of which there are some forty thousand."""
        return "".join(self.chance.choices(SIGNS, k=length))

    def person(self) -> str:
        return self.chance.choice(SURNAMES) + ("先生" if self.chance.random() < 0.5 else "女士")

    def firm(self) -> str:
        return f"{self.one(self.places)}{self.name()}{self.one(INDUSTRIES)}有限公司"

    def amounts(self) -> dict[str, int]:
        below = self.chance.random
        return {
            "days": 3 + int(below() * 90), "money": 5 + int(below() * 900), "count": 2 + int(below() * 60),
            "month": 1 + int(below() * 12), "article": 3 + int(below() * 60), "year": 2021 + int(below() * 6),
        }  # fmt: skip

    def matter(self) -> tuple[str, str, str]:
        """Title, facts and request of one complaint; some 150 to 300 signs."""
        choice, told = self.chance.choice, self.amounts()
        what, place, body = self.one(MATTERS), self.one(self.places), self.one(BODIES)
        industry, other, project = self.one(INDUSTRIES), self.one(self.places), self.name()
        title = f"{place}{what}（{industry}项目）"
        facts = [
            f"{told['year']}年{told['month']}月，我公司在{place}投资的{project}{industry}项目在办理过程中遇到{what}问题。",
            f"期间我公司多次向{body}反映，{choice(CAUSES)}；此后又转至{self.one(BODIES)}，{choice(CAUSES)}。",
            f"{choice(EFFECTS).format(**told)}。",
            f"我公司认为上述做法不符合{choice(LAWS).format(**told)}的规定，与{other}的同类企业相比明显不公。",
        ]
        if self.chance.random() < 0.4:
            facts.append(
                f"联系人{self.person()}曾于{told['month']}月{1 + told['days'] % 28}日到{body}面谈，{choice(EFFECTS).format(**self.amounts())}。"
            )
        return title[:200], "".join(facts), choice(WISHES)
