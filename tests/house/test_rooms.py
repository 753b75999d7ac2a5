"""The rooms: their order, their words on the door, and one writer of the state of a case."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.apps import apps

PACKAGE = Path(__file__).parents[2] / "src" / "lianqiao"
ROOMS = (
    "law",
    "record",
    "registry",
    "jobs",
    "cases",
    "batches",
    "hotline",
    "exchange",
    "signin",
    "notices",
    "ledgers",
    "meetings",
    "portal",
    "desk",
    "site",
)
DRAWERS = {"core", "common", "utils", "util", "helpers", "services", "managers", "base", "misc", "shared"}
DAYS = {"record/time.py", "law/clock.py", "law/commands.py", "registry/tables.py"}
"""Where a day is taken of a moment: the clock, the law (which stands below it), and cells that are days already."""
WRITERS = {"cases/act.py", "cases/moves.py"}


@cache
def modules() -> list[tuple[str, ast.Module]]:
    return [
        (path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
    ]


def test_package_has_exactly_the_rooms() -> None:
    assert {path.parent.name for path in PACKAGE.glob("*/__init__.py")} == set(ROOMS)


def test_room_opens_with_three_lines() -> None:
    lines = {}
    for room in ROOMS:
        said = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8")))
        lines[room] = len((said or "").strip().splitlines())

    assert lines == dict.fromkeys(ROOMS, 3)


def test_no_module_is_a_drawer() -> None:
    names = {name: set(Path(name).with_suffix("").parts) & DRAWERS for name, _tree in modules()}

    assert {name: found for name, found in names.items() if found} == {}


def test_day_of_a_moment_is_asked_of_the_clock_of_the_house() -> None:
    """`.date()` of a moment is the day in UTC: the wrong one for the eight hours after midnight in China."""
    found = {
        f"{name}:{node.lineno}"
        for name, tree in modules()
        if name not in DAYS
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "date"
    }

    assert found == set()


def test_state_of_a_case_is_written_only_behind_the_door() -> None:
    found = {f"{name}:{line}" for name, tree in modules() if name not in WRITERS for line in state_writes(name, tree)}

    assert found == set()


def test_state_writes_are_seen_by_the_walk() -> None:
    written = "case.state = 1\nCase.objects.filter(pk=1).update(state=2)\nsetattr(case, 'state', 3)\nmail.state = 4\n"

    seen = sorted(state_writes("exchange/parcels.py", ast.parse(written)))

    assert seen == [1, 2, 3]


def state_writes(name: str, tree: ast.Module) -> Iterator[int]:
    """Lines that set `.state` of a case: by assignment, by a queryset's update, by setattr.

    In the room `cases` every `.state` is a case's; in other rooms what is named after a case is one.
    """
    for node in ast.walk(tree):
        owner: ast.expr | None = None
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr == "state":
            owner = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            owner = node.func.value if any(word.arg == "state" for word in node.keywords) else None
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "setattr" and "'state'" in ast.unparse(node):
            owner = node.args[0]
        if owner is not None and (name.startswith("cases/") or "case" in ast.unparse(owner).lower()):
            yield node.lineno


def test_relations_look_up_the_list_of_rooms() -> None:
    down = {
        str(field)
        for room in ROOMS[1:]
        for model in apps.get_app_config(room).get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is not None
        if ROOMS.index(getattr(field.related_model, "_meta").app_label) > ROOMS.index(room)  # noqa: B009
    }

    assert down == set()


def test_no_signal_carries_a_domain_effect() -> None:
    connected = {
        f"{name}: {ast.unparse(node)}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.db.models.signals")
        for alias in node.names
        if alias.name != "post_migrate"
    }

    assert connected == set()
