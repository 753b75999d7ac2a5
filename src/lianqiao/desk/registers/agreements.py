"""Agreements with other nodes: their clauses in sentences, what the matters are called on either side, both signatures verified here and now."""

from __future__ import annotations

import json
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from lianqiao.cases.pictures import language, listed
from lianqiao.exchange import peers
from lianqiao.exchange.models import PeerKey
from lianqiao.law import applicable
from lianqiao.law.limit import amount_text
from lianqiao.record import keys
from lianqiao.record.algorithms import PublicKey
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import agreements, lawbook
from lianqiao.registry import terms as wording
from lianqiao.registry.api.forms import Day, Form, Reason
from lianqiao.registry.models import Agreement, Clause, EnterpriseMember

from .choices import category, programme
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
    paged,
)

TONES = {"proposed": "warn", "in_force": "good", "ended": ""}


class Terms(Form):
    """What `lianqiao agreement propose` is told: the terms as JSON."""

    terms: str = Field(min_length=2, max_length=100_000)


class EndOfAgreement(Form):
    on: Day = None
    reason: Reason


def listing(seat: Seat, asked: Asked) -> Table:
    found = Agreement.objects.order_by("reference")
    if asked.words:
        found = found.filter(
            Q(reference__icontains=asked.words)
            | Q(title_zh__icontains=asked.words)
            | Q(title_en__icontains=asked.words)
        )
    rows, older, newer = paged(
        "agreements", asked, list(found.filter(reference__gt=asked.after)[: PAGE + 1]), lambda one: one.reference
    )
    return Table(
        (_("Agreement"), _("Nodes"), _("In force from"), _("Until"), _("State")),
        [
            (
                Cell(one.title, address("agreements", one.pk), below=one.reference),
                Cell(f"{one.node_a} – {one.node_b}", mark="number"),
                day(one.starts_on),
                day(one.ends_on),
                badge(one.get_state_display(), TONES[one.state]),
            )
            for one in rows
        ],
        _("No agreement yet. Without one, nothing can be handed over to another region."),
        older,
        newer,
    )


def find(seat: Seat, key: str) -> Agreement:
    try:
        found = Agreement.objects.filter(pk=UUID(key)).first()
    except ValueError:
        found = None
    if found is None:
        raise Refused("unknown-agreement", gettext_lazy("There is no agreement with this reference."), status=404)
    return found


def entry(seat: Seat, agreement: Agreement) -> Entry:
    known = public_keys(agreement)
    wrong = agreements.verify(agreement, known)
    names = {
        (party["node"], one["code"]): one[language()]
        for party in agreement.text["parties"]
        for one in party["agencies"]
    }
    clauses = agreements.clauses_of(agreement)
    in_force = Agreement.objects.in_force(today()).filter(pk=agreement.pk).exists()
    return Entry(
        agreement.title,
        str(agreement.pk),
        [
            badge(agreement.get_state_display(), TONES[agreement.state]),
            badge(_("in force today"), "good") if in_force else badge(_("not in force today"), "warn"),
        ],
        [
            *clauses_told(clauses, names),
            Section(
                _("The same matter on either side"),
                hint=_(
                    "Which rule would apply to a case of each programme today, here and there, as far as this node knows the law of the other place."
                ),
                table=mapping(clauses, agreement),
            ),
        ],
        [
            Section(
                _("Signatures, verified now"),
                table=Table(
                    (_("Node"), _("Key and its fingerprint"), _("Signature")),
                    [signature(agreement, side, known) for side in ("a", "b")],
                ),
                lines=[str(one.sentence) for one in wrong]
                or [_("The row, the clauses and the text say the same, and both signatures fit the text.")],
            ),
            Section(
                _("The agreement"),
                facts=[
                    (_("Reference"), Cell(agreement.reference)),
                    *[
                        (
                            _("Party of node %(node)s") % {"node": party["node"]},
                            Cell(listed((one[language()] for one in party["agencies"]), strong=True)),
                        )
                        for party in agreement.text["parties"]
                    ],
                    (_("In force from"), day(agreement.starts_on)),
                    (_("Until"), day(agreement.ends_on) if agreement.ends_on else Cell(_("no end"))),
                    *(
                        [
                            (
                                _("Ended from"),
                                Cell(agreement.ended_on.isoformat(), mark="number", below=agreement.ended_reason),
                            )
                        ]
                        if agreement.ended_on
                        else []
                    ),
                    (_("Digest of the text"), code(agreement.digest)),
                    *(
                        [(_("Sign-on of the other's people"), Cell(sign_on(agreement)))]
                        if wording.SIGN_ON in agreement.text
                        else []
                    ),
                ],
            ),
        ],
    )


