"""Verbs that two people do at the same moment, in real threads on real connections: one of them is done, the other is told."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case
from lianqiao.record import events
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db(transaction=True)

Filing = Callable[..., intake.Filed]


def at_once(*verbs: Callable[[], Any]) -> Sequence[str]:
    """Runs the verbs in a thread each, begun together; "done" or the code of the refusal, sorted."""
    gate, said = threading.Barrier(len(verbs)), []

    def run(verb: Callable[[], Any]) -> None:
        gate.wait()
        try:
            verb()
            said.append("done")
        except Refused as refused:
            said.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[verb]) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(said)


def act(case: Case, verb: str, by: Person, **given: Any) -> Callable[[], Any]:
    return lambda: ACTIONS[verb](Case.objects.get(pk=case.pk), by=by, **given)


def test_accept_and_refuse_at_once_one_is_done(people: dict[str, Person], filing: Filing) -> None:
    case = filing().case

    said = at_once(
        act(case, "accept", people["intake"]),
        act(case, "refuse", people["intake"], ground="2", reason="属民商事纠纷"),
    )

    assert said == ["done", "wrong-state"]
    assert Case.objects.get(pk=case.pk).event_count == 2
    assert events.verify_chain(case.uid) == []


def test_notes_at_once_are_all_kept_in_one_chain(people: dict[str, Person], filing: Filing) -> None:
    case = filing().case

    said = at_once(*[act(case, "note", people["handler"], text=f"第{place}条") for place in range(6)])

    assert said == ["done"] * 6
    assert Case.objects.get(pk=case.pk).event_count == 7
    assert events.verify_chain(case.uid) == []


def test_same_version_at_once_one_is_stale(people: dict[str, Person], filing: Filing) -> None:
    case = filing().case

    def with_version(text: str) -> Callable[[], Any]:
        return lambda: ACTIONS["note"](Case.objects.get(pk=case.pk), by=people["handler"], version=1, text=text)

    assert at_once(with_version("甲"), with_version("乙")) == ["done", "stale"]


def test_rate_at_once_counts_once(people: dict[str, Person], at: Callable[[str], Case]) -> None:
    case = at("delivered")

    said = at_once(act(case, "rate", people["owner"], score=1), act(case, "rate", people["owner"], score=5))

    assert said == ["done", "rated-already"]
