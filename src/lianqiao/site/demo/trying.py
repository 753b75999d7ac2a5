"""One click instead of a password: on a node of the demonstration, and on no other.

Three things must hold: LIANQIAO_DEMO is set, the node answers on this machine only, and its record begins with the mark that the seeding of the
demonstration writes. A node that is set up in earnest never gets the mark, and does not start with the setting (`start.faults`).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.translation import gettext as _

from lianqiao.record import events, nodes
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.registry.models import Person
from lianqiao.signin import actions
from lianqiao.signin.entrance import KEY, seconds
from lianqiao.signin.levels import Level

MARK = "demonstrate"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_marked: set[str] = set()


def mark(code: str) -> None:
    """Write that this node is one of the demonstration; by its seeding alone, before anybody is entered."""
    events.append("node", nodes.subject(code), MARK, by=Actor.node(code), data={})


def is_marked() -> bool:
    """Whether the record of this node says that it is one of the demonstration. Once it does, it is not asked again."""
    code = settings.LIANQIAO_NODE
    kept = f"{settings.LIANQIAO_DATA}:{code}"
    if kept not in _marked and Event.objects.about("node", nodes.subject(code)).filter(verb=MARK, number=1).exists():
        _marked.add(kept)
    return kept in _marked


def is_open() -> bool:
    """Whether anybody may come in by one click."""
    return bool(settings.LIANQIAO_DEMO) and urlsplit(settings.LIANQIAO_BASE_URL).hostname in LOOPBACK and is_marked()


def fault() -> str:
    """What is wrong with the setting on this node, or ""."""
    if settings.LIANQIAO_DEMO and not is_open():
        return _(
            "LIANQIAO_DEMO lets everybody in without a password; it is for nodes that `lianqiao demo` has made. Take it away."
        )
    return ""


def come_in(request: HttpRequest, person: Person) -> None:
    """Begin a session as this person of the demonstration, as if a second factor had been given. Raises PermissionError anywhere else."""
    if not is_open():
        raise PermissionError("only in the demonstration")
    request.session.flush()
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[KEY] = {"began": seconds(), "level": int(Level.SECOND_FACTOR), "means": ["demo"]}
    actions.came_in(person, means=["demo"], level=Level.SECOND_FACTOR)
