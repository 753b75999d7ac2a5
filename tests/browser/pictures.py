"""A page as a picture for the documentation: all of it, in few colours."""

from io import BytesIO
from pathlib import Path
from typing import Any


def take(page: Any, target: Path) -> None:
    from PIL import Image

    target.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.open(BytesIO(page.screenshot(full_page=True)))
    picture.convert("RGB").quantize(96).save(target, optimize=True)
