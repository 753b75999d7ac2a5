"""Acting on cases by the API on PostgreSQL, beside pgbench doing case + event + outbox in one transaction, in the same run.

A node as for `bench.filing`. Eight clients over connections that stay; each verb is sent to cases of its own, so many as there are: accept, then a note,
then a question to the agency complained of, then its reply. Yardstick: that of filing. Afterwards every acknowledged verb is looked for in the record.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from bench import client, filing
from bench.stage import (
    CLIENTS,
    PROCESSES,
    THREADS,
    Staged,
    arguments,
    in_time,
    nodes,
    percentile,
    pgbench,
    postgres,
    processor_seconds,
    spread,
    told,
)
from lianqiao.site.demo.tales import day

AIM = 0.25
VERBS: list[tuple[str, str, dict[str, Any]]] = [
    ("accept", "li-intake", {"remark": "材料齐全，予以受理。"}),
    ("note", "wang-handler", {"text": "已调取招标文件，约谈招标代理机构。", "shared": True}),
    ("ask", "wang-handler", {"to": "respondent", "agency": "cd-market", "question": "该要求的依据是什么？", "reply_by": day(9)}),
    ("reply", "cd-market-handler", {"text": "经核查，相关要求无依据，已通知停止执行。"}),
]  # fmt: skip


def requests_of(staged: Staged, verb: str, account: str, content: dict[str, Any], numbers: list[str]) -> list[bytes]:
    """The verb for each of the cases. Who is asked answers the question: the case itself they do not see."""
    headers = staged.headers(account)
    body = json.dumps(content, ensure_ascii=False).encode()
    paths = [f"/api/v1/cases/{number}/{verb}" for number in numbers]
    if verb == "reply":
        keys = [int(number.rsplit("-", 1)[1]) for number in numbers]
        found = staged.ask("SELECT id FROM cases_question WHERE case_id = ANY(%s)", keys)
        paths = [f"/api/v1/questions/{question}/reply" for (question,) in found]
    return [client.request(path, body, headers, keep_alive=True) for path in paths]


def filed(staged: Staged, folder: Path, first: int, count: int) -> list[str]:
    """The numbers of so many new cases."""
    requests = filing.requests_of(staged, count, first, True)
    loaded = client.run(staged.node.port, requests, clients=CLIENTS, seconds=60, keep_alive=True, folder=folder)
    return [json.loads(answer.body)["number"] for answer in loaded.answers if answer.status == 201]


def acted(staged: Staged, folder: Path, numbers: list[str]) -> dict[str, dict[str, float]]:
    """Each verb on all the cases: verbs per second, their p95, and what one of them costs the processors, in milliseconds."""
    found = {}
    for verb, account, content in VERBS:
        requests = requests_of(staged, verb, account, content, numbers)
        before = processor_seconds(staged)
        loaded = client.run(staged.node.port, requests, clients=CLIENTS, seconds=60, keep_alive=True, folder=folder)
        wrong = [answer for answer in loaded.answers if answer.status not in (200, 201)]
        if wrong or len(loaded.answers) != len(numbers):
            raise SystemExit(f"{verb}: {len(wrong)} refused, the first {wrong[:1]}")
        used = {part: seconds - before[part] for part, seconds in processor_seconds(staged).items()}
        times = [answer.seconds * 1000 for answer in loaded.answers]
        found[verb] = {"per_second": len(loaded.answers) / loaded.took, "p95_ms": percentile(times, 0.95)}
        found[verb] |= {f"{part}_ms": seconds * 1000 / len(numbers) for part, seconds in used.items()}
    return found


def main(argv: list[str] | None = None) -> int:
    args = arguments(__doc__).parse_args(argv)
    pairs, count, seconds = (5, 1000, 5) if args.long else (3, 120, 2)
    yardstick: list[float] = []
    runs: list[dict[str, dict[str, float]]] = []
    with postgres() as server, nodes(server, "51") as ([staged], folder):
        script = filing.yard(staged.url, folder)
        acted(staged, folder, filed(staged, folder, 0, 40))
        pgbench(staged.url, script, seconds=1)
        numbers: list[str] = []
        for pair in range(pairs):
            yardstick.append(pgbench(staged.url, script, seconds=seconds))
            new = filed(staged, folder, (pair + 1) * 100_000, count)
            runs.append(acted(staged, folder, new))
            numbers += new
        filing.until_placed(staged)
        keys = [int(number.rsplit("-", 1)[1]) for number in numbers]
        [(sound,)] = staged.ask(
            "SELECT count(*) FROM cases_case c WHERE c.id = ANY(%s) AND (SELECT array_agg(e.verb ORDER BY e.number)::text[] FROM record_event e"
            " WHERE e.subject = c.uid) = %s",
            keys,
            ["file", *(verb for verb, _account, _content in VERBS)],
        )
        name = server.name
    result: dict[str, Any] = {"pairs": pairs, "yardstick_per_second": spread(yardstick, 0), "rows": [], "sound": sound}
    for verb, _account, _content in VERBS:
        rate, p95 = (
            spread([run[verb]["per_second"] for run in runs], 0),
            spread([run[verb]["p95_ms"] for run in runs], 0),
        )
        ratio = spread([run[verb]["per_second"] / yard for run, yard in zip(runs, yardstick, strict=True)], 3)
        result["rows"].append([
            f"act on a case by API: {verb}", f"{rate['median']:.0f} /s, p95 {p95['median']:.0f} ms",
            f"{result['yardstick_per_second']['median']:.0f} /s, pgbench case + event + outbox",
            f"{ratio['median']:.3f} ({ratio['least']:.3f} to {ratio['most']:.3f})", f">= {AIM}",
        ])  # fmt: skip
    result["notes"] = [
        *(
            f"{verb}: processor time: "
            + ", ".join(
                f"{part} {spread([run[verb][f'{part}_ms'] for run in runs])['median']:.1f} ms"
                for part in ("web", "follower", "postgresql")
                if f"{part}_ms" in runs[0][verb]
            )
            for verb, _account, _content in VERBS
        ),
        f"{PROCESSES} processes x {THREADS} threads, {CLIENTS} clients, follower running; {pairs} pairs, {count} cases each; {name}, commits wait for the disk",
        f"afterwards: {sound} of {len(numbers)} cases have exactly the events that were acknowledged",
    ]
    told(result, args.json)
    return 0 if sound == len(numbers) else 1


if __name__ == "__main__":
    sys.exit(in_time(main, most=600))
