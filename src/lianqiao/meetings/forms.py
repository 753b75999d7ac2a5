"""What a form of these pages says, read field by field. Each reading refuses, with a sentence, what cannot be meant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from lianqiao.record.refusal import Refused
from lianqiao.record.time import SHANGHAI
from lianqiao.registry import finding
from lianqiao.registry.models import Agency, Enterprise, Person


class Said:
    """The fields of one form that was sent."""

    def __init__(self, fields: Any) -> None:
        self.fields = fields

    def text(self, name: str) -> str:
        return str(self.fields.get(name, "")).strip()

    def flag(self, name: str) -> bool:
        return self.text(name) in ("1", "on", "yes")

    def every(self, name: str) -> list[str]:
        return [one for one in self.fields.getlist(name) if one]

    def number(self, name: str, usual: int) -> int:
        try:
            return int(self.text(name) or usual)
        except ValueError:
            raise wrong(name) from None

    def uuid(self, name: str) -> UUID:
        try:
            return UUID(self.text(name))
        except ValueError:
            raise wrong(name) from None

    def day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(self.text(name)) if self.text(name) else None
        except ValueError:
            raise wrong(name) from None

    def moment(self, name: str) -> datetime:
        """A time of the clock in China, as a browser sends it: 2026-12-01T09:30."""
        try:
            return datetime.fromisoformat(self.text(name)).replace(tzinfo=SHANGHAI)
        except ValueError:
            raise wrong(name) from None

    def email(self, name: str) -> str:
        try:
            if self.text(name):
                validate_email(self.text(name))
        except ValidationError:
            raise wrong(name) from None
        return self.text(name)

    def agency(self, name: str) -> Agency | None:
        return finding.agency(self.text(name)) if self.text(name) else None

    def agencies(self, name: str) -> list[Agency]:
        return [finding.agency(code) for code in self.every(name)]

    def enterprise(self, name: str) -> Enterprise | None:
        """By its credit code, or by its whole name."""
        return finding.enterprise(self.text(name)) if self.text(name) else None

    def person(self, name: str) -> Person | None:
        return finding.person(self.text(name)) if self.text(name) else None


LABELS: Mapping[str, Any] = {
    "starts_at": _("Begins"), "ends_at": _("Ends"), "due_on": _("Completion date"), "minutes": _("Length (minutes)"),
    "months": _("Months between meetings"), "email": _("E-mail"),
}  # fmt: skip


def wrong(name: str) -> Refused:
    return Refused(
        "not-understood",
        _("%(field)s cannot be read. Nothing was recorded; enter it again."),
        status=422,
        field=LABELS.get(name, name),
    )
