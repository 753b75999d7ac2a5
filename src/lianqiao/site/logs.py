"""How a line of the log is written: what happened and where, never what a case says nor what opens a door."""

import logging

from lianqiao.record.discreet import address, discreet


class Discreet(logging.Formatter):
    """Leaves out what errors quote, tokens, and secrets in addresses."""

    def format(self, record: logging.LogRecord) -> str:
        """Formatters hand the text of an exception on to each other; this one neither takes nor leaves any."""
        record.exc_text = None
        line = super().format(record)
        record.exc_text = None
        return line

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (a name of the library)
        record.message = address(discreet(record.message))
        return super().formatMessage(record)

    def formatException(self, ei) -> str:  # type: ignore[no-untyped-def]  # noqa: N802
        return discreet(super().formatException(ei))
