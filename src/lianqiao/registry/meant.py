"""Which enterprise a row of a table means: by its credit code, by a code that it had, or by its name."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianqiao.law.codes import check_uscc
from lianqiao.record.refusal import Refused
from lianqiao.registry import duplicates
from lianqiao.registry.models import Enterprise, FormerCode

SURE = 90
"""The least score of a name that is taken for the enterprise without asking: the same name but for script, signs and legal form."""


def enterprise(name: str, code: str = "", among: Collection[UUID] | None = None) -> Enterprise:
    """The one enterprise of the registry (or `among` these) that the row means; a merged row is told as the one that stands for it.

    Refused: a malformed code ("wrong-code"), one that nobody has or no name that is known ("unknown-enterprise"), a code and a name that have
    nothing in common ("name-differs"), a name that several have ("several-enterprises"). No refusal names an enterprise: a list would
    tell who files.
    """
    code = duplicates.compact(code)
    found = _by_code(code) if code else _by_name(name, among)
    if found is None or (among is not None and found.pk not in among):
        raise Refused(
            "unknown-enterprise",
            _(
                "The registry has no such enterprise, or it is none for which you may act. Check code and name, or enter it first."
            ),
            status=422,
        )
    if code and name and not duplicates.reasons(duplicates.Named(name, name), duplicates.named(found)):
        raise Refused(
            "name-differs",
            _("Code and name are those of two enterprises. Correct one of them, or leave the name out."),
            status=422,
        )
    return found


def _by_code(code: str) -> Enterprise | None:
    found = Enterprise.objects.filter(uscc=code).select_related("root").first()
    if found is None:
        former = FormerCode.objects.filter(code=code).select_related("enterprise__root")[:2]
        found = former[0].enterprise if len(former) == 1 else None
    if found is None and check_uscc(code):
        raise Refused(
            "wrong-code",
            _(
                "This is no credit code: its signs or check digits are wrong. Copy it whole, as text, from the business licence."
            ),
            status=422,
        )
    return found.stands if found else None


def _by_name(name: str, among: Collection[UUID] | None) -> Enterprise | None:
    if not name:
        raise Refused("no-enterprise", _("Say which enterprise it is: its credit code, or its whole name."), status=422)
    sure = [
        one.enterprise
        for one in duplicates.candidates(duplicates.Named(name, name))
        if one.score >= SURE and (among is None or one.enterprise.pk in among)
    ]
    if len(sure) > 1:
        raise Refused(
            "several-enterprises",
            _("%(count)s enterprises have this name. Give the credit code."),
            status=422,
            count=len(sure),
        )
    return sure[0] if sure else None
