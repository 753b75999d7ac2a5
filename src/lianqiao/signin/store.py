"""Sessions in the database, which know when they were last used: the settings name this module as `SESSION_ENGINE`.

When a session was used follows from when its row expires, so that noting a use is one statement that touches nothing else of the session.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError

from lianqiao.record.time import now


def kept_for() -> timedelta:
    """How long after its last use a row stays at most."""
    return timedelta(seconds=settings.SESSION_COOKIE_AGE)


class SessionStore(db.SessionStore):
    """Django's own, with the moment of the last use."""

    used_at: datetime | None = None
    """When the session was last used, as its row said when it was read; nothing for one that is new."""

    def load(self) -> dict[str, Any]:
        row = self._get_session_from_db()  # type: ignore[attr-defined]  # of Django's, untyped
        if row is None:
            return {}
        self.used_at = row.expire_date - kept_for()
        found: dict[str, Any] = self.decode(row.session_data)
        return found

    def save(self, must_create: bool = False) -> None:
        """Keep the session; one that is there already in one statement. Raises UpdateError when it has been ended meanwhile."""
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        row = self.create_model_instance(dict(self.items()))
        kept = self.model.objects.filter(session_key=row.session_key)
        if not kept.update(session_data=row.session_data, expire_date=row.expire_date):
            raise UpdateError

    def use(self) -> None:
        """Note that the session is used now. One statement."""
        self.model.objects.filter(session_key=self.session_key).update(expire_date=now() + kept_for())
