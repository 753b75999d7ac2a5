"""The form with which people choose how they are told."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Preference

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
