"""Whether the tests would see a fault: small faults are planted one by one into the reckoning and into the flow table.

`python -m tests.law.mutants --every 1`: each mutant of the law is asked of the tests of its module, those of `law/calendar.py` and `law/clock.py` of
the independent reckoning (`oracle`) before, each one of `cases/flow.py` of the whole table in `tests/cases/constitution.py`. A mutant that all of them
take for sound has survived. Fewer than 95 of 100 killed is a failure; those of which somebody has found that they change nothing are named in EQUIVALENT.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import multiprocessing
import os
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LAW, FLOW = ROOT / "src/lianqiao/law", ROOT / "src/lianqiao/cases/flow.py"
CALENDAR, CLOCK = RECKONING = LAW / "calendar.py", LAW / "clock.py"
RULES = LAW / "applicable.py", LAW / "duties.py", LAW / "keeping.py"
DRAWS = 250
PATIENCE = 60
"""Seconds; a mutant that does not end is killed."""
LEAST = 95
EQUIVALENT: dict[str, str] = {
    "substance: bool = True  # acts on the substance: forbidden while the case is frozen after a restore [the other truth]": (
        "every rule of the table gives it"
    ),
    '((h,), k, (peer,), ("deliver",), ())) [without element 5]': "it is what the table gives where nothing is said",
}
"""By line and change, why no test can see it."""

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
RECKONED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip
CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass
class Mutant:
    """One change of one place in a tree: `name` of `owner` becomes `value`."""

    tree: ast.Module
    line: int
    what: str
    owner: ast.AST
    name: str
    value: Any

    def named(self, text: str) -> str:
        return f"{text.splitlines()[self.line - 1].strip()} [{self.what}]"

    def code(self, path: Path) -> types.CodeType:
        sound = getattr(self.owner, self.name)
        setattr(self.owner, self.name, self.value)
        try:
            return compile(ast.fix_missing_locations(self.tree), str(path), "exec")
        finally:
            setattr(self.owner, self.name, sound)


def mutants(path: Path) -> list[Mutant]:
    """Every mutant of the file, in its order."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    spoken = set(silent(tree))
    found = [
        Mutant(tree, getattr(node, "lineno", 0), what, owner, name, value)
        for node in ast.walk(tree)
        if id(node) not in spoken
        for what, owner, name, value in changes(node)
    ]
    return sorted(found, key=lambda mutant: mutant.line)


def silent(tree: ast.AST) -> Iterator[int]:
    """What only speaks to people: annotations, docstrings, the words of refusals, labels."""
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            parts = [node]
        elif isinstance(node, ast.Tuple) and any(
            isinstance(one, ast.Call) and ast.unparse(one.func) == "_" for one in node.elts
        ):
            yield id(node)
        elif isinstance(node, ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.FunctionDef):
            arguments = [*node.args.args, *node.args.kwonlyargs, *filter(None, [node.args.vararg])]
            parts = [node.returns, *(argument.annotation for argument in arguments)]
        elif isinstance(node, ast.Raise):
            parts = [node.exc]
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("_", "Text", "dataclass")
        ):
            parts = list(node.args) + [word.value for word in node.keywords]
        elif (
            isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Name)
            and node.value.id in ("list", "Callable", "dict")
        ):
            parts = [node.slice]
        for part in parts:
            if part is not None:
                yield from (id(inner) for inner in ast.walk(part))


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST, str, Any]]:
    """What can be changed at this node: in words, and which attribute of what becomes what."""
    if isinstance(node, ast.Compare):
        for place, compared in enumerate(node.ops):
            if other := COMPARED.get(type(compared)):
                ops = [other() if at == place else op for at, op in enumerate(node.ops)]
                yield f"{type(compared).__name__} to {other.__name__}", node, "ops", ops
    elif isinstance(node, ast.BinOp) and type(node.op) in RECKONED:
        yield (
            f"{type(node.op).__name__} to {RECKONED[type(node.op)].__name__}",
            node,
            "op",
            RECKONED[type(node.op)](),
        )
    elif isinstance(node, ast.BoolOp):
        other_op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"to {type(other_op).__name__}", node, "op", other_op
        for place in range(len(node.values)):
            kept = [value for at, value in enumerate(node.values) if at != place]
            yield f"without {ast.unparse(node.values[place])}", node, "values", kept if len(kept) > 1 else kept * 2
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "the other truth", node, "value", not node.value
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield "one more", node, "value", node.value + 1
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield "another word", node, "value", node.value + "x"
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        yield "the condition turned", node, "test", ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield "returns nothing", node, "value", ast.Constant(None)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLED:
        yield f"{node.func.id} to {CALLED[node.func.id]}", node.func, "id", CALLED[node.func.id]
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) > 0:
        for place in range(len(node.elts)):
            kept = [value for at, value in enumerate(node.elts) if at != place]
            yield f"without element {place + 1}", node, "elts", kept
    for name in ("body", "orelse"):
        statements = getattr(node, name, None)
        if isinstance(statements, list):
            for place, statement in enumerate(statements):
                if isinstance(statement, ast.Continue | ast.Break):
                    kept = [ast.Pass() if at == place else one for at, one in enumerate(statements)]
                    yield f"without {type(statement).__name__.lower()}", node, name, kept
                if isinstance(statement, ast.AugAssign):
                    kept = [ast.Pass() if at == place else one for at, one in enumerate(statements)]
                    yield "a step left out", node, name, kept


