"""One field of a form, made from what the verb behind it must be told (a pydantic field): its kind, its bounds, whether it may be left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic.fields import FieldInfo

from lianqiao.record import time

LONG = 201
"""From so many characters on a field is a box rather than a line."""
VERY_LONG = 5000
IDENTIFIER = 60
Choices = list[tuple[str, Any]]


def field(
    info: FieldInfo,
    *,
    label: str | Promise,
    hint: str | Promise = "",
    choices: Choices | None = None,
    words: Mapping[str, Promise] | None = None,
    since_today: bool = False,
) -> forms.Field:
    """The field. `choices`: what may be chosen, if not the type says it; `words`: the words of a type's own choices; `since_today`: no
    day before today."""
    kind, required = _kind(info.annotation), info.is_required()
    common: dict[str, Any] = {"label": label, "required": required, "help_text": hint}
    if choices is not None and get_origin(kind) is list:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
    if choices is not None:
        return forms.ChoiceField(choices=_with_none(choices, required), **common)
    if get_origin(kind) is Literal:
        known = [(value, (words or {})[value]) for value in get_args(kind)]
        if not required and info.default is None:
            return forms.ChoiceField(choices=_with_none(known, required=False), **common)
        return forms.ChoiceField(
            choices=known, initial=None if required else info.default, **common | {"required": True}
        )
    if kind is bool:
        return forms.BooleanField(**common | {"required": False})
    if kind is date:
        least = {"min": time.today().isoformat()} if since_today else {}
        day = forms.DateInput(attrs={"type": "date", "class": "short"} | least, format="%Y-%m-%d")
        return forms.DateField(widget=day, **common)
    if kind is int:
        low, high = _bounds(info)
        return forms.IntegerField(
            min_value=low, max_value=high, widget=forms.NumberInput(attrs={"class": "short"}), **common
        )
    most = IDENTIFIER if kind is UUID else _longest(info) or VERY_LONG
    if get_origin(kind) is list or most >= LONG:
        rows = 8 if most > VERY_LONG else 4
        return forms.CharField(max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **common)
    return forms.CharField(max_length=most, **common)


def _kind(annotation: Any) -> Any:
    """The plain type of a field, without Annotated and None."""
    if get_origin(annotation) in (Union, UnionType):
        inner = [one for one in get_args(annotation) if one is not type(None)]
        return _kind(inner[0])
    if hasattr(annotation, "__metadata__"):
        return _kind(get_args(annotation)[0])
    return annotation


def _metadata(info: FieldInfo) -> Iterable[Any]:
    yield from info.metadata
    for argument in (info.annotation, *get_args(info.annotation)):
        yield from getattr(argument, "__metadata__", ())


def _longest(info: FieldInfo) -> int | None:
    for mark in _metadata(info):
        for inner in getattr(mark, "metadata", [mark]):
            if (most := getattr(inner, "max_length", None)) is not None:
                return int(most)
    return None


def _bounds(info: FieldInfo) -> tuple[int | None, int | None]:
    low = next((mark.ge for mark in _metadata(info) if getattr(mark, "ge", None) is not None), None)
    high = next((mark.le for mark in _metadata(info) if getattr(mark, "le", None) is not None), None)
    return low, high


def _with_none(choices: Choices, required: bool) -> Choices:
    return (
        choices
        if required and len(choices) == 1
        else [("", _("(choose)") if required else _("(leave as it is)")), *choices]
    )
