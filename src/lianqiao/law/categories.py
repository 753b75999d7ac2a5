"""What a case can be about: codes of matters with their names."""

from __future__ import annotations

import tomllib
from pathlib import Path

from lianqiao.law.text import Text

FILE = Path(__file__).parent / "categories.toml"
CATEGORIES: dict[str, Text] = {
    code: Text(**names) for code, names in tomllib.loads(FILE.read_text(encoding="utf-8")).items()
}
