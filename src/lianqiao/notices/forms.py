"""The form with which people choose how they are told."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lianqiao.cases import pictures

from . import reminding
from .models import Preference

FEW = 60
"""Characters in which eight days can be named."""
HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class Choice(forms.Form):
    """By mail: which, and at which hours."""

    mail = forms.ChoiceField(
        label=_("Which mail do you want?"),
        choices=Preference.Mail.choices,
        widget=forms.RadioSelect,
        help_text=_("Here on these pages you are told of everything, whatever you choose."),
    )
    hour = forms.TypedChoiceField(
        label=_("The hour of the one mail a day"), choices=HOURS, coerce=int, help_text=_("By the clock in China.")
    )
    quiet_from = forms.TypedChoiceField(label=_("The quiet hours begin at"), choices=HOURS, coerce=int)
    quiet_until = forms.TypedChoiceField(
        label=_("The quiet hours end at"),
        choices=HOURS,
        coerce=int,
        help_text=_(
            "What is due on the same day comes at 09:00 at the latest. With twice the same hour there is no quiet time."
        ),
    )


class Days(forms.Form):
    """On which days before a limit an agency is reminded: numbers of working days."""

    agency = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    days = forms.CharField(
        label=_("Working days before the limit ends"),
        max_length=FEW,
        required=False,
        help_text=_(
            "0 is its last day, -1 the working day after it. At most eight, with commas, such as 5, 2, 0, -1. Nothing: no reminders."
        ),
    )

    def __init__(self, rule: reminding.Rule, sent: Any = None) -> None:
        super().__init__(
            sent,
            initial={"agency": rule.agency, "days": ", ".join(map(str, rule.days))},
            auto_id=f"days_{rule.agency}_%s",
        )
        self.rule = rule

    def clean_days(self) -> list[int]:
        """The numbers that were typed, with any comma."""
        words = [one for one in re.split(r"[,，、;；\s]+", self.cleaned_data["days"]) if one]
        if not all(re.fullmatch(r"[-−]?[0-9]{1,3}", one) for one in words):
            raise forms.ValidationError(_("Write whole numbers with commas between them, such as 5, 2, 0, -1."))
        return [int(one.replace("−", "-")) for one in words]


def in_words(days: Sequence[int]) -> str:
    """The days of reminders as somebody would say them."""
    said = [
        ngettext("%(count)s working day before the end", "%(count)s working days before the end", day) % {"count": day}
        if day > 0
        else str(_("on the last day"))
        if day == 0
        else ngettext("%(count)s working day after it", "%(count)s working days after it", -day) % {"count": -day}
        for day in days
    ]
    return "；".join(said) if pictures.language() == "zh" else "; ".join(said)
