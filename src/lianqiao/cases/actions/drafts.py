"""Filing forms that are not yet filed: save, change, discard, submit. Only their owner may."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.record import time
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from .. import data
from ..models import Draft
from . import intake

MOST = 50


def save(content: dict[str, Any], *, by: Person) -> Draft:
    """Keep a filing form as far as it is filled in. Refused: fields that a filing does not have; more than 50 drafts of one person."""
    _refuse_unknown_fields(content)
    if Draft.objects.of(by).count() >= MOST:
        raise Refused(
            "too-many-drafts", _("You have %(most)s drafts. Submit or discard some of them first."), most=MOST
        )
    moment = time.now()
    return Draft.objects.create(owner=by, content=content, created_at=moment, changed_at=moment)


def change(draft_id: UUID, content: dict[str, Any], *, by: Person) -> Draft:
    """Replace what the form says. Refused: fields that a filing does not have; a draft that is not theirs."""
    _refuse_unknown_fields(content)
    with transaction.atomic():
        draft = _own(draft_id, by)
        draft.content, draft.changed_at = content, time.now()
        draft.save(update_fields=["content", "changed_at"])
        return draft


def discard(draft_id: UUID, *, by: Person) -> None:
    """Delete the form. Nothing of it was ever recorded. Refused: a draft that is not theirs."""
    with transaction.atomic():
        _own(draft_id, by).delete()


@transaction.atomic
def submit(draft_id: UUID, *, by: Person) -> intake.Filed:
    """File the case that the form describes, and delete the form. Refused: whatever `intake.file` refuses; the form then stays."""
    draft = _own(draft_id, by)
    filed = intake.file(by=by, **draft.content)
    draft.delete()
    return filed


def _own(draft_id: UUID, by: Person) -> Draft:
    draft = Draft.objects.select_for_update().filter(pk=draft_id, owner=by).first()
    if draft is None:
        raise unknown_draft()
    return draft


def unknown_draft() -> Refused:
    return Refused("unknown-draft", _("There is no such draft among yours."), status=404)


def _refuse_unknown_fields(content: dict[str, Any]) -> None:
    unknown = sorted(content.keys() - data.File.model_fields.keys())
    if unknown:
        raise Refused(
            "unknown-fields",
            _("A filing has no such field: %(fields)s. Leave it out."),
            status=422,
            fields=", ".join(unknown)[:500],
        )
