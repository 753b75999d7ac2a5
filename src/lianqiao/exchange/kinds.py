"""The kinds of parcels: which function works on which. A room further down can add kinds of its own."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianqiao.record.refusal import Refused

from .models import ParcelIn

Handler = Callable[[ParcelIn, dict[str, Any]], None]


class Early(Exception):  # noqa: N818 (no fault: the other one is late)
    """The parcel cannot be worked on yet: something that it builds upon has not come. It waits and is tried again."""


HANDLERS: dict[str, Handler] = {}
AT_ONCE: set[str] = set()


def dossier_of(parcel: ParcelIn) -> UUID:
    """The dossier that a parcel is about; refuses a parcel of such a kind without one."""
    if parcel.dossier is None:
        raise Refused("malformed", _("The parcel cannot be read: %(why)s."), why="subject")
    return parcel.dossier


def receives(kind: str, *, at_once: bool = False) -> Callable[[Handler], Handler]:
    """Registers the function that works on a kind, in one transaction with the parcel's own state.

    It returns when the parcel is done, raises `Early` when the parcel must wait, `Refused` when it can never be carried out.
    `at_once`: it runs before the acknowledgement, because the next message of the peer may need it.
    """

    def register(handler: Handler) -> Handler:
        if kind in HANDLERS:
            raise ValueError(f"two functions for the parcel kind {kind}")
        HANDLERS[kind] = handler
        if at_once:
            AT_ONCE.add(kind)
        return handler

    return register