def public_keys(agreement: Agreement) -> list[PublicKey]:
    """The keys of both nodes that this node holds, ended ones too: with them the signatures are checked."""
    others = PeerKey.objects.filter(peer__in=[agreement.node_a, agreement.node_b])
    own = [keys.public(kid) for kid in (agreement.kid_a, agreement.kid_b) if kid and kid in own_kids(agreement)]
    return [*own, *(peers.key_of(key) for key in others)]


def own_kids(agreement: Agreement) -> set[str]:
    side = "a" if agreement.node_a == this_node().code else "b"
    return {getattr(agreement, f"kid_{side}")}


def signature(agreement: Agreement, side: str, known: list[PublicKey]) -> tuple[Cell, Cell, Cell]:
    node, kid, hexed = (getattr(agreement, f"{name}_{side}") for name in ("node", "kid", "signature"))
    if not hexed:
        return Cell(node, mark="number"), Cell("–"), badge(_("not signed yet"), "warn")
    key = next((one for one in known if (one.node, one.kid) == (node, kid)), None)
    if key is None:
        return Cell(node, mark="number"), code(kid), badge(_("key not known here"), "bad")
    fits = agreements.verifies(agreement.text, hexed, key)
    return (
        Cell(node, mark="number"),
        code(peers.shown(peers.digest_of(key.public)), below=_("key %(kid)s") % {"kid": kid}),
        badge(_("fits the text"), "good") if fits else badge(_("does not fit the text"), "bad"),
    )


def clauses_told(clauses: list[Clause], names: dict[tuple[str, str], str]) -> list[Section]:
    """The clauses: what all of them say once, and in a table what they say each."""
    tongue = language()
    comma = "、" if tongue == "zh" else ", "
    said: list[tuple[str, list[str]]] = [
        (_("It lets them"), [comma.join(str(wording.LETS[one]) for one in clause.lets) for clause in clauses]),
        (_("For"), [comma.join(programme(one) for one in clause.programmes) for clause in clauses]),
        (_("Matters"), [comma.join(map(category, clause.categories)) or _("all") for clause in clauses]),
        (
            _("What travels"),
            [
                comma.join(str(wording.SHARES[one]) for one in clause.shares) or _("only what the case is about")
                for clause in clauses
            ],
        ),
        (_("Answer within"), [answer(clause) for clause in clauses]),
        (
            _("The limit of handling"),
            [
                _("runs on after the take-over") if clause.carries else _("begins anew with the take-over")
                for clause in clauses
            ],
        ),
        (
            _("Handled jointly when"),
            [
                listed((wording.JOINT_TRIGGERS[one] for one in clause.joint_triggers), strong=True) or "–"
                for clause in clauses
            ],
        ),
    ]
    same = [(label, Cell(values[0])) for label, values in said if len(set(values)) == 1]
    apart = [(label, values) for label, values in said if len(set(values)) > 1]
    rows = [
        (
            Cell(clause.ref, mark="strong"),
            Cell(names[clause.from_node, clause.from_agency], below=clause.from_node),
            Cell(names[clause.to_node, clause.to_agency], below=clause.to_node),
            *(Cell(values[place]) for _label, values in apart),
        )
        for place, clause in enumerate(clauses)
    ]
    columns = (_("Clause"), _("Who hands over"), _("To whom"), *(label for label, _values in apart))
    return [
        Section(_("Clauses"), table=Table(columns, rows)),
        *([Section(_("What every clause says"), facts=same)] if same else []),
    ]


def answer(clause: Clause) -> str:
    if not clause.answer_amount:
        return _("no limit agreed")
    return amount_text(clause.answer_amount, clause.answer_unit).in_(language())


