"""How the pages look to one reader: language and theme as chosen, what every page shows of the node, how a field is drawn."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lianqiao.law import divisions
from lianqiao.record import nodes
from lianqiao.record.models import Node
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions
from lianqiao.registry.models import Person
from lianqiao.site.demo import trying

THEME = "lianqiao_theme"
THEMES = ("auto", "light", "dark")
YEAR = 365 * 24 * 3600
DESK = ("/desk", "/ledgers", "/meetings")
PUBLIC = ("/meetings/published", "/meetings/invitation")
"""What stands under an address of the desk and is read by everybody."""


class Drawn(DjangoTemplates):
    """Forms and fields as all pages show them."""

    form_template_name = "site/parts/form.html"
    field_template_name = "site/parts/field.html"


def node_or_none() -> Node | None:
    """This node, or None before it is set up and when the database cannot be asked: also an error page has a frame."""
    try:
        return nodes.this_node()
    except (Refused, DatabaseError):
        return None


def region_of(node: Node) -> str:
    """What the region is called for which the node is run; of a node whose code is no division's, its own name."""
    english = get_language() == "en"
    division = divisions.division(node.code)
    if division is None:
        return node.name_en if english else node.name_zh
    return division.name.in_("en" if english else "zh")


def face(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page shows. Asks the database only for the node, which the process remembers."""
    node = node_or_none()
    theme = request.COOKIES.get(THEME, "")
    return {
        "face": {
            "node": node,
            "region": region_of(node) if node else "",
            "contact": settings.LIANQIAO_CONTACT,
            "theme": theme if theme in ("light", "dark") else "auto",
            "themes": [
                ("auto", _("as the device")),
                ("light", _("light")),
                ("dark", _("dark")),
            ],
            "demo": trying.is_open(),
            "here_with_query": request.get_full_path() if request.method == "GET" else request.path,
            "nav": bar(request.path),
        }
    }


def bar(path: str) -> list[tuple[str, str, bool]]:
    """Where the bar of the page leads, at the desk or for everybody; and which of it is this page."""
    if within(path, *DESK) and not within(path, *PUBLIC):
        leads = [
            (_("Desk"), "/desk"),
            (_("Ledgers"), "/ledgers"),
            (_("Meetings"), "/meetings"),
            (_("Registers"), "/desk/registry"),
            (_("Guide"), "/guide"),
        ]
    else:
        leads = [
            (_("File your case"), "/file"),
            (_("My cases"), "/cases"),
            (_("Guide"), "/guide"),
            (_("Status"), "/status"),
        ]
    here = max((address for _label, address in leads if within(path, address)), key=len, default="")
    return [(label, address, address == here) for label, address in leads]


def within(path: str, *addresses: str) -> bool:
    return any(path == address or path.startswith(f"{address}/") for address in addresses)


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen language or theme in a cookie and goes back to the page; of who is signed in, the language is theirs from now on."""
    back = HttpResponseRedirect(back_to(request))
    for cookie, field, possible in (
        (settings.LANGUAGE_COOKIE_NAME, "language", tuple(code for code, _name in settings.LANGUAGES)),
        (THEME, "theme", THEMES),
    ):
        chosen = request.POST.get(field, "")
        if chosen in possible:
            back.set_cookie(
                cookie, chosen, max_age=YEAR, secure=settings.CSRF_COOKIE_SECURE, httponly=True, samesite="Lax"
            )
    if isinstance(request.user, Person) and request.POST.get("language", "") in Person.Language.values:
        actions.choose_language(request.user, request.POST["language"], by=request.user)
    return back


def back_to(request: HttpRequest) -> str:
    """The page that was left, if it is one of ours; else the first."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and urlsplit(wanted).path.startswith("/")
    return wanted if ours else "/"
