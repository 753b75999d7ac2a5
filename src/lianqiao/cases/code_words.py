"""What a code word shows without an account: where a case stands. Few attempts a minute for one address."""

import hashlib
import hmac

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianqiao.record import time
from lianqiao.record.refusal import Refused

from .models import Attempt, Case

MOST_PER_MINUTE = 20
PUBLIC_CLOCKS = ("correct", "supplement", "accept", "handle", "deliver")
RELATED = ("agency", "home_agency", "assigned", "enterprise", "objection_to")


def case_of(number: str, code_word: str) -> Case:
    """The case of which somebody holds number and code word. Refused: they do not belong together (404 "unknown-code-word")."""
    case = Case.objects.numbered(number).select_related(*RELATED).first()
    if case is None or not case.code_matches(code_word):
        raise Refused(
            "unknown-code-word",
            _(
                "Number and code word do not belong together. Check both; the code word was shown once, when the case was filed."
            ),
            status=404,
        )
    return case


def refuse_too_many(address: str) -> None:
    """Refused: more than 20 attempts of one address in a minute (429 "too-many")."""
    kept = hmac.new(settings.SECRET_KEY.encode(), f"attempt:{address}".encode(), hashlib.sha256).hexdigest()
    minute = int(time.now().timestamp()) // 60
    if Attempt.objects.counted(kept, minute) > MOST_PER_MINUTE:
        raise Refused("too-many", _("Too many attempts in one minute. Wait a minute and try again."), status=429)
