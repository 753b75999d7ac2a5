"""A node with many cases, as many as a country has: `python -m bench.population --size N ... [--keep FOLDER]` makes one and says how long it took.

The cases of the demonstration are told first, by its people over HTTP, so that every state and its chain of events is there. Then their rows are
multiplied in bulk: each copy has an enterprise, an agency, texts, salts, days and ids of its own, a chain that verifies, its search words, its keys,
clocks that are reckoned anew, and its places in the log. A tenth of the agencies has most of the cases; most cases ended long ago; the country grows
around one desk and one enterprise that have the same number of cases at every size. Followers find nothing left to do.

Written as `record.bulk` writes, by as many processes as there are cores, while the tables have no indexes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any
from uuid import UUID

from bench import wording

SEED = 20
BLOCK = 2000
"""Cases that are made, and written, at once."""
YEARS = 5
RECENT = 26
"""Weeks over which the filings of open cases are spread."""
HANDLED = 8
"""The same where all cases are in work: so long that their limits still run."""
RUNNING = 0.05
"""The share of cases in work: open, or concluded and not yet delivered."""
ENDS = {"archived": 20.0, "delivered": 2.0}
"""How much more often than others a case ends so."""
DESK, ENTERPRISE = 500, 60
"""Cases of the one desk, two fifths of them in work, and of the one enterprise, at every size."""
DAY = re.compile(r"20\d\d-\d\d-\d\d")
TABLES = (
    "cases_case", "cases_clock", "cases_casekey", "cases_exclusion", "cases_participant", "cases_question", "cases_tie",
    "record_event", "record_sealed", "record_place", "record_treenode",
)  # fmt: skip


# What is multiplied


@dataclass
class Mould:
    """One case that was told, as plain rows; copies are cast from it."""

    case: dict[str, Any]
    agency: str
    ancestors: tuple[str, ...]
    open: bool
    clocks: list[dict[str, Any]]
    keys: list[tuple[str, bool]]
    exclusions: list[str]
    participants: list[tuple[Any, str]]
    questions: list[dict[str, Any]]
    events: list[dict[str, Any]]
    sealed: list[dict[str, str]]

    @cached_property
    def group(self) -> list[Mould]:
        """The cases that are cast together with this one, itself first."""
        return [self]


@dataclass(frozen=True)
class Centre:
    """An agency that has cases: what takes the place of the mould's own."""

    id: UUID
    code: str
    region: str
    above: tuple[str, ...]


def moulds() -> list[list[Mould]]:
    """The cases that were told, those together that point to each other."""
    from django.db.models import Q

    from lianqiao.cases import flow
    from lianqiao.cases.models import Case, Tie
    from lianqiao.record.models import Event

    tied = set(Tie.objects.values_list("case_id", flat=True))
    found: dict[int, Mould] = {}
    alone = Case.objects.filter(objections=None, objection_to=None, about=None, reports=None).exclude(enterprise=None)
    for case in alone.filter(~Q(programme="roundtable")).select_related("agency", "home_agency").order_by("pk"):
        chain = list(Event.objects.about("case", case.uid))
        if (case.pk in tied and case.following_id is None and not case.followers.exists()) or chain[0].verb not in (
            "file",
            "take_over",
        ):
            continue
        found[case.pk] = Mould(
            row(case),
            case.agency.code,
            tuple(case.agency.path.strip("/").split("/")[:-1]),
            case.state in (*flow.OPEN, flow.State.CONCLUDED),
            [row(clock) for clock in case.clocks.order_by("pk")],
            list(case.keys.values_list("key", "identity")),
            list(case.exclusions.values_list("key", flat=True)),
            list(case.participants.values_list("agency_id", "part")),
            [row(question) for question in case.questions.order_by("number")],
            [row(event) for event in chain],
            [{name: kept["value"] for name, kept in event.sealed.values.items()} if hasattr(event, "sealed") else {} for event in chain],
        )  # fmt: skip
    groups = {pk: [mould] for pk, mould in found.items() if not mould.case["following_id"]}
    for mould in found.values():
        if mould.case["following_id"] in groups:
            groups[mould.case["following_id"]].append(mould)
    return list(groups.values())


