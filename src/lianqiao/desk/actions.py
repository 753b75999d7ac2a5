"""Keeping and dropping one's own views. No events: nobody but their owner is concerned."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.desk.models import SavedView
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

MOST = 20


def keep_view(name: str, address: str, *, by: Person) -> SavedView:
    """Keeps a view under a name; the same name again replaces it. Refuses a missing or too long name, and more than 20 views."""
    named = name.strip()
    if not 1 <= len(named) <= 40 or len(address) > 300:
        raise Refused("view-name", _("Give the view a name of at most 40 characters."), status=422)
    with transaction.atomic():
        others = Person.objects.select_for_update().get(pk=by.pk)
        if SavedView.objects.filter(person=others).exclude(name=named).count() >= MOST:
            raise Refused("too-many-views", _("You have kept 20 views already. Drop one first."))
        made, _new = SavedView.objects.update_or_create(person=by, name=named, defaults={"address": address})
    return made


def drop_view(view: int, *, by: Person) -> None:
    """Drops one of one's own views; one that is not there changes nothing."""
    SavedView.objects.filter(pk=view, person=by).delete()
