"""`python -m tests.faults.dying STEP serve ...`: a node that is killed, whole, the first time that it comes to a step.

A step is `module:function:before` or `module:function:after`, the module within lianqiao; "-" for a node that lives on. Its last
words, in its log, are DIES and the step, so that a story knows that it died there and of nothing else.
Leases of parcels are short here, so that no story waits a minute for what a dead node had begun to send. The house knows
nothing of all this.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta
from functools import wraps
from importlib import import_module
from typing import Any

DIES = "Dies at "


def die_at(step: str) -> None:
    """Have the process group killed with signal 9 right before or after the function is carried out."""
    module_name, function, when = step.split(":")
    module = import_module(f"lianqiao.{module_name}")
    plain = getattr(module, function)

    def die() -> None:
        os.write(2, f"{DIES}{step}\n".encode())
        os.killpg(0, signal.SIGKILL)

    @wraps(plain)
    def deadly(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            die()
        found = plain(*args, **kwargs)
        if found is None or found:  # a round that did nothing is no step
            die()
        return found

    setattr(module, function, deadly)


def main() -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqiao.site.settings")
    django.setup()
    from lianqiao.exchange import post
    from lianqiao.site.cli import main as lianqiao

    post.LEASE = timedelta(seconds=3)
    if sys.argv[1] != "-":
        die_at(sys.argv[1])

    return lianqiao(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
