"""Reads a whole registry from one TOML file: regions, agencies, people with roles, enterprises, competence, targets.

What is there already (by code, account, credit code, ...) is left as it is, so that the same file may be read again.
The form is that of `site/demo/51.toml`.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.law import divisions
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions
from lianqiao.registry.models import (
    Agency,
    Competence,
    Enterprise,
    EnterpriseAssociation,
    EnterpriseMember,
    Membership,
    Person,
    Region,
    Target,
)

BEGAN = date(2020, 1, 1)


def load(path: Path | str, by: Person) -> dict[str, dict[str, Any]]:
    """Enters what the file holds and is not there yet, all or nothing; `by` is an administrator of this node.

    Returns every object that the file names, found or made: {"regions": {code: Region}, "agencies": {code: Agency},
    "people": {account: Person}, "enterprises": {credit code: Enterprise}}. Refuses a file that cannot be read
    ("seed-unreadable") or names what it does not hold ("seed-unknown"), and whatever the verbs refuse.
    """
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused(
            "seed-unreadable",
            _("The file %(path)s cannot be read: %(problem)s"),
            status=422,
            path=str(path),
            problem=str(error),
        ) from error
    with transaction.atomic():
        regions = load_regions(content.get("regions", []), by)
        agencies = load_agencies(content.get("agency", []), regions, by)
        people = load_people(content.get("person", []), agencies, by)
        enterprises = load_enterprises(content.get("enterprise", []), regions, people, agencies, by)
        load_competence(content.get("competence", []), agencies, by)
        load_targets(content.get("target", []), by)
    return {"regions": regions, "agencies": agencies, "people": people, "enterprises": enterprises}


def found(known: dict[str, Any], code: str) -> Any:
    """The object of that code, or a refusal that names the code."""
    if code not in known:
        raise Refused(
            "seed-unknown",
            _('The file names "%(code)s", which neither it nor the registry holds.'),
            status=422,
            code=code,
        )
    return known[code]


def load_regions(provinces: list[str], by: Person) -> dict[str, Region]:
    """The divisions of the provinces, from the law room's table, upper ones first."""
    rows = [
        Region(
            code=division.code,
            name_zh=division.name.zh,
            name_en=division.name.en,
            node_code=division.code[:2],
            parent_id=above.code if (above := divisions.parent(division.code)) else None,
        )
        for division in sorted(
            divisions.divisions().values(),
            key=lambda held: (not held.code.endswith("0000"), not held.code.endswith("00"), held.code),
        )
        if division.code[:2] in provinces
    ]
    actions.add_regions(rows, by=by)
    return {region.code: region for region in Region.objects.all()}


def load_agencies(rows: list[dict[str, Any]], regions: dict[str, Region], by: Person) -> dict[str, Agency]:
    agencies = {agency.code: agency for agency in Agency.objects.select_related("parent", "upper")}
    for row in rows:
        if row["code"] in agencies:
            continue
        agencies[row["code"]] = actions.add_agency(
            row["code"],
            name_zh=row["zh"],
            name_en=row["en"],
            kind=row["kind"],
            region=found(regions, row["region"]),
            parent=found(agencies, row["parent"]) if "parent" in row else None,
            upper=found(agencies, row["upper"]) if "upper" in row else None,
            uscc=row.get("uscc", ""),
            letter_code=row.get("letter_code", ""),
            address=row.get("address", ""),
            phone=row.get("phone", ""),
            by=by,
        )
    return agencies


def load_people(rows: list[dict[str, Any]], agencies: dict[str, Agency], by: Person) -> dict[str, Person]:
    people = {person.account: person for person in Person.objects.all()}
    held = set(Membership.objects.values_list("person__account", "agency__code", "role"))
    for row in rows:
        account = row["account"]
        if account not in people:
            people[account] = actions.add_person(
                account,
                name=row["name"],
                email=row.get("email", ""),
                language=row.get("language", "zh-hans"),
                by=by,
            )
        for agency, role in row.get("roles", []):
            if (account, agency, role) not in held:
                actions.appoint(people[account], found(agencies, agency), role, since=row.get("since", BEGAN), by=by)
    return people


def load_enterprises(
    rows: list[dict[str, Any]],
    regions: dict[str, Region],
    people: dict[str, Person],
    agencies: dict[str, Agency],
    by: Person,
) -> dict[str, Enterprise]:
    enterprises = {enterprise.uscc: enterprise for enterprise in Enterprise.objects.all()}
    linked = set(EnterpriseMember.objects.values_list("person__account", "enterprise__uscc"))
    members = set(EnterpriseAssociation.objects.values_list("enterprise__uscc", "agency__code"))
    for row in rows:
        code = row["uscc"]
        if code not in enterprises:
            enterprises[code] = actions.add_enterprise(
                name_zh=row["zh"],
                name_en=row["en"],
                kind=row["kind"],
                region=found(regions, row["region"]),
                uscc=code,
                origin=row.get("origin", ""),
                address=row.get("address", ""),
                by=by,
            )
        enterprise = enterprises[code]
        if "owner" in row and (row["owner"], code) not in linked:
            actions.link_owner(found(people, row["owner"]), enterprise, since=BEGAN, by=by)
        agent = row.get("agent")
        if agent and (agent["account"], code) not in linked:
            actions.link_agent(
                found(people, agent["account"]),
                enterprise,
                powers=agent["powers"],
                matters=agent["matters"],
                wording=agent.get("wording", ""),
                until=agent["until"],
                since=BEGAN,
                by=by,
            )
        for agency in row.get("member_of", []):
            if (code, agency) not in members:
                actions.associate(enterprise, found(agencies, agency), since=BEGAN, by=by)
    return enterprises


def load_competence(rows: list[dict[str, Any]], agencies: dict[str, Agency], by: Person) -> None:
    held = set(Competence.objects.values_list("agency__code", "region", "programme", "category", "level"))
    for row in rows:
        for programme in row["programmes"]:
            rule = (row["agency"], row["region"], programme, row.get("category", ""), row.get("level", ""))
            if rule not in held:
                actions.set_competence(
                    found(agencies, row["agency"]),
                    region=row["region"],
                    programme=programme,
                    category=row.get("category", ""),
                    level=row.get("level", ""),
                    since=row.get("since", BEGAN),
                    basis=row.get("basis", ""),
                    by=by,
                )


def load_targets(rows: list[dict[str, Any]], by: Person) -> None:
    held = set(Target.objects.values_list("programme", "limit"))
    for row in rows:
        for programme in row["programmes"]:
            for limit, amount in row["limits"].items():
                if (programme, limit) not in held:
                    since = row.get("since", BEGAN)
                    actions.set_target(programme, limit, amount=amount, unit=row["unit"], since=since, by=by)
