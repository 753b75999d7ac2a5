"""An offered case in our own terms: which agency, programme, kind and matter it becomes here, and what follows from that."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import pictures
from lianqiao.cases.models import Kind
from lianqiao.exchange.models import Offer
from lianqiao.law import applicable
from lianqiao.law.categories import CATEGORIES
from lianqiao.law.regime import PROGRAMMES
from lianqiao.record import time
from lianqiao.registry import lawbook, remembered
from lianqiao.registry.models import Agency


class TakeOver(forms.Form):
    """The mapping, begun with the sender's own codes where we know them."""

    agency = forms.ChoiceField(label=_("Agency that answers here"))
    programme = forms.ChoiceField(label=_("Programme"))
    kind = forms.ChoiceField(label=_("Kind of case"), choices=Kind.choices)
    category = forms.ChoiceField(label=_("Matter"))
    respondents = forms.MultipleChoiceField(
        label=_("Our agencies that are complained of"),
        required=False,
        help_text=_("They are barred from the case before anybody can see it."),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    remark = forms.CharField(
        label=_("Remark"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, offer: Offer, sent: Any = None) -> None:
        content = offer.content.get("content", {})
        tongue = pictures.language()
        first = {name: content.get(name) for name in ("programme", "kind", "category")} | {"agency": offer.agency}
        super().__init__(sent, initial=first, auto_id="take_%s")
        agencies = [
            (agency.code, agency.label) for agency in Agency.objects.of_node(settings.LIANQIAO_NODE).filter(active=True)
        ]
        addressed = next((row for row in agencies if row[0] == offer.agency), None)
        self._choose("agency", ([addressed] if addressed else []) + [row for row in agencies if row != addressed])
        self._choose("programme", [(code, name.in_(tongue)) for code, name in PROGRAMMES.items()])
        self._choose("category", [(code, name.in_(tongue)) for code, name in CATEGORIES.items()])
        self._choose("respondents", agencies)

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class Decline(forms.Form):
    """Why not, and who instead."""

    reason = forms.CharField(label=_("Reasons"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))
    competent_body = forms.CharField(label=_("Body that is competent instead"), max_length=200, required=False)

    def __init__(self, sent: Any = None) -> None:
        super().__init__(sent, auto_id="no_%s")


def in_words(content: dict[str, Any]) -> dict[str, str]:
    """Programme, kind and matter as the other region names them, in our words where we know the code."""
    tongue = pictures.language()
    known = {"programme": PROGRAMMES, "category": CATEGORIES}
    told = {name: str(content.get(name, "")) for name in ("programme", "kind", "category")}
    said = {name: words[told[name]].in_(tongue) for name, words in known.items() if told[name] in words}
    if told["kind"] in Kind.values:
        said["kind"] = str(Kind(told["kind"]).label)
    return told | said


def words(told: dict[str, Any]) -> dict[str, Any]:
    """The mapping as the verb takes it."""
    return {name: told[name] for name in ("agency", "programme", "kind", "category", "respondents", "remark")}


def consequence(take: TakeOver) -> dict[str, Any] | None:
    """What follows from the mapping: the rule that would apply, and the limit of handling under it."""
    told = take.cleaned_data
    agency = remembered.agency(told["agency"])
    if agency is None:
        return None
    today, tongue = time.today(), pictures.language()
    choice = applicable.applicable(
        told["programme"], agency.region_id, today, kind=told["kind"], held=lawbook.book().in_force(today)
    )
    limit = choice.regime.limit("handle", told["kind"])
    return {
        "agency": agency.label,
        "regime": choice.regime.title.in_(tongue),
        "figure": limit.figure.in_(tongue) if limit else "",
        "authority": limit.authority.in_(tongue) if limit else "",
    }
