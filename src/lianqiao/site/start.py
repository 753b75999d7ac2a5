"""Setting a node up, and looking whether it is sound: before it starts, and whenever somebody asks."""

from contextlib import suppress

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from lianqiao.cases.actions import calendars
from lianqiao.law import commands as law_commands
from lianqiao.record import keys, nodes, triggers
from lianqiao.record.models import Node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import lawbook
from lianqiao.site.demo import trying


def set_up(*, code: str, name_zh: str, name_en: str, base_url: str, keep: bool = False) -> str:
    """Make or update the tables and what is derived in them, write the node's row and its first key; the code of the node.

    With `keep`, a node that exists keeps its code, names and address. Refuses data that belongs to another node.
    """
    call_command("migrate", verbosity=0, interactive=False)
    calendars.date_anew()
    if not (keep and Node.objects.exists()):
        nodes.establish(code, name_zh, name_en, base_url)
    keys.ensure()
    return nodes.this_node().code


def faults() -> list[str]:
    """What is wrong with this installation, as sentences. Empty: it is sound."""
    executor = MigrationExecutor(connection)
    unapplied = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if unapplied:
        return [
            _("The tables are not up to date (%(count)s steps are missing). Run: lianqiao init")
            % {"count": len(unapplied)}
        ]
    found = [
        _("The protection %(name)s of the record is missing. Find out who took it away, then run: lianqiao init")
        % {"name": name}
        for name in triggers.missing()
    ]
    try:
        nodes.this_node()
    except Refused as refused:
        return [*found, str(refused)]
    return [*found, *keys.faults(), *filter(None, [trying.fault()])]


def refuse_unless_sound() -> None:
    """Refuses `not-sound` with the first fault: a node without its protections does not start."""
    if found := faults():
        raise Refused("not-sound", found[0], status=503)


def go_by_adopted_law() -> None:
    """Let the commands of the law go by what this node has adopted, and by the calendar of its region. By the package's law where no
    node can be asked."""
    with suppress(Refused, DatabaseError):
        book = lawbook.read()
        law_commands.use(law_commands.Law(book.in_force(today()), book.calendar(nodes.this_node().code)))


def let_go() -> None:
    """Close the connection of this process: before it forks, and when it ends."""
    connection.close()
