"""Merging and un-merging leave everything as it was: by hand, and over generated histories."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianqiao.record.events import verify_chain
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions
from lianqiao.registry.models import Enterprise, Person, Region


def firm(admin: Person, region: Region, name: str) -> Enterprise:
    return actions.add_enterprise(name_zh=name, name_en=name, kind="private", region=region, by=admin)


def tables() -> dict[str, list[dict[str, Any]]]:
    """Every row of the registry, as the database holds it."""
    return {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for model in apps.get_app_config("registry").get_models()
    }


def test_merge_moves_nothing_and_unmerge_puts_nothing_back(admin: Person, person: Person, sichuan: Region) -> None:
    one, two = firm(admin, sichuan, "甲"), firm(admin, sichuan, "乙")
    actions.link_owner(person, two, by=admin)
    before = tables()

    assert actions.merge(two, one, reason="同一企业", by=admin) == one
    two.refresh_from_db()
    assert (two.merged_into, two.root, two.stands) == (one, one, one)
    assert set(Enterprise.objects.family([one])) == set(Enterprise.objects.family([two])) == {one, two}
    assert {name: rows for name, rows in tables().items() if rows != before[name]}.keys() == {"Enterprise"}

    actions.unmerge(two, reason="两家企业", by=admin)

    assert tables() == before
    assert [verify_chain(row.pk, "enterprise") for row in (one, two)] == [[], []]
    verbs = Event.objects.filter(subject=two.pk).order_by("number").values_list("verb", flat=True)
    assert list(verbs) == ["add_enterprise", "link", "merge", "unmerge"]


def test_merge_refuses_what_makes_no_sense(admin: Person, person: Person, sichuan: Region) -> None:
    one, two, three = (firm(admin, sichuan, name) for name in ("甲", "乙", "丙"))
    actions.merge(two, one, reason="x", by=admin)
    tries = {
        "reason-missing": lambda: actions.merge(three, one, reason=" ", by=admin),
        "merged-already": lambda: actions.merge(two, three, reason="x", by=admin),
        "same-enterprise": lambda: actions.merge(one, two, reason="x", by=admin),
        "not-merged": lambda: actions.unmerge(three, reason="x", by=admin),
        "not-admin": lambda: actions.merge(three, one, reason="x", by=person),
    }
    before, events = tables(), Event.objects.count()
    for code, attempt in tries.items():
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == code
    assert (tables(), Event.objects.count()) == (before, events)


STEPS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8)


@given(steps=STEPS, order=st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_merges_undone_in_any_order_leave_everything_as_before(
    admin: Person, sichuan: Region, steps: list[tuple[int, int]], order: Any
) -> None:
    firms = [firm(admin, sichuan, f"企业{number}号") for number in range(5)]
    before = tables()
    parents: dict[int, int] = {}

    for one, other in steps:
        stands = other
        while stands in parents:
            stands = parents[stands]
        if one in parents or stands == one:
            with pytest.raises(Refused) as refused:
                actions.merge(firms[one], firms[other], reason="x", by=admin)
            assert refused.value.code == ("merged-already" if one in parents else "same-enterprise")
        else:
            actions.merge(firms[one], firms[other], reason="x", by=admin)
            parents[one] = other
        check_roots(firms, parents)
    merged = list(parents)
    order.shuffle(merged)
    for one in merged:
        actions.unmerge(firms[one], reason="x", by=admin)
        del parents[one]
        check_roots(firms, parents)

    assert tables() == before
    assert [verify_chain(row.pk, "enterprise") for row in firms] == [[]] * 5


def check_roots(firms: list[Enterprise], parents: dict[int, int]) -> None:
    """Each row's root is where its merges lead."""

    def root(number: int) -> int:
        return root(parents[number]) if number in parents else number

    held = {row.pk: row.root_id for row in Enterprise.objects.all()}
    assert [held[row.pk] for row in firms] == [
        firms[root(number)].pk if number in parents else None for number in range(len(firms))
    ]


WORDS = st.lists(
    st.tuples(
        st.sampled_from(["enter", "change", "merge", "unmerge", "import", "code"]), st.integers(0, 3), st.integers(0, 3)
    ),
    max_size=10,
)


@given(words=WORDS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_histories_only_grow_whatever_is_done(
    admin: Person, sichuan: Region, tmp_path: Path, words: list[tuple[str, int, int]]
) -> None:
    """Entering, changing, merging, un-merging and importing append to the chain of whom they are about, and touch no other."""
    firms = [firm(admin, sichuan, f"企业{number}号") for number in range(2)]
    for turn, (word, one, other) in enumerate(words):
        before = histories()
        try:
            touched = do(
                word, firms, firms[one % len(firms)], firms[other % len(firms)], turn, admin, sichuan, tmp_path
            )
        except Refused:
            touched = set()
        after = histories()
        assert all(after[pk][: len(chain)] == chain for pk, chain in before.items())
        assert {pk for pk in after if after[pk] != before.get(pk)} == touched
        assert [verify_chain(pk, "enterprise") for pk in after] == [[]] * len(after)


def histories() -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = {}
    for pk, digest in (
        Event.objects.filter(subject_kind="enterprise").order_by("number").values_list("subject", "digest")
    ):
        found.setdefault(pk, []).append(digest)
    return found


def do(
    word: str,
    firms: list[Enterprise],
    one: Enterprise,
    other: Enterprise,
    turn: int,
    admin: Person,
    sichuan: Region,
    folder: Path,
) -> set[Any]:
    """One step; the ids of the enterprises whose history it continues."""
    one.refresh_from_db()
    into = one.merged_into_id
    if word == "enter":
        firms.append(firm(admin, sichuan, f"新企业{turn}号{len(firms)}"))
        return {firms[-1].pk}
    if word == "change":
        actions.change_enterprise(one, address=f"示例路{turn}号", by=admin)
    elif word == "code":
        actions.add_former_code(one, f"5101000000{turn:02}", by=admin)
    elif word == "merge":
        actions.merge(one, other, reason="x", by=admin)
        return {one.pk, other.pk}
    elif word == "unmerge":
        actions.unmerge(one, reason="x", by=admin)
        return {one.pk, into}
    else:
        table = folder / "table.csv"
        table.write_text(
            f"企业名称,企业类型,行政区划代码\n{one.name_zh},private,510000\n表中企业{turn}号,private,510000\n"
        )
        known = set(Enterprise.objects.values_list("pk", flat=True))
        actions.import_enterprises(table, by=admin)
        return set(Enterprise.objects.exclude(pk__in=known).values_list("pk", flat=True))
    return {one.pk}
