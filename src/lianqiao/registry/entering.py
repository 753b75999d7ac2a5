"""Entering a row: every field checked before anything is written, each fault as a sentence."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianqiao.law.codes import check_uscc
from lianqiao.record.refusal import Refused

Row = TypeVar("Row", bound=models.Model)


def checked(row: Row) -> Row:
    """Refuses, 422, a field that is too long, empty, unknown or holds control characters ("field-wrong")."""
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(value, str) and any(unicodedata.category(c) in ("Cc", "Cs") for c in value):
            raise wrong_field(field.name, str(_("it holds control characters; remove them")))
    try:
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        name, said = next(iter(error.message_dict.items()))
        raise wrong_field(name, said[0]) from error
    return row


def entered(row: Row) -> Row:
    """Saves a new row that has been `checked`. Refuses, 409, one that is there already ("already-there")."""
    checked(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(
            "already-there",
            _("This entry is in the registry already, or contradicts one that is. Look it up first."),
        ) from error
    return row


def wrong_field(field: str, problem: str) -> Refused:
    """The refusal of one field, with what is wrong with it."""
    return Refused(
        "field-wrong",
        _("The field %(field)s cannot be taken: %(problem)s"),
        status=422,
        field=field,
        problem=problem,
    )


def check_period(since: date, until: date | None) -> None:
    """Refuses, 422, a period that ends before it begins ("period-reversed")."""
    if until is not None and until < since:
        raise Refused(
            "period-reversed",
            _("The period ends on %(until)s, before it begins on %(since)s. Give a later end."),
            status=422,
            since=since.isoformat(),
            until=until.isoformat(),
        )


def check_choice(field: str, value: str, known: list[str]) -> None:
    """Refuses, 422, a value that is not among the known ones ("choice-unknown"), and lists them."""
    if value not in known:
        raise Refused(
            "choice-unknown",
            _('%(field)s "%(value)s" is not known. Use one of: %(known)s.'),
            status=422,
            field=field,
            value=value,
            known=", ".join(k for k in known if k),
        )


def check_code(code: str, *, refuse: bool = True) -> list[dict[str, str]]:
    """Checks a unified social credit code (GB 32100-2015, both check characters); "" passes.

    Refuses, 422, a wrong one ("code-wrong"); with `refuse=False` returns what is wrong with it, in both languages.
    """
    faults = check_uscc(code) if code else []
    if faults and refuse:
        raise Refused(
            "code-wrong",
            _("The credit code %(uscc)s cannot be taken: %(problem)s"),
            status=422,
            uscc=code,
            problem="; ".join(fault.in_(get_language() or "zh") for fault in faults),
        )
    return [fault.as_data() for fault in faults]
