"""Pages on nodes with 10^3 cases and many more, in turns: work lists, the case page, search, an enterprise's own list.

`python -m bench.reading [--only worklist,casepage,search,ownlist] [--sizes 1000 100000] [--keep FOLDER]`. A page is asked over HTTP, by somebody who is
signed in, one request after the other. The desk and the enterprise have as many cases on each node (`bench.population`), so that only what stands
around them grows. Yardsticks: the same page at 10^3; the slowest of twenty beside the middle one; for a work list, its statement written by hand
for the keys of the officer, beside the list's own.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench import client, populated
from bench.populated import power
from bench.population import CROWDED, OFFICER, OVERSEER, OWNER
from bench.stage import arguments, in_time, percentile, postgres, spread, told

FLAT, TAIL = 1.3, 3.0
COMMON, RARE = "检查", "钒钛"
"""Words of two signs: of one complaint in six, and of one in fifty."""

PAGES: dict[str, list[tuple[str, str, str]]] = {
    "worklist": [
        ("work list of 50, an officer's desk", OFFICER, "/desk/all"),
        ("work list of 50, the most crowded desk", CROWDED, "/desk/all"),
        ("work list of 50, all that an overseer sees", OVERSEER, "/desk/all?scope=all"),
    ],
    "casepage": [
        ("case page", OFFICER, "/desk/cases/{case}"),
        ("case page, an overseer's", OVERSEER, "/desk/cases/{case}"),
    ],
    "search": [
        ("search of a common word, an officer's desk", OFFICER, "/desk/all?q=" + COMMON),
        ("search of a common word, an overseer's", OVERSEER, "/desk/all?scope=all&q=" + COMMON),
        ("search of a rare word, an overseer's", OVERSEER, "/desk/all?scope=all&q=" + RARE),
        ("search of all cases by API, common word", OVERSEER, "/api/v1/cases?q=" + COMMON),
        ("search of all cases by API, rare word", OVERSEER, "/api/v1/cases?q=" + RARE),
    ],
    "ownlist": [("an enterprise's own list", OWNER, "/cases?which=all")],
}


def get(path: str, credentials: str, port: int) -> bytes:
    """One GET as it goes over the wire."""
    lines = [f"GET {quote(path, safe='/?&=')} HTTP/1.1", f"Host: 127.0.0.1:{port}", credentials, "Accept-Language: zh"]
    return "\r\n".join([*lines, "Connection: keep-alive", "", ""]).encode("ascii")


def asked(one: populated.Populated, account: str, path: str, times: int) -> list[float]:
    """Milliseconds of each answer; refuses an answer that is no page."""
    cases = one.about["numbers"][account]
    port = one.staged.node.port
    requests = [
        get(path.format(case=cases[turn % len(cases)]), one.credentials(account, path), port) for turn in range(times)
    ]
    loaded = client.load(port, requests, 1, 600, True)
    for answer in loaded.answers:
        if answer.status != 200:
            raise SystemExit(f"{path} for {account}: {answer.status} {answer.body[:300]!r}")
    return [answer.seconds * 1000 for answer in loaded.answers]


def measure(
    nodes: list[populated.Populated], what: str, account: str, path: str, rounds: int, times: int
) -> dict[str, Any]:
    """The page on each node in turns, after one round to warm."""
    for one in nodes:
        asked(one, account, path, 6)
    runs: dict[int, list[tuple[float, float]]] = {one.size: [] for one in nodes}
    for _round in range(rounds):
        for one in nodes:
            took = asked(one, account, path, times)
            runs[one.size].append((statistics.median(took), percentile(took, 0.95)))
    base = runs[nodes[0].size]
    sizes = {}
    for size, seen in runs.items():
        sizes[str(size)] = {
            "p50_ms": spread([p50 for p50, _p95 in seen]),
            "p95_ms": spread([p95 for _p50, p95 in seen]),
            "tail": spread([p95 / p50 for p50, p95 in seen]),
            "flat": spread([p50 / first for (p50, _p95), (first, _) in zip(seen, base, strict=True)]),
        }
    return {"what": what, "sizes": sizes}


def rows(found: dict[str, Any], tail: bool) -> list[list[str]]:
    """The lines of the table for one page: for each size beside the first, and the tail of the largest."""
    sizes = list(found["sizes"].items())
    base = sizes[0][1]["p50_ms"]["median"]
    made = []
    for size, seen in sizes[1:] or sizes:
        flat = seen["flat"]
        made.append([
            f"{found['what']}, {power(int(size))}",
            f"p50 {seen['p50_ms']['median']:.0f} ms, p95 {seen['p95_ms']['median']:.0f} ms",
            f"{base:.0f} ms, itself at {power(int(sizes[0][0]))}",
            f"{flat['median']:.2f} ({flat['least']:.2f} to {flat['most']:.2f})",
            f"<= {FLAT}",
        ])  # fmt: skip
    if tail:
        size, seen = sizes[-1]
        made.append([
            f"{found['what']}, {power(int(size))}, tail",
            f"p95 {seen['p95_ms']['median']:.0f} ms",
            f"{seen['p50_ms']['median']:.0f} ms, its p50",
            f"{seen['tail']['median']:.2f} ({seen['tail']['least']:.2f} to {seen['tail']['most']:.2f})",
            f"<= {TAIL:.0f}",
        ])  # fmt: skip
    return made


def main(argv: list[str] | None = None) -> int:
    parser = arguments(__doc__)
    parser.add_argument("--only", default=",".join(PAGES), help="scenarios, with commas between them")
    parser.add_argument("--sizes", type=int, nargs="+", help="the first is the one beside which the others are told")
    parser.add_argument("--keep", type=Path, help="see bench.population")
    args = parser.parse_args(argv)
    sizes = args.sizes or ([1000, 10_000, 100_000, 1_000_000] if args.long else [1000, 20_000])
    rounds, times = (7, 40) if args.long else (5, 20)
    result: dict[str, Any] = {"pairs": rounds, "rows": [], "notes": [], "pages": {}}
    with postgres() as server, populated.nodes(server, sizes, keep=args.keep) as nodes:
        for scenario in args.only.split(","):
            for what, account, path in PAGES[scenario]:
                found = measure(nodes, what, account, path, rounds, times)
                result["pages"][what] = found
                result["rows"] += rows(found, scenario != "worklist")
                print(
                    "\n".join("  ".join(row) for row in rows(found, scenario != "worklist")),
                    file=sys.stderr,
                    flush=True,
                )
        if "worklist" in args.only:
            result["notes"] += by_hand(nodes, result)
        result["notes"] += [one.told() for one in nodes]
        result["notes"].append(f"{rounds} rounds of {times} requests for each page and node, in turns; {server.name}")
    told(result, args.json)
    return 0


def by_hand(nodes: list[populated.Populated], result: dict[str, Any]) -> list[str]:
    """The statement of a work list beside the same written by hand, in one process of the node."""
    found = []
    for one in nodes:
        seen = one.staged.within("bench.listing")
        for account, both in seen.items():
            ratios = spread([ours / hand for ours, hand in zip(both["ours_ms"], both["hand_ms"], strict=True)])
            ours, hand = spread(both["ours_ms"]), spread(both["hand_ms"])
            result["rows"].append([
                f"query of the work list, {account}, {power(one.size)}",
                f"p50 {ours['median']:.1f} ms",
                f"{hand['median']:.1f} ms, the same by hand",
                f"{ratios['median']:.2f} ({ratios['least']:.2f} to {ratios['most']:.2f})",
                "-",
            ])  # fmt: skip
        counted = ", ".join(f"{account} {both['rows']}" for account, both in seen.items())
        found.append(f"{power(one.size)}: rows of the lists: {counted}")
    return found


if __name__ == "__main__":
    sys.exit(in_time(main, most=1200))
