"""The registers: a list, an entry, and a deed on it in one or two steps. One view of each for all registers."""

from __future__ import annotations

import csv
from itertools import chain
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianqiao.desk.entrance import at_the_desk
from lianqiao.desk.registers import REGISTERS
from lianqiao.desk.registers.parts import Asked, Deed, DeedForm, Register, Seat, address
from lianqiao.desk.views.case import put
from lianqiao.ledgers.writing import harmless
from lianqiao.record import time
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

NEW = "new"


@at_the_desk
@require_safe
def first(request: HttpRequest, *, person: Person) -> HttpResponse:
    """The first register."""
    return redirect(address(next(iter(REGISTERS))))


@at_the_desk
@require_safe
def listing(request: HttpRequest, register: str, *, person: Person) -> HttpResponse:
    """The list of one register, page by page."""
    seat = Seat(person)
    held = register_of(register, seat)
    asked = asked_of(request, held)
    said = framed(held, seat) | {
        "table": held.listing(seat, asked),
        "q": asked.words,
        "filters": [(name, label, kind, asked.filters.get(name, "")) for name, label, kind in held.filters],
        "download": address(held.code, "download", **asked.kept) if held.download else "",
        "around": held.around(seat, asked) if held.around else [],
        "new": [
            *((one.label, address(held.code, NEW, one.name)) for one in held.new if one.open_to(seat, None)),
            *((label, to) for label, to, open_to in held.ways if open_to(seat)),
        ],
    }
    part = "#rows" if request.headers.get("HX-Request") else ""
    return render(request, f"desk/register.html{part}", said)


@at_the_desk
@require_safe
def download(request: HttpRequest, register: str, *, person: Person) -> StreamingHttpResponse:
    """All that the list would show under the same question, as a table for a spreadsheet; formulas are made harmless."""
    seat = Seat(person)
    held = register_of(register, seat)
    if held.download is None:
        raise Http404
    lines = held.download(seat, asked_of(request, held))
    first = next(lines)  # a refusal comes before the answer has begun
    written = csv.writer(Echo())
    answer = StreamingHttpResponse(
        chain(
            ["\ufeff"], (written.writerow([harmless(str(value)) for value in line]) for line in chain([first], lines))
        ),
        content_type="text/csv; charset=utf-8",
    )
    answer["Content-Disposition"] = f'attachment; filename="{register}-{time.today()}.csv"'
    return answer


class Echo:
    """A file that gives back what is written into it."""

    def write(self, text: str) -> str:
        return text


def asked_of(request: HttpRequest, held: Register) -> Asked:
    given = {name: request.GET.get(name, "").strip()[:60] for name, _label, _kind in held.filters}
    return Asked(request.GET.get("q", "").strip()[:100], request.GET.get("after", "")[:400], given)


@at_the_desk
@require_safe
def entry(request: HttpRequest, register: str, key: str, *, person: Person) -> HttpResponse:
    """One entry with what may be done to it."""
    seat = Seat(person)
    held = register_of(register, seat)
    return render(request, "desk/entry.html", shown(held, seat, found_in(held, seat, key)))


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, register: str, key: str, deed: str, *, person: Person) -> HttpResponse:
    """The form of one deed, what it would do, and the deed itself. What is refused comes back with what was typed."""
    seat = Seat(person)
    held = register_of(register, seat)
    verb = next((one for one in (held.new if key == NEW else ()) if one.name == deed), None)
    row = None
    if verb is None:
        verb = next((one for one in held.deeds if one.name == deed), None)
        if verb is None or held.find is None:
            raise Http404
        row = held.find(seat, key)
    if not verb.open_to(seat, row):
        raise Refused(
            "not-yours-to-do",
            _("This is for somebody with another role. Ask an administrator of this node."),
            status=403,
        )
    if request.method != "POST":
        return form_page(request, held, seat, row, DeedForm(verb, seat, row, initial=begun(request, verb, row)))
    sent = DeedForm(verb, seat, row, request.POST)
    preview, status = None, 422
    if sent.is_valid():
        try:
            if verb.preview and request.POST.get("step") != "do":
                preview, status = verb.preview(seat, row, sent.told()), 200
            else:
                done = verb.do(seat, row, sent.told())
                messages.success(request, str(done.said))
                return HttpResponseRedirect(done.to or address(register, key))
        except Refused as refused:
            put(sent, refused)
            status = refused.status
    return form_page(request, held, seat, row, sent, preview, status)


def begun(request: HttpRequest, verb: Deed, row: Any) -> dict[str, Any]:
    """What the form is begun with: what the entry says now, and what the address names."""
    named = {
        name: request.GET[name][:100]
        for name in request.GET
        if name == "of" or (verb.model and name in verb.model.model_fields)
    }
    return (verb.start(row) if verb.start and row is not None else {}) | named


def register_of(name: str, seat: Seat) -> Register:
    """The register, for who may open it. Refused: one that is not there (404), or not for them (403)."""
    held = REGISTERS.get(name)
    if held is None:
        raise Http404
    if not held.open_to(seat):
        raise Refused(
            "not-your-register", _("This register is not open to you. Ask an administrator of this node."), status=403
        )
    return held


def found_in(held: Register, seat: Seat, key: str) -> Any:
    if held.find is None:
        raise Http404
    return held.find(seat, key)


def framed(held: Register, seat: Seat, *last: tuple[str, str]) -> dict[str, Any]:
    """What every page of a register shows around its own."""
    return {
        "register": held,
        "tabs": [(one.label, address(one.code), one is held) for one in REGISTERS.values() if one.open_to(seat)],
        "crumbs": [
            (_("Desk"), "/desk"),
            (_("Registers"), "/desk/registry"),
            (held.label, address(held.code) if last else ""),
            *last,
        ],
    }


def shown(held: Register, seat: Seat, row: Any) -> dict[str, Any]:
    assert held.entry is not None
    told = held.entry(seat, row)
    return framed(held, seat, (told.title, "")) | {
        "entry": told,
        "deeds": [
            (one, address(held.code, told.key, one.name)) for one in held.deeds if not one.of and one.open_to(seat, row)
        ],
    }


def form_page(
    request: HttpRequest, held: Register, seat: Seat, row: Any, sent: DeedForm, preview: Any = None, status: int = 200
) -> HttpResponse:
    """The form alone when script asks for it, else the page of the entry with the form open; a form without an entry on a page of its own."""
    verb = sent.deed
    told = shown(held, seat, row) if row is not None else framed(held, seat, (str(verb.label), ""))
    key = told["entry"].key if row is not None else NEW
    said = told | {
        "form": sent,
        "deed": verb,
        "action": address(held.code, key, verb.name),
        "back": address(held.code, key if row is not None else ""),
        "preview": preview,
    }
    part = "#form" if request.headers.get("HX-Request") else ""
    return render(request, f"desk/entry.html{part}", said, status=status)
