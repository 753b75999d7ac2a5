"""The index of the search: in place after every migration, fed by the database itself, put back when it was lost."""

import pytest
from django.db import connection
from tests.cast import Cast, cast, filing, node  # noqa: F401  fixtures

from lianqiao.cases import search_index
from lianqiao.cases.actions import intake
from lianqiao.cases.models import Case

only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps its indexes")


def test_index_is_in_place_after_migrate(db: None) -> None:
    assert search_index.missing() == []


def test_search_uses_the_index(cast: Cast) -> None:  # noqa: F811
    found = Case.objects.search("招标 tender", cast.wei)
    if connection.vendor == "sqlite":
        assert "cases_search" in str(found.query)
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = str(Case.objects.filter(tokens_open__holds=["招标"]).explain())
    assert "cases_search_tokens_open" in plan


def test_erased_words_are_no_longer_found(cast: Cast) -> None:  # noqa: F811
    case = intake.file(by=cast.lin, **filing(cast)).case
    case.tokens_open = " 其他 "
    case.save()

    assert [list(Case.objects.search(word, cast.wei)) for word in ("招标", "其他")] == [[], [case]]


@only_sqlite
def test_index_is_put_back_and_filled_when_a_rebuilt_table_lost_its_triggers(cast: Cast) -> None:  # noqa: F811
    with connection.cursor() as cursor:
        for name in search_index.TRIGGERS:
            cursor.execute(f"DROP TRIGGER {name}")
    case = intake.file(by=cast.lin, **filing(cast)).case
    assert search_index.missing() == list(search_index.TRIGGERS)
    assert list(Case.objects.search("招标", cast.wei)) == []

    search_index.install()

    assert search_index.missing() == []
    assert list(Case.objects.search("招标", cast.wei)) == [case]


@only_sqlite
def test_index_agrees_with_the_table(cast: Cast) -> None:  # noqa: F811
    for _case in range(3):
        intake.file(by=cast.lin, **filing(cast))
    Case.objects.order_by("pk").first().save()  # type: ignore[union-attr]

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO cases_search(cases_search, rank) VALUES ('integrity-check', 1)")
