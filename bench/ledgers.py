"""A hundred thousand lines of an office's ledger in as cases and out as a workbook; time, processor and memory, beside COPY of the same rows.

`python -m bench.ledgers [--rows N] [--database sqlite|postgres]`. The ledger is made from a fixed seed: XLSX, heads in two lines, sixteen columns, one
line in fifty still in hand. Yardsticks of the same run, on PostgreSQL: the rows that were written, copied by COPY into empty tables with the same
indexes (no triggers, no foreign keys); and the rows that the ledger is read from (cases, who takes part, events,
their texts) copied out by COPY. On SQLite the same by INSERT of many and SELECT. The processor's time is that of this process; PostgreSQL's own is not
in it.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.stage import in_time, machine, memory, node_of_this_process, of_a_size

HEADS = (
    "登记编号", "登记日期", "企业名称", "统一社会信用代码", "联系人", "联系电话", "问题类别", "标题", "诉求内容", "承办单位", "受理日期", "办理状态",
    "办结时间", "办理结果", "满意度", "备注",
)  # fmt: skip
WORDS = "企业反映窗口收费未公示依据经多次询问未获答复请求核查纠正并退还多收费用项目用地手续办理时间长希望压缩审批环节"
CHOSEN = {"programme": "business-environment", "kind": "help", "category": "other"}


def lines(count: int) -> Iterator[dict[str, str]]:
    draw = random.Random(20200529)
    for number in range(count):
        month, day = draw.randrange(1, 11), draw.randrange(1, 29)
        filed = f"2025.{month}.{day}" if number % 3 else f"2025年{month}月{day}日"
        text = "".join(draw.choices(WORDS, k=40))
        ended = number % 50 != 0
        yield dict(
            zip(
                HEADS,
                (
                    f"云投{number:06d}", filed, f"云溪示例{number % 20000}号有限公司", "", f"经理{number % 97}", f"139{number:08d}", "其他", text[:18], text,
                    "县有关部门", f"2025-{month:02d}-{day:02d}", "已办结" if ended else "办理中", f"2025-12-{day:02d}" if ended else "",
                    text[5:30] if ended else "", "满意", "",
                ),
                strict=True,
            )
        )  # fmt: skip


def workbook(path: Path, count: int) -> None:
    import rustpy_xlsxwriter as library

    with path.open("wb") as file:
        library.write_worksheets([("台账", lines(count))], file, header_row={"台账": 2})


def taken(step: Callable[[], Any]) -> tuple[Any, float, float]:
    """What it gives, the seconds it takes, and those of the processor in this process."""
    began, own = time.perf_counter(), time.process_time()
    return step(), time.perf_counter() - began, time.process_time() - own


def main() -> int:
    args = of_a_size(__doc__, rows=100_000, database="postgres").parse_args()
    with node_of_this_process(args.database) as (folder, root):
        told = measured(folder, root, args)
    print(json.dumps(told, ensure_ascii=False) if args.json else "\n".join("  ".join(row) for row in told["rows"]))
    return 0


def measured(folder: Path, root: Any, args: argparse.Namespace) -> dict[str, Any]:
    from lianqiao.cases.models import Case
    from lianqiao.jobs import work
    from lianqiao.ledgers import incoming, standard, takeout
    from lianqiao.record import events
    from lianqiao.registry import actions
    from lianqiao.registry.models import Region

    centre = actions.add_agency(
        "centre", name_zh="投诉中心", name_en="Centre", kind="complaint_centre", region=Region.objects.get(code="510000"), parent=None, by=root
    )  # fmt: skip
    officer = actions.add_person("wei", name="魏某", email="wei@example.org", by=root)
    actions.appoint(officer, centre, "intake", by=root)
    path = folder / "ledger.xlsx"
    workbook(path, args.rows)
    before = memory()

    def run(job: Any) -> Any:
        while not job.is_finished:
            work.work()
            job.refresh_from_db()
        assert job.state == "done", job.error
        return job

    def handed_in() -> Any:
        with path.open("rb") as file:
            return incoming.hand_in(file, path.name, by=officer)

    ledger, handing, _own = taken(handed_in)
    look, looking, looking_own = taken(
        lambda: run(incoming.look(ledger, by=officer, mapping=ledger.mapping, chosen=CHOSEN))
    )
    assert look.counts == {"done": args.rows}, look.counts
    _job, entering, entering_own = taken(lambda: run(incoming.enter(ledger, by=officer)))
    assert Case.objects.count() == args.rows
    copied, kind = copy_in(args.database)
    again = handed_in()
    seen, seeing, _own = taken(lambda: run(incoming.look(again, by=officer, mapping=again.mapping, chosen=CHOSEN)))
    assert seen.counts == {"known": args.rows}, seen.counts
    shown = standard.named("complaints", officer)
    file = io.BytesIO()
    count, taking, taking_own = taken(lambda: takeout.whole(file, shown, officer, form="xlsx", paper="A4"))
    assert count == args.rows
    alone, out = copy_out(args.database, read_out()[:1]), copy_out(args.database, read_out())
    broken = sum(bool(events.verify_chain(case.uid)) for case in Case.objects.order_by("pk")[:200])
    assert broken == 0

    def row(what: str, seconds: float, own: float, yardstick: float, name: str) -> list[str]:
        here = f"{args.rows / seconds:.0f}/s ({seconds:.1f} s, processor {own:.1f} s)"
        return [what, here, f"{args.rows / yardstick:.0f}/s {name}", f"{yardstick / seconds:.2f}", "0.25"]

    return {
        "machine": machine(),
        "rows": [
            row("lines entered as cases", entering, entering_own, copied, kind),
            row("lines looked at (dry run)", looking, looking_own, copied, kind),
            row("lines taken out as XLSX", taking, taking_own, out, "COPY out" if args.database == "postgres" else "SELECT"),
            row("the same beside COPY of the cases' own rows alone", taking, taking_own, alone, "COPY out" if args.database == "postgres" else "SELECT"),
            ["handed in, heads found", f"{handing:.1f} s", "", "", ""],
            ["the same file looked at again", f"{seeing:.1f} s", "", "", ""],
            ["memory before / most", f"{before:.0f} / {memory():.0f} MB", "", "", "< 500 MB"],
        ],
        "notes": [f"{args.rows} lines on {args.database}"],
    }  # fmt: skip


def tables() -> list[str]:
    from lianqiao.cases.models import Case, CaseKey, Clock, Exclusion, Participant
    from lianqiao.ledgers.models import ImportedLine
    from lianqiao.record.models import Event, Pending, Sealed

    return [
        one._meta.db_table
        for one in (Event, Sealed, Pending, Case, Clock, Participant, Exclusion, CaseKey, ImportedLine)
    ]


def read_out() -> list[str]:
    """The tables whose rows stand in the ledger that is taken out, the cases first."""
    from lianqiao.cases.models import Case, Participant
    from lianqiao.record.models import Event, Sealed

    return [one._meta.db_table for one in (Case, Participant, Event, Sealed)]


def copy_in(database: str) -> tuple[float, str]:
    """The seconds that the rows that were written take when they are only copied into empty tables with the same indexes."""
    from django.db import connection, transaction

    seconds = 0.0
    with connection.cursor() as cursor:
        for table in tables():
            if database == "postgres":
                cursor.execute(f"CREATE TABLE copied_{table} (LIKE {table} INCLUDING DEFAULTS INCLUDING INDEXES)")
                with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                    held = [bytes(part) for part in copy]
                began = time.perf_counter()
                with cursor.copy(f"COPY copied_{table} FROM STDIN") as copy:
                    for part in held:
                        copy.write(part)
                seconds += time.perf_counter() - began
            else:
                cursor.execute(f"SELECT * FROM {table}")
                rows = cursor.fetchall()
                if not rows:
                    continue
                marks = ", ".join(["%s"] * len(rows[0]))
                cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
                cursor.execute(cursor.fetchone()[0].replace(f'"{table}"', f'"copied_{table}"', 1))
                cursor.execute(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL",
                    [table],
                )
                for name, sql in cursor.fetchall():
                    cursor.execute(
                        sql.replace(f'"{name}"', f'"copied_{name}"', 1).replace(
                            f'ON "{table}"', f'ON "copied_{table}"', 1
                        )
                    )
                began = time.perf_counter()
                with transaction.atomic():
                    cursor.executemany(f"INSERT INTO copied_{table} VALUES ({marks})", rows)
                seconds += time.perf_counter() - began
    return seconds, "COPY in" if database == "postgres" else "INSERT of many"


def copy_out(database: str, read: list[str]) -> float:
    """The seconds that the rows of these tables take when they are only copied out."""
    from django.db import connection

    began = time.perf_counter()
    with connection.cursor() as cursor:
        for table in read:
            if database == "postgres":
                with cursor.copy(f"COPY (SELECT * FROM {table} ORDER BY 1 DESC) TO STDOUT") as copy:
                    for _part in copy:
                        pass
            else:
                cursor.execute(f"SELECT * FROM {table} ORDER BY 1 DESC")
                while cursor.fetchmany(1000):
                    pass
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(in_time(main, most=600))
