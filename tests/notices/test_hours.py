"""When a mail is sent. Pure arithmetic: no database."""

from datetime import datetime

from lianqiao.notices import hours
from lianqiao.notices.models import Preference
from lianqiao.record.time import SHANGHAI


def at(hour: int, minute: int = 0, day: int = 4) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


def test_send_at_each_hour_of_the_day() -> None:
    each, daily = Preference(), Preference(mail="daily", hour=17)
    early, always = Preference(quiet_from=1, quiet_until=12), Preference(quiet_from=5, quiet_until=5)
    told = [
        (each, at(21, 59), False, at(21, 59)),
        (each, at(22), False, at(7, day=5)),
        (each, at(3, 30), False, at(7)),
        (each, at(7), False, at(7)),
        (early, at(1), False, at(12)),
        (early, at(0, 59), False, at(0, 59)),
        (always, at(5, 20), False, at(5, 20)),
        (daily, at(16, 59), False, at(17)),
        (daily, at(17), False, at(17)),
        (daily, at(17, 1), False, at(17, day=5)),
        # What is due on this day: at nine at the latest, and at once when it is later than that.
        (each, at(3, 30), True, at(7)),
        (early, at(3, 30), True, at(9)),
        (each, at(23, 10), True, at(23, 10)),
        (daily, at(2), True, at(9)),
        (daily, at(10), True, at(10)),
    ]

    assert [hours.send_at(wish, now, due_today=due) for wish, now, due, _at in told] == [row[3] for row in told]
