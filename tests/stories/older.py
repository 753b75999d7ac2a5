"""`python -m tests.stories.older`, in a node's environment: brings the tables of rooms back to where they stood one step before."""

from __future__ import annotations

import os

PREVIOUS = {"notices": "0003", "meetings": "0003", "ledgers": "0002", "cases": "0001"}


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqiao.site.settings")
    django.setup()
    from django.core.management import call_command

    for room, step in PREVIOUS.items():
        call_command("migrate", room, step)


if __name__ == "__main__":
    main()
