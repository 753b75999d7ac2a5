"""After a restore no number is given twice."""

from datetime import timedelta

import pytest
from tests.cast import Cast, cast, filing, node  # noqa: F401 fixtures

from lianqiao.cases.actions import intake
from lianqiao.notices.models import DocumentSeries
from lianqiao.record.time import now
from lianqiao.site.skipping import skip_numbers

pytestmark = pytest.mark.django_db


def test_cases_go_on_behind_what_may_have_been_given(cast: Cast) -> None:  # noqa: F811
    """Two days begun and one more, a hundred serials each."""
    last = intake.file(by=cast.lin, **filing(cast)).case

    told = skip_numbers(now() - timedelta(hours=30), by=cast.zhao.actor)

    assert told.data["cases"] == {"first": last.pk + 1, "last": last.pk + 300}
    assert intake.file(by=cast.lin, **filing(cast, title="另一件")).case.pk == last.pk + 301


def test_documents_of_a_year_that_is_not_over_go_on_likewise(cast: Cast) -> None:  # noqa: F811
    year, agency = now().year, cast.centre
    DocumentSeries.objects.create(agency=agency, year=year, last=7)
    DocumentSeries.objects.create(agency=agency, year=year - 1, last=90)

    told = skip_numbers(now(), by=cast.zhao.actor)

    assert told.data["documents"] == [{"agency": agency.code, "year": year, "first": 8, "last": 47}]
    assert set(DocumentSeries.objects.values_list("year", "last")) == {(year, 47), (year - 1, 90)}


def test_a_node_without_a_case_keeps_numbers_free_as_well(cast: Cast) -> None:  # noqa: F811
    told = skip_numbers(now(), by=cast.zhao.actor)

    assert intake.file(by=cast.lin, **filing(cast)).case.pk == told.data["cases"]["last"] + 1
