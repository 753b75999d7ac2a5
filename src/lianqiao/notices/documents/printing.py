"""From content to PDF: the form `letter.typ`, the fonts beside it and those of the node, and nothing else, so that the same bytes come again."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

HERE = Path(__file__).parent
FORM = HERE / "letter.typ"
FONTS = HERE / "fonts"
ENDINGS = (".ttf", ".otf", ".ttc")


def font_files() -> list[Path]:
    """The fonts that are used: the house's own, and those in LIANQIAO_FONTS, such as a FangSong that the office is licensed to use."""
    folders = [FONTS, *([Path(settings.LIANQIAO_FONTS)] if settings.LIANQIAO_FONTS else [])]
    return sorted(file for folder in folders for file in folder.iterdir() if file.suffix.lower() in ENDINGS)


@cache
def template() -> str:
    """The digest of all that shapes a page beside its content: form, fonts, printer."""
    parts = hashlib.sha256(f"typst {version('typst')}".encode())
    for file in [FORM, *font_files()]:
        parts.update(hashlib.sha256(file.read_bytes()).digest())
    return parts.hexdigest()


@cache
def _printer() -> typst.Compiler:
    return typst.Compiler(
        str(FORM), root=str(HERE), font_paths=[str(file.parent) for file in font_files()], ignore_system_fonts=True
    )


def pdf(content: dict[str, Any]) -> bytes:
    """The document in one language as PDF/A-2b, tagged, with its fonts inside. The same content gives the same bytes."""
    said = json.dumps(content, ensure_ascii=False, sort_keys=True)
    printed = _printer().compile(
        format="pdf", sys_inputs={"document": said}, timestamp=content["timestamp"], pdf_standards=["a-2b"]
    )
    if not isinstance(printed, bytes):
        raise TypeError("a document is one PDF")
    return printed


def png(content: dict[str, Any], ppi: int = 72) -> list[bytes]:
    """The pages as pictures, for people who look at a form that they change."""
    pages = _printer().compile(format="png", sys_inputs={"document": json.dumps(content, ensure_ascii=False)}, ppi=ppi)
    return pages if isinstance(pages, list) else [pages] if pages else []
