"""How a line of an office's ledger becomes the data of the verb `imported`: days in whatever style, digits in whatever width, words for codes.

Nothing is guessed that could be meant in two ways: such a cell is a problem, and the line is not entered until it is corrected. What could not
be kept as it stands is told as a note.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from lianqiao.batches import columns as batch_columns
from lianqiao.jobs.rows import Fault, Faulty
from lianqiao.law.codes import check_uscc
from lianqiao.record import time
from lianqiao.registry import duplicates, names, tables
from lianqiao.registry.models import Agency

from .fields import CODED, DAYS, FIELDS, states, words

NOTES = ("differs", "other-word", "unlinked", "unnamed")
"""What is told of lines that can be entered, or are there."""
SERIAL = re.compile(r"\d{5}(\.\d+)?")
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000
"""Numbers that a spreadsheet shows for days when it has lost that they are days: 1954 to 2119."""
ZERO = date(1899, 12, 30)
THREE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})")
WITHOUT_YEAR = re.compile(r"\d{1,2}[-/.月]\d{1,2}日?")
ENDS = re.compile(r"[。；;\n]")
TITLE = 60
"""Signs of the matter that stand for a title where the ledger has none."""
APART = re.compile(r"[;；、,，\n]")


@dataclass
class Understood:
    """What is told of a line, what was noted of it, and what is wrong with it."""

    told: dict[str, Any] = field(default_factory=dict)
    notes: list[Fault] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Office:
    """What all lines of an import share: whose ledger it is, what was chosen for all, and the agencies of this node by code and name."""

    agency: Agency
    chosen: Mapping[str, Any]
    agencies: Mapping[str, str]

    @classmethod
    def of(cls, agency: Agency, chosen: Mapping[str, Any], agencies: Sequence[Agency]) -> Office:
        known = {names.plain(name): one.code for one in agencies for name in (one.code, one.name_zh, one.name_en)}
        return cls(agency, chosen, known)


def line(cells: Mapping[str, str], office: Office) -> Understood:
    """The line, understood as far as it can be; every problem of it at once."""
    made = Understood()
    _texts(cells, made)
    _days(cells, made)
    _codes(cells, office, made)
    _state(cells, made)
    _agencies(cells, office, made)
    if not made.faults:
        _order(made)
    return made


def _texts(cells: Mapping[str, str], made: Understood) -> None:
    for code in ("enterprise_name", "facts", "request", "text", "ref", "unit", "title"):
        if said := cells.get(code, ""):
            made.told[code] = said
    contact = {"name": cells.get("contact.name", ""), "phone": names.plain(cells.get("contact.phone", ""))}
    if any(contact.values()):
        made.told["contact"] = contact
    for code, said in cells.items():
        if code in FIELDS and len(said) > FIELDS[code].longest:
            most = FIELDS[code].longest
            made.faults.append(
                Fault(code, "too-long", _("This is too long; use at most %(most)s characters.") % {"most": most})
            )
        if CONTROL.search(said):
            made.faults.append(Fault(code, "control_characters", _("This holds signs that no text has. Type it anew.")))
    facts = cells.get("facts", "")
    if not cells.get("title") and facts:
        made.told["title"] = ENDS.split(facts, maxsplit=1)[0][:TITLE] or facts[:TITLE]
    if not made.told.get("title"):
        made.faults.append(Fault("title", "missing", _("The line says nothing of the matter; enter it.")))
    if code := duplicates.compact(cells.get("enterprise_code", "")):
        made.told["enterprise_code"] = code
        if len(code) != 18 or check_uscc(code):
            made.faults.append(
                Fault(
                    "enterprise_code",
                    "wrong-code",
                    _(
                        "This is no credit code: its signs or check digits are wrong. Copy it whole, as text, or leave the cell empty."
                    ),
                )
            )
    if not (made.told.get("enterprise_name") or made.told.get("enterprise_code")):
        sentence = _(
            "The line names no enterprise; the case is entered without one, and nobody can be told of its result."
        )
        made.notes.append(Fault("enterprise_name", "unnamed", sentence))


CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def _days(cells: Mapping[str, str], made: Understood) -> None:
    for code in DAYS:
        if said := cells.get(code, ""):
            try:
                made.told["legal_date" if code == "filed_on" else code] = day(said)
            except Faulty as told:
                made.faults += [fault._replace(field=code) for fault in told.faults]
    if not cells.get("filed_on"):
        made.faults.append(Fault("filed_on", "missing", _("The day of filing is missing; enter it.")))


def day(said: str) -> date:
    """A day as offices write it, also the number that a spreadsheet keeps for it. Raises `Faulty` for what can be meant in two ways, lacks its year, or
    is none."""
    plain = names.plain(said).strip().replace(" ", "")
    if SERIAL.fullmatch(plain) and FIRST_SERIAL <= float(plain) <= LAST_SERIAL:
        return ZERO + timedelta(days=int(float(plain)))
    if found := THREE.fullmatch(plain):
        return _of_three(found[1], found[2], found[3])
    if WITHOUT_YEAR.fullmatch(plain):
        raise Faulty(Fault("", "date-without-year", _("The year is missing. Write the whole date, as 2026-09-18.")))
    try:
        return tables.day(said)
    except ValueError:
        raise Faulty(Fault("", "wrong", _("This is no valid date; write it as 2026-09-18."))) from None


def _of_three(first: str, second: str, year: str) -> date:
    """A date with its year at the end. Day or month first: only where one of the two can be no month."""
    one, other = int(first), int(second)
    if len(year) != 4 or (one <= 12 and other <= 12 and one != other):
        raise Faulty(
            Fault(
                "",
                "ambiguous-date",
                _("This date can be read in two ways. Write it with the year first, as 2026-09-18."),
            )
        )
    try:
        return date(int(year), min(one, other), max(one, other))
    except ValueError:
        raise Faulty(Fault("", "wrong", _("This is no valid date; write it as 2026-09-18."))) from None


def _codes(cells: Mapping[str, str], office: Office, made: Understood) -> None:
    for code in CODED:
        said, chosen = cells.get(code, ""), office.chosen.get(code, "")
        made.told[code] = coded(code, said) or chosen
        if not made.told[code]:
            sentence = _("This word is not known here. Choose one for the whole ledger, or correct the cell.")
            made.faults.append(Fault(code, "unknown-word", sentence))
        elif said and not coded(code, said):
            sentence = _("“%(word)s” is not known here; the choice for the whole ledger is taken.")
            made.notes.append(Fault(code, "other-word", sentence % {"word": said[:60]}))
            if code == "category":
                made.told["category_told"] = said[:200]
    if said := cells.get("confidential", ""):
        try:
            made.told["confidential"] = tables.yes(said)
        except ValueError:
            made.faults.append(Fault("confidential", "wrong", _("Answer with yes or no.")))
    elif office.chosen.get("confidential"):
        made.told["confidential"] = True
    if said := cells.get("score", ""):
        score = words("scores").get(names.plain(said).strip())
        if score:
            made.told["score"] = int(score)
        else:
            made.notes.append(
                Fault(
                    "score",
                    "other-word",
                    _("“%(word)s” is no rating that is known here; it is left out.") % {"word": said[:60]},
                )
            )


def coded(code: str, said: str) -> str:
    """The code that a word stands for, "" for none."""
    known = words("kinds").get(names.plain(said), "") if code == "kind" else ""
    try:
        return known or (batch_columns.code(code, said) if said else "")
    except Faulty:
        return ""


def _state(cells: Mapping[str, str], made: Understood) -> None:
    """The state as the ledger's word says, else as its days do: with a day of conclusion it is concluded, without one it is in hand."""
    said, told = cells.get("state", ""), made.told
    state = states().get(names.plain(said).strip()) if said else None
    if said and state is None:
        made.faults.append(
            Fault(
                "state",
                "unknown-state",
                _("This is no state that is known: concluded, in hand, not accepted, withdrawn. Correct it."),
            )
        )
        return
    told["as_told"] = bool(said)
    told["state"] = state or ("concluded" if "concluded_on" in told or "delivered_on" in told else "accepted")
    if told["state"] == "concluded" and "delivered_on" in told:
        told["state"] = "delivered"
    if told["state"] in ("concluded", "delivered") and not cells.get("concluded_on"):
        if "delivered_on" in told:
            told["concluded_on"] = told["delivered_on"]
        else:
            made.faults.append(
                Fault(
                    "concluded_on", "missing", _("The line says that it is concluded, and not on which day; enter it.")
                )
            )
    if told["state"] in ("filed", "accepted") and "concluded_on" in told:
        made.faults.append(
            Fault(
                "state",
                "state-and-day",
                _("The state says that it is in hand, and there is a day of conclusion. Correct one of them."),
            )
        )
    if told["state"] != "delivered":
        told.pop("score", None)
    if told["state"] in ("concluded", "delivered") and cells.get("ground"):
        told["ground"] = cells["ground"]


