"""How PostgreSQL finds what officers and enterprises look at most: the indexes by which each query reads, kept as files and compared.

One case that was really filed is laid out many times, in all proportions that matter to the planner: few in work, many agencies, a word in one of
nine. A file of `plans` holds the indexes by which a query reads, and the tables that it reads from end to end. To take them anew after a change that is
wanted: PLANS=write. How what was read is joined is not told, for that differs between versions of PostgreSQL.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.cast import Cast, filing

from lianqiao.cases import redating
from lianqiao.cases.actions import intake
from lianqiao.cases.models import Case, CaseKey, Clock
from lianqiao.desk import lists
from lianqiao.portal import sheet
from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db

PLANS = Path(__file__).parent / "plans"
MANY = 20_000
READ = re.compile(r"Scan(?: Backward)? using (\w+) on|Bitmap Index Scan on (\w+)|(Seq Scan on \w+)")
LEFT_OUT = ("registry_", "exclusion", "cases_question")
"""Small tables, and the exclusions, for which two indexes do equally well."""
COPIES = """
INSERT INTO cases_case ({columns}) SELECT {values} FROM cases_case c, generate_series(1, {many}) n WHERE c.id = {case};
INSERT INTO cases_casekey (case_id, key, identity) SELECT {case} + n, 'agency:a' || n % 40, true FROM generate_series(1, {many}) n;
INSERT INTO cases_casekey (case_id, key, identity) SELECT {case} + n, 'above:all', true FROM generate_series(1, {many}) n;
INSERT INTO cases_casekey (case_id, key, identity) SELECT {case} + n, k.key, true FROM generate_series(1, {many}) n, cases_casekey k
  WHERE k.case_id = {case} AND n % 40 = 0;
INSERT INTO cases_exclusion (case_id, key) SELECT {case} + n, 'agency:a' || (n + 1) % 40 FROM generate_series(1, {many}) n;
INSERT INTO cases_clock (case_id, name, subject, started_on, started_by, stopped_on, given, pauses, extensions, due_on, provisional)
  SELECT {case} + n, 'handle', '', current_date, 1, CASE WHEN n % 20 > 0 THEN current_date END, '{{}}', '[]', '[]', current_date + n % 60, false
  FROM generate_series(1, {many}) n;
ANALYZE cases_case; ANALYZE cases_casekey; ANALYZE cases_exclusion; ANALYZE cases_clock; ANALYZE record_event;
SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off;
"""
CHANGED = {
    "id": "c.id + n",
    "uid": "gen_random_uuid()",
    "dossier": "gen_random_uuid()",
    "state": "CASE WHEN n % 20 > 0 THEN 'archived' ELSE 'accepted' END",
    "next_due": "CASE WHEN n % 20 = 0 THEN current_date + n % 60 END",
    "agency_id": "CASE WHEN n % 40 = 0 THEN c.agency_id ELSE (SELECT id FROM registry_agency WHERE code = 'cd-planning') END",
    "home_agency_id": "CASE WHEN n % 40 = 0 THEN c.agency_id ELSE (SELECT id FROM registry_agency WHERE code = 'cd-planning') END",
    "enterprise_id": "CASE WHEN n % 200 = 0 THEN c.enterprise_id END",
    "tokens_open": "CASE WHEN n % 9 = 0 THEN ' 检查 查 ' ELSE ' 许可 可 ' END || 'w' || n || ' '",
}


@pytest.fixture
def many(cast: Cast) -> Case:
    """One case, and twenty thousand like it."""
    if connection.vendor != "postgresql":
        pytest.skip("plans are those of PostgreSQL")
    case = intake.file(by=cast.lin, **filing(cast)).case
    columns = [field.column for field in Case._meta.concrete_fields]
    values = [CHANGED.get(column, f"c.{column}") for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            COPIES.format(columns=", ".join(columns), values=", ".join(values), many=MANY, case=case.pk).replace("%", "%%"), []
        )  # fmt: skip
    return case


def overseer(cast: Cast) -> Person:
    """An officer who also holds the key of all cases."""
    CaseKey.objects.filter(key="above:all").update(key=f"person:{cast.su.pk}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_casekey")
    return cast.su


QUERIES: dict[str, Callable[[Cast, Case], Any]] = {
    "worklist-desk": lambda cast, case: lists.found(cast.wei, "all", "agency")[: lists.PAGE + 1],
    "worklist-overseer": lambda cast, case: lists.found(overseer(cast), "all", "all")[: lists.PAGE + 1],
    "worklist-word": lambda cast, case: lists.found(overseer(cast), "all", "all", "检查")[: lists.PAGE + 1],
    "search-common": lambda cast, case: (
        Case.objects.visible_to(one := overseer(cast)).listed(one).search("检查", one)[:51]
    ),
    "search-rare": lambda cast, case: (
        Case.objects.visible_to(one := overseer(cast)).listed(one).search("w777", one)[:51]
    ),
    "own-list": lambda cast, case: sheet.own_cases(cast.lin)[:21],
    "case": lambda cast, case: Case.objects.visible_to(cast.wei).numbered(case.number),
    "chain": lambda cast, case: Event.objects.about("case", case.uid),
    "redating": lambda cast, case: redating.values(redating.behind(1, time.today(), time.today())),
    "reminders": lambda cast, case: Clock.objects.due_until(time.today())[:50],
}


def plan(rows: Any) -> str:
    """By which indexes the tables are read, and which are read from end to end."""
    found = {"".join(told) for told in READ.findall(rows.explain(costs=False))}
    return "".join(f"{one}\n" for one in sorted(found) if not any(name in one for name in LEFT_OUT))


@pytest.mark.parametrize("name", QUERIES)
def test_query_reads_by_the_indexes_that_were_kept(cast: Cast, many: Case, name: str) -> None:
    found, kept = plan(QUERIES[name](cast, many)), PLANS / f"{name}.txt"
    if os.environ.get("PLANS") == "write":
        kept.write_text(found, encoding="ascii")
    assert found == kept.read_text(encoding="ascii")


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("worklist-overseer", "case_due"),
        ("worklist-desk", "case_work_agency"),
        ("search-rare", "cases_search_tokens_open"),
        ("own-list", "case_enterprise"),
    ],
)
def test_lost_index_is_noticed(cast: Cast, many: Case, name: str, index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {index}")

    assert plan(QUERIES[name](cast, many)) != (PLANS / f"{name}.txt").read_text(encoding="ascii")
