"""How the API reads a body: JSON in UTF-8, said so, and nothing that a database cannot hold."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja.parser import Parser

from lianqiao.record.refusal import Refused


class Utf8Json(Parser):
    """Refuses another media type (415), another encoding ("wrong-encoding", 400), broken JSON ("wrong-json", 400)."""

    def parse_body(self, request: HttpRequest) -> Any:
        body = request.body
        if not body.strip():
            return {}
        if request.content_type != "application/json":
            raise Refused("media-type", _("Send JSON with the header Content-Type: application/json."), status=415)
        charset = request.content_params.get("charset", "utf-8") if request.content_params else "utf-8"
        try:
            text = body.decode("utf-8")
            if charset.lower().replace("_", "-") not in ("utf-8", "utf8"):
                raise ValueError(charset)
        except ValueError:
            raise Refused(
                "wrong-encoding", _("The text is not in UTF-8. Save or send it in UTF-8, not in GBK."), status=400
            ) from None
        try:
            value = JSON.decode(text)
            if "\\u" in text:
                _refuse_unstorable(json.dumps(value, ensure_ascii=False))
        except (ValueError, RecursionError) as error:
            place = f"{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else "-"
            raise Refused(
                "wrong-json",
                _("This is not JSON that can be read (line and column: %(place)s). Check brackets, commas and quotes."),
                status=400,
                place=place,
            ) from None
        return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


JSON = json.JSONDecoder(parse_constant=_no_constant)


def _refuse_unstorable(text: str) -> None:
    """Half a surrogate pair and the NUL sign can be written in JSON, but in no database and no file."""
    text.encode("utf-8")
    if "\\u0000" in text:
        raise ValueError("NUL")
