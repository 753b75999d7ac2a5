"""What an agency has filed by the batch, by the reference that its own file gives to the row."""

from django.db import models

from lianqiao.cases.models import Case
from lianqiao.registry.models import Agency


class BatchFiling(models.Model):
    """A row that was filed. `digest` tells the same content from another; it is keyed, so that it says nothing of the text by itself."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    ref = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "ref"], name="one_filing_per_reference")]
