"""Any bytes give what was read or a refusal, at every door that reads what others wrote."""

import pytest
from tests.mangled import mangled
from tests.site.parsers import PARSERS, Parser, try_all


@pytest.mark.parametrize("name", PARSERS)
def test_any_bytes_are_read_or_refused(name: str) -> None:
    found = try_all({name: PARSERS[name]}, 30)

    assert found.wrong == []
    assert found.counts["texts"] >= 10


def test_reader_that_fails_is_found() -> None:
    found = try_all({"careless": Parser(lambda raw: raw.decode(), mangled(b"abc"))}, 60)

    assert {line.partition(": '")[0] for line in found.wrong} == {"careless: UnicodeDecodeError"}
