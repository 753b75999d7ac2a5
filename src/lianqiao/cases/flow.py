"""The constitution of a case: its states, its verbs, and what may follow what.

One table. A regime (`law/regimes`) can narrow it for a programme, never widen it. `docs/reference/flow.md` is drawn from it.
A verb in the bare form is something this node does (`offer`); a participle is something a peer told us (`taken_over`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    FILED = "filed", _("Filed")
    CORRECTING = "correcting", _("Correction requested")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Not accepted")
    OFFERED = "offered", _("Offered to another region")
    HANDED_OVER = "handed_over", _("Handed over")
    CONCLUDED = "concluded", _("Concluded")
    DELIVERED = "delivered", _("Result delivered")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ARCHIVED = "archived", _("Archived")
    DISPOSED = "disposed", _("Disposed of")
    MERGED = "merged", _("Handled together with another case")


OPEN = (State.FILED, State.CORRECTING, State.ACCEPTED, State.OFFERED, State.HANDED_OVER, State.MERGED)
IN_WORK = (*OPEN, State.CONCLUDED)
"""What stands on the work lists: of a concluded case the result has still to reach the enterprise."""


class Role(models.TextChoices):
    """What somebody is to one case. Roles of officers count in the agency that answers; `lead` and `supervisor` also in the agencies above it."""

    ENTERPRISE = "enterprise", _("Enterprise or its agent")
    ASSOCIATION = "association", _("Workstation or chamber of the enterprise")
    INTAKE = "intake", _("Intake officer")
    HANDLER = "handler", _("Handler")
    LEAD = "lead", _("Lead")
    SUPERVISOR = "supervisor", _("Supervisor")
    LIAISON = "liaison", _("Liaison")
    DESK = "desk", _("Intake officer of the agency that received the case first")
    ASSIGNEE = "assignee", _("Agency to which the case is being assigned")
    CO_HANDLER = "co_handler", _("Co-handling agency")
    ADDRESSEE = "addressee", _("Addressee of a question")
    AUDITOR = "auditor", _("Audit administrator of this node")
    PEER = "peer", _("The other node of the hand-over")
    NEIGHBOUR = "neighbour", _("A node that was given a part of the case, or gave it")
    ASKED = "asked", _("Who was consulted or given a sub-task")
    NODE = "node", _("This node itself, which carries out what was decided")
    CLOCK = "clock", _("The clock of this node")


class Reach(StrEnum):
    """Where a verb leads when it is no fixed state."""

    STAYS = "stays"
    RETURNS = "returns"  # to the state before the offer
    RECOVERS = "recovers"  # to the state that a peer proves after a restore
    RESUMES = "resumes"  # to the state before the merge
    AS_TOLD = "as_told"  # to the state that an office's own ledger tells


STAYS, RETURNS, RECOVERS, RESUMES, AS_TOLD = Reach
NEW = None
ALL = "*"  # of clocks: every running one


@dataclass(frozen=True)
class Rule:
    verb: str
    leaves: tuple[State | None, ...]
    reaches: State | Reach
    who: frozenset[Role]
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    substance: bool = True  # acts on the substance: forbidden while the case is frozen after a restore


@dataclass(frozen=True)
class Verb:
    name: str
    room: str  # the module of actions in which it stands
    label: Promise
    rules: tuple[Rule, ...]

    def rule(self, state: State | None) -> Rule | None:
        return next((rule for rule in self.rules if state in rule.leaves), None)


def _table() -> Iterable[Verb]:
    f, c, a, r, o, h = State.FILED, State.CORRECTING, State.ACCEPTED, State.REFUSED, State.OFFERED, State.HANDED_OVER
    k, d, w, z, m = State.CONCLUDED, State.DELIVERED, State.WITHDRAWN, State.ARCHIVED, State.MERGED
    x = State.DISPOSED
    enterprise, intake, handler, lead = Role.ENTERPRISE, Role.INTAKE, Role.HANDLER, Role.LEAD
    association = Role.ASSOCIATION
    supervisor, liaison, desk, assignee = Role.SUPERVISOR, Role.LIAISON, Role.DESK, Role.ASSIGNEE
    co, addressee, peer, node = Role.CO_HANDLER, Role.ADDRESSEE, Role.PEER, Role.NODE
    clock, auditor, neighbour, asked = Role.CLOCK, Role.AUDITOR, Role.NEIGHBOUR, Role.ASKED
    live = (f, c, a, o, h)
    kept = (f, c, a, r, o, h, k, d, w, z, m)

    def verb(name: str, room: str, label: Promise, *rules: tuple[Any, ...]) -> Verb:
        return Verb(name, room, label, tuple(_rule(name, *rule) for rule in rules))

    def _rule(
        name: str,
        leaves: tuple[State | None, ...],
        reaches: State | Reach,
        who: tuple[Role, ...],
        starts: tuple[str, ...] = (),
        stops: tuple[str, ...] = (),
        substance: bool = True,
    ) -> Rule:
        return Rule(name, leaves, reaches, frozenset(who), starts, stops, substance)

    # fmt: off
    yield verb("file", "intake", _("File"),
        ((NEW,), f, (enterprise, association, intake), ("correct", "accept", "transfer")))
    yield verb("request_correction", "intake", _("Request correction"),
        ((f,), c, (intake,), ("supplement",), ("correct", "accept")))
    yield verb("supplement", "intake", _("Supplement"),
        ((c,), f, (enterprise, association, intake), ("accept",), ("supplement",)))
    yield verb("summarise", "intake", _("Summarise without names"),
        ((f, c, a), STAYS, (enterprise, association, intake, handler, lead, desk), (), (), False))
    yield verb("accept", "intake", _("Accept"),
        ((f,), a, (intake,), ("handle",), ("correct", "accept", "transfer")))
    yield verb("refuse", "intake", _("Refuse acceptance"),
        ((f, c), r, (intake,), (), (ALL,)))
    yield verb("withdraw", "intake", _("Withdraw"),
        ((f, c, a, m), w, (enterprise, intake), (), (ALL,)),
        ((o, h), STAYS, (enterprise, desk, intake), (), (), False))
    yield verb("imported", "imports", _("Entered from a ledger"),
        ((NEW,), AS_TOLD, (intake, desk)))
    yield verb("import_undone", "imports", _("Import taken back"),
        ((f, a, r, k, d, w), w, (node,), (), (ALL,), False))

    yield verb("route", "routing", _("Assign"),
        ((f, a), STAYS, (intake, lead), (), ("transfer",)))
    yield verb("sign_for", "routing", _("Sign for the assignment"),
        ((f, a), STAYS, (assignee,)))
    yield verb("dispute", "routing", _("Dispute the assignment"),
        ((f, a), STAYS, (assignee,)))
    yield verb("decide", "routing", _("Decide the assignment"),
        ((f, a), STAYS, (lead,)))
    yield verb("engage", "routing", _("Engage a co-handler"),
        ((a,), STAYS, (intake, handler, lead)))
    yield verb("contribute", "routing", _("Answer as co-handler"),
        ((a,), STAYS, (co,)))
    yield verb("offer", "routing", _("Offer to another region"),
        ((f, a), o, (intake, lead, liaison, node)))
    yield verb("retract", "routing", _("Ask for the offer back"),
        ((o,), STAYS, (intake, lead, liaison)))
    yield verb("taken_over", "routing", _("Taken over by the other region"),
        ((o,), h, (peer,), (), (ALL,)))
    yield verb("declined", "routing", _("Declined by the other region"),
        ((o,), RETURNS, (peer,), (), ("offer",)))
    yield verb("retracted", "routing", _("Offer given back by the other region"),
        ((o,), RETURNS, (peer,), (), ("offer",)))
    yield verb("take_over", "routing", _("Take over"),
        ((NEW, h), a, (intake, lead, liaison), ("handle",)))
    yield verb("progress_reported", "routing", _("Progress reported by the other region"),
        ((h,), STAYS, (peer,), (), (), False))
    yield verb("result_reported", "routing", _("Result reported by the other region"),
        ((h,), k, (peer,), ("deliver",), ()))
    yield verb("delivery_reported", "routing", _("Delivery reported by the other region"),
        ((k,), d, (peer,), (), ("deliver",)))
    yield verb("rating_reported", "routing", _("Rating reported by the other region"),
        ((d,), STAYS, (peer,), (), (), False))
    yield verb("materials_reported", "routing", _("Materials passed on by the other region"),
        ((a, h, k, d), STAYS, (peer,), (), (), False))
    yield verb("question_reported", "routing", _("Question passed on by the other region"),
        ((h,), STAYS, (peer,), (), (), False))
    yield verb("answer_reported", "routing", _("Answer passed on by the other region"),
        ((a, h, k, d), STAYS, (peer,), (), (), False))
    yield verb("withdrawal_reported", "routing", _("Withdrawal passed on by the other region"),
        ((a, h, k, d), STAYS, (peer,), (), (), False))
    yield verb("freeze", "routing", _("Freeze after a restore"),
        ((f, c, a, o, h, k, d, r, w), STAYS, (node,), (), (), False))
    yield verb("thaw", "routing", _("Release after a restore"),
        ((f, c, a, o, h, k, d, r, w), STAYS, (node,), (), (), False))
    yield verb("recover", "routing", _("Recover what a restore had lost"),
        ((NEW, f, c, a, o, h, k, d), RECOVERS, (node,), (), (), False))

    yield verb("ask", "handling", _("Ask"),
        ((f, a), STAYS, (intake, handler, lead)))
    yield verb("reply", "handling", _("Reply"),
        ((f, a, o, h), STAYS, (addressee,), (), (), False))
    yield verb("attach", "handling", _("Add materials"),
        ((f, c, a, o, h, m), STAYS, (enterprise, association, intake, handler, lead, desk, co), (), (), False))
    yield verb("note", "handling", _("Record progress"),
        ((f, c, a, o, h, k), STAYS, (intake, handler, lead, desk, liaison), (), (), False))
    yield verb("reassign", "handling", _("Give to another handler"),
        ((f, c, a, o, h, k, m), STAYS, (lead,), (), (), False))
    yield verb("supervise", "handling", _("Supervise"),
        (live, STAYS, (supervisor,), (), (), False))
    yield verb("answer_supervision", "handling", _("Answer the supervision letter"),
        (live, STAYS, (intake, handler, lead), (), (), False))
    yield verb("extend", "handling", _("Extend"),
        ((a,), STAYS, (lead,)))
    yield verb("pause", "handling", _("Pause the clock"),
        ((a,), STAYS, (handler, lead)))
    yield verb("resume", "handling", _("Resume the clock"),
        ((a,), STAYS, (handler, lead)))
    yield verb("redate", "handling", _("Move a date by a holiday notice"),
        ((f, c, a, o, h, k, d), STAYS, (clock,), (), (), False))
    yield verb("settle", "handling", _("Record a settlement"),
        ((a,), STAYS, (intake, handler, lead)))
    yield verb("report", "handling", _("Report to the government"),
        ((a,), STAYS, (intake, handler, lead)))

    yield verb("merge", "together", _("Let it follow another case"),
        ((f, a), m, (intake, lead), (), (ALL,)))
    yield verb("absorb", "together", _("Followed by another case"),
        ((f, a), STAYS, (node,)))
    yield verb("unmerge", "together", _("Let it stand on its own again"),
        ((m,), RESUMES, (intake, lead, node)))
    yield verb("release", "together", _("No longer followed by another case"),
        ((f, c, a, o, r, w, k, d), STAYS, (node,), (), (), False))
    yield verb("pass_on", "together", _("Progress of the main case"),
        ((m,), STAYS, (node,), (), (), False))
    yield verb("conclude_with", "together", _("Concluded with the main case"),
        ((m,), k, (node,), ("deliver",), (ALL,)))
    yield verb("consult", "requests", _("Consult an agency or another region"),
        ((f, a), STAYS, (intake, handler, lead, liaison)))
    yield verb("give_task", "requests", _("Give a sub-task to another region"),
        ((a,), STAYS, (intake, handler, lead, liaison)))
    yield verb("remind", "requests", _("Remind of a consultation or sub-task"),
        ((f, c, a, m, o, h, k, d), STAYS, (intake, handler, lead, liaison), (), (), False))
    yield verb("call_back", "requests", _("Call a consultation or sub-task back"),
        ((f, c, a, m, o, h, k, d), STAYS, (intake, handler, lead, liaison, node), (), (), False))
    yield verb("request_reported", "requests", _("Word on a consultation or sub-task"),
        ((f, c, a, m, r, o, h, k, d, w, z), STAYS, (asked,), (), (), False))

    yield verb("join", "subjects", _("Put under a subject"),
        ((f, c, a, k, d), STAYS, (lead, supervisor), (), (), False))
    yield verb("leave", "subjects", _("Take out of a subject"),
        ((f, c, a, o, h, k, d, r, w, m), STAYS, (lead, supervisor), (), (), False))

    yield verb("conclude", "conclusion", _("Conclude"),
        ((a,), k, (handler, lead), ("deliver",), (ALL,)))
    yield verb("deliver", "conclusion", _("Deliver the result"),
        ((k,), d, (intake, desk), (), ("deliver",)))
    yield verb("rate", "conclusion", _("Rate"),
        ((d,), STAYS, (enterprise,), (), (), False))
    yield verb("contact", "conclusion", _("Follow up a bad rating"),
        ((d,), STAYS, (intake, handler, lead, desk), (), ("contact",), False))
    yield verb("object", "conclusion", _("Object"),
        ((r, d), STAYS, (enterprise,), (), (), False))
    yield verb("objection_told", "conclusion", _("Word on an objection"),
        ((a, r, o, h, k, d, z), STAYS, (node,), (), (), False))
    yield verb("reopen_on_objection", "conclusion", _("Reopen by decision on an objection"),
        ((r, k, d, z), a, (node,), ("handle",), (ALL,)))
    yield verb("reopening_reported", "conclusion", _("Reopening reported by the other region"),
        ((k, d, z), h, (peer,), (), (ALL,), False))
    yield verb("reopen", "conclusion", _("Reopen"),
        ((k, d, r, w), a, (lead,), ("handle",), (ALL,)))
    yield verb("archive", "conclusion", _("Archive"),
        ((r, d, w), z, (intake, lead), (), (ALL,)))

    yield verb("request_erasure", "keeping", _("Ask for erasure"),
        (kept, STAYS, (enterprise, intake, lead, desk), (), (), False))
    yield verb("refuse_erasure", "keeping", _("Refuse an erasure"),
        (kept, STAYS, (lead,), (), (), False))
    yield verb("erase", "keeping", _("Erase"),
        (kept, STAYS, (lead, node), (), (), False))
    yield verb("erasure_reported", "keeping", _("Erasure passed on by the other region"),
        (kept, STAYS, (neighbour,), (), (), False))
    yield verb("erased", "keeping", _("Answer of the other region to an erasure"),
        ((*kept, x), STAYS, (neighbour,), (), (), False))
    yield verb("hold", "keeping", _("Hold the file back from disposal"),
        ((r, d, w, z), STAYS, (lead, auditor), (), (), False))
    yield verb("lift_hold", "keeping", _("Release the file for disposal"),
        ((r, d, w, z), STAYS, (lead, auditor), (), (), False))
    yield verb("propose_disposal", "keeping", _("Propose the disposal"),
        ((z,), STAYS, (lead,), (), (), False))
    yield verb("refuse_disposal", "keeping", _("Refuse the disposal"),
        ((z,), STAYS, (auditor,), (), (), False))
    yield verb("dispose", "keeping", _("Dispose of the file"),
        ((z,), x, (auditor,), (), (), False))
    yield verb("disposal_reported", "keeping", _("Disposal reported by the other region"),
        ((*kept, x), STAYS, (neighbour,), (), (), False))
    # fmt: on


VERBS: dict[str, Verb] = {verb.name: verb for verb in _table()}
ENTRY = tuple(verb.name for verb in VERBS.values() if verb.rule(NEW))
"""Verbs that begin a case here."""
