"""The verbs of meetings in their order: bodies and series, before a meeting, at it, its lines, after it."""

from .afterwards import circulate, comment, comment_by_code, confirm, draft, publish
from .before import (
    answer,
    answer_by_code,
    cancel,
    collect,
    collect_by_code,
    collect_case,
    invite,
    plan,
    put_on_agenda,
    substitute,
    substitute_by_code,
)
from .bodies import establish, open_series
from .during import attend, attend_by_code, close, open_meeting, say, write_line
from .forgetting import erase_concern
from .lines import confirm_result, enter, extend, settle, take_charge
from .papers import add_paper, remove_paper
from .sharing import raise_concern, report_task, share, stop_sharing
from .tasks import finish_task, set_task

__all__ = [
    "add_paper", "answer", "answer_by_code", "attend", "attend_by_code", "cancel", "circulate", "close", "collect", "collect_by_code", "collect_case",
    "comment", "comment_by_code", "confirm", "confirm_result", "draft", "enter", "erase_concern", "establish", "extend",
    "finish_task", "invite", "open_meeting", "open_series",
    "plan", "publish", "put_on_agenda", "raise_concern", "remove_paper", "report_task", "say", "set_task", "settle", "share",
    "stop_sharing", "substitute", "substitute_by_code", "take_charge", "write_line",
]  # fmt: skip
