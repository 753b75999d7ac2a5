"""Looks, in the node's own settings, whether what it has acknowledged is really there: `python -m bench.audit FILE`, JSON to stdout.

FILE holds [title, number, digest] of every acknowledged filing.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path


def audit(acknowledged: list[tuple[str, str, str]]) -> dict[str, object]:
    """Each filing exactly once, with the digest that was told, a chain that verifies, and a place in the log."""
    from django.conf import settings

    from lianqiao.cases.models import Case
    from lianqiao.record import events
    from lianqiao.record.models import Event, Pending

    rows = {row[0]: row[1:] for row in Case.objects.values_list("pk", "title", "uid", "event_head", "filed_on")}
    titles = Counter(title for title, *_rest in rows.values())
    placed = set(Event.objects.filter(subject_kind="case", place__isnull=False).values_list("digest", flat=True))
    faults = []
    for title, number, digest in acknowledged:
        row = rows.get(int(number.rsplit("-", 1)[1]))
        if row is None or row[0] != title or f"{settings.LIANQIAO_NODE}-{row[3].year}" != number.rsplit("-", 1)[0]:
            faults.append(f"{number}: not there")
        elif titles[title] != 1:
            faults.append(f"{number}: there {titles[title]} times")
        elif row[2] != digest:
            faults.append(f"{number}: its chain ends otherwise")
        elif events.verify_chain(row[1]):
            faults.append(f"{number}: its chain does not verify")
        elif digest not in placed:
            faults.append(f"{number}: without a place")
    numbers = Counter(number for _title, number, _digest in acknowledged)
    faults += [f"{number}: told {times} times" for number, times in numbers.items() if times > 1]
    return {
        "acknowledged": len(acknowledged),
        "there_once_chain_and_place": len(acknowledged) - len(faults),
        "waiting_for_a_place": Pending.objects.count(),
        "faults": faults[:20],
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqiao.site.settings")
    import django

    django.setup()
    print(json.dumps(audit([(a, b, c) for a, b, c in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))])))
