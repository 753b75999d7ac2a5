"""Files of shared cases, fetched by signed request, never pushed."""

from uuid import UUID

from django.http import HttpResponse

from . import wire
from .models import Peer


def answer(peer: Peer, identity: UUID) -> HttpResponse:
    """The bytes of a file of a case that was shared with the peer by a clause that shares attachments; else "not-shared"."""
    raise wire.refuse("not-shared")
