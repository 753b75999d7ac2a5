"""The addresses of style sheets, scripts and pictures name their content: a browser keeps each for a year, and asks again only for one that changed."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class Marked(StaticFilesStorage):
    """Puts a mark of the content behind the address of a file."""

    def url(self, name: str | None) -> str:
        mark = digest(name or "") if not settings.DEBUG else ""
        return f"{super().url(name)}{f'?{mark}' if mark else ''}"


@cache
def digest(name: str) -> str:
    """The first signs of the SHA-256 of a file that the pages name; "" of one that is not there."""
    found = finders.find(name)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10] if isinstance(found, str) else ""
