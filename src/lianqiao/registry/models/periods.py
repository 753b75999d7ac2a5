"""Periods and names, as every row of the registry keeps them.

`since`, `starts_on` are the first day, `until`, `ends_on` the last day that counts (both inclusive, dates of
Asia/Shanghai); an empty end means "until further notice". Names come in Chinese and English, side by side.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language


def within(first: str, last: str, on: date) -> Q:
    """The rows whose period, kept in the fields `first` and `last`, holds the day `on` (both ends counted)."""
    return Q(**{f"{first}__lte": on}) & (Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": on}))


def ordered(first: str, last: str, name: str) -> models.CheckConstraint:
    """The database's word that a period does not end before it begins."""
    return models.CheckConstraint(condition=Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": F(first)}), name=name)


class Named(models.Model):
    """A thing with a Chinese and an English name."""

    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)

    class Meta:
        abstract = True

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en

    def __str__(self) -> str:
        return self.label
