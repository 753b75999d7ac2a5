"""Who is at the door: pages that need somebody lead to signing in and back."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from lianqiao.registry.models import Person

View = Callable[..., HttpResponseBase]


def signed_in(view: View) -> View:
    """The page is for somebody who is signed in; others come back to it after that."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(getattr(request, "user", None), Person):
            return redirect_to_login(request.get_full_path(), str(settings.LOGIN_URL))
        return view(request, *args, **kwargs)

    return guarded


def person_of(request: HttpRequest) -> Person:
    """Who is signed in."""
    return cast(Person, request.user)
