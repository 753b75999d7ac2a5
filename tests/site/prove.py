"""`python -m tests.site.prove`: every route tried by everybody, every operation sent what hypothesis draws from the document, and every parser given
bytes that were tampered with. What was counted is printed, and what is wrong.

Half of the roles are tried in each of two processes, each on a node of its own.
"""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import django

Part = tuple[Counter[str], Counter[str], list[str]]
"""What was counted, what came back, and what is wrong."""


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=1, help="drawn for each operation and role")
    parser.add_argument("--texts", type=int, default=500, help="drawn for each parser")
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args(argv)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), max_tasks_per_child=1) as workers:
        doors = [*workers.map(routes_for, (0, 1))]
        drawn = [*workers.map(partial(fuzz_for, args.examples, args.seed), (0, 1))]
        (read,) = workers.map(partial(texts_for, args.seed), (args.texts,))
    wrong = [
        *told(
            "routes", doors, ("routes", "roles", "addresses", "secrets", "requests", "letters"), "read by those who may"
        ),
        *told("operations", drawn, ("operations", "roles", "sent", "other methods"), "answers"),
        *told("texts", [read], ("parsers", "texts", "refused"), ""),
    ]
    print("\n".join(wrong[:50]))
    return 1 if wrong else 0


def told(what: str, parts: Sequence[Part], counted: Sequence[str], came: str) -> list[str]:
    """Prints what the parts found together; what is wrong."""
    counts = parts[0][0]
    for more, _came, _wrong in parts[1:]:
        for name in ("roles", "requests", "sent"):
            counts[name] += more[name]
    wrong = list(dict.fromkeys(line for _counts, _came, lines in parts for line in lines))
    print(f"{what}: {', '.join(f'{counts[name]} {name}' for name in counted)}, {len(wrong)} wrong")
    back: Counter[str] = sum((part[1] for part in parts), Counter())
    if came:
        print(f"  {came}: {', '.join(f'{kind} {many}' for kind, many in back.most_common())}")
    return wrong


def routes_for(half: int) -> Part:
    """The whole table of routes for every second role."""
    with tempfile.TemporaryDirectory(prefix="lianqiao-routes-") as folder:
        stand(folder)
        from tests.cast import enter
        from tests.site import planted, routes

        cast = enter()
        knocking = routes.Knocking(cast, planted.plant(cast))
        knocking.letters()
        found = knocking.all(routes.routes(), routes.ROLES[half::2])
        return found.counts, found.read, found.wrong


def fuzz_for(examples: int, run: int, half: int) -> Part:
    """Every operation by every second role."""
    with tempfile.TemporaryDirectory(prefix="lianqiao-fuzz-") as folder:
        stand(folder)
        from tests.cast import enter
        from tests.site import fuzz, planted, routes

        cast = enter()
        roles = [who for who in routes.ROLES[half::2] if who not in ("late", routes.PROGRAM)]
        found = fuzz.Fuzz(cast, planted.plant(cast), run).all(roles, examples)
        return found.counts, Counter({str(status): many for status, many in found.answers.items()}), found.wrong


def texts_for(run: int, examples: int) -> Part:
    """Every parser."""
    with tempfile.TemporaryDirectory(prefix="lianqiao-texts-") as folder:
        stand(folder)
        from tests.site.parsers import PARSERS, try_all

        found = try_all(PARSERS, examples, run)
        return found.counts, Counter(), found.wrong


def stand(folder: str) -> None:
    """A node without anything in it, its database in memory."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "lianqiao.site.settings", "LIANQIAO_DATA": folder, "LIANQIAO_NODE": "51", "LIANQIAO_LANGUAGE": "en",
        "LIANQIAO_SECRET_KEY": secrets.token_hex(32),
    }  # fmt: skip
    os.environ.pop("LIANQIAO_DATABASE_URL", None)
    django.setup()
    from django.db import connection
    from django.test.utils import setup_test_environment

    logging.disable(logging.CRITICAL)
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
