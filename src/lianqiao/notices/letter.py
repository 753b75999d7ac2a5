"""What stands in a mail: plain and as HTML, the same words. One page that every mail program shows, with nothing that it would have to fetch.

Who has an account reads it in their language; a guest, of whom no language is known, in both.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from lianqiao.record.nodes import this_node
from lianqiao.registry.models import Person

from . import kinds, telling
from .models import Notice


class Item(NamedTuple):
    """One notice in the mail."""

    subject: str
    sentence: str
    when: str
    address: str


def message(person: Person, notices: Sequence[Notice], connection: BaseEmailBackend) -> EmailMultiAlternatives:
    """The mail to the person with all of the notices, in their language, and what their kinds enclose."""
    pages = [telling.page(notice, person) for notice in notices]
    last = f"-{notices[-1].pk}" if len(notices) > 1 else ""
    with override(person.language):
        subject = telling.subject(notices[0])
        if len(notices) > 1:
            others = any(notice.subject for notice in notices)
            text = _("%(count)s messages for you") if others else _("%(count)s messages about your cases")
            subject = text % {"count": len(notices)}
        told = said(person.name or person.account, notices, pages) | {
            "choose": _("How and when you are told is up to you:"),
            "preferences": urljoin(settings.LIANQIAO_BASE_URL, "/account/notices"),
        }
        mail = _mail(subject, person.email, [told], connection, f"{notices[0].pk}{last}")
    for name, enclosed in {one.name: one for notice in notices for one in enclosed_in(notice)}.items():
        mail.attach(name, enclosed.content, enclosed.kind)
    return mail


def to_guest(notice: Notice, connection: BaseEmailBackend) -> EmailMultiAlternatives | None:
    """The mail to a guest without account, in both languages. None: it is no longer to be sent."""
    assert notice.subject is not None
    guest = kinds.KINDS[notice.kind].guest(notice.subject, notice.verb)
    if guest is None or not guest.address:
        return None
    parts, subjects = [], []
    for language in Person.Language.values:
        with override(language):
            parts.append(said(guest.name, [notice], [guest.page]))
            subjects.append(telling.subject(notice))
    mail = _mail(" / ".join(subjects), guest.address, parts, connection, str(notice.pk))
    for enclosed in enclosed_in(notice):
        mail.attach(enclosed.name, enclosed.content, enclosed.kind)
    return mail


def enclosed_in(notice: Notice) -> Sequence[kinds.Enclosed]:
    return kinds.KINDS[notice.kind].enclosed(notice.subject, notice.verb) if notice.subject else []


def said(name: str, notices: Sequence[Notice], pages: Sequence[str]) -> dict[str, Any]:
    """What the mail says in the language that is set."""
    english, node = get_language() == "en", this_node()
    return {
        "language": "en" if english else "zh-Hans",
        "house": _("Lianqiao"),
        "region": node.name_en if english else node.name_zh,
        "greeting": _("%(name)s:") % {"name": name},
        "items": [
            Item(
                telling.subject(notice),
                telling.sentence(notice),
                _("%(when)s, Beijing time") % {"when": telling.when(notice)},
                urljoin(settings.LIANQIAO_BASE_URL, page),
            )
            for notice, page in zip(notices, pages, strict=True)
        ],
        "hint": _("Details, and the dates with their reasons, stand in the case itself.")
        if any(notice.subject is None for notice in notices)
        else "",
        "bare": _("This mail contains nothing of the matter on purpose. It cannot be answered."),
        "choose": "",
        "preferences": "",
    }


def _mail(
    subject: str, to: str, parts: Sequence[Mapping[str, Any]], connection: BaseEmailBackend, named: str
) -> EmailMultiAlternatives:
    told = {"subject": subject, "language": parts[0]["language"], "parts": parts}
    mail = EmailMultiAlternatives(subject, "\n".join(map(plain, parts)), to=[to], connection=connection)
    mail.attach_alternative(render_to_string("notices/mail.html", told), "text/html")
    mail.extra_headers |= {
        "Message-ID": f"<notice-{named}@lianqiao.invalid>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: no program answers it
        "Content-Language": ", ".join(part["language"] for part in parts),
    }
    return mail


def plain(said: Mapping[str, Any]) -> str:
    items = [f"{item.subject}\n{item.sentence}\n{item.when}\n{item.address}" for item in said["items"]]
    choose = f"{said['choose']}\n{said['preferences']}" if said["choose"] else ""
    return "\n\n".join(part for part in (said["greeting"], *items, said["hint"], said["bare"], choose) if part) + "\n"
