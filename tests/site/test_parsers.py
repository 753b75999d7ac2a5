"""Any bytes give what was read or a refusal, at every door that reads what others wrote."""

import pytest
from tests.site.parsers import PARSERS, try_all


@pytest.mark.parametrize("name", PARSERS)
def test_any_bytes_are_read_or_refused(name: str) -> None:
    found = try_all({name: PARSERS[name]}, 30)

    assert found.wrong == []
    assert found.counts["texts"] >= 10
