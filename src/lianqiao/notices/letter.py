"""What stands in a mail: plain and as HTML, the same words. One page that every mail program shows, with nothing that it would have to fetch."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from lianqiao.record.nodes import this_node
from lianqiao.registry.models import Person

from . import telling
from .models import Notice


class Item(NamedTuple):
    """One notice in the mail."""

    subject: str
    sentence: str
    when: str
    address: str


def message(person: Person, notices: Sequence[Notice], connection: BaseEmailBackend) -> EmailMultiAlternatives:
    """The mail to the person with all of the notices, in their language."""
    with override(person.language):
        first = notices[0]
        subject = telling.subject(first)
        if len(notices) > 1:
            subject = _("%(count)s messages about your cases") % {"count": len(notices)}
        node = this_node()
        said = {
            "subject": subject,
            "language": "en" if person.language == Person.Language.EN else "zh-Hans",
            "region": node.name_en if person.language == Person.Language.EN else node.name_zh,
            "greeting": _("%(name)s:") % {"name": person.name or person.account},
            "items": [
                Item(
                    telling.subject(notice),
                    telling.sentence(notice),
                    _("%(when)s, Beijing time") % {"when": telling.when(notice)},
                    urljoin(settings.LIANQIAO_BASE_URL, telling.page(notice, person)),
                )
                for notice in notices
            ],
            "hint": _("Details, and the dates with their reasons, stand in the case itself."),
            "bare": _("This mail contains nothing of the matter on purpose. It cannot be answered."),
            "choose": _("How and when you are told is up to you:"),
            "preferences": urljoin(settings.LIANQIAO_BASE_URL, "/account/notices"),
        }
        mail = EmailMultiAlternatives(subject, plain(said), to=[person.email], connection=connection)
        mail.attach_alternative(render_to_string("notices/mail.html", said), "text/html")
    last = f"-{notices[-1].pk}" if len(notices) > 1 else ""
    mail.extra_headers |= {
        "Message-ID": f"<notice-{first.pk}{last}@lianqiao.invalid>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: no program answers it
        "Content-Language": str(said["language"]),
    }
    return mail


def plain(said: Mapping[str, Any]) -> str:
    items = [f"{item.subject}\n{item.sentence}\n{item.when}\n{item.address}" for item in said["items"]]
    parts = [said["greeting"], *items, said["hint"], said["bare"], f"{said['choose']}\n{said['preferences']}"]
    return "\n\n".join(parts) + "\n"
