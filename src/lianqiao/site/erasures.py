"""The list of erasures beside the database: digests and field names, never a value. A restore of an older backup is erased again by it.

One line of JSON for each event that destroyed something, appended by a follower in the order of the log. The file is no part of a backup and stays
where it is when one is put back; keep a copy of it elsewhere (docs/operate/backup.md).
"""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from lianqiao.cases import erasing
from lianqiao.cases.actions import keeping
from lianqiao.cases.models import Case
from lianqiao.law import keeping as law
from lianqiao.record import events, followers, sequencer, time
from lianqiao.record.actors import Actor
from lianqiao.record.followers import follower
from lianqiao.record.models import Event
from lianqiao.record.nodes import this_node
from lianqiao.registry.actions import erasing as registry
from lianqiao.registry.models import Enterprise, Person

NAME = "erasures.jsonl"
KINDS = ("case", "enterprise", "person")
OTHERWISE = "period"
"""The ground of what is erased again when its own is no code of this node: a disposal, or the word of another node."""


def path() -> Path:
    return Path(settings.LIANQIAO_DATA) / NAME


def concerns(event: Event) -> bool:
    return event.subject_kind in KINDS and event.verb in erasing.DESTROYING


@follower("erasures", wants=concerns)
def keep(batch: Sequence[Event]) -> None:
    """Append what was destroyed. The same event can stand there twice after a crash; that does no harm."""
    lines = [line_of(event) for event in filter(concerns, batch)]
    if lines:
        handle = os.open(path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())


def line_of(event: Event) -> dict[str, Any]:
    fields = event.data.get("fields", [])
    if event.verb == "dispose":
        chain = Event.objects.about("case", event.subject).filter(number__lt=event.number)
        fields = [{"event": one.digest, "field": name} for one in chain for name in events.committed(one)]
    return {
        "event": event.digest, "kind": event.subject_kind, "subject": str(event.subject), "ground": event.data.get("ground", ""),
        "what": event.data.get("what", []), "fields": [[spot["event"], spot["field"]] for spot in fields],
        "attachments": event.data.get("attachments", []),
    }  # fmt: skip


def lines() -> Iterator[dict[str, Any]]:
    """The list, oldest first; a last line that a crash has cut is left out."""
    if path().exists():
        for text in path().read_text(encoding="ascii").splitlines():
            try:
                yield json.loads(text)
            except ValueError:
                continue


def replay() -> int:
    """Erase again what the list names and the record, put back from a backup, does not know of; how many. To be called before the node answers."""
    known = set(Event.objects.filter(verb__in=erasing.DESTROYING).values_list("digest", flat=True))
    done = sum(again(line) for line in lines() if line["event"] not in known)
    while done and sequencer.place_pending() + followers.run_all():
        pass
    return done


def again(line: dict[str, Any]) -> bool:
    node = this_node().code
    ground = line["ground"] if line["ground"] in law.grounds(time.today()) else OTHERWISE
    if line["kind"] == "case":
        case = Case.objects.filter(uid=line["subject"]).first()
        fields = [{"event": event, "field": name} for event, name in line["fields"]]
        said = case and keeping.again(
            case, node=node, ground=ground, decision=line["event"], fields=fields, files=line["attachments"]
        )
        return bool(said)
    by = Actor.node(node)
    if line["kind"] == "enterprise":
        enterprise = Enterprise.objects.filter(pk=line["subject"]).first()
        if enterprise is None:
            return False
        return bool(registry.destroy_contacts(enterprise, ground=ground, decision=line["event"], by=by))
    person = Person.objects.filter(pk=line["subject"]).first()
    if person is None:
        return False
    return bool(registry.destroy_person(person, line["what"], ground=ground, decision=line["event"], by=by))
