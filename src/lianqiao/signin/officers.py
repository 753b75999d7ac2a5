"""Who may come to the pages of officers: people with a role in an agency, their own or exercised for somebody."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import access
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person
from lianqiao.signin.entrance import person_of

View = Callable[..., HttpResponseBase]


def at_the_desk(view: View) -> View:
    """The view for officers: hands it the person. Refused: people without a role in an agency (403 "officers-only-page")."""

    @login_required
    @wraps(view)
    def seated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person: Person = person_of(request)
        if not access.officer(person):
            raise Refused(
                "officers-only-page",
                _("These pages are for officers of an agency. Your own cases stand under My cases."),
                status=403,
            )
        return view(request, *args, person=person, **kwargs)

    return seated
