"""The subjects of the registry's events that have no row id of their own."""

from __future__ import annotations

import uuid

# Fixed for ever: changing it would give known things new ids.
SPACE = uuid.UUID("5f0f2b64-7a0c-5d53-9d1b-6c1f0e7a5100")


def subject(kind: str, key: str) -> uuid.UUID:
    """The id of a thing that is known by its key: the same in every node, for ever."""
    return uuid.uuid5(SPACE, f"{kind}:{key}")
