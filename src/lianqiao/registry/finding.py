"""Rows of the registry by the word with which people name them, for the doors. Each refuses, 404, what is not there."""

from __future__ import annotations

from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianqiao.law.divisions import division
from lianqiao.law.vocabulary import PROGRAMMES
from lianqiao.record.refusal import Refused
from lianqiao.registry import duplicates
from lianqiao.registry.models import Agency, Agreement, Enterprise, Person, Region
from lianqiao.registry.models.competence import areas_around

Row = TypeVar("Row", bound=models.Model)


def person(account: str) -> Person:
    """The active person with this account ("person-unknown")."""
    found = Person.objects.active().filter(account=account).first()
    if found is None:
        raise Refused(
            "person-unknown",
            _("There is no active person with the account %(account)s."),
            status=404,
            account=account,
        )
    return found


def agency(code: str) -> Agency:
    """The agency with this code, active or not ("agency-code-unknown")."""
    found = Agency.objects.filter(code=code).first()
    if found is None:
        raise Refused("agency-code-unknown", _("There is no agency with the code %(agency)s."), status=404, agency=code)
    return found


def region(code: str) -> Region:
    """The region with this division code ("region-unknown")."""
    found = Region.objects.filter(code=code).first()
    if found is None:
        raise Refused("region-unknown", _("There is no region with the code %(region)s."), status=404, region=code)
    return found


def agreement(reference: str) -> Agreement:
    """The agreement with this reference ("agreement-unknown")."""
    found = Agreement.objects.filter(reference=reference).first()
    if found is None:
        raise Refused(
            "agreement-unknown",
            _("There is no agreement with the reference %(reference)s."),
            status=404,
            reference=reference,
        )
    return found


def enterprise(word: str) -> Enterprise:
    """The enterprise with this credit code or id ("enterprise-unknown")."""
    found = Enterprise.objects.filter(uscc=duplicates.compact(word)).first() if duplicates.compact(word) else None
    if found is None:
        try:
            found = Enterprise.objects.filter(pk=UUID(word)).first()
        except ValueError:
            found = None
    if found is None:
        raise Refused(
            "enterprise-unknown",
            _("There is no enterprise with the code or id %(code)s."),
            status=404,
            code=word,
        )
    return found


def row(of: type[Row], key: object) -> Row:
    """The row of a table with this key ("entry-unknown")."""
    found: Row | None = of._default_manager.filter(pk=key).first()
    if found is None:
        raise Refused("entry-unknown", _("There is no entry %(key)s in the registry."), status=404, key=str(key))
    return found


def matter(*, region: str, area: str, programme: str, on: date) -> None:
    """Refused, 422: a question for competence without a place ("place-missing"), with a service area that is not there on the day ("area-unknown") or a
    programme that nobody knows ("programme-unknown"); 404: with a region that nobody knows ("region-unknown")."""
    if not region and not area:
        raise Refused("place-missing", _("Name the region or the service area."), status=422)
    if area and not areas_around(area, on):
        raise Refused("area-unknown", _("There is no service area %(area)s on that day."), status=422, area=area)
    if programme not in PROGRAMMES:
        raise Refused(
            "programme-unknown", _("There is no programme %(programme)s. Known: %(known)s."), status=422, programme=programme,
            known=", ".join(PROGRAMMES),
        )  # fmt: skip
    if region and division(region) is None and not Region.objects.filter(code=region).exists():
        raise Refused("region-unknown", _("There is no region with the code %(region)s."), status=404, region=region)
