"""What an agency has done of what is due again and again (law.duties)."""

from __future__ import annotations

from django.db import models

from lianqiao.registry.models.people import Person
from lianqiao.registry.models.places import Agency


class DutyDone(models.Model):
    """An agency has done a duty that fell due on a day. What it owes is reckoned from the law, not kept."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="duties_done")
    duty = models.CharField(max_length=40)
    due_on = models.DateField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField()
    note = models.CharField(
        max_length=500, blank=True, default="", help_text="Where it can be found: number of the report"
    )

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["agency", "duty", "due_on"], name="duty_done_once")]
