"""The due dates of many running clocks after a new holiday notice, beside one UPDATE of the same rows, in the same run.

A node with a population of which every case is in work. The invented notice of the tests is adopted, and the follower's own batches look once through
the clocks that it reaches; then it is undone, and they do so again. Yardstick, in turns with it: one UPDATE that writes the same columns of the same
rows with what stands there. Cases that have to tell somebody get an event each; runs in which many do are told apart. Meanwhile somebody else takes
notes on cases, one after the other: the slowest of these verbs is told.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

AIM = 5.0


def measured() -> dict[str, Any]:
    """One notice, in the settings of the node."""
    from django.db import connection, connections
    from tests.cases.notice import NOTICE

    from bench.stage import used
    from lianqiao.cases import redating
    from lianqiao.cases.actions import calendars, handling
    from lianqiao.cases.models import Case
    from lianqiao.registry.models import Person

    admin = Person.objects.get(account="admin-51")
    stop = threading.Event()
    waits: list[float] = []

    def others() -> None:
        person = Person.objects.get(account="wang-handler")
        mine = Case.objects.filter(keys__key="agency:sc-inward-centre", state="accepted").order_by("pk")[:500]
        cases = list(mine) or list(Case.objects.filter(state="accepted")[:500])
        while not stop.is_set():
            for case in cases:
                if stop.is_set():
                    break
                began = time.perf_counter()
                handling.note(case, by=person, text="电话核实进展。", shared=False)
                waits.append(time.perf_counter() - began)
                time.sleep(0.25)
        connections.close_all()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()

    def processor() -> float:
        """Seconds of this thread and of its connection's process."""
        return time.thread_time() + used(backend)

    def look(adopted: Any) -> dict[str, Any]:
        task, batches, looked = adopted.redating, [], 0
        began, own = time.perf_counter(), processor()
        while True:
            first = time.perf_counter()
            count = calendars.look(task)
            task.refresh_from_db()
            if task.looked:
                break
            batches.append(time.perf_counter() - first)
            looked += count
        took, own = time.perf_counter() - began, processor() - own
        task.done_at = task.look_at
        task.save()
        return {
            "seconds": took, "processor": own, "clocks": looked, "moved": task.moved, "told": task.told, "longest_batch_s": max(batches, default=0),
        }  # fmt: skip

    def by_hand(first: Any, last: Any) -> dict[str, float]:
        began, own = time.perf_counter(), processor()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE cases_clock SET due_on = due_on, due_at = due_at, provisional = provisional, given = given"
                " WHERE stopped_on IS NULL AND started_on <= %s AND due_on >= %s",
                [last, first],
            )
        return {"update_seconds": time.perf_counter() - began, "update_processor": processor() - own}

    beside = threading.Thread(target=others)
    runs = []
    adopted = calendars.adopt_notice("notice.toml", NOTICE, by=admin)
    span = adopted.redating.first, adopted.redating.last
    list(map(redating.change, redating.reached(*span)[:10]))  # the process has read its law
    beside.start()
    try:
        for what in ("adopted", "undone"):
            runs.append({"what": what} | look(adopted) | by_hand(*span))
            if what == "adopted":
                adopted = calendars.undo_notice(adopted.notice, by=admin)
    finally:
        stop.set()
        beside.join()
    return {
        "runs": runs,
        "verbs": len(waits),
        "longest_verb_s": max(waits, default=0),
        "p50_verb_s": sorted(waits)[len(waits) // 2] if waits else 0,
    }


def main(argv: list[str] | None = None) -> int:
    from bench import populated
    from bench.stage import arguments, postgres, spread, told

    parser = arguments(__doc__)
    parser.add_argument("--size", type=int, help="running cases")
    parser.add_argument("--keep", type=Path, help="see bench.population")
    args = parser.parse_args(argv)
    size = args.size or (1_000_000 if args.long else 20_000)
    with postgres() as server, populated.nodes(server, [size], running=1.0, keep=args.keep) as [one]:
        one.staged.node.stop()
        seen = [one.staged.within("bench.redating", "measured") for _round in range(1 if args.long else 2)]
        name = server.name
    runs = [run for round_ in seen for run in round_["runs"]]
    result: dict[str, Any] = {"rounds": seen, "rows": []}
    for what, some in (
        ("cases told by an event each", [run for run in runs if run["told"]]),
        ("nobody told", [run for run in runs if not run["told"]]),
    ):
        if not some:
            continue
        ratio = spread([run["seconds"] / run["update_seconds"] for run in some])
        rate, hand = spread([run["seconds"] for run in some]), spread([run["update_seconds"] for run in some])
        counted = f"{max(run['told'] for run in some):,} {what}" if some[0]["told"] else what
        result["rows"].append([
            f"due dates of {some[0]['clocks']:,} running clocks after a notice, {counted}",
            f"{rate['median']:.1f} s", f"{hand['median']:.2f} s, one UPDATE of the same rows",
            f"{ratio['median']:.1f} ({ratio['least']:.1f} to {ratio['most']:.1f})", f"<= {AIM:.0f}",
        ])  # fmt: skip
    costs = [(run["processor"], run["update_processor"]) for run in runs]
    result["notes"] = [
        "processor time of each, with PostgreSQL's: "
        + ", ".join(f"{ours:.2f} s beside {hand:.2f}" for ours, hand in costs),
        f"{size:,} cases in work; {json.dumps([{k: v for k, v in run.items() if k in ('what', 'moved', 'told')} for run in runs])}",
        f"longest batch {max(run['longest_batch_s'] for run in runs):.2f} s; beside it {sum(one['verbs'] for one in seen)} verbs on cases, p50"
        f" {seen[0]['p50_verb_s'] * 1000:.0f} ms, the slowest {max(one['longest_verb_s'] for one in seen):.2f} s; {name}",
    ]
    told(result, args.json)
    return 0


if __name__ == "__main__":
    if sys.argv[1:] == ["measured"]:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqiao.site.settings")
        import django

        django.setup()
        print(json.dumps(measured()))
        sys.exit(0)
    from bench.stage import in_time

    sys.exit(in_time(main, most=900))
