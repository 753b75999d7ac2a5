"""The cast of the notices' tests, and a real mail server on loopback."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any, NamedTuple

import pytest
from aiosmtpd.controller import Controller
from tests.cases.conftest import filing, people  # noqa: F401 fixtures
from tests.cast import cast, node  # noqa: F401 fixtures
from tests.databases import free_port

from lianqiao.notices.models import Preference
from lianqiao.record import followers, sequencer
from lianqiao.registry.models import Person


class Postbox:
    """What the mail server has taken in; it refuses while `closed`."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], str]] = []
        self.closed = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 the library's name
        if self.closed:
            return "451 come back later"
        self.letters.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


@pytest.fixture
def postbox(people: dict[str, Person], settings: Any) -> Iterator[Postbox]:  # noqa: F811
    """The server; everybody wants their mail at once, at any hour."""
    Preference.objects.bulk_create(Preference(person=one, quiet_from=0, quiet_until=0) for one in Person.objects.all())
    box, port = Postbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.LIANQIAO_SMTP_URL = f"smtp://127.0.0.1:{port}"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "lianqiao@example.org"
    yield box
    controller.stop()


class Letter(NamedTuple):
    to: str
    subject: str
    plain: str
    html: str


def letters_of(postbox: Postbox) -> list[Letter]:
    """What has come in, opened as a mail program does."""
    opened = []
    for recipients, content in postbox.letters:
        parsed: Any = message_from_bytes(content.encode(), policy=policy.default)
        bodies = [parsed.get_body((kind,)).get_content() for kind in ("plain", "html")]
        opened.append(Letter(", ".join(recipients), str(parsed["Subject"]), *bodies))
    return opened


def follow() -> None:
    sequencer.place_pending()
    followers.run("notices")
