"""The only clock of the house: every other module asks here, so that a test can set it in one place."""

from datetime import UTC, date, datetime, timedelta, timezone

# China has one zone and no summer time (none since 1991): a fixed offset needs no zone database on the machine.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The legal day of this instant in China."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The legal day in China of an aware `moment`."""
    return moment.astimezone(SHANGHAI).date()


def stamp(moment: datetime) -> str:
    """An aware `moment` as it stands in the record: UTC, always six digits of microseconds, `Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def moment(text: str) -> datetime:
    """The inverse of `stamp`; raises ValueError for any other form."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
