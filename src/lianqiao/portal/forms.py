"""Forms of the portal: what they ask, in which words. Their fields are named as the verbs name them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianqiao.portal import situations


def needs(words: Any) -> dict[str, Any]:
    """What a field says when it was left empty: what to do, not that it is required."""
    return {"required": words}


def long(label: Any, hint: Any = "", rows: int = 6, most: int = 20_000, missing: Any = None) -> forms.CharField:
    """A field for what somebody tells in their own words; it may be left empty unless it says what is then missing."""
    return forms.CharField(
        label=label, help_text=hint, max_length=most, required=missing is not None, error_messages=needs(missing),
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


class Status(forms.Form):
    """Number and code word."""

    number = forms.CharField(
        label=_("Number of the case"),
        max_length=40,
        error_messages=needs(_("Give the number of the case.")),
        help_text=_("It stands on the receipt, such as 51-2026-000123."),
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off", "spellcheck": "false"}),
    )
    code_word = forms.CharField(
        label=_("Code word"),
        max_length=40,
        error_messages=needs(_("Give the code word.")),
        help_text=_("Ten letters and digits, shown once when the case was filed."),
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off", "spellcheck": "false"}),
    )


class Where(forms.Form):
    """Three questions that find the right desk."""

    who = forms.ChoiceField(
        label=_("What kind of enterprise are you?"),
        choices=situations.WHO,
        widget=forms.RadioSelect,
        error_messages=needs(_("Choose what kind of enterprise you are.")),
    )
    what = forms.ChoiceField(
        label=_("What happened?"),
        choices=[(one.code, one.words) for one in situations.SITUATIONS],
        widget=forms.RadioSelect,
        error_messages=needs(_("Choose what comes nearest to it.")),
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


class Supplement(forms.Form):
    text = long(
        _("What you hand in"),
        _("Name each of the items. Add the files below, before or after."),
        missing=_("Say what you hand in."),
    )


class Summarise(forms.Form):
    text = long(
        _("What the case is about, without names"),
        _("Other agencies that help to handle it, and the other region, read this in place of your own words."),
        4,
        5000,
        _("Say without names what the case is about."),
    )


class Reply(forms.Form):
    ask = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    text = long(_("Your answer"), missing=_("Write your answer."))


class Attach(forms.Form):
    file = forms.FileField(
        label=_("A file"),
        error_messages=needs(_("Choose a file.")),
        help_text=_("PDF, image, office document, OFD, text or video, up to 20 MB. No macros, no passwords."),
    )


class Withdraw(forms.Form):
    reason = long(
        _("Why you withdraw"),
        _("The case then ends, or the region that has it is told."),
        3,
        5000,
        _("Say why you withdraw."),
    )


class Rate(forms.Form):
    score = forms.TypedChoiceField(
        label=_("How was it handled?"),
        coerce=int,
        choices=[
            (1, _("Very satisfied")),
            (2, _("Satisfied")),
            (3, _("Acceptable")),
            (4, _("Not satisfied")),
            (5, _("Very dissatisfied")),
        ],
        widget=forms.RadioSelect,
        error_messages=needs(_("Choose how it was handled.")),
    )
    text = long(_("What was good, what was not"), "", 3, 5000)


class Object(forms.Form):
    reason = long(
        _("Why you object"),
        _("A new case begins at the agency above, with its own limits."),
        missing=_("Say why you object."),
    )


VERBS: dict[str, type[forms.Form]] = {
    "supplement": Supplement,
    "summarise": Summarise,
    "reply": Reply,
    "attach": Attach,
    "withdraw": Withdraw,
    "rate": Rate,
    "object": Object,
}
"""The verbs that an enterprise does on the page of its case."""


class Who(forms.Form):
    """For which enterprise."""

    enterprise = forms.ChoiceField(label=_("Whose difficulty is it?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enterprise"].choices = choices  # type: ignore[attr-defined]


class Matter(forms.Form):
    """What happened and where."""

    what = Where.base_fields["what"]
    place = Where.base_fields["place"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = situations.places()  # type: ignore[attr-defined]


class Story(forms.Form):
    """In one's own words."""

    title = forms.CharField(
        label=_("Heading"),
        max_length=200,
        help_text=_("In one line, as you would say it."),
        error_messages=needs(_("Say in one line what it is about.")),
    )
    facts = long(
        _("What exactly happened?"),
        _("When, where, who did what, what it led to. Write plainly; in Chinese or English."),
        9,
        missing=_("Say what happened."),
    )
    request = long(
        _("What do you ask for?"),
        _("For example: correct the decision, answer by a date, refund."),
        4,
        5000,
        _("Say what you ask for."),
    )
    basis = long(_("Which rule do you rely on?"), _("Only if you know it."), 2, 5000)


class Reach(forms.Form):
    """How to reach the person, who may know, what else is under way."""

    name = forms.CharField(
        label=_("Who should be called?"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages=needs(_("Say who should be called.")),
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=200,
        required=False,
        help_text=_("A telephone number or an e-mail address is enough; both are better."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"), max_length=200, required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    address = forms.CharField(
        label=_("Postal address"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postcode = forms.CharField(
        label=_("Postcode"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "postal-code"}),
    )
    confidential = forms.BooleanField(
        label=_("Keep from the agency complained of who we are"),
        required=False,
        help_text=_(
            "The centre knows who you are; the agency complained of is never told, also not by files or in another region. Do not name yourself in the text."
        ),
    )
    summary = long(
        _("What others may be told of it"),
        _(
            "Only if you ticked that: without names. Agencies that help to handle it read this instead of your own words. You can also write it later."
        ),
        3,
        5000,
    )
    upper_agency = forms.BooleanField(
        label=_("A higher complaint agency has the same matter, or has decided it"), required=False
    )
    petition = forms.BooleanField(label=_("It is, or was, before a petition office or the like"), required=False)
    litigation = forms.BooleanField(
        label=_("It is, or was, in reconsideration, before a court or in arbitration"), required=False
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not told.get("phone") and not told.get("email") and not self.errors:
            self.add_error("phone", _("Give a telephone number or an e-mail address."))
        return told
