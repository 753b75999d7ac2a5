"""Merging enterprises that are one and the same, and undoing it.

A merge moves nothing. Links, members, codes, contacts and cases stay with the row that they were entered for; reads follow the row
that stands for the family. So undoing a merge has nothing to put back, and nothing can be lost by either.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.record import events
from lianqiao.record.refusal import Refused
from lianqiao.registry import duplicates, remembered, tokens
from lianqiao.registry.access import admin
from lianqiao.registry.models import Enterprise, Person


def merge(duplicate: Enterprise, into: Enterprise, *, reason: str, by: Person) -> Enterprise:
    """Says that `duplicate` is the same enterprise as `into`, by an administrator; from now on reads find either through both.

    Returns the row that stands for both. Refuses a missing reason, an enterprise with itself or with one of its own duplicates
    ("same-enterprise"), one that is merged already ("merged-already"); undo that first.
    """
    with transaction.atomic():
        actor = admin(by)
        check_reason(reason)
        rows = locked(duplicate, into)
        duplicate, into = rows[duplicate.pk], rows[into.pk]
        stands = into.root_id or into.pk
        if duplicate.merged_into_id is not None:
            raise Refused(
                "merged-already",
                _("%(enterprise)s is merged into another one already. Undo that first."),
                enterprise=duplicate.label,
            )
        if stands == duplicate.pk:
            raise Refused("same-enterprise", _("The two are one enterprise in the registry already."))
        _score, why = duplicates.judged(duplicates.named(duplicate), duplicates.named(into))
        duplicate.merged_into = into
        settle(duplicate)
        told = {"because": [code for code, _sentence in why]}
        said = {"reason": reason}
        events.append("enterprise", duplicate.pk, "merge", by=actor, data={"into": str(into.pk), **told}, erasable=said)
        events.append("enterprise", into.pk, "absorb", by=actor, data={"duplicate": str(duplicate.pk)})
        forget()
        return Enterprise.objects.get(pk=stands)


def unmerge(duplicate: Enterprise, *, reason: str, by: Person) -> Enterprise:
    """Undoes a merge: the row stands for itself again, with all that was merged into it. Refuses a missing reason, and one that is
    not merged ("not-merged")."""
    with transaction.atomic():
        actor = admin(by)
        check_reason(reason)
        duplicate = locked(duplicate)[duplicate.pk]
        into = duplicate.merged_into_id
        if into is None:
            raise Refused("not-merged", _("%(enterprise)s is not merged."), enterprise=duplicate.label)
        duplicate.merged_into = None
        settle(duplicate)
        events.append(
            "enterprise", duplicate.pk, "unmerge", by=actor, data={"from": str(into)}, erasable={"reason": reason}
        )
        events.append("enterprise", into, "release", by=actor, data={"duplicate": str(duplicate.pk)})
        forget()
    return duplicate


def settle(row: Enterprise) -> None:
    """Writes for the row and all that is merged into it, near or far, which row stands for them."""
    above = row.merged_into
    row.root_id = (above.root_id or above.pk) if above else None
    row.save(update_fields=["merged_into", "root"])
    stands, level = row.root_id or row.pk, [row.pk]
    while level:
        below = Enterprise.objects.filter(merged_into__in=level)
        level = list(below.values_list("pk", flat=True))
        below.update(root=stands)


def locked(*enterprises: Enterprise) -> dict[object, Enterprise]:
    """The rows of the families, locked in one order, so that two merges wait for each other and cannot make a ring."""
    family = Enterprise.objects.family(list(Enterprise.objects.filter(pk__in=[one.pk for one in enterprises])))
    return {row.pk: row for row in family.order_by("pk").select_for_update()}


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("reason-missing", _("Say why: the reason stays in the record."), status=422)


def forget() -> None:
    remembered.forget()
    tokens.forget()
