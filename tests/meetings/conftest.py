"""The cast at a roundtable of Chengdu: chengdu is secretary, zhao presides, su supervises; the planning bureau and the market administration are members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from tests.cast import Cast, cast, node  # noqa: F401

from lianqiao.meetings import actions
from lianqiao.meetings.models import Body, Meeting, Series
from lianqiao.record import time


@dataclass
class Round:
    body: Body
    series: Series
    first: Meeting


def roundtable(cast: Cast) -> Round:  # noqa: F811
    """A body with a quarterly series and its first meeting, in three days."""
    body = actions.establish(
        by=cast.chengdu, name_zh="成都市外资企业圆桌会议", name_en="Chengdu Roundtable", chair=cast.zhao, office=cast.city,
        members=[cast.city, cast.planning, cast.market],
    )  # fmt: skip
    series = actions.open_series(body, by=cast.chengdu, kind="roundtable", title="季度圆桌会议", field="licensing")
    return Round(body, series, planned(cast, series))


def planned(cast: Cast, series: Series, days: int = 3) -> Meeting:  # noqa: F811
    begins = time.now() + timedelta(days=days)
    return actions.plan(
        series, by=cast.chengdu, starts_at=begins, ends_at=begins + timedelta(hours=2), room="一号会议室"
    )


@pytest.fixture
def round_(cast: Cast) -> Round:  # noqa: F811
    return roundtable(cast)
