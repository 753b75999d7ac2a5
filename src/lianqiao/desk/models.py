"""What an officer keeps of the desk for themself: views of the work lists, under a name of their own."""

from __future__ import annotations

from django.db import models

from lianqiao.registry.models import Person


class SavedView(models.Model):
    """A work list with its scope and its words, under a name. `address` is what is behind /desk/."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    address = models.CharField(max_length=300)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name
