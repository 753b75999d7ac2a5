"""What was done outside of cases, in words: the verbs of the record by the kind of what they are done to."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import flow

OUTSIDE: dict[str, dict[str, Promise]] = {
    "agreement": {
        "propose": _("Proposed an agreement"),
        "sign": _("Signed an agreement"),
        "receive_signature": _("Received the other signature"),
        "end": _("Ended an agreement"),
    },
    "app": {
        "register_app": _("Registered an app"),
        "end_app": _("Ended an app"),
    },
    "attachment": {
        "fetched": _("Fetched a file"),
    },
    "calendar": {
        "adopt_calendar": _("Adopted a holiday notice"),
        "undo_calendar": _("Undid a holiday notice"),
    },
    "document": {
        "issue": _("Issued an official document"),
    },
    "dossier": {
        "erased": _("Recorded an erasure at another node"),
    },
    "duty": {
        "discharge": _("Discharged a periodic duty"),
    },
    "enterprise": {
        "add_enterprise": _("Entered an enterprise"),
        "change_enterprise": _("Changed an enterprise"),
        "add_former_code": _("Added a former code"),
        "associate": _("Entered a member of a chamber or workstation"),
        "end_association": _("Ended a membership of an enterprise"),
        "add_contact": _("Entered a contact"),
        "end_contact": _("Ended a contact"),
        "link": _("Tied a person to an enterprise"),
        "confirm_link": _("Confirmed a person of an enterprise"),
        "end_link": _("Ended the tie of a person to an enterprise"),
        "merge": _("Merged an enterprise into another"),
        "absorb": _("Took in another enterprise"),
        "unmerge": _("Parted a merged enterprise"),
        "release": _("Let a merged enterprise go"),
        "request_erasure": _("Asked for an erasure"),
        "refuse_erasure": _("Refused an erasure"),
        "erase": _("Erased something"),
    },
    "errand": {
        "received": _("Received a request of another region"),
        "assigned": _("Assigned a request of another region"),
        "reminded": _("Was reminded of a request"),
        "withdrawn": _("A request was called back"),
        "accepted": _("Took on a request"),
        "progress": _("Reported how far a request is"),
        "answered": _("Answered a consultation"),
        "done": _("Completed a sub-task"),
        "declined": _("Did not take on a request"),
        "returned": _("Gave a request back"),
        "attached": _("Added a file to an answer"),
    },
    "import": {
        "import_enterprises": _("Imported enterprises"),
        "undo_import": _("Undid an import"),
    },
    "key": {
        "create": _("Made the key of the node"),
        "rotate": _("Changed the key of the node"),
    },
    "ledger": {
        "keep_ledger": _("Kept a ledger"),
        "change_ledger": _("Changed a ledger"),
        "take_out": _("Took a ledger out"),
        "drop_ledger": _("Dropped a ledger"),
        "import_ledger": _("Entered a ledger as cases"),
        "undo_ledger": _("Took back an entered ledger"),
    },
    "node": {
        "seal_reads": _("Sealed a day of looks"),
        "open_epoch": _("Began anew after a restore"),
        "skip_numbers": _("Left out numbers after a restore"),
        "backup": _("Took a backup"),
        "remind_on": _("Set the days of reminders"),
    },
    "offer": {
        "received": _("Received an offer"),
        "taken": _("Took an offered case over"),
        "declined": _("Declined an offer"),
        "retracted": _("Gave an offer back as asked"),
    },
    "parcel": {
        "sent": _("Sent a parcel"),
        "resent": _("Sent a parcel again"),
    },
    "peer": {
        "added": _("Entered another node"),
        "changed": _("Changed another node"),
        "trusted": _("Trusted another node"),
        "blocked": _("Blocked another node"),
        "ended": _("Recorded the end of another node"),
        "key_announced": _("Learned a new key of another node"),
    },
    "person": {
        "add_person": _("Entered a person"),
        "choose_language": _("Chose a language"),
        "choose_notices": _("Chose how to be told"),
        "open_calendar": _("Opened a calendar of limits"),
        "close_calendar": _("Closed the calendar of limits"),
        "appoint": _("Gave somebody a role"),
        "end_membership": _("Ended a role"),
        "delegate": _("Let somebody act in one's stead"),
        "revoke_delegation": _("Revoked a delegation"),
        "enter_absence": _("Entered an absence"),
        "end_absence": _("Ended an absence"),
        "issue_token": _("Made a token for the interface"),
        "revoke_token": _("Revoked a token"),
        "invite": _("Invited somebody"),
        "set_password": _("Set a password"),
        "sign_in": _("Signed in"),
        "add_factor": _("Added a second factor"),
        "remove_factor": _("Removed a second factor"),
        "reset_factor": _("Reset somebody's second factor"),
        "lock": _("Too many wrong attempts: locked"),
        "lift_lock": _("Lifted a lock"),
        "end_sessions": _("Ended sessions"),
        "allow_app": _("Let an app know who one is"),
        "end_allowance": _("Took that back from an app"),
        "link_guest": _("Tied a person of another region"),
        "unlink_guest": _("Untied a person of another region"),
        "request_erasure": _("Asked for an erasure"),
        "refuse_erasure": _("Refused an erasure"),
        "erase": _("Erased something"),
    },
    "regime": {
        "adopt_regime": _("Adopted a rule of procedure"),
        "end_regime": _("Ended a rule of procedure"),
    },
    "registry": {
        "add_regions": _("Entered regions"),
        "add_agency": _("Entered an agency"),
        "describe_agency": _("Changed the contact of an agency"),
        "set_competence": _("Set a competence"),
        "end_competence": _("Ended a competence"),
        "set_target": _("Set a target of the node"),
    },
    "agency": {
        "remind_on": _("Set the days of reminders"),
    },
    "signin": {
        "create": _("Made the key of signing on"),
        "rotate": _("Changed the key of signing on"),
    },
    "body": {
        "establish": _("Established a body"),
        "set_task": _("Put a task on the list of a body"),
        "finish_task": _("A task of a body was finished"),
        "share": _("Shared a joint body"),
        "stop_sharing": _("Ended the sharing of a joint body"),
        "hear": _("Heard of a joint body"),
        "report_task": _("Reported a task as finished"),
        "raise_concern": _("Brought a concern before a joint body"),
    },
    "series": {
        "open_series": _("Opened a series of meetings"),
        "collect": _("Collected a concern"),
        "forget": _("Erased something of a concern"),
    },
    "meeting": {
        "plan": _("Planned a meeting"),
        "cancel": _("Called off a meeting"),
        "put_on_agenda": _("Put an item on the agenda"),
        "invite": _("Invited somebody to a meeting"),
        "answer": _("Answered an invitation"),
        "substitute": _("Named a substitute"),
        "add_paper": _("Added a paper to an item"),
        "remove_paper": _("Removed a paper of an item"),
        "open": _("Opened a meeting"),
        "attend": _("Noted who came"),
        "say": _("Wrote down a statement"),
        "write_line": _("Typed a line of the minutes"),
        "close": _("Closed a meeting"),
        "enter": _("Entered a line as a case"),
        "settle": _("Settled a line on the spot"),
        "take_charge": _("Took charge of a line"),
        "extend": _("Gave a line more time"),
        "confirm_result": _("Noted that the enterprise confirms"),
        "draft": _("Kept a version of the minutes"),
        "circulate": _("Gave the minutes to those who took part"),
        "comment": _("Commented on the minutes"),
        "confirm": _("Confirmed the minutes"),
        "publish": _("Published the minutes"),
        "forget": _("Erased something of a meeting"),
    },
    "subject": {
        "open": _("Opened a subject"),
        "close": _("Closed a subject"),
        "reply": _("Replied to all cases of a subject"),
    },
    "ticket": {
        "become_a_case": _("Made a case of a ticket"),
    },
    "ticket_import": {
        "import_tickets": _("Took tickets of a hotline in"),
    },
    "webhook": {
        "subscribe": _("Subscribed to messages"),
        "unsubscribe": _("Ended a subscription"),
    },
}


def word(kind: str, verb: str) -> Promise | None:
    """The verb in the reader's language; None for one that a later version, or another room, has added."""
    known = flow.VERBS.get(verb) if kind == "case" else None
    return known.label if known else OUTSIDE.get(kind, {}).get(verb)