# Who is asked


def law_survives(path: Path, mutant: Mutant | None) -> bool:
    """In a process of its own: the law is read anew with the changed module (None: nothing is changed), and only then what asks it."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(PATIENCE)
    for name in [name for name in sys.modules if name.startswith(("lianqiao.law", "tests.law")) and name != __name__]:
        del sys.modules[name]
    try:
        changed = types.ModuleType(f"lianqiao.law.{path.stem}")
        changed.__file__ = str(path)
        sys.modules[changed.__name__] = changed
        exec(mutant.code(path) if mutant else path.read_text(encoding="utf-8"), changed.__dict__)
        oracle = importlib.import_module("tests.law.oracle")
        if path in RECKONING and any(oracle.differences(1, number) for number in range(DRAWS)):
            return False
        for test, given in asked_of(f"tests.law.test_{path.stem}"):
            test(**given)
    except (Exception, pytest.fail.Exception):
        return False
    return True


def asked_of(module: str) -> Iterator[tuple[Callable[..., None], dict[str, Any]]]:
    """The tests of a module with their parameters, without what else pytest does: half a minute becomes a tenth of a second."""
    told = importlib.import_module(module)
    for name, test in vars(told).items():
        if not name.startswith("test_"):
            continue
        ways: list[dict[str, Any]] = [{}]
        for mark in getattr(test, "pytestmark", ()):
            names, rows = mark.args
            names = names.split(",") if isinstance(names, str) else names
            rows = [row if len(names) > 1 else (row,) for row in rows]
            ways = [way | dict(zip(names, row, strict=True)) for way in ways for row in rows]
        yield from ((test, way) for way in ways)


def flow_survives(mutant: Mutant) -> bool:
    from tests.cases import constitution

    module = types.ModuleType("lianqiao.cases.flow_of_a_mutant")
    sys.modules[module.__name__] = module
    try:
        exec(mutant.code(FLOW), module.__dict__)
        return constitution.told(module) == constitution.TABLE.strip().splitlines()
    except Exception:
        return False


def forked(task: Any, mutant: Mutant | None, results: Any, place: int) -> None:
    results[place] = 1 if task(mutant) else 0


def asked(task: Any, chosen: Sequence[Mutant | None], processes: int) -> list[bool]:
    """Which survive, each in a process of its own, so many at once; one that ends otherwise than by an answer is killed."""
    context = multiprocessing.get_context("fork")
    results = context.Array("i", [0] * len(chosen))
    running: list[Any] = []
    for place, mutant in enumerate(chosen):
        while len(running) >= processes:
            running = [process for process in running if process.is_alive()]
            time.sleep(0.005)
        process = context.Process(target=forked, args=(task, mutant, results, place))
        process.start()
        running.append(process)
    for process in running:
        process.join()
    return [bool(result) for result in results]


def judged(path: Path, every: int, processes: int = 2) -> tuple[int, int, list[str]]:
    """How many were tried, how many of them change nothing, and the survivors."""
    text = path.read_text(encoding="utf-8")
    chosen = mutants(path)[every // 2 :: every]
    if path == FLOW:
        alive = list(map(flow_survives, chosen))
    else:
        of_the_law = partial(law_survives, path)
        if not all(asked(of_the_law, [None], 1)):
            raise AssertionError("the sound module does not pass: no mutant could be told from it")
        alive = asked(of_the_law, chosen, processes)
    survivors = [mutant.named(text) for mutant, lives in zip(chosen, alive, strict=True) if lives]
    unseen = [name for name in survivors if name not in EQUIVALENT]
    return len(chosen), len(survivors) - len(unseen), unseen


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=10)
    args = parser.parse_args(argv)
    os.environ.setdefault("LIANQIAO_SECRET_KEY", "mutants")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqiao.site.settings")
    import django

    django.setup()
    worst = 100.0
    for path in (*RECKONING, *RULES, FLOW):
        began = time.monotonic()
        tried, same, unseen = judged(path, args.every)
        killed = tried - same - len(unseen)
        share = 100 * killed / (tried - same)
        worst = min(worst, share)
        print(
            f"{path.name}: {tried} mutants, {killed} killed ({share:.1f} %), {len(unseen)} survive, {same} change nothing; {time.monotonic() - began:.0f} s"
        )
        print("".join(f"    {name}\n" for name in unseen), end="")
    return 0 if worst >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
