"""What is locked now, as the security administrator reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from lianqiao.registry.models import Person
from lianqiao.signin import locks
from lianqiao.signin.models import Lock

MOST = 100


def rows() -> list[dict[str, Any]]:
    """Accounts and addresses that are locked, the last first, at most 100. Two queries."""
    found = list(Lock.objects.locked(locks.seconds())[:MOST])
    ids = [named for lock in found if lock.key.startswith("account:") and len(named := lock.key[8:]) == 36]
    accounts = {
        str(pk): account for pk, account in Person.objects.filter(pk__in=map(UUID, ids)).values_list("pk", "account")
    }
    return [
        {
            "account": accounts.get(lock.key[8:]) if lock.key.startswith("account:") else None,
            "address": lock.key[8:] if lock.key.startswith("address:") else None,
            "attempts": lock.attempts,
            "until": datetime.fromtimestamp(lock.last + settings.LIANQIAO_LOCK_SECONDS, UTC),
        }
        for lock in found
    ]