def mapping(clauses: list[Clause], agreement: Agreement) -> Table:
    """Per programme of the clauses: the regime and the limit of handling at either node, by the law that this node holds."""
    on, tongue = today(), language()
    held = lawbook.book().in_force(on)
    places = (agreement.node_a, agreement.node_b)
    rows = []
    for value in dict.fromkeys(one for clause in clauses for one in clause.programmes):
        row = [Cell(programme(value))]
        for place in places:
            regime = applicable.applicable(value, place.ljust(6, "0"), on, held=held).regime
            limit = applicable.limit_for(regime, "handle", last_resort=lawbook.last_resort(on))
            said = (
                f"{limit.label.in_(tongue)} {limit.figure.in_(tongue)} · {limit.authority.in_(tongue)} · {limit.standing.in_(tongue)}"
                if limit
                else _("no statutory limit found")
            )
            row.append(Cell(regime.title.in_(tongue), address("regimes", regime.id), below=said))
        rows.append(row)
    return Table((_("Programme"), *(_("At node %(node)s") % {"node": place} for place in places)), rows)


def sign_on(agreement: Agreement) -> str:
    said = agreement.text[wording.SIGN_ON]
    return _("with assurance %(level)s, for: %(powers)s") % {
        "level": said["assurance"],
        "powers": listed((EnterpriseMember.Power(one).label for one in said["powers"]), strong=True) or "–",
    }


# Deeds


def propose(seat: Seat, row: None, told: Told) -> Done:
    made = agreements.propose(read(told["terms"]), by=seat.person)
    return Done(_("The terms were entered. They hold once both nodes have signed."), address("agreements", made.pk))


def read(text: str) -> dict[str, object]:
    try:
        terms = json.loads(text)
    except ValueError as error:
        raise Refused(
            "terms-unreadable", gettext_lazy("These terms are no JSON: %(problem)s"), status=422, problem=str(error)
        ) from None
    return terms if isinstance(terms, dict) else {}


def sign(seat: Seat, agreement: Agreement, told: Told) -> Done:
    agreements.sign(agreement, by=seat.person)
    return Done(_("Signed with the key of this node. The other node is told."))


def would_sign(seat: Seat, agreement: Agreement, told: Told) -> list[Section]:
    lines = [
        _("This node signs exactly the text with the digest %(digest)s.") % {"digest": agreement.digest},
        _("Once both have signed, its clauses are in force from %(day)s.") % {"day": agreement.starts_on},
    ]
    return [Section(_("What will happen"), lines=lines)]


def end(seat: Seat, agreement: Agreement, told: Told) -> Done:
    agreements.end(agreement, by=seat.person, on=told.get("on"), reason=told["reason"])
    return Done(_("The agreement was ended. The other node is told."))


def would_end(seat: Seat, agreement: Agreement, told: Told) -> list[Section]:
    on: date = told.get("on") or today()
    lines = [
        _("From %(day)s nothing more can be offered under it. What was handed over before stays handed over.")
        % {"day": on},
        _("The other node is told at once."),
    ]
    return [Section(_("What will happen"), lines=lines)]


def unsigned_here(seat: Seat, agreement: Agreement) -> bool:
    side = "a" if agreement.node_a == this_node().code else "b"
    return seat.admin and agreement.ended_on is None and not getattr(agreement, f"signature_{side}")


REGISTER = Register(
    "agreements",
    gettext_lazy("Agreements"),
    gettext_lazy("What was agreed with other nodes: without a clause in force nothing is handed over."),
    lambda seat: True,
    listing,
    find,
    entry,
    (
        Deed("sign", gettext_lazy("Sign"), None, unsigned_here, sign, would_sign, grave=True),
        Deed(
            "end",
            gettext_lazy("End the agreement"),
            EndOfAgreement,
            lambda seat, row: seat.admin and row.ended_on is None,
            end,
            would_end,
            grave=True,
        ),
    ),
    (Deed("propose", gettext_lazy("Propose terms"), Terms, lambda seat, row: seat.admin, propose),),
    searched=gettext_lazy("Reference or title"),
)
