"""Enterprises: finding one, what the registry says of it, likely duplicates, merging and undoing it."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianqiao.cases import figures
from lianqiao.cases.models import Case
from lianqiao.cases.pictures import listed
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import access, actions, duplicates, finding
from lianqiao.registry.api import enterprises as door
from lianqiao.registry.api.enterprises import Changes, ContactForm, Evidence, FormerCodeForm, Into, WhyEnterprise
from lianqiao.registry.api.who import EnterpriseForm
from lianqiao.registry.models import Contact, Enterprise, EnterpriseAssociation, EnterpriseMember

from .choices import regions
from .parts import (
    PAGE,
    Asked,
    Cell,
    Deed,
    Done,
    Entry,
    Register,
    Seat,
    Section,
    Table,
    Told,
    address,
    badge,
    code,
    day,
    line_of,
    paged,
    uuid_of,
)

MOST = 100


def listing(seat: Seat, asked: Asked) -> Table:
    """All of them for the administrator; an intake officer finds one by its whole credit code, and only so: a list would tell who files."""
    found = Enterprise.objects.select_related("region", "root").order_by("pk")
    words = asked.words.strip()
    if words and (seat.admin or duplicates.compact(words)):
        by_code = (
            Q(uscc=duplicates.compact(words)) | Q(former_codes__code=duplicates.compact(words))
            if duplicates.compact(words)
            else Q(pk__in=[])
        )
        by_name = Q(name_zh__icontains=words) | Q(name_en__icontains=words) if seat.admin else Q(pk__in=[])
        found = found.filter(by_code | by_name).distinct()
    elif not seat.admin:
        found = found.none()
    if asked.after:
        found = found.filter(pk__gt=uuid_of(asked.after))
    rows, older, newer = paged("enterprises", asked, list(found[: PAGE + 1]), lambda one: one.pk)
    return Table(
        (_("Enterprise"), _("Credit code"), _("Kind"), _("Region"), _("State")),
        [
            (
                Cell(one.label, address("enterprises", one.pk), below=other_name(one)),
                code(one.uscc or "–"),
                Cell(one.get_kind_display()),
                Cell(one.region.label),
                badge(_("merged"), "warn") if one.root_id else Cell(""),
            )
            for one in rows
        ],
        _("No enterprise with these words or this code.")
        if words or seat.admin
        else _("Give the whole credit code: nobody gets a list, for it would tell who files."),
        older,
        newer,
    )


def other_name(row: Enterprise) -> str:
    return next((name for name in (row.name_en, row.name_zh) if name != row.label), "")


def find(seat: Seat, key: str) -> Enterprise:
    known = (
        Enterprise.objects.select_related("root", "region", "merged_into") if seat.enters else Enterprise.objects.none()
    )
    return known.filter(pk=uuid_of(key)).first() or door.readable(uuid_of(key), seat.person)


def entry(seat: Seat, row: Enterprise) -> Entry:
    on = today()
    former = [one.code for one in row.former_codes.all()]
    merged = list(row.merged.order_by("pk")[:MOST])
    alike = duplicates.candidates(duplicates.named(row, former), own=row.stands.pk) if seat.enters else []
    contacts = list(Contact.objects.of_enterprises([row]).active(on)[:MOST])
    links = list(EnterpriseMember.objects.standing(on).for_enterprises([row]).select_related("person")[:MOST])
    chambers = EnterpriseAssociation.objects.active(on).of_enterprises([row]).select_related("agency")[:MOST]
    into = row.merged_into
    return Entry(
        row.label,
        str(row.pk),
        [badge(_("merged"), "warn")] if into else [],
        [
            *(
                [
                    Section(
                        _("Merged"),
                        facts=[(_("Stands under"), Cell(into.label, address("enterprises", into.pk), below=into.uscc))],
                    )
                ]
                if into
                else []
            ),
            *(
                [
                    Section(
                        _("May be the same enterprise"),
                        table=Table(
                            (_("Enterprise"), _("Credit code"), _("Likeness"), _("Why")),
                            [
                                (
                                    Cell(one.enterprise.label, address("enterprises", one.enterprise.pk)),
                                    code(one.enterprise.uscc or "–"),
                                    Cell(_("%(score)s of 100") % {"score": one.score}, mark="number"),
                                    Cell(listed((said for _code, said in one.reasons), strong=True)),
                                )
                                for one in alike
                            ],
                            deeds=[
                                [(_("Merge into it"), address("enterprises", row.pk, "merge", into=one.enterprise.pk))]
                                if seat.admin and not into
                                else []
                                for one in alike
                            ],
                        ),
                    )
                ]
                if alike
                else []
            ),
            Section(
                _("Who stands for it"),
                table=Table(
                    (_("Person"), _("As"), _("Powers"), _("Since"), _("Until"), _("Confirmed")),
                    [
                        (
                            Cell(str(one.person), below=one.person.account),
                            Cell(one.get_capacity_display()),
                            Cell(
                                listed((EnterpriseMember.Power(power).label for power in one.powers), strong=True)
                                or _("all")
                            ),
                            day(one.since),
                            day(one.until),
                            badge(_("claimed only"), "warn") if one.claimed else badge(_("confirmed"), "good"),
                        )
                        for one in links
                    ],
                    _("Nobody."),
                    deeds=[
                        [(_("Confirm"), address("enterprises", row.pk, "confirm", of=one.pk))] if one.claimed else []
                        for one in links
                    ],
                ),
            ),
            Section(
                _("Contacts"),
                table=Table(
                    (_("Name"), _("Position"), _("Telephone"), _("E-mail"), _("Since")),
                    [
                        (
                            Cell(one.name),
                            Cell(one.position or "–"),
                            Cell(one.phone or "–", mark="number"),
                            Cell(one.email or "–"),
                            day(one.since),
                        )
                        for one in contacts
                    ],
                    _("None."),
                ),
            ),
        ],
        [
            Section(
                _("The enterprise"),
                facts=[
                    (_("Name in Chinese"), Cell(row.name_zh)),
                    (_("Name in English"), Cell(row.name_en or "–")),
                    (_("Credit code"), code(row.uscc or "–")),
                    (_("Former codes"), code(listed(former) or "–")),
                    (_("Kind"), Cell(row.get_kind_display())),
                    (_("Origin of the investor"), Cell(row.origin or "–")),
                    (_("Region"), Cell(row.region.label)),
                    (_("Postal address"), Cell(row.address or "–")),
                ],
            ),
            *(
                [
                    Section(
                        _("Merged into it"),
                        table=Table(
                            (_("Enterprise"), _("Credit code")),
                            [
                                (Cell(one.label, address("enterprises", one.pk)), code(one.uscc or "–"))
                                for one in merged
                            ],
                        ),
                    )
                ]
                if merged
                else []
            ),
            *([Section(_("Member of"), lines=[one.agency.label for one in chambers])] if chambers else []),
        ],
    )


# Deeds


def enter(seat: Seat, row: None, told: Told) -> Done:
    told.pop("own", None)
    told["name_en"] = told.get("name_en") or told["name_zh"]
    made = actions.add_enterprise(**told | {"region": finding.region(told["region"])}, by=seat.person)
    return Done(_("%(enterprise)s was entered.") % {"enterprise": made.label}, address("enterprises", made.pk))


def change(seat: Seat, row: Enterprise, told: Told) -> Done:
    if "region" in told:
        told["region"] = finding.region(told["region"])
    actions.change_enterprise(row, **told, by=seat.person)
    return Done(_("The enterprise was changed."))


def said_now(row: Enterprise) -> Told:
    return {name: getattr(row, name) for name in ("name_zh", "name_en", "uscc", "kind", "origin", "address")} | {
        "region": row.region_id
    }


def add_code(seat: Seat, row: Enterprise, told: Told) -> Done:
    actions.add_former_code(row, told["code"], until=told.get("until"), by=seat.person)
    return Done(_("The former code was entered."))


def add_contact(seat: Seat, row: Enterprise, told: Told) -> Done:
    actions.add_contact(row, **told, by=seat.person)
    return Done(_("The contact was entered."))


def confirm(seat: Seat, row: Enterprise, told: Told) -> Done:
    access.confirmer(seat.person)
    link = line_of(EnterpriseMember, told["of"], enterprise_id=row.pk)
    actions.confirm_link(link, evidence=told["evidence"], by=seat.person)
    return Done(_("Confirmed."))


def merge(seat: Seat, row: Enterprise, told: Told) -> Done:
    stands = actions.merge(row, finding.enterprise(told["into"]), reason=told["reason"], by=seat.person)
    return Done(
        _("Merged. %(enterprise)s stands for both now; nothing was moved, and it can be undone.")
        % {"enterprise": stands.label},
        address("enterprises", stands.pk),
    )


def would_merge(seat: Seat, row: Enterprise, told: Told) -> list[Section]:
    into = finding.enterprise(told["into"])
    if into.stands.pk == row.pk:
        raise Refused("same-enterprise", gettext_lazy("The two are one enterprise in the registry already."))
    _score, why = duplicates.judged(duplicates.named(row), duplicates.named(into))
    return [
        Section(
            _("What will happen"),
            lines=[
                _("%(one)s will stand under %(other)s: whoever looks for one finds both.")
                % {"one": row.label, "other": into.stands.label},
                _("Cases, people, codes and contacts stay with the row for which they were entered. It can be undone."),
            ],
            table=Table(
                (_("What"), _("Will be a duplicate"), _("Stands for both")),
                [
                    (Cell(label), Cell(read(row) or "–"), Cell(read(into.stands) or "–"))
                    for label, read in (
                        (_("Name in Chinese"), lambda one: one.name_zh),
                        (_("Name in English"), lambda one: one.name_en),
                        (_("Credit code"), lambda one: one.uscc),
                        (_("Region"), lambda one: one.region.label),
                        (_("Postal address"), lambda one: one.address),
                        (_("Cases"), cases_of),
                    )
                ],
            ),
        ),
        Section(
            _("Why they may be the same"),
            lines=[said for _code, said in why] or [_("Nothing speaks for it but your word.")],
        ),
    ]


def cases_of(row: Enterprise) -> str:
    """How many cases were filed for the row, as far as it may be told."""
    return str(figures.counted(Case.objects.filter(enterprise=row)).total)


def unmerge(seat: Seat, row: Enterprise, told: Told) -> Done:
    actions.unmerge(row, reason=told["reason"], by=seat.person)
    return Done(_("The enterprise stands for itself again."))


def would_unmerge(seat: Seat, row: Enterprise, told: Told) -> list[Section]:
    family = Enterprise.objects.filter(merged_into=row)[:MOST]
    lines = [
        _("%(one)s stands for itself again, %(other)s no longer stands for it.")
        % {"one": row.label, "other": row.stands.label},
        *[_("%(enterprise)s, which was merged into it, goes with it.") % {"enterprise": one.label} for one in family],
    ]
    return [Section(_("What will happen"), lines=lines)]


REGISTER = Register(
    "enterprises",
    gettext_lazy("Enterprises"),
    gettext_lazy("What the registry says of an enterprise, and whether it stands there twice."),
    lambda seat: seat.enters,
    listing,
    find,
    entry,
    (
        Deed(
            "change",
            gettext_lazy("Change"),
            Changes,
            lambda seat, row: seat.enters,
            change,
            start=said_now,
            choices={"kind": lambda *_all: list(Enterprise.Kind.choices), "region": regions},
        ),
        Deed("add_contact", gettext_lazy("Enter a contact"), ContactForm, lambda seat, row: seat.enters, add_contact),
        Deed("add_code", gettext_lazy("Enter a former code"), FormerCodeForm, lambda seat, row: seat.enters, add_code),
        Deed(
            "confirm",
            gettext_lazy("Confirm who stands for it"),
            Evidence,
            lambda seat, row: seat.enters,
            confirm,
            of=True,
        ),
        Deed(
            "merge",
            gettext_lazy("Merge into another"),
            Into,
            lambda seat, row: seat.admin and not row.merged_into_id,
            merge,
            would_merge,
            grave=True,
        ),
        Deed(
            "unmerge",
            gettext_lazy("Undo the merge"),
            WhyEnterprise,
            lambda seat, row: seat.admin and bool(row.merged_into_id),
            unmerge,
            would_unmerge,
            grave=True,
        ),
    ),
    (
        Deed(
            "add",
            gettext_lazy("Enter an enterprise"),
            EnterpriseForm,
            lambda seat, row: seat.enters,
            enter,
            choices={"kind": lambda *_all: list(Enterprise.Kind.choices), "region": regions},
            without=("own",),
        ),
    ),
    searched=gettext_lazy("Name, or credit code"),
    ways=((gettext_lazy("Import from a table"), "/desk/registry/enterprises/import", lambda seat: seat.admin),),
)


def pairs(seat: Seat, asked: Asked) -> Table:
    """Pairs that may be one enterprise. A page may be short or empty and still have a next one."""
    page = duplicates.page(after=uuid_of(asked.after) if asked.after else None, limit=PAGE)
    return Table(
        (_("Enterprise"), _("May be the same as"), _("Likeness"), _("Why")),
        [
            (
                Cell(pair.one.label, address("enterprises", pair.one.pk), below=pair.one.uscc),
                Cell(pair.other.label, address("enterprises", pair.other.pk), below=pair.other.uscc),
                Cell(_("%(score)s of 100") % {"score": pair.score}, mark="number"),
                Cell(listed((said for _code, said in pair.reasons), strong=True)),
            )
            for pair in page.pairs
        ],
        _("No two of these enterprises look like one."),
        address("duplicates", after=page.next) if page.next else "",
        address("duplicates") if asked.after else "",
        deeds=[
            [
                (
                    _("Merge the first into the second"),
                    address("enterprises", pair.one.pk, "merge", into=pair.other.pk),
                ),
                (_("The second into the first"), address("enterprises", pair.other.pk, "merge", into=pair.one.pk)),
            ]
            for pair in page.pairs
        ],
    )


DUPLICATES = Register(
    "duplicates",
    gettext_lazy("Likely duplicates"),
    gettext_lazy("Pairs of the registry that may be one enterprise, with the reasons."),
    lambda seat: seat.admin,
    pairs,
)