def _agencies(cells: Mapping[str, str], office: Office, made: Understood) -> None:
    codes = []
    for word in (word.strip() for word in APART.split(cells.get("respondents", ""))):
        code = office.agencies.get(names.plain(word))
        if code:
            codes.append(code)
        elif word:
            made.faults.append(
                Fault(
                    "respondents",
                    "unknown-agency",
                    _(
                        "There is no agency “%(word)s” here, so that it could not be kept out. Correct the name, or let it be entered first."
                    )
                    % {"word": word[:60]},
                )
            )
    if codes:
        made.told["respondents"] = list(dict.fromkeys(codes))
    unit = office.agencies.get(names.plain(cells.get("unit", "")).strip())
    if (
        unit
        and unit != office.agency.code
        and made.told.get("state") in ("refused", "concluded", "delivered", "withdrawn")
    ):
        made.told["answered_by"] = unit


def _order(made: Understood) -> None:
    days = [(code, on) for code in DAYS if (on := made.told.get("legal_date" if code == "filed_on" else code))]
    for (_before, earlier), (code, later) in pairwise(days):
        if later < earlier:
            made.faults.append(
                Fault(
                    code,
                    "days-in-disorder",
                    _("This day lies before %(day)s. Correct one of them.") % {"day": earlier.isoformat()},
                )
            )
    for code, on in days:
        if on > time.today():
            made.faults.append(Fault(code, "in-the-future", _("This day lies in the future. Correct it.")))
