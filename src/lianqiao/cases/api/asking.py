"""Steps that every operation on a case begins with: the case that the person may see, and the version that they saw."""

import re

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import access
from lianqiao.cases.code_words import RELATED
from lianqiao.cases.models import Case
from lianqiao.record.refusal import Refused
from lianqiao.registry.door import person_of

VERSION = re.compile(r'^(?:W/)?"(\d{1,9})"$')


def case_of(request: HttpRequest, number: str) -> Case:
    """The case with this number if the asking person may see it. Refused: else (404 "unknown-case"), whether it exists or not."""
    found = Case.objects.visible_to(person_of(request)).numbered(number).select_related(*RELATED).first()
    if found is None:
        raise access.unknown_case()
    return found


def case_for(number: str) -> Case:
    """The case with this number for a verb, which reads it under its lock, and refuses one that the person may not see. Refused: what is no
    number (404 "unknown-case")."""
    found = Case.objects.unread(number)
    if found is None:
        raise access.unknown_case()
    return found


def version_of(request: HttpRequest) -> int | None:
    """The version that the person saw, from If-Match; None without the header or with `*`. Refused: another form (400 "if-match")."""
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        return None
    version = VERSION.match(given)
    if version is None:
        raise Refused(
            "if-match",
            _("If-Match takes the ETag that this address has given, for example %(example)s."),
            status=400,
            example='"3"',
        )
    return int(version[1])
