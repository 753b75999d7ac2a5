"""Forms of the portal: what they ask, in which words. Their fields are named as the verbs name them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lianqiao.portal import situations


class Status(forms.Form):
    """Number and code word."""

    number = forms.CharField(
        label=_("Number of the case"),
        max_length=40,
        help_text=_("It stands on the receipt, such as 51-2026-000123."),
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off", "spellcheck": "false"}),
    )
    code_word = forms.CharField(
        label=_("Code word"),
        max_length=40,
        help_text=_("Ten letters and digits, shown once when the case was filed."),
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off", "spellcheck": "false"}),
    )


class Where(forms.Form):
    """Three questions that find the right desk."""

    who = forms.ChoiceField(
        label=_("What kind of enterprise are you?"), choices=situations.WHO, widget=forms.RadioSelect
    )
    what = forms.ChoiceField(
        label=_("What happened?"),
        choices=[(one.code, one.words) for one in situations.SITUATIONS],
        widget=forms.RadioSelect,
    )
    place = forms.ChoiceField(label=_("Where?"), help_text=_("Where the authority acts or the project lies."))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["place"].choices = situations.places()  # type: ignore[attr-defined]


class Receipt(forms.Form):
    """A receipt as it was given out."""

    receipt = forms.CharField(
        label=_("The receipt"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"class": "mono", "rows": 8, "spellcheck": "false"}),
        help_text=_("Open the receipt file and paste all of it. Nothing is kept."),
    )
