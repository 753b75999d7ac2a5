"""How surely somebody is known: the levels that a session has, that one node tells another, and that an agreement can demand.

They are told as `acr` of OpenID Connect, with an address of our own, since no public register has levels that fit (docs/reference/glossary.md).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

PREFIX = "urn:lianqiao:assurance:"


class Level(models.IntegerChoices):
    """A higher level holds all that a lower one does."""

    PASSWORD = 1, _("password")
    SECOND_FACTOR = 2, _("second factor")
    ENTERPRISE = 3, _("second factor, and an enterprise that an officer has confirmed")


class Means(enum.StrEnum):
    """With what somebody signed in; the words are those of RFC 8176 where it has one."""

    PASSWORD = "pwd"  # noqa: S105  the word for it
    ONE_TIME = "otp"
    KEY = "hwk"
    RECOVERY = "recovery"
    REGION = "region"


TYPES = {"totp": Means.ONE_TIME, "webauthn": Means.KEY, "recovery_codes": Means.RECOVERY}


def acr(level: int) -> str:
    """The level as one node tells it to another."""
    return f"{PREFIX}{level}"


def level_of(told: object) -> int:
    """The level behind an `acr`; 0, which is below every demand, for anything else."""
    known = {acr(level): int(level) for level in Level}
    return known.get(told, 0) if isinstance(told, str) else 0


def means_of(records: Iterable[Mapping[str, Any]]) -> list[Means]:
    """What allauth's records of a session say about how it began."""
    found = [
        TYPES.get(str(record.get("type")), Means.ONE_TIME) if record.get("method") == "mfa" else Means.PASSWORD
        for record in records
        if record.get("method") in ("mfa", "password")
    ]
    return list(dict.fromkeys(found))


def level_by(means: Iterable[Means]) -> Level:
    """The level that these means give."""
    return Level.SECOND_FACTOR if {*means} & {*TYPES.values()} else Level.PASSWORD
