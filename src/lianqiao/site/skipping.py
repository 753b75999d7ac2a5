"""After a restore no number is given twice: those of cases and documents go on behind what may have been given since the backup.

Receipts, letters and other nodes name them, and nobody can know all that was lost. The gap is reckoned from how many this node gave before,
is recorded with its first and last number, and explains itself to whoever looks for what is missing.
"""

from datetime import datetime, timedelta
from math import ceil

from django.db import transaction

from lianqiao.cases.models import Case
from lianqiao.notices.models import DocumentSeries
from lianqiao.record import bulk, events, nodes
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.time import day_of, now

LOOKED_BACK = timedelta(days=30)
TIMES = 3
"""So many times the mean of the days before the backup is kept free for each day since."""
CASES, DOCUMENTS = 100, 20
"""What is kept free for a day at least."""


def skip_numbers(taken_at: datetime, *, by: Actor) -> Event:
    """Leave out the numbers that may have been given since the moment of the backup; the event `skip_numbers` (subject kind "node"), whose data
    name the first and the last serial that is left out: of cases, and of each agency's documents in each year that is not over.

    Every day begun since the backup, and one more, keeps free three times what the 30 days before it gave on average, but at least 100
    cases and 20 documents of each agency. An agency that had given no document in the year begins at 1.
    """
    days = ceil((now() - taken_at) / timedelta(days=1)) + 1
    with transaction.atomic():
        before = Case.objects.filter(filed_on__gt=day_of(taken_at - LOOKED_BACK)).count()
        first, last = bulk.leave_out(days * max(CASES, ceil(before * TIMES / LOOKED_BACK.days)), Case)
        documents, day_of_year = [], day_of(taken_at).timetuple().tm_yday
        open_series = DocumentSeries.objects.select_for_update().filter(year__gte=taken_at.year)
        for series in open_series.select_related("agency"):
            behind = series.last
            series.last += days * max(DOCUMENTS, ceil(behind * TIMES / day_of_year))
            series.save(update_fields=["last"])
            left_out = {"first": behind + 1, "last": series.last}
            documents.append({"agency": series.agency.code, "year": series.year} | left_out)
        data = {"cases": {"first": first, "last": last}, "documents": documents}
        return events.append("node", nodes.subject(nodes.this_node().code), "skip_numbers", by=by, data=data)
