"""A node that is set up, as `lianqiao init` does it."""

from pathlib import Path
from typing import Any

import pytest
from tests.worlds import laid_out

from lianqiao.site import start


@pytest.fixture
def node(db: None, settings: Any, tmp_path: Path) -> str:
    settings.LIANQIAO_DATA = tmp_path
    said: str = laid_out("set up", tmp_path, set_up)
    return said


def set_up() -> str:
    return start.set_up(code="51", name_zh="四川", name_en="Sichuan", base_url="http://127.0.0.1:8051")
