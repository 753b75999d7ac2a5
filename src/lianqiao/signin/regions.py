"""The people of other regions: where they are sent to sign in, how the word of their node is checked, and what it lets them do here.

A node is believed while an agreement in force with it says so (`sign_on` in its terms), its exchange is active, and it has told its keys over the
exchange. Of what it says, the agreement lets through: the assurance level it demands, the powers it grants. What a person may do here is reckoned from
that at each request and lives in their session only; nothing of it is written into the registry.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import urlencode

import httpx
import jwt
from django.utils.translation import gettext_lazy as _

from lianqiao.exchange.models import Peer
from lianqiao.law.categories import CATEGORIES
from lianqiao.law.vocabulary import PROGRAMMES
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry.models import Agreement, Enterprise, EnterpriseMember, Person
from lianqiao.signin.levels import Level, level_of
from lianqiao.signin.models import Guest, Provider
from lianqiao.signin.provider import ENTERPRISES, NODE

PATIENCE = httpx.Timeout(5, connect=3)
"""Seconds for which the page of somebody who comes in waits for their node. It is the one page that asks another node something."""
ANSWER_BYTES = 64 * 1024
SKEW = 60
MOST_ENTERPRISES = 50


class Terms(NamedTuple):
    """What an agreement says about signing in: how surely its people must be known, and which powers they may use here."""

    reference: str
    level: int
    powers: tuple[str, ...]


def terms_with(node: str, on: date) -> Terms | None:
    """The terms on which the people of the node come in on the day; None if no agreement in force says so. Of several, the youngest."""
    with_it = Agreement.objects.in_force(on).filter(node_a=node) | Agreement.objects.in_force(on).filter(node_b=node)
    for agreement in sorted(with_it, key=lambda one: one.starts_on, reverse=True):
        said = agreement.text.get("sign_on")
        if said:
            return Terms(agreement.reference, int(said["assurance"]), tuple(said["powers"]))
    return None


def known(node: str) -> tuple[Peer, Provider, Terms]:
    """The node whose people may come in now. Refuses, 403, any other ("region-closed")."""
    peer = Peer.objects.filter(pk=node, state=Peer.State.ACTIVE).first()
    told = Provider.objects.filter(pk=node).first()
    terms = terms_with(node, today()) if peer else None
    if peer is None or told is None or terms is None:
        raise Refused(
            "region-closed",
            _("People of this region cannot sign in here: no agreement in force says so."),
            status=403,
        )
    return peer, told, terms


def open_ones() -> list[Peer]:
    """The nodes whose people may come in now, for the door."""
    told = Provider.objects.values_list("node", flat=True)
    return [peer for peer in Peer.objects.filter(state=Peer.State.ACTIVE, pk__in=told) if terms_with(peer.pk, today())]


def relies(client: str) -> bool:
    """Whether the client is a node to which this one may vouch for its people now."""
    node = client.removeprefix(NODE)
    active = client.startswith(NODE) and Peer.objects.filter(pk=node, state=Peer.State.ACTIVE).exists()
    return active and terms_with(node, today()) is not None


def own_id() -> str:
    """As which client this node asks others."""
    return f"{NODE}{this_node().code}"


def back_at(node: str) -> str:
    """Where a person comes back from their node."""
    return f"{this_node().base_url}/account/region/{node}/back"


class Asked(NamedTuple):
    """What is kept in the session while somebody signs in at their own node."""

    node: str
    state: str
    nonce: str
    verifier: str
    then: str


def ask(node: str, then: str) -> tuple[Asked, str]:
    """What to keep, and the address to which the person goes. Refuses a node whose people may not come in."""
    _peer, told, terms = known(node)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _n in range(3))
    asked = Asked(node, state, nonce, verifier, then)
    challenge = urlsafe_b64encode(sha256(asked.verifier.encode()).digest()).rstrip(b"=").decode()
    question = {
        "response_type": "code",
        "client_id": own_id(),
        "redirect_uri": back_at(node),
        "scope": "openid enterprises",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "acr_values": f"urn:lianqiao:assurance:{terms.level}",
    }
    return asked, f"{told.authorization_endpoint}?{urlencode(question)}"


class Vouched(NamedTuple):
    """What a node says of one of its people, checked."""

    node: str
    subject: str
    level: int
    enterprises: list[dict[str, Any]]


def fetch(asked: Asked, code: str, http: httpx.Client | None = None) -> str:
    """The ID token for the code. Refuses, 502, when the node does not answer as it should ("region-silent")."""
    _peer, told, _terms = known(asked.node)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back_at(asked.node),
        "client_id": own_id(),
        "code_verifier": asked.verifier,
    }
    try:
        with http or httpx.Client(timeout=PATIENCE, trust_env=False) as line:
            reply = line.post(told.token_endpoint, data=form, follow_redirects=False)
        said = reply.json() if reply.status_code == 200 and len(reply.content) <= ANSWER_BYTES else {}
        token = said.get("id_token")
    except (httpx.HTTPError, ValueError, AttributeError):
        token = None
    if not isinstance(token, str):
        raise Refused(
            "region-silent",
            _("The node of your region did not confirm that it is you. Try again in a moment."),
            status=502,
        )
    return token


def check(asked: Asked, token: str) -> Vouched:
    """What the node says, if it is its word, for us, now, and about this very question. Refuses, 403, anything else ("word-wrong"), and a
    level below the one that the agreement demands ("assurance-too-low")."""
    _peer, told, terms = known(asked.node)
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        jwk = next(key for key in told.keys["keys"] if key["kid"] == kid)
        claims = jwt.decode(
            token,
            jwt.PyJWK(jwk, algorithm="RS256").key,
            algorithms=["RS256"],
            audience=own_id(),
            issuer=told.issuer,
            leeway=SKEW,
            options={"require": ["exp", "iat", "sub", "nonce"]},
        )
        subject = claims["sub"]
        if claims["aud"] != own_id() or not secrets.compare_digest(str(claims["nonce"]), asked.nonce):
            raise ValueError("another question")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise ValueError("sub")
    except (jwt.PyJWTError, StopIteration, KeyError, TypeError, ValueError) as error:
        raise Refused(
            "word-wrong",
            _("What the node of your region said could not be believed. Try again, or tell the administrator."),
            status=403,
        ) from error
    level = level_of(claims.get("acr"))
    if level < terms.level:
        raise Refused(
            "assurance-too-low",
            _(
                'This node asks for "%(level)s", as agreed between the two regions. Set it up at the node of your region, sign in there anew, and come again.'
            ),
            status=403,
            level=Level(terms.level).label,
        )
    told_of = claims.get(ENTERPRISES)
    return Vouched(asked.node, subject, level, readable(told_of if isinstance(told_of, list) else []))


def readable(told: Sequence[Any]) -> list[dict[str, Any]]:
    """What is said about enterprises, as far as this node understands it; the rest says nothing."""
    found = []
    for one in told[:MOST_ENTERPRISES]:
        if not isinstance(one, dict) or not isinstance(one.get("uscc"), str) or len(one["uscc"]) != 18:
            continue
        lists = {name: [str(v) for v in one.get(name) or [] if isinstance(v, str)] for name in ("powers", "matters")}
        until = one.get("until")
        try:
            until = date.fromisoformat(until).isoformat() if until is not None else None
        except (TypeError, ValueError):
            continue
        found.append({"uscc": one["uscc"], "until": until} | lists)
    return found


def holds(kept: dict[str, Any]) -> Terms | None:
    """The terms on which a session of somebody from another region goes on; None if it is over: the agreement or the node has ended,
    or demands more now."""
    node = str(kept.get("node", ""))
    if not Peer.objects.filter(pk=node, state=Peer.State.ACTIVE).exists():
        return None
    terms = terms_with(node, today())
    return terms if terms and int(kept.get("level", 0)) >= terms.level else None


def links(person: Person, told: Sequence[dict[str, Any]], terms: Terms) -> list[EnterpriseMember]:
    """For which enterprises of this registry the person stands today, with the powers that both their node says and the agreement grants.
    They are of this request alone and never saved. One query."""
    on = today()
    standing = {one["uscc"]: one for one in told if one["until"] is None or date.fromisoformat(one["until"]) >= on}
    known_here = {*PROGRAMMES, *CATEGORIES}
    found = []
    for enterprise in Enterprise.objects.filter(uscc__in=standing):
        said = standing[enterprise.uscc]
        matters = [matter for matter in said["matters"] if matter in known_here]
        if said["matters"] and not matters:
            continue  # a mandate for matters that are unknown here is not one for all
        found.append(
            EnterpriseMember(
                person=person,
                enterprise=enterprise,
                capacity=EnterpriseMember.Capacity.AGENT,
                powers=[
                    power
                    for power in EnterpriseMember.Power.values
                    if power in said["powers"] and power in terms.powers
                ],
                matters=matters,
                since=on,
                until=date.fromisoformat(said["until"]) if said["until"] else on,
            )
        )
    return found


def guest(vouched: Vouched) -> Guest | None:
    """Who it is here, if they were here before."""
    return Guest.objects.select_related("person").filter(node=vouched.node, subject=vouched.subject).first()
