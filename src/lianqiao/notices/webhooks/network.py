"""Calls an address that somebody from outside has named, and lets it reach nothing inside: one checked address, no redirect, short patience.

The name is looked up once; every address that it has must be a public one, and the connection goes to the address that was checked, so that
a name that changes its answer in between gains nothing. Networks in LIANQIAO_WEBHOOK_NETWORKS are allowed, and there plain HTTP too.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianqiao.record.refusal import Refused

PATIENCE = 10.0
"""Seconds for one call from the look-up to the answer."""
ANSWER_BYTES = 2**16
LONGEST = 500
TRANSLATED = (
    ip_network("64:ff9b::/96"),
    ip_network("64:ff9b:1::/48"),
    ip_network("2002::/16"),
    ip_network("2001::/32"),
)
"""IPv6 that leads on to an IPv4 address which nobody has checked."""
Ip = IPv4Address | IPv6Address


class Answer(NamedTuple):
    """The status of the answer, 0 when there was none; then `error` says why."""

    status: int
    error: str = ""


class Unreachable(Exception):  # noqa: N818 (what the address is)
    """The address may not or cannot be called."""


def checked(url: str) -> str:
    """The address in the form in which it is kept. Refused, 422: what is no address of an app ("webhook-url"), or one inside
    ("webhook-inside"). Names are looked up when they are called, not here."""
    parts = _parts(url)
    try:
        literal: Ip | None = ip_address(parts.hostname or "")
    except ValueError:
        literal = None
    if literal is not None and not is_allowed(literal):
        raise inside()
    if parts.scheme == "http" and not _networks():
        raise Refused(
            "webhook-url", _("The address must begin with https://, so that nobody on the way reads along."), status=422
        )
    return parts.geturl()


def inside() -> Refused:
    return Refused(
        "webhook-inside",
        _("This address lies inside a network of its own. Name one that can be reached from everywhere."),
        status=422,
    )


def _parts(url: str) -> SplitResult:
    wrong = Refused(
        "webhook-url",
        _(
            "This is no address that can be called. Write it as https://app.example.org/path, without user, password and fragment."
        ),
        status=422,
    )
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise wrong from None
    visible = url.isascii() and all("!" <= sign <= "~" for sign in url)
    if not visible or len(url) > LONGEST or parts.scheme not in ("https", "http") or not host or port == 0:
        raise wrong
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise wrong
    return parts


def is_allowed(address: Ip) -> bool:
    """Whether the address may be called: a public one, or one in a network that the node allows."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return is_allowed(address.ipv4_mapped)
    if any(address in network for network in _networks()):
        return True
    if any(address in network for network in TRANSLATED):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _networks() -> tuple[IPv4Network | IPv6Network, ...]:
    return _read(tuple(settings.LIANQIAO_WEBHOOK_NETWORKS))


@cache
def _read(names: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(name) for name in names)


def addresses(host: str, port: int) -> list[str]:
    """The addresses of a name, all of which may be called. Raises `Unreachable` if there is none, or if one may not."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"the name {host} has no address ({error})") from None
    told = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not told or not all(is_allowed(ip_address(one.partition("%")[0])) for one in told):
        raise Unreachable(f"the name {host} leads inside a network of its own")
    return told


class Plain(http.client.HTTPConnection):
    """A connection to the one address that was checked, whatever its name says by now."""

    address = ""

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), self.timeout)


class Secure(http.client.HTTPSConnection):
    """The same by TLS: the certificate must be that of the name."""

    address = ""

    def connect(self) -> None:
        plain = socket.create_connection((self.address, self.port), self.timeout)
        try:
            self.sock = _tls().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send the body; whatever goes wrong is told in the answer and never raised. Of what comes back only the status is looked at."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        address = addresses(host, port)[0]
        if parts.scheme == "http" and not any(ip_address(address) in network for network in _networks()):
            raise Unreachable("plain HTTP is only for networks that the node allows")
    except (Unreachable, ValueError) as error:
        return Answer(0, str(error)[:300])
    kind = Secure if parts.scheme == "https" else Plain
    connection = kind(host, port, timeout=PATIENCE)
    connection.address = address
    late = threading.Event()
    watch = threading.Timer(PATIENCE, _cut, [connection, late])
    watch.daemon = True
    watch.start()
    try:
        connection.request(
            "POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, dict(headers)
        )
        answer = connection.getresponse()
        answer.read(ANSWER_BYTES)
        return Answer(answer.status)
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        why = f"no answer within {PATIENCE:g} s" if late.is_set() else f"{type(error).__name__}: {error}"
        return Answer(0, why[:300])
    finally:
        watch.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    """However slowly the other side drips: after PATIENCE the connection ends."""
    late.set()
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)
