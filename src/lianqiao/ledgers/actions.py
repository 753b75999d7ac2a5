"""Keep a ledger, change it, drop it. Each is an event, because others of the agency work with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import keys
from lianqiao.record import events, time
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Agency, Membership, Person

from .columns import COLUMNS
from .definition import Definition
from .models import Ledger, SheetWidths
from .widths import NARROWEST, SHAPES, WIDEST, shaped

MOST = 50
"""Ledgers that one person keeps."""
LONGEST_NAME = 60


def keep(name: str, held: Definition, *, by: Person, agency: str = "") -> Ledger:
    """Keep a definition under a name, for oneself, or shared with an agency (its code) in which one has a role.

    Refused: no name or one of more than 60 characters ("ledger-name"); an agency without a role of one's own ("not-your-agency"); more
    than 50 ledgers ("too-many-ledgers").
    """
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=by.pk)
        if Ledger.objects.filter(by=by, dropped_at__isnull=True).count() >= MOST:
            raise Refused("too-many-ledgers", _("You keep %(most)s ledgers already. Drop one first."), most=MOST)
        ledger = Ledger.objects.create(
            name=named(name), definition=held.as_data(), by=by, agency=shared(agency, by), made_at=time.now()
        )
        _note(ledger, "keep_ledger", by)
    return ledger


def change(ledger_id: UUID, *, by: Person, name: str, held: Definition) -> Ledger:
    """Give a ledger another name or definition. Refused: like `keep`; one that is not one's own to change ("not-your-ledger")."""
    with transaction.atomic():
        ledger = own(ledger_id, by)
        ledger.name, ledger.definition = named(name), held.as_data()
        ledger.save(update_fields=["name", "definition"])
        _note(ledger, "change_ledger", by)
    return ledger


def drop(ledger_id: UUID, *, by: Person) -> None:
    """Drop a ledger; no case is concerned. Refused: one that is not one's own to change ("not-your-ledger")."""
    with transaction.atomic():
        ledger = own(ledger_id, by)
        ledger.dropped_at = time.now()
        ledger.save(update_fields=["dropped_at"])
        events.append("ledger", ledger.pk, "drop_ledger", by=by.actor, data={})


def draw(code: str, drawn: Mapping[str, str], *, by: Person) -> dict[str, int]:
    """Keep how wide the person sees columns of the ledger: a number, or narrow, normal, wide. No event: nobody else is concerned.

    Refused: a column that is not in the catalogue, or a width out of bounds ("column-width").
    """
    asked = {column: _width(column, said) for column, said in drawn.items()}
    with transaction.atomic():
        held, _new = SheetWidths.objects.select_for_update().get_or_create(person=by, ledger=code)
        held.widths = {column: wide for column, wide in (held.widths | asked).items() if wide and column in COLUMNS}
        held.save(update_fields=["widths"])
    return dict(held.widths)


def _width(column: str, said: str) -> int:
    """In letters; 0 for as wide as the column is by itself."""
    if column in COLUMNS and said in SHAPES:
        return 0 if said == "normal" else shaped(column, SHAPES[said])
    if column not in COLUMNS or not (said.isascii() and said.isdecimal() and NARROWEST <= int(said[:4]) <= WIDEST):
        raise Refused(
            "column-width",
            _("A column is between %(least)s and %(most)s letters wide."),
            status=422,
            least=NARROWEST,
            most=WIDEST,
        )
    return int(said)


def own(ledger_id: UUID, by: Person) -> Ledger:
    """The ledger, locked, for its maker or a lead of the agency with which it is shared."""
    ledger = Ledger.objects.open_to(by).select_for_update(of=("self",)).filter(pk=ledger_id).first()
    if ledger is None:
        raise unknown_ledger()
    if ledger.by_id != by.pk and ledger.agency_id not in led_by(by):
        raise Refused(
            "not-your-ledger",
            _("This ledger is changed by who made it, or by a lead of the agency. Keep one of your own."),
            status=403,
        )
    return ledger


def led_by(person: Person) -> set[UUID]:
    return {held.agency_id for held in keys.memberships_of(person) if held.role == Membership.Role.LEAD}


def named(name: str) -> str:
    said = " ".join(name.split())
    if not 1 <= len(said) <= LONGEST_NAME:
        raise Refused("ledger-name", _("Give the ledger a name of at most 60 characters."), status=422)
    return said


def shared(code: str, by: Person) -> Agency | None:
    if not code:
        return None
    found = Agency.objects.filter(code=code, pk__in={held.agency_id for held in keys.memberships_of(by)}).first()
    if found is None:
        raise Refused("not-your-agency", _("A ledger is shared with an agency in which you have a role."), status=422)
    return found


def unknown_ledger() -> Refused:
    return Refused("unknown-ledger", _("There is no such ledger, or it is not open to you."), status=404)


def _note(ledger: Ledger, verb: str, by: Person) -> None:
    """Name and conditions may hold names of enterprises: they are erasable."""
    told = {"name": ledger.name, "definition": json.dumps(ledger.definition, ensure_ascii=False)}
    data = {"agency": ledger.agency.code} if ledger.agency else {}
    events.append("ledger", ledger.pk, verb, by=by.actor, data=data, erasable=told)
