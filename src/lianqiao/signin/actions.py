"""The verbs of signing in: each names who acts, writes one event about the person, and refuses before it writes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from allauth.idp.oidc.models import Client, Token
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.models import Node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now, stamp, today
from lianqiao.registry.access import admin, holds, security
from lianqiao.registry.actions.people import build_person, write_person
from lianqiao.registry.entering import check_choice, entered
from lianqiao.registry.models import Membership, Person
from lianqiao.registry.subjects import subject
from lianqiao.registry.tokens import fingerprint
from lianqiao.signin import issuing, locks, sessions
from lianqiao.signin.models import App, Guest, Invitation, SigningKey
from lianqiao.signin.regions import Vouched


def invite(person: Person, *, by: Person) -> tuple[Invitation, str]:
    """Let the person set a password: an invitation and its code, which is shown this once. Earlier invitations end, a lock is lifted.

    The system administrator invites who never had a password; the security administrator anybody. Refuses others, an inactive
    person ("not-active"), a person of another region ("guest").
    """
    with transaction.atomic():
        person = _locked(person)
        actor = security(by) if person.has_usable_password() else lets_in(by)
        if not person.is_active:
            raise Refused("not-active", _("The person or the agency is not active any more. Choose another one."))
        if hasattr(person, "guest"):
            raise Refused("guest", _("This person signs in at the node of their own region and has no password here."))
        at = now()
        Invitation.objects.filter(person=person, used_at__isnull=True).delete()
        code = secrets.token_urlsafe(24)
        made = Invitation.objects.create(
            person=person,
            digest=fingerprint(code),
            created_at=at,
            expires_at=at + timedelta(hours=settings.LIANQIAO_INVITATION_HOURS),
        )
        locks.forget(person)
        events.append("person", person.pk, "invite", by=actor, data={"expires_at": stamp(made.expires_at)})
    return made, code


def invitation(code: str) -> Invitation:
    """The invitation with this code. Refuses, 404, one that is unknown, used or over ("invitation-over")."""
    found = Invitation.objects.open(now()).select_related("person").filter(digest=fingerprint(code)).first()
    if found is None:
        raise Refused(
            "invitation-over",
            _("This link has been used, or its time is over. Ask your administrator for a new one."),
            status=404,
        )
    return found


def accept(code: str, password: str) -> Person:
    """Set the password of the invited person, by their own hand; the link is used up and every session of theirs ends.

    Refuses what `invitation` refuses, and a weak password ("password-weak"), which leaves the link as it is.
    """
    with transaction.atomic():
        person = _locked(invitation(code).person)
        found = invitation(code)
        found.used_at = now()
        found.save(update_fields=["used_at"])
        _set_password(person, password)
        sessions.end(person)
    return person


def change_password(person: Person, password: str, *, by: Person) -> None:
    """Replace one's own password. Every other session ends by it. Refuses another's ("not-yours") and a weak one ("password-weak")."""
    if by.pk != person.pk:
        raise Refused("not-yours", _("A password is changed by the person themself."), status=403)
    with transaction.atomic():
        _set_password(_locked(person), password)
        person.refresh_from_db()


def _set_password(person: Person, password: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refused(
            "password-weak",
            _("The password cannot be taken: %(problem)s"),
            status=422,
            problem=" ".join(error.messages),
        ) from error
    person.set_password(password)
    person.save(update_fields=["password"])
    events.append("person", person.pk, "set_password", by=person.actor, data={})


def came_in(person: Person, *, means: Sequence[str], level: int, node: str = "") -> None:
    """Put into the record that the person signed in, how surely, and whose node vouches for them."""
    with transaction.atomic():
        _locked(person)
        data = {"means": [str(one) for one in means], "level": int(level)} | ({"node": node} if node else {})
        events.append("person", person.pk, "sign_in", by=person.actor, data=data)


def note_factor(person: Person, verb: str, kind: str) -> None:
    """Put into the record that the person added or removed a second factor of a kind (`add_factor`, `remove_factor`)."""
    with transaction.atomic():
        _locked(person)
        events.append("person", person.pk, verb, by=person.actor, data={"kind": kind})


def reset_second_factor(person: Person, *, reason: str, by: Person) -> int:
    """Take away every second factor of a person who has lost theirs, with the recovery codes, and end their sessions; how many there were.

    By the security administrator, never for themself ("own-factor"). Refuses a missing reason, a person who has none ("no-factor").
    """
    with transaction.atomic():
        actor = security(by)
        if by.pk == person.pk:
            raise Refused(
                "own-factor",
                _("Nobody resets their own second factor. Use a recovery code, or ask another security administrator."),
                status=403,
            )
        if not reason.strip():
            raise Refused("reason-missing", _("Say why: the reason stays in the record."), status=422)
        person = _locked(person)
        there = Authenticator.objects.filter(user=person)
        kinds = sorted(there.values_list("type", flat=True))
        if not kinds:
            raise Refused("no-factor", _("This person has no second factor."))
        there.delete()
        sessions.end(person)
        events.append(
            "person", person.pk, "reset_factor", by=actor, data={"kinds": kinds}, erasable={"reason": reason.strip()}
        )
    return len(kinds)


def lift_lock(person: Person, *, by: Person) -> None:
    """Let a locked account try again at once, by the security administrator. Refuses one that is not locked ("not-locked")."""
    with transaction.atomic():
        actor = security(by)
        person = _locked(person)
        if not locks.forget(person):
            raise Refused("not-locked", _("This account is not locked."))
        events.append("person", person.pk, "lift_lock", by=actor, data={})


def end_sessions(person: Person, *, only: int | None = None, but: str | None = None, by: Person) -> int:
    """End sessions at once: all of the person's, or one by its id, or all but the one with that key; how many. By the person, or the
    security administrator. Refuses others, and an id that is none of theirs ("no-such-session", 404)."""
    with transaction.atomic():
        actor = by.actor if by.pk == person.pk else security(by)
        _locked(person)
        ended = sessions.end(person, only=only, but=but)
        if only is not None and not ended:
            raise Refused("no-such-session", _("There is no such session. It may have ended already."), status=404)
        if ended:
            events.append("person", person.pk, "end_sessions", by=actor, data={"sessions": ended})
    return ended


def show_out(person: Person, *, by: Person) -> int:
    """End every session of somebody who has left, at once, by the system administrator; how many. Refuses while they have a role
    ("has-roles")."""
    with transaction.atomic():
        actor = admin(by)
        _locked(person)
        if Membership.objects.active(today()).filter(person=person, until__isnull=True).exists():
            raise Refused("has-roles", _("This person still has roles here. End them first."))
        ended = sessions.end(person)
        if ended:
            events.append("person", person.pk, "end_sessions", by=actor, data={"sessions": ended})
    return ended


def _locked(person: Person) -> Person:
    return Person.objects.select_for_update().get(pk=person.pk)


def lets_in(by: Person) -> Actor:
    """A system or a security administrator; refuses anybody else."""
    return security(by) if holds(by, Membership.Role.SECURITY) else admin(by)


# Apps


def register_app(
    *,
    name_zh: str,
    name_en: str,
    operator: str,
    redirect_uris: Sequence[str] = (),
    scopes: Sequence[str],
    secret: bool = True,
    for_itself: bool = False,
    by: Person,
) -> tuple[App, str]:
    """Let a regional app in, by the security administrator: its row and its secret, which is shown this once ("" without one).

    With addresses to which people come back, they may use it with their account here; `for_itself`: it may also act as a person of its own,
    who begins without any role. An app on a device keeps no secret: `secret=False`. Refuses an address that could lead elsewhere
    ("redirect-uri"), scopes that are not for apps ("choice-unknown"), an app that could do nothing ("app-without-use").
    """
    with transaction.atomic():
        actor = security(by)
        for uri in redirect_uris:
            if not _leads_home(uri):
                raise Refused(
                    "redirect-uri",
                    _(
                        "%(uri)s is no address to come back to: give https:// with a whole path, or an app's own scheme."
                    ),
                    status=422,
                    uri=uri,
                )
        for scope in scopes:
            check_choice("scope", scope, ["openid", "profile", "read", "act"])
        if not scopes or not (redirect_uris or for_itself) or (for_itself and not secret):
            raise Refused(
                "app-without-use",
                _("Say what the app may do, and where its people come back, or let it act for itself, with a secret."),
                status=422,
            )
        told = secrets.token_urlsafe(32) if secret else ""
        client = Client(
            id=f"app-{secrets.token_hex(8)}",
            name=name_zh,
            type=Client.Type.CONFIDENTIAL if secret else Client.Type.PUBLIC,
            response_types="code",
        )
        client.set_redirect_uris([*redirect_uris])
        client.set_scopes([*scopes])
        grants = [Client.GrantType.AUTHORIZATION_CODE, Client.GrantType.REFRESH_TOKEN] if redirect_uris else []
        client.grant_types = "\n".join([*grants, *([Client.GrantType.CLIENT_CREDENTIALS] if for_itself else [])])
        if for_itself:
            client.set_default_scopes([scope for scope in scopes if scope in ("read", "act")])
        client.set_secret(told or secrets.token_urlsafe(32))
        client.save()
        own = (
            write_person(
                build_person(f"app:{client.id}", name=name_zh, email="", language="zh-hans", password=None), by=actor
            )
            if for_itself
            else None
        )
        app = entered(
            App(client=client.id, name_zh=name_zh, name_en=name_en, operator=operator, acts_as=own, registered_at=now())
        )
        data = {
            "app": client.id,
            "name_zh": name_zh,
            "name_en": name_en,
            "operator": operator,
            "redirect_uris": [*redirect_uris],
            "scopes": [*scopes],
            "secret": secret,
            "acts_as": str(own.pk) if own else "",
        }
        events.append("app", subject("app", client.id), "register_app", by=actor, data=data)
    return app, told


def end_app(app: App, *, reason: str, by: Person) -> App:
    """End an app at once, with everything that people had allowed it, by the security administrator. Refuses a missing reason, one that
    has ended ("app-ended")."""
    with transaction.atomic():
        actor = security(by)
        app = App.objects.select_for_update().get(pk=app.pk)
        if not reason.strip():
            raise Refused("reason-missing", _("Say why: the reason stays in the record."), status=422)
        if app.ended_at is not None:
            raise Refused("app-ended", _("This app has ended already."))
        app.ended_at = now()
        app.save(update_fields=["ended_at"])
        Client.objects.filter(pk=app.client).delete()  # with every code and token
        events.append("app", subject("app", app.client), "end_app", by=actor, data={"reason": reason.strip()})
    return app


def note_allowance(person: Person, client: str, scopes: Sequence[str]) -> None:
    """Put into the record that the person lets an app act for them, or lets this node vouch for them to another."""
    with transaction.atomic():
        _locked(person)
        data = {"client": client, "scopes": sorted(scopes)}
        events.append("person", person.pk, "allow_app", by=person.actor, data=data)


def end_allowance(person: Person, client: str, *, by: Person) -> None:
    """Take back what one had allowed an app: its tokens end at once. Refuses what was not allowed ("no-allowance", 404)."""
    if by.pk != person.pk:
        raise Refused("not-yours", _("What an app may do is taken back by the person themself."), status=403)
    with transaction.atomic():
        _locked(person)
        gone, _rows = Token.objects.filter(user=person, client_id=client).delete()
        if not gone:
            raise Refused("no-allowance", _("There is nothing that you allow this app."), status=404)
        events.append("person", person.pk, "end_allowance", by=person.actor, data={"client": client})


def rotate_key(*, reason: str, by: Person) -> SigningKey:
    """A new key for what this node says of its people, by the security administrator; the peers are told. Refuses a missing reason."""
    with transaction.atomic():
        actor = security(by)
        if not reason.strip():
            raise Refused("reason-missing", _("Say why: the reason stays in the record."), status=422)
        Node.objects.select_for_update().get()
        return issuing.begin(by=actor, why=reason.strip()[:200])


def _leads_home(uri: str) -> bool:
    """Whether the address is whole, leads nowhere by a part that varies, and is https, loopback, or an app's own scheme (RFC 8252)."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.fragment or "*" in uri or len(uri) > 300 or not uri.isascii() or any(sign in uri for sign in "\\ \n\r\t@"):
        return False
    if parts.scheme == "https":
        return bool(host)
    if parts.scheme == "http":
        return host in ("127.0.0.1", "::1")
    return "." in parts.scheme


