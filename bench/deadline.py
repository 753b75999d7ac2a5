"""A deadline with its explanation, beside a day loop over the chinesecalendar package, in the same run.

Both sides give, for 60 working days from each of the same starts, the date and the list of days with (date, working,
running count, reason). Pairs alternate; the figure is the median of their ratios. Prints JSON to stdout with --json.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta

import chinese_calendar  # type: ignore[import-untyped]

from bench.stage import in_time
from lianqiao.law.calendar import china
from lianqiao.law.clock import Explanation, explain
from lianqiao.law.regime import regime

AIM = 100
DAY = timedelta(days=1)
Loop = tuple[date, list[tuple[date, bool, int, str | None]]]


def loop(start: date, amount: int) -> Loop:
    """The yardstick: day by day, with the reason that the package gives."""
    day, count = start, 0
    days: list[tuple[date, bool, int, str | None]] = []
    while count < amount:
        day += DAY
        working = chinese_calendar.is_workday(day)
        count += working
        days.append((day, working, count, chinese_calendar.get_holiday_detail(day)[1]))
    return day, days


def measured(run: Callable[[date], object], starts: list[date]) -> float:
    """Seconds per deadline."""
    begun = time.perf_counter()
    for start in starts:
        run(start)
    return (time.perf_counter() - begun) / len(starts)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    args.pairs = args.pairs or (25 if args.long else 9)
    limit, calendar = regime("cn-mofcom-2020-3").limit("handle"), china()
    assert limit is not None
    amount = limit.amount or 0

    def house(start: date) -> tuple[Explanation, object]:
        told = explain(limit, start, calendar)
        return told, told.days

    starts = [date(2019, 1, 2) + 29 * DAY * step for step in range(95)]
    for start in starts:
        due, days = loop(start, amount)
        told = explain(limit, start, calendar)
        ours = [(row.date, row.working, row.number) for row in told.days[1:]]
        if told.due != due or ours != [row[:3] for row in days]:
            print(f"the two disagree from {start}", file=sys.stderr)
            return 1
    pairs = []
    for _pair in range(args.pairs):
        theirs = measured(lambda start: loop(start, amount), starts)
        ours_took = measured(house, starts * 20)
        pairs.append((theirs * 1e6, ours_took * 1e6, theirs / ours_took))
    ratio = statistics.median(pair[2] for pair in pairs)
    result = {
        "what": "60 working days with every day explained",
        "yardstick": "day loop over chinesecalendar",
        "yardstick_us": round(statistics.median(pair[0] for pair in pairs), 1),
        "lianqiao_us": round(statistics.median(pair[1] for pair in pairs), 1),
        "ratio": round(ratio, 1),
        "ratios": [round(pair[2], 1) for pair in pairs],
        "aim": AIM,
        "reached": ratio >= AIM,
        "rows": [
            [
                "deadline, every day explained",
                f"{statistics.median(pair[1] for pair in pairs):.2f} us",
                f"{statistics.median(pair[0] for pair in pairs):.0f} us, day loop over chinesecalendar",
                f"{ratio:.0f} x ({min(pair[2] for pair in pairs):.0f} to {max(pair[2] for pair in pairs):.0f})",
                f"{AIM} x",
            ]
        ],
    }
    if args.json:
        print(json.dumps(result))
    else:
        print(f"deadline with explanation: {result['what']}, {args.pairs} pairs, {len(starts)} starts")
        print(f"  day loop over chinesecalendar  {result['yardstick_us']:>9} us")
        print(f"  lianqiao                       {result['lianqiao_us']:>9} us")
        print(f"  ratio (median)                 {result['ratio']:>9} x   aim {AIM} x")
    return 0


if __name__ == "__main__":
    sys.exit(in_time(main, most=120))
