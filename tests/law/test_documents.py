"""The reference pages are what the data say today."""

import re

import pytest

from lianqiao.law.document import DOCUMENTS, FOLDER
from lianqiao.law.vocabulary import PROGRAMMES


@pytest.mark.parametrize("name", DOCUMENTS)
def test_page_is_fresh(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == DOCUMENTS[name](), "run: python -m lianqiao.law.document"


def test_glossary_names_every_programme_as_the_vocabulary_does():
    text = (FOLDER / "glossary.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([\w-]+)` \| ([^|]+) \|", text, re.MULTILINE))
    assert {code: rows.get(code) for code in PROGRAMMES} == {code: name.zh for code, name in PROGRAMMES.items()}
