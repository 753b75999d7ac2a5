"""Who will be told of a verb, in words, before it is done: with what of its form has been chosen so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import pictures
from lianqiao.desk.opened import Opened
from lianqiao.notices.audience import Told

DEPENDS = {"agency", "to", "shared", "handler"}
"""Fields of forms by which it is decided who is told."""
CHOSEN = _("whoever takes in, handles and leads in the agency that you choose")
UNTIL_CHOSEN: dict[str, Promise] = {
    "route": CHOSEN,
    "decide": CHOSEN,
    "engage": CHOSEN,
    "ask": _("whom you ask"),
    "reassign": _("the handler that you choose"),
}
"""Whom a choice that has not been made yet will add."""
NOBODY = _("nobody: whom you choose has nobody here who would receive it")
ELSEWHERE: dict[str, Promise] = {
    "consult": _("whoever answers for such questions in the agency that you choose, there"),
    "give_task": _("whoever answers for sub-tasks in the agency that you choose, there"),
}
"""Who is told by another way than notices of this case."""
HOME = _("the other region, which tells the enterprise and delivers the result")
"""Who is told of the conclusion of a case that was taken over."""


def of(at: Opened, verb: str, given: Mapping[str, Any]) -> list[str]:
    """Each side in words: the enterprise by the number of its people, an agency with their names."""
    data = {name: given.get(name, "") for name in ("agency", "to", "handler")} | {"shared": bool(given.get("shared"))}
    told = [in_words(one) for one in at.audience.foreseen(at.case, verb, at.person, data)]
    if verb in UNTIL_CHOSEN and not (data["agency"] or data["handler"] or data["to"] == "enterprise"):
        told.append(str(UNTIL_CHOSEN[verb]))
    elif verb in UNTIL_CHOSEN and not told:
        told.append(str(NOBODY))
    if verb == "conclude" and at.case.received_from:
        told.append(str(HOME))
    return [*told, str(ELSEWHERE[verb])] if verb in ELSEWHERE else told


def in_words(told: Told) -> str:
    """One side: what it is, and who of it."""
    if told.people:
        return str(_("%(agency)s: %(people)s") % {"agency": told.side, "people": pictures.listed(told.people)})
    return str(_("%(side)s (people who will be told: %(number)s)") % {"side": told.side, "number": told.number})
