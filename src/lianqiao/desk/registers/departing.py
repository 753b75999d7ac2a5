"""What left the node, in words: what was sent, and which parts of a case or of the registry were in it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import departures
from lianqiao.cases.pictures import listed

from . import verbs

KINDS: dict[str, Promise] = {
    "handover.offered": _("a case is offered"),
    "handover.taken": _("a case was taken over"),
    "handover.declined": _("an offer was declined"),
    "handover.retract": _("an offer is asked back"),
    "handover.retracted": _("an offer was given back"),
    "progress": _("progress of a case"),
    "result": _("result of a case"),
    "question": _("question to the enterprise"),
    "reopened": _("a case was reopened"),
    "delivered": _("a result was delivered"),
    "rating": _("rating by the enterprise"),
    "materials": _("further materials"),
    "answer": _("answer of the enterprise"),
    "withdrawn": _("the enterprise withdraws"),
    "consultation.asked": _("an opinion is asked for"),
    "consultation.answered": _("an opinion was given"),
    "consultation.reminded": _("reminder of an opinion"),
    "consultation.withdrawn": _("an opinion is no longer asked for"),
    "task.given": _("a sub-task is given"),
    "task.reported": _("report on a sub-task"),
    "task.reminded": _("reminder of a sub-task"),
    "task.withdrawn": _("a sub-task is called back"),
    "agreement.proposed": _("terms of an agreement are proposed"),
    "agreement.signed": _("an agreement was signed"),
    "agreement.ended": _("an agreement was ended"),
    "key.announced": _("a new key of the node"),
    "erasure": _("something was erased and is to be erased there"),
    "erasure.answered": _("what was erased here too"),
    "disposal": _("a file was disposed of"),
    "signin.provider": _("where this node's people sign on"),
    "body.told": _("a joint body, its meetings and tasks"),
    "body.reported": _("report on a task of a joint body"),
    "body.raised": _("concern for a joint meeting"),
    "attachment": _("an attached file"),
    "backup": _("a backup"),
    "sign_on": _("a sign-on"),
}  # fmt: skip
"""By the kind of a parcel, or of what else leaves."""
CASE, PEOPLE, DAYS = _("number of the case"), _("who takes part"), _("days and limits")
BODY, RULES, MARKS = _("names of the body"), _("kind of matter and rules"), _("marks that say what it belongs to")
PARTS: dict[str, Promise] = {
    "content": _("title, facts, request and who files"),
    "content.file": _("content of the file"),
    "everything": _("everything"),
    "text": _("words that were written"),
    "texts": _("which texts were erased"),
    "question": _("the question"),
    "reason": _("the reasons"),
    "ground": _("the ground"),
    "outcome": _("what came of it"),
    "result": _("the result"),
    "score": _("the rating"),
    "attachments": _("names and digests of files"),
    "objection": _("the case that is objected to"),
    "competent_body": _("the body that is competent"),
    "agreement": _("agreement and clause"), "clause": _("agreement and clause"), "terms": _("terms of the agreement"),
    "number": CASE,
    "agency": _("agency"), "agencies": _("agency"),
    "lead": PEOPLE, "chair": PEOPLE, "deputies": PEOPLE, "members": PEOPLE, "others": PEOPLE, "office": PEOPLE, "raised_by": PEOPLE,
    "concluded_on": DAYS, "delivered_on": DAYS, "due_on": DAYS, "ended_on": DAYS, "offered_on": DAYS, "asked_on": DAYS, "on": DAYS,
    "reply_by": DAYS, "limit": DAYS, "retention": DAYS,
    "zh": BODY, "en": BODY,
    "series": _("series and meetings"), "meetings": _("series and meetings"),
    "tasks": _("tasks"), "task": _("tasks"), "concern": _("concern"),
    "programme": RULES, "category": RULES, "kind": RULES, "mapping": RULES, "trigger": RULES, "method": _("how it was delivered"),
    "step": _("which step was taken"), "verb": _("which step was taken"), "event": _("which step was taken"),
    "keys": _("public key or signature"), "kid": _("public key or signature"), "signature": _("public key or signature"),
    "issuer": _("addresses of the sign-on"), "authorization_endpoint": _("addresses of the sign-on"),
    "token_endpoint": _("addresses of the sign-on"),
    "name": _("name of who is told"),
    "ask": MARKS, "body": MARKS, "digest": MARKS, "erasure": MARKS, "offer": MARKS, "place": MARKS, "request": MARKS, "requests": MARKS,
    "openid": _("who it is, under a name of their own"), "profile": _("the name"),
    "enterprises": _("the enterprises for which they act"), "read": _("leave to read"), "act": _("leave to act"),
}  # fmt: skip
"""By the name of a field; several of them are one thing to a reader."""


def what(row: departures.Departure) -> str:
    """What was sent, in words; of mails and messages, the step that they tell of."""
    known = KINDS.get(row.kind) or verbs.word("case", row.kind)
    return str(known or row.kind)


def parts(row: departures.Departure) -> str:
    """Which parts were in it, in words, each once; a name that a later version has added stands as it is."""
    renamed = ("content.file" if (row.kind, one) == ("attachment", "content") else one for one in row.parts)
    return listed(dict.fromkeys(str(PARTS.get(one, one)) for one in renamed), strong=True)
