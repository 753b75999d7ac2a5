"""The unified social credit code (GB 32100-2015), with both of its check characters."""

from __future__ import annotations

from lianqiao.law.divisions import divisions
from lianqiao.law.text import Text

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(3**place % 31 for place in range(17))
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
AUTHORITIES: dict[str, Text] = {
    "1": Text("机构编制", "establishment office"),
    "2": Text("外交", "foreign affairs"),
    "3": Text("司法行政", "justice administration"),
    "4": Text("文化", "culture"),
    "5": Text("民政", "civil affairs"),
    "6": Text("旅游", "tourism"),
    "7": Text("宗教", "religious affairs"),
    "8": Text("工会", "trade unions"),
    "9": Text("市场监督管理", "market regulation"),
    "A": Text("中央军委改革和编制办公室", "Central Military Commission reform and establishment office"),
    "N": Text("农业", "agriculture"),
    "Y": Text("其他", "other"),
}
CATEGORIES: dict[str, Text] = {
    "11": Text("机关", "state organ"),
    "12": Text("事业单位", "public institution"),
    "13": Text("编办直接管理机构编制的群众团体", "mass organisation under the establishment office"),
    "19": Text("其他", "other"),
    "21": Text("外国常驻新闻机构", "resident foreign news agency"),
    "29": Text("其他", "other"),
    "31": Text("律师执业机构", "law firm"),
    "32": Text("公证处", "notary office"),
    "33": Text("基层法律服务所", "grassroots legal service office"),
    "34": Text("司法鉴定机构", "forensic institution"),
    "35": Text("仲裁委员会", "arbitration commission"),
    "39": Text("其他", "other"),
    "41": Text("外国在华文化中心", "foreign cultural centre in China"),
    "49": Text("其他", "other"),
    "51": Text("社会团体（含商会）", "social organisation (chambers among them)"),
    "52": Text("民办非企业单位", "private non-enterprise unit"),
    "53": Text("基金会", "foundation"),
    "59": Text("其他", "other"),
    "61": Text("外国旅游部门常驻代表机构", "resident office of a foreign tourism department"),
    "62": Text("港澳台地区旅游部门常驻内地（大陆）代表机构", "resident tourism office of Hong Kong, Macao or Taiwan"),
    "69": Text("其他", "other"),
    "71": Text("宗教活动场所", "place of religious activity"),
    "72": Text("宗教院校", "religious school"),
    "79": Text("其他", "other"),
    "81": Text("基层工会", "grassroots trade union"),
    "89": Text("其他", "other"),
    "91": Text("企业", "enterprise"),
    "92": Text("个体工商户", "individual business"),
    "93": Text("农民专业合作社", "farmers' cooperative"),
    "A1": Text("军队事业单位", "military public institution"),
    "A9": Text("其他", "other"),
    "N1": Text("组级集体经济组织", "collective economic organisation of a group"),
    "N2": Text("村级集体经济组织", "collective economic organisation of a village"),
    "N3": Text("乡镇级集体经济组织", "collective economic organisation of a township"),
    "N9": Text("其他", "other"),
    "Y1": Text("其他", "other"),
}

LENGTH = Text(
    "统一社会信用代码应为18位，现为{length}位", "a unified social credit code has 18 characters, this one has {length}"
)
LETTERS = Text(
    "第{place}位“{letter}”不在代码字符集内（不用 I O S V Z）",
    "character {place}, {letter}, is not used in these codes (no I O S V Z)",
)
KIND = Text(
    "前两位{code}不是登记管理部门和机构类别代码", "the first two characters, {code}, name no authority and category"
)
PLACE = Text(
    "第3至8位{code}应为6位数字的行政区划代码", "characters 3 to 8, {code}, should be a division code of six digits"
)
ORGANISATION = Text(
    "第17位（组织机构代码校验码）应为{right}，现为{found}",
    "character 17, the check of the organisation code, should be {right}, not {found}",
)
WHOLE = Text(
    "第18位（校验码）应为{right}，现为{found}", "character 18, the check character, should be {right}, not {found}"
)


def organisation_check(eight: str) -> str:
    """The check character of an organisation code (GB 11714) of eight characters."""
    total = sum(int(letter, 36) * weight for letter, weight in zip(eight, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def uscc_check(seventeen: str) -> str:
    """The check character of the first seventeen characters of a unified social credit code."""
    total = sum(ALPHABET.index(letter) * weight for letter, weight in zip(seventeen, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def check_uscc(code: str) -> list[Text]:
    """Everything that is wrong with a unified social credit code; empty when it is right.

    Capital letters only, no spaces. Checked: length, character set, authority and category, form of the division code,
    check character of the organisation code (GB 11714) and of the whole (GB 32100).
    """
    if len(code) != 18:
        return [LENGTH.filled(length=len(code))]
    wrong = [(place, letter) for place, letter in enumerate(code, 1) if letter not in ALPHABET]
    if wrong:
        return [LETTERS.filled(place=place, letter=letter) for place, letter in wrong]
    problems: list[Text] = []
    if code[:2] not in CATEGORIES:
        problems.append(KIND.filled(code=code[:2]))
    if not code[2:8].isdigit():
        problems.append(PLACE.filled(code=code[2:8]))
    if code[16] != (right := organisation_check(code[8:16])):
        problems.append(ORGANISATION.filled(right=right, found=code[16]))
    if code[17] != (right := uscc_check(code[:17])):
        problems.append(WHOLE.filled(right=right, found=code[17]))
    return problems


def category_of(code: str) -> Text | None:
    """What the first two characters say: the authority and the kind of body, e.g. 市场监督管理：企业."""
    if code[:2] not in CATEGORIES:
        return None
    return Text("{a}：{c}", "{a}: {c}").filled(a=AUTHORITIES[code[0]], c=CATEGORIES[code[:2]])


def registered_in(code: str) -> Text | None:
    """The division of the registering organ, where it is held."""
    held = divisions().get(code[2:8])
    return held.name if held else None
