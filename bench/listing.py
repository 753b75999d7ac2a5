"""In the settings of a node with a population: the statement of a work list, and the same written by hand, in turns. `python -m bench.listing`, JSON."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

TURNS, ROUNDS = 5, 5
BY_HAND = """
SELECT c.id, c.title, c.state, c.filed_on, a.name_zh, d.due_on
FROM cases_case c JOIN registry_agency a ON a.id = c.agency_id
LEFT JOIN LATERAL (SELECT min(k.due_on) AS due_on FROM cases_clock k WHERE k.case_id = c.id AND k.stopped_on IS NULL) d ON true
WHERE c.state IN ('filed', 'correcting', 'accepted', 'offered', 'handed_over', 'merged', 'concluded')
  AND EXISTS (SELECT 1 FROM cases_casekey k WHERE k.case_id = c.id AND k.key = ANY(%(keys)s))
  AND NOT EXISTS (SELECT 1 FROM cases_exclusion x WHERE x.case_id = c.id AND x.key = ANY(%(bars)s)) {agencies}
ORDER BY d.due_on NULLS LAST, c.id LIMIT 51"""
AGENCIES = (
    "AND (c.agency_id = ANY(%(agencies)s) OR c.home_agency_id = ANY(%(agencies)s) OR c.assigned_id = ANY(%(agencies)s))"
)


def timed(ask: Any) -> tuple[float, int]:
    """Milliseconds of the middle one of some turns, and how many rows there were."""
    took, count = [], 0
    for _turn in range(TURNS):
        began = time.perf_counter()
        count = len(ask())
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)[TURNS // 2], count


def measured() -> dict[str, Any]:
    from django.db import connection

    from bench.population import CROWDED, OFFICER, OVERSEER
    from lianqiao.cases import keys
    from lianqiao.desk import lists
    from lianqiao.registry.models import Person

    told: dict[str, Any] = {}
    for account, scope in ((OFFICER, "agency"), (CROWDED, "agency"), (OVERSEER, "all")):
        person = Person.objects.get(account=account)
        held = {"keys": keys.keys_of(person), "bars": keys.bars_of(person), "agencies": list(lists.agencies_of(person))}
        statement = BY_HAND.format(agencies=AGENCIES if scope == "agency" else "")

        def by_hand(statement: str = statement, held: dict[str, Any] = held) -> list[Any]:
            with connection.cursor() as cursor:
                cursor.execute(statement, held)
                return list(cursor.fetchall())

        def ours(person: Person = person, scope: str = scope) -> list[Any]:
            return lists.page(person, "all", scope)[0]

        ours(), by_hand()
        seen = [(timed(ours), timed(by_hand)) for _round in range(ROUNDS)]
        told[account] = {
            "ours_ms": [a[0] for a, _b in seen],
            "hand_ms": [b[0] for _a, b in seen],
            "rows": seen[0][0][1],
        }
    return told


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqiao.site.settings")
    import django

    django.setup()
    print(json.dumps(measured()))
    sys.exit(0)
