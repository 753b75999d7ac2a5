"""What hangs on one case (its files, questions, limits), read in the same question as the case itself, for pages that show all of it and for
verbs."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import OuterRef

from lianqiao.record.rows import Rows, row
from lianqiao.registry import remembered

from .models import Case

READ = "part_"


def reading(*names: str) -> dict[str, Rows]:
    """What a query of cases is annotated with, so that `put` finds these relations of each."""
    return {
        f"{READ}{name}": Rows(_model(name).objects.filter(case=OuterRef("pk")).order_by("pk").values())
        for name in names
    }


def put(case: Case, *names: str) -> Case:
    """The case, read with `reading` of the same names: each relation asks the database no second time."""
    for name in names:
        rows = getattr(case, name).all()
        rows._result_cache = [made(_model(name), told, case) for told in case.__dict__.pop(f"{READ}{name}")]
        rows._prefetch_done = True
        case.__dict__.setdefault("_prefetched_objects_cache", {})[name] = rows
    return case


def in_hand(case: Case, *names: str) -> Case:
    """The case with what was read with it (`reading`), the agencies by name."""
    known = {agency.pk: agency for agency in remembered.agencies(settings.LIANQIAO_NODE)}
    put(case, *names)
    for one in (*case.participants.all(), *case.questions.all()):
        if one.agency_id in known:
            one.agency = known[one.agency_id]
    return case


def held(cases: Iterable[Case], name: str, **only: Any) -> Iterator[Any]:
    """The rows of this relation of all the cases, of those that are not in hand in one query; that one asks `only` for some."""
    asked = []
    for case in cases:
        if are_in_hand(case, name):
            yield from getattr(case, name).all()
        else:
            asked.append(case)
    if asked:
        yield from _model(name).objects.filter(case__in=asked, **only)


def are_in_hand(case: Case, *names: str) -> bool:
    """Whether these relations ask the database nothing."""
    return set(names) <= getattr(case, "_prefetched_objects_cache", {}).keys()


def made(model: Any, told: dict[str, Any], case: Case) -> Any:
    """A row that hangs on the case, of what `Rows` said of it."""
    one = row(model, told, case._state.db)
    if hasattr(one, "case_id"):
        one.case = case
    return one


def _model(name: str) -> Any:
    return Case._meta.get_field(name).related_model