# People of other regions


def welcome(vouched: Vouched) -> Person:
    """The person here for whom another node vouches; entered when they come for the first time, without password, name or address.

    Refuses, 403, somebody whom the security administrator lets in no more ("guest-ended"), and who is not active ("person-inactive").
    """
    with transaction.atomic():
        there = Guest.objects.select_for_update().filter(node=vouched.node, subject=vouched.subject).first()
        if there is None:
            return _first_time(vouched)
        if there.ended_at is not None or not there.person.is_active:
            raise Refused(
                "guest-ended",
                _("You are let in here no more. Ask the security administrator of this node."),
                status=403,
            )
    return there.person


def _first_time(vouched: Vouched) -> Person:
    actor = Actor.node(vouched.node)
    account = f"{vouched.node}:{secrets.token_hex(5)}"
    person = write_person(build_person(account, name="", email="", language="zh-hans", password=None), by=actor)
    Guest.objects.create(node=vouched.node, subject=vouched.subject, person=person, first_at=now())
    data = {"node": vouched.node}
    events.append("person", person.pk, "link_guest", by=actor, data=data, erasable={"subject": vouched.subject})
    return person


def unlink_guest(person: Person, *, reason: str, by: Person) -> None:
    """Let somebody of another region in no more, whatever their node says; their sessions end. By the security administrator. Refuses a
    missing reason, who is nobody's guest ("no-guest"), or was ended already ("guest-ended")."""
    with transaction.atomic():
        actor = security(by)
        if not reason.strip():
            raise Refused("reason-missing", _("Say why: the reason stays in the record."), status=422)
        there = Guest.objects.select_for_update().filter(person=person).first()
        if there is None:
            raise Refused("no-guest", _("This person is not of another region."), status=404)
        if there.ended_at is not None:
            raise Refused("guest-ended", _("This person is let in no more already."))
        there.ended_at = now()
        there.save(update_fields=["ended_at"])
        sessions.end(person)
        events.append("person", person.pk, "unlink_guest", by=actor, data={}, erasable={"reason": reason.strip()})