def row(of: Any) -> dict[str, Any]:
    """What stands in the columns of a row."""
    return {field.attname: getattr(of, field.attname) for field in of._meta.concrete_fields}


# One copy after the other


class Foundry:
    """Casts block after block. Everything follows from the seed, the size and the number of the block, but salts and ids."""

    def __init__(
        self,
        size: int,
        running: float,
        centres: Sequence[Centre],
        enterprises: Sequence[tuple[UUID, str, str]],
        known: int,
    ) -> None:
        from lianqiao.record.nodes import this_node
        from lianqiao.registry.models import Region

        self.size, self.running, self.centres, self.enterprises = size, running, centres, enterprises
        self.recent = RECENT if running < 1 else HANDLED
        self.node = this_node().code
        self.moulds = moulds()
        self.known = known
        self.open = [group for group in self.moulds if group[0].open]
        self.ended = [group for group in self.moulds if not group[0].open]
        self.ends = list(accumulate(ENDS.get(group[0].case["state"], 1.0) for group in self.ended))
        self.places = [name.name_zh for name in Region.objects.filter(code__startswith="51").order_by("code")] or [
            "成都市"
        ]
        self.by_centre, self.by_enterprise = (
            wording.falling(len(centres) - 1, 1.0),
            wording.falling(len(enterprises) - 1, 0.7),
        )

    def plan(self, block: int) -> list[tuple[list[Mould], int, Centre, int]]:
        """For each group of cases: its mould, weeks back, its centre, its enterprise."""
        chance = random.Random(SEED * 1_000_003 + block)
        first, planned = block * BLOCK, []
        desk, own = max(1, self.size // DESK), max(2, self.size // ENTERPRISE)
        number, last = first, min(self.size, first + BLOCK)
        while number < last:
            at_desk = number % desk == 0 and number // desk < DESK
            opened = (number // desk) % 5 < 2 if at_desk and self.running < 1 else chance.random() < self.running
            group = chance.choice(self.open) if opened else chance.choices(self.ended, cum_weights=self.ends)[0]
            weeks = int((1 - number / self.size) * (self.recent if opened else YEARS * 52)) + (0 if opened else 4)
            centre = self.centres[0] if at_desk else chance.choices(self.centres[1:], cum_weights=self.by_centre)[0]
            enterprise = (
                0
                if number % own == 1 and number // own < ENTERPRISE
                else 1 + chance.choices(range(len(self.enterprises) - 1), cum_weights=self.by_enterprise)[0]
            )
            planned.append((group, weeks, centre, enterprise))
            number += len(group)
        return planned

    def counts(self, block: int) -> tuple[int, int]:
        """How many cases and events the block has."""
        planned = self.plan(block)
        return sum(len(one[0]) for one in planned), sum(len(mould.events) for one in planned for mould in one[0])

    @lru_cache(maxsize=40_000)  # noqa: B019 (one foundry for each process)
    def earlier(self, group: int, member: int, weeks: int) -> Mould:
        """The mould with all its days so many weeks earlier, its running clocks reckoned anew."""
        from lianqiao.cases import clocks
        from lianqiao.cases.models import Case, Clock
        from lianqiao.registry.models import Agency

        mould, back = self.moulds[group][member], timedelta(weeks=weeks)
        case = moved(mould.case, back)
        rows = []
        like = Case(**{name: value for name, value in case.items() if not name.endswith("_id")})
        like.agency = Agency.objects.get(code=mould.agency)
        for held in mould.clocks:
            told = moved(held, back)
            if told["stopped_on"] is None and told["due_on"]:
                clock = Clock(**{name: value for name, value in told.items() if name != "case_id"})
                clock.case = like
                clocks.derive(clock)
                told |= {"due_on": clock.due_on, "due_at": clock.due_at, "provisional": clock.provisional}
                told["notified_due_on"] = clock.due_on if told["notified_due_on"] else None
            rows.append(told | {name: as_json(told[name]) for name in ("given", "pauses", "extensions")})
        return Mould(
            case, mould.agency, mould.ancestors, mould.open, rows, mould.keys, mould.exclusions, mould.participants,
            [moved(one, back) for one in mould.questions], [moved(one, back) for one in mould.events],
            [moved(one, back) for one in mould.sealed],
        )  # fmt: skip

    def cast(self, block: int, case_id: int, event_id: int) -> tuple[dict[str, list[tuple[Any, ...]]], list[str]]:
        """The rows of the block by table, and the digests of its events in their order."""
        made: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
        digests: list[str] = []
        chance = random.Random(SEED * 7_000_003 + block)
        writer = wording.Writer(chance, self.places)
        index = {id(group): place for place, group in enumerate(self.moulds)}
        for group, weeks, centre, enterprise in self.plan(block):
            first, place = case_id, index[id(group)]
            said = writer.matter()
            contact = {"contact.name": writer.person(), "contact.phone": f"028-{chance.randrange(10**8):08d}"}
            numbers = {mould.case["id"]: first + member for member, mould in enumerate(group)}
            uids = {mould.case["id"]: random_uuid(chance) for mould in group}
            for member in range(len(group)):
                mould = self.earlier(place, member, weeks)
                event_id = self.one(
                    made, digests, mould, case_id, event_id, numbers, uids, centre, enterprise, said, contact, chance
                )
                case_id += 1
        return made, digests

    def one(
        self, made: dict[str, list[tuple[Any, ...]]], digests: list[str], mould: Mould, pk: int, event_id: int, numbers: Mapping[int, int],
        uids: Mapping[int, UUID], centre: Centre, enterprise: int, said: tuple[str, str, str], contact: Mapping[str, str], chance: random.Random,
    ) -> int:  # fmt: skip
        """Cast one case; the number of the event behind its last."""
        from lianqiao.cases import search
        from lianqiao.record import events

        firm, firm_name, uscc = self.enterprises[enterprise]
        uid, old = uids[mould.case["id"]], mould.case
        texts = (
            dict(zip(("title", "facts", "request"), said, strict=True))
            | {"enterprise_name": firm_name, "enterprise_code": uscc}
            | dict(contact)
        )
        turned = {f'"{mould.agency}"': f'"{centre.code}"', str(old["enterprise_id"]): str(firm)}
        for before, now in numbers.items():
            if len(numbers) > 1:
                turned[f"{self.node}-{self.known}-{before:06d}"] = f"{self.node}-{old['filed_on'].year}-{now:06d}"
        ahead = timedelta(seconds=chance.randrange(3600), microseconds=chance.randrange(10**6))
        head, moment = "", old["changed_at"]
        for event, kept in zip(mould.events, mould.sealed, strict=True):
            stated = told_anew(event["data"], turned)
            values = {name: texts.get(name, value) for name, value in kept.items()}
            data, sealed = events.bound({name: value for name, value in stated.items() if name not in values}, values)
            moment = event["recorded_at"] + ahead
            composed = events.Composed(
                "case",
                uid,
                event["number"],
                event["verb"],
                event["by_kind"],
                event["by"],
                event["legal_date"],
                moment,
                data,
                head,
            )
            head = digest_of(events.body(composed, self.node))
            made["record_event"].append(
                (
                    "case",
                    uid,
                    event["number"],
                    event["verb"],
                    event["by_kind"],
                    event["by"],
                    event["legal_date"],
                    moment,
                    as_json(data),
                    composed.previous,
                    head,
                    event_id,
                )
            )
            if sealed:
                made["record_sealed"].append((event_id, as_json(sealed)))
            digests.append(head)
            event_id += 1
        matter, who = search.tokens(*said), search.tokens(firm_name, uscc, *contact.values())
        if old["confidential"]:
            matter, who = search.tokens(old["summary"]), who + matter.lstrip()
        own = old["agency_id"]
        made["cases_case"].append(tuple((old | {
            "id": pk, "uid": uid, "dossier": uid if old["tenure"] == 1 else random_uuid(chance), "title": said[0], "complainant": firm_name,
            "enterprise_id": firm, "agency_id": centre.id, "home_agency_id": centre.id if old["home_agency_id"] == own else old["home_agency_id"],
            "offer": random_uuid(chance) if old["offer"] else None, "tokens_open": matter, "tokens_identity": who, "event_head": head,
            "event_count": len(mould.events), "changed_at": moment, "following_id": numbers.get(old["following_id"]),
            "next_due": min((c["due_on"] for c in mould.clocks if c["due_on"] and not c["stopped_on"]), default=None),
        }).values()))  # fmt: skip
        made["cases_clock"] += [tuple((clock | {"case_id": pk}).values())[1:] for clock in mould.clocks]
        made["cases_casekey"] += [(pk, key, shows) for key, shows in self.keys(mould, centre, firm).items()]
        made["cases_exclusion"] += [(pk, key) for key in mould.exclusions]
        made["cases_participant"] += [(pk, agency, part) for agency, part in mould.participants]
        for question in mould.questions:
            key = question["addressee_key"]
            key = f"enterprise:{firm}" if key.startswith("enterprise:") else key
            made["cases_question"].append(tuple((question | {"case_id": pk, "addressee_key": key}).values())[1:])
        made["cases_tie"] += [(pk, other) for other in numbers.values() if other != pk]
        return event_id

    def keys(self, mould: Mould, centre: Centre, firm: UUID) -> dict[str, bool]:
        """The keys of the mould, with the centre's in place of its own agency's."""
        found: dict[str, bool] = {}
        gone = {f"above:{code}" for code in mould.ancestors}
        for key, shows in mould.keys:
            kind, _colon, code = key.partition(":")
            if kind == "enterprise":
                key = f"enterprise:{firm}"
            elif code == mould.agency:
                key = f"{kind}:{centre.code}"
            elif key in gone or kind == "association":
                continue
            found[key] = shows or found.get(key, False)
        return found | {f"above:{code}": not mould.case["confidential"] for code in centre.above}


def moved(values: Mapping[str, Any], back: timedelta) -> dict[str, Any]:
    """The same with every day and moment in it earlier, in texts too."""
    return {name: earlier(value, back) for name, value in values.items()}


def earlier(value: Any, back: timedelta) -> Any:
    if isinstance(value, datetime | date):
        return value - back
    if isinstance(value, str):
        return DAY.sub(lambda found: shifted(found[0], back), value) if "-" in value else value
    if isinstance(value, dict):
        return moved(value, back)
    return [earlier(one, back) for one in value] if isinstance(value, list) else value


def shifted(day: str, back: timedelta) -> str:
    try:
        return (date.fromisoformat(day) - back).isoformat()
    except ValueError:
        return day


def told_anew(data: dict[str, Any], turned: Mapping[str, str]) -> dict[str, Any]:
    """What an event states, with other names in it."""
    text = as_json(data)
    for before, after in turned.items():
        text = text.replace(before, after)
    anew: dict[str, Any] = from_json(text)
    return anew


def as_json(value: Any) -> str:
    import orjson

    return orjson.dumps(value).decode()


def from_json(text: str) -> Any:
    import orjson

    return orjson.loads(text)


def digest_of(body: dict[str, Any]) -> str:
    from lianqiao.record.canonical import digest

    return digest(body)


def random_uuid(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)


# Into the database


def columns() -> dict[str, tuple[Any, list[str]]]:
    """Each table's model and the fields that a row names, in their order."""
    from lianqiao.cases.models import Case, CaseKey, Clock, Exclusion, Participant, Question, Tie
    from lianqiao.record.models import Event, Sealed

    names = {model: [field.name for field in model._meta.concrete_fields] for model in (Case, Clock, Question)}
    return {
        "cases_case": (Case, names[Case]),
        "record_event": (Event, [field.name for field in Event._meta.concrete_fields if field.name != "id"] + ["id"]),
        "record_sealed": (Sealed, ["event", "values"]),
        "cases_clock": (Clock, names[Clock][1:]),
        "cases_casekey": (CaseKey, ["case", "key", "identity"]),
        "cases_exclusion": (Exclusion, ["case", "key"]),
        "cases_participant": (Participant, ["case", "agency", "part"]),
        "cases_question": (Question, names[Question][1:]),
        "cases_tie": (Tie, ["case", "other"]),
    }


@contextmanager
def without_indexes() -> Iterator[None]:
    """Take indexes and keys from the tables meanwhile, as they are declared in the catalogue, and put them back."""
    from django.db import connection

    tables = ", ".join(f"'{table}'::regclass" for table in TABLES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid), contype FROM pg_constraint
            WHERE contype IN ('p', 'u', 'f') AND (conrelid IN ({tables}) OR confrelid IN ({tables})) ORDER BY contype = 'f' DESC"""
        )
        constraints = cursor.fetchall()
        cursor.execute(
            f"""SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i WHERE indrelid IN ({tables})
            AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))"""
        )
        indexes = cursor.fetchall()
        for table, name, _definition, _kind in constraints:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for table, name, definition, _kind in (one for one in constraints if one[3] != "f"):
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition, _kind in (one for one in constraints if one[3] == "f"):
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


foundry: Foundry
"""Of this process, handed on by the fork."""


def write_block(task: tuple[int, int, int]) -> bytes:
    """Cast a block and copy it in; the digests of its events, one behind the other."""
    from django.db import connection, transaction

    from lianqiao.record import bulk

    made, digests = foundry.cast(*task)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL session_replication_role = replica"
            )  # no triggers; the places are given by `place`
            cursor.execute("SET LOCAL synchronous_commit = off")
        for table, (model, names) in columns().items():
            bulk.insert(model, names, made[table])
    return bytes.fromhex("".join(digests))


class Log:
    """Places and tree behind what stands there, for digests in their order."""

    def __init__(self) -> None:
        from lianqiao.record import merkle, nodes, sequencer
        from lianqiao.record.models import Place

        last = Place.objects.order_by("-place").first()
        assert last is not None
        self.merkle, self.epoch = merkle, nodes.epoch()
        self.place, self.leaf = last.place + 1, last.leaf + 1
        frontier = merkle.subtrees((0, self.leaf))
        known = sequencer.stored(self.epoch, frontier)
        self.stack = [(subtree, known[subtree]) for subtree in frontier]

    def add(self, digests: bytes, event_id: int) -> None:
        from django.db import connection

        places, grown = [], []
        for start in range(0, len(digests), 32):
            leaf = self.merkle.leaf_hash(digests[start : start + 32])
            places.append((self.place, event_id, self.epoch, self.leaf, leaf.hex()))
            self.stack.append(((0, self.leaf), leaf))
            while len(self.stack) > 1 and self.stack[-1][0][0] == self.stack[-2][0][0]:
                (level, right), value = self.stack.pop()
                _left, before = self.stack.pop()
                parent = ((level + 1, right >> 1), self.merkle.node_hash(before, value))
                self.stack.append(parent)
                grown.append((self.epoch, *parent[0], parent[1].hex()))
            self.place, self.leaf, event_id = self.place + 1, self.leaf + 1, event_id + 1
        with connection.cursor() as cursor:
            for into, rows in (
                ("record_place (place, event_id, epoch, leaf, leaf_hash)", places),
                ('record_treenode (epoch, level, "index", hash)', grown),
            ):
                with cursor.cursor.copy(f"COPY {into} FROM STDIN") as copy:
                    for one in rows:
                        copy.write_row(one)


def multiply(size: int, running: float) -> dict[str, Any]:
    """Everything, in the settings of the node; how long each part took, by its name."""
    global foundry
    from multiprocessing import get_context

    from django.db import connection, connections

    from lianqiao.cases.models import Case
    from lianqiao.record.models import Event, Follower, Place

    took: dict[str, Any] = {}
    began = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal began
        took[name], began = round(time.perf_counter() - began, 1), time.perf_counter()
        print(f"  {name}: {took[name]} s", file=sys.stderr, flush=True)

    centres, enterprises = enter_agencies(size), enter_enterprises(size)
    place_all()
    told = Case.objects.order_by("pk").last()
    assert told is not None
    foundry = Foundry(size, running, centres, enterprises, told.filed_on.year)
    case_id, event_id = told.pk + 1, Event.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
    tasks = []
    for block in range((size + BLOCK - 1) // BLOCK):
        tasks.append((block, case_id, event_id))
        cases, events = foundry.counts(block)
        case_id, event_id = case_id + cases, event_id + events
    lap("registry")
    log = Log()
    with without_indexes():
        lap("indexes taken away")
        connections.close_all()
        with get_context("fork").Pool(os.cpu_count()) as pool:
            for (_block, _case, first), digests in zip(tasks, pool.imap(write_block, tasks), strict=True):
                log.add(digests, first)
        lap("rows")
    lap("indexes")
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('cases_case', 'id'), %s)", [case_id])
        cursor.execute("SELECT setval(pg_get_serial_sequence('record_event', 'id'), %s)", [event_id])
        Follower.objects.update(place=Place.objects.order_by("-place").values_list("place", flat=True)[0])
        cursor.execute("VACUUM ANALYZE")
        lap("vacuum and statistics")
        cursor.execute(
            "SELECT pg_database_size(current_database()), (SELECT count(*) FROM cases_case), (SELECT count(*) FROM record_event)"
        )
        size_of, cases, events = cursor.fetchone()
    return {"took": took, "gigabytes": round(size_of / 2**30, 2), "cases": cases, "events": events}


def place_all() -> None:
    from lianqiao.record import sequencer

    while sequencer.place_pending():
        pass


# Who takes part

ROOT = "oversight-office"
OFFICER, CROWDED, OVERSEER, OWNER = "desk-officer", "crowded-officer", "overseer", "owner-inward"


def enter_agencies(size: int) -> list[Centre]:
    """The desk, and so many centres below cities below one office, that the greatest has a tenth of the cases."""
    from django.db import transaction

    from lianqiao.registry.actions import people, places
    from lianqiao.registry.models import Agency, Person, Region

    admin = Person.objects.get(account=f"admin-{Region.objects.get(code='510000').node_code}")
    regions = list(Region.objects.filter(code__regex=r"^51..00$").exclude(code="510000").order_by("code")) or [
        Region.objects.get(code="510000")
    ]
    made = []
    with transaction.atomic():
        root = places.add_agency(
            ROOT,
            name_zh="省营商环境督导办公室",
            name_en="Office of Oversight",
            kind="office",
            region=Region.objects.get(code="510000"),
            by=admin,
        )
        cities = [
            places.add_agency(
                f"city-{region.code}",
                name_zh=f"{region.name_zh}营商环境办公室",
                name_en=f"Office of {region.name_en}",
                kind="office",
                region=region,
                parent=root,
                by=admin,
            )
            for region in regions
        ]
        for number in range(max(10, min(400, size // 2500))):
            city = cities[number % len(cities)]
            code = f"centre-{number:04d}"
            centre = places.add_agency(
                code,
                name_zh=f"{city.region.name_zh}第{number}投诉中心",
                name_en=f"Complaint Centre {number}",
                kind="complaint_centre",
                region=city.region,
                parent=city,
                by=admin,
            )
            made.append(Centre(centre.pk, code, city.region.code, (root.code, city.code)))
        for account, code, roles in (
            (OFFICER, "centre-0000", ("intake", "handler")),
            (CROWDED, "centre-0001", ("intake", "handler")),
            (OVERSEER, ROOT, ("supervisor",)),
        ):
            person = people.add_person(account, name=account, by=admin)
            for role in roles:
                people.appoint(person, Agency.objects.get(code=code), role, by=admin)
    return made


def enter_enterprises(size: int) -> list[tuple[UUID, str, str]]:
    """Id, name and credit code: first the one with few cases, whose owner can sign in; then as the registry imports them."""
    from lianqiao.record.actors import Actor
    from lianqiao.registry.actions import imports
    from lianqiao.registry.importing import Row
    from lianqiao.registry.models import Enterprise, Person, Region
    from lianqiao.site.demo.within import THREE

    chance = random.Random(SEED)
    writer = wording.Writer(chance, [region.name_zh for region in Region.objects.filter(code__startswith="51")])
    admin = Person.objects.get(account="admin-51")
    count = max(20, min(20_000, size // 20))
    rows: list[Row] = []
    seen: set[str] = set()
    while len(rows) < count:
        base = "".join(chance.choices("0123456789", k=8))
        if base in seen:
            continue
        seen.add(base)
        rows.append(Row(len(rows) + 2, writer.firm()[:200], "", "", "private", "510100", "", "", ()))
    record = imports.begin("population.csv", "0" * 64, new=count, known=0, left_out=0, by=admin)
    for start in range(0, count, 5000):
        imports.enter(rows[start : start + 5000], record, Actor.person(admin.pk))
    fixed = Enterprise.objects.filter(uscc=THREE)
    return [
        *fixed.values_list("pk", "name_zh", "uscc"),
        *Enterprise.objects.filter(imported_by=record.pk).order_by("pk").values_list("pk", "name_zh", "uscc"),
    ]


def signed_in() -> dict[str, Any]:
    """Cookies and tokens of people who have just signed in, and numbers of cases that each may look at."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from lianqiao.cases.models import Case, CaseKey
    from lianqiao.record.time import now
    from lianqiao.registry import actions
    from lianqiao.registry.models import Enterprise, Person
    from lianqiao.signin import entrance
    from lianqiao.signin.levels import Level
    from lianqiao.site.demo.within import THREE

    admin = Person.objects.get(account="admin-51")
    keys = {
        OFFICER: "agency:centre-0000",
        CROWDED: "agency:centre-0001",
        OVERSEER: f"above:{ROOT}",
        OWNER: f"enterprise:{Enterprise.objects.get(uscc=THREE).pk}",
    }
    cookies, tokens, numbers = {}, {}, {}
    for account, key in keys.items():
        person = Person.objects.get(account=account)
        session = SessionStore()
        session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        moment = entrance.seconds()
        session[entrance.KEY] = {"began": moment, "seen": moment, "level": int(Level.PASSWORD), "means": []}
        session.create()
        cookies[account] = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
        until = now() + timedelta(days=30)
        tokens[account] = actions.issue_token(person, name="bench", scopes=["read"], expires_at=until, by=admin)[1]
        held = list(CaseKey.objects.filter(key=key).order_by("case_id").values_list("case_id", flat=True)[:100_000])
        some = held[:: max(1, len(held) // 40)][:40]
        numbers[account] = [case.number for case in Case.objects.filter(pk__in=some).only("pk", "filed_on")]
    return {"cookies": cookies, "tokens": tokens, "numbers": numbers}


# By itself


def main(argv: list[str] | None = None) -> int:
    if argv is None and sys.argv[1:2] in (["multiply"], ["sign_in"]):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqiao.site.settings")
        import django

        django.setup()
        print(json.dumps(multiply(int(sys.argv[2]), float(sys.argv[3])) if sys.argv[1] == "multiply" else signed_in()))
        return 0
    from bench import populated, stage

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, nargs="+", default=[10_000])
    parser.add_argument(
        "--keep",
        type=Path,
        help="leave the nodes here, on the server at LIANQIAO_TEST_POSTGRES_URL, for --keep of the measurements",
    )
    args = parser.parse_args(argv)
    with stage.postgres() as server, populated.nodes(server, args.size, keep=args.keep) as made:
        for one in made:
            print(one.told())
    return 0


if __name__ == "__main__":
    sys.exit(main())
