"""The reference pages are what the data say today."""

import pytest

from lianqiao.law.document import DOCUMENTS, FOLDER


@pytest.mark.parametrize("name", DOCUMENTS)
def test_page_is_fresh(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == DOCUMENTS[name](), "run: python -m lianqiao.law.document"
