"""A hundred thousand enterprises: read from a table, entered with their events, and all duplicates found; time and memory.

`python -m bench.enterprises [--rows N] [--database sqlite|postgres]`. The table is made by chance from a fixed seed; one row in
twenty is a known duplicate under another spelling, so that it can be said how many of them were found. The yardstick of the
search is the comparison of every pair, reckoned from a sample.
"""

from __future__ import annotations

import csv
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.stage import in_time, machine, memory, node_of_this_process, of_a_size

ONE = "华中兴盛瑞丰恒泰鼎新安信德康宏远博通汇金天宇利源顺达佳美锦程"
TRADES = (
    "科技",
    "贸易",
    "建筑工程",
    "餐饮管理",
    "物流",
    "电子商务",
    "机械制造",
    "医药",
    "农业开发",
    "文化传媒",
    "新材料",
    "环保设备",
)
FORMS = ("有限公司", "有限责任公司", "股份有限公司")
PLACES = ("成都", "四川", "绵阳", "德阳", "重庆", "南充", "宜宾", "泸州")
ROMAN = ("hua", "zhong", "xing", "sheng", "rui", "feng", "heng", "tai", "ding", "xin", "an", "de")


def rows(count: int) -> tuple[list[list[str]], int]:
    """The table without its heading, and how many of its rows are duplicates of another."""
    from lianqiao.law.codes import ALPHABET, WEIGHTS

    draw = random.Random(20200529)
    made: list[list[str]] = []
    doubles = 0
    for number in range(count):
        if number % 20 == 19:
            name, english, _code, kind, region, origin = draw.choice([row for row in made[-60:] if row[2]])
            made.append([other_spelling(draw, name), english if draw.random() < 0.5 else "", "", kind, region, origin])
            doubles += 1
            continue
        name = draw.choice(PLACES) + "".join(draw.sample(ONE, 4)) + draw.choice(TRADES) + draw.choice(FORMS)
        english = " ".join(draw.sample(ROMAN, 4)).title() + f" {number} Co., Ltd."
        organisation = f"{number:08d}"
        values = [int(sign) for sign in organisation]
        check = 11 - sum(value * weight for value, weight in zip(values, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
        body = "91510100" + organisation + {10: "X", 11: "0"}.get(check, str(check))
        rest = sum(ALPHABET.index(sign) * weight for sign, weight in zip(body, WEIGHTS, strict=True)) % 31
        made.append([name, english, body + ALPHABET[(31 - rest) % 31], "private", "510000", ""])
    return made, doubles


def other_spelling(draw: random.Random, name: str) -> str:
    """The name as somebody else would write it: another form, traditional signs, brackets."""
    form = next(form for form in FORMS if name.endswith(form))
    bare, place = name.removesuffix(form)[2:], name[:2]
    written = draw.choice((f"{place}{bare}公司", f"{bare}（{place}）{form}", f"{place} {bare}{draw.choice(FORMS)}"))
    return written.translate(str.maketrans("华兴丰鼎汇锦贸电", "華興豐鼎匯錦貿電")) if draw.random() < 0.5 else written


def taken(step: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    return step(), time.perf_counter() - began


def main() -> int:
    args = of_a_size(__doc__, rows=100_000, database="sqlite").parse_args()
    with node_of_this_process(args.database) as (folder, admin):
        told = measured(folder, admin, args.rows, args.database)
    print(
        json.dumps(told, ensure_ascii=False) if args.json else "\n".join(f"{one[0]}: {one[1]}" for one in told["rows"])
    )
    return 0


def measured(folder: Path, admin: Any, count: int, database: str) -> dict[str, Any]:
    from lianqiao.record import events
    from lianqiao.registry import actions, duplicates, importing
    from lianqiao.registry.models import Enterprise, MatchKey

    made, doubles = rows(count)
    table = folder / "enterprises.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        heading = ["企业名称", "英文名称", "统一社会信用代码", "企业类型", "行政区划代码", "投资来源地"]
        csv.writer(file).writerows([heading, *made])
    print(f"{count} rows, {doubles} of them duplicates, on {database}", file=sys.stderr)

    known = made[0][2]
    made.clear()
    new, dry = taken(lambda: len(importing.read(table).new))
    before = memory()
    began = time.process_time()
    done, entering = taken(lambda: actions.import_enterprises(table, leave_out=True, by=admin))
    own = time.process_time() - began
    again, idle = taken(lambda: actions.import_enterprises(table, leave_out=True, by=admin))
    sweep = duplicates.Sweep(least=60)
    pairs, sweeping = taken(lambda: list(sweep))
    peak = memory()
    found = {pair.other.pk for pair in pairs if not pair.other.uscc} | {
        pair.one.pk for pair in pairs if not pair.one.uscc
    }
    one = duplicates.named(Enterprise.objects.get(uscc=known))
    single = min(taken(lambda: duplicates.candidates(one))[1] for _turn in range(20))
    sample = [duplicates.named(row, []) for row in Enterprise.objects.all()[:300]]
    _all, each = taken(lambda: [duplicates.judged(a, b) for a in sample for b in sample])
    naive = each / len(sample) ** 2 * count**2 / 2
    broken = sum(bool(events.verify_chain(row.pk, "enterprise")) for row in Enterprise.objects.order_by("pk")[:200])
    assert (done.entered, again.entered, broken) == (new, 0, 0)
    return {
        "machine": machine(),
        "rows": [
            ["rows", str(count)],
            ["read and checked (dry run), s", f"{dry:.1f}"],
            [
                "entered with events and keys, s",
                f"{entering:.1f} ({done.entered / entering:.0f} a second); of the processor {own:.1f}",
            ],
            ["the same file again, s", f"{idle:.1f}"],
            ["keys for duplicates", str(MatchKey.objects.count())],
            [
                "all duplicates of the registry, s",
                f"{sweeping:.1f}, {len(pairs)} pairs, {sweep.crowds} common keys left out",
            ],
            ["of the doubles that were put in, found", f"{len(found)} of {doubles - done.left_out}"],
            ["comparing every pair instead, reckoned, s", f"{naive:.0f}"],
            ["candidates for one, ms", f"{single * 1000:.1f}"],
            ["memory before entering / most, MB", f"{before:.0f} / {peak:.0f}"],
        ],
        "notes": [],
    }


if __name__ == "__main__":
    sys.exit(in_time(main, most=600))
