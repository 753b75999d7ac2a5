"""The sentences for what is wrong with entered data, field by field, in the reader's language."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError


def problems(error: ValidationError) -> list[dict[str, str]]:
    """One `{"field", "code", "sentence"}` per problem; the sentence says what to do."""
    return in_words(error.errors(include_url=False, include_input=False))


def in_words(errors: Iterable[Any]) -> list[dict[str, str]]:
    """The same for errors in the form of pydantic, wherever they come from."""
    return [
        {"field": ".".join(map(str, problem["loc"])), "code": problem["type"], "sentence": _sentence(problem)}
        for problem in errors
    ]


def _sentence(problem: Any) -> str:
    limits = problem.get("ctx", {})
    match problem["type"]:
        case "missing":
            return _("This is missing; enter it.")
        case "extra_forbidden":
            return _("This field is unknown here; leave it out.")
        case "string_too_short" | "too_short":
            return _("This is empty; enter something.")
        case "string_too_long":
            return _("This is too long; use at most %(most)s characters.") % {"most": limits["max_length"]}
        case "too_long":
            return _("There are too many entries; give at most %(most)s.") % {"most": limits["max_length"]}
        case "string_pattern_mismatch":
            return _("This is no valid code; use letters, digits, dots and hyphens.")
        case "literal_error" | "enum":
            return _("This value is not one of the possible ones: %(values)s.") % {"values": limits["expected"]}
        case "uuid_parsing" | "uuid_type":
            return _("This is no valid identifier; copy it from the list it comes from.")
        case kind if kind.startswith(("date", "datetime", "timezone")):
            return _("This is no valid date; write it as 2026-09-18.")
        case "bool_parsing" | "bool_type":
            return _("Answer with true or false.")
        case "greater_than_equal" | "greater_than":
            return _("This number is too small; the least is %(least)s.") % {
                "least": limits.get("ge", limits.get("gt"))
            }
        case "less_than_equal" | "less_than":
            return _("This number is too large; the most is %(most)s.") % {"most": limits.get("le", limits.get("lt"))}
        case "control_characters" | "string_unicode":
            return _("This text holds control characters; remove them.")
        case kind if kind.startswith("int"):
            return _("Enter a whole number.")
        case kind if kind.startswith("string"):
            return _("Enter a text.")
        case _other:
            return _("This value cannot be read; check it against the documentation of this field.")
