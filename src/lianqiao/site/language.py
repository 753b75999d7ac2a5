"""The language of this process, known before Django is: LIANQIAO_LANGUAGE, else LANG, else Chinese."""

import os


def language() -> str:
    """`zh-hans` or `en`."""
    for name in ("LIANQIAO_LANGUAGE", "LANG"):
        value = os.environ.get(name, "").lower()
        if value.startswith("en"):
            return "en"
        if value.startswith("zh"):
            return "zh-hans"
    return "zh-hans"


FRAME = {
    "usage: ": "用法：",
    "options": "选项",
    "positional arguments": "参数",
    "show this help message and exit": "显示本帮助",
    "%(prog)s: error: %(message)s\n": "%(prog)s：%(message)s\n",
    "argument %(argument_name)s: %(message)s": "参数 %(argument_name)s：%(message)s",
    "expected one argument": "需要一个值",
    "expected at least one argument": "至少需要一个值",
    "invalid %(type)s value: %(value)r": "值无效：%(value)r",
    "invalid choice: %(value)r (choose from %(choices)s)": "没有这个选择：%(value)r（可选：%(choices)s）",
    "the following arguments are required: %s": "缺少：%s",
    "unrecognized arguments: %s": "不认识：%s",
    "not allowed with argument %s": "不能与 %s 同用",
    "one of the arguments %s is required": "需要其中之一：%s",
    "ambiguous option: %(option)s could match %(matches)s": "选项不明确：%(option)s 可以是 %(matches)s",
}
"""What argparse says, in Chinese."""


def say(en: str, zh: str) -> str:
    """One of the two, in the language of this process; for the few words said before Django is there."""
    return en if language() == "en" else zh
