"""Alarms: what the exchange cannot settle by itself. One open row per kind, node and subject; it stays until it is handled."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from lianqiao.record.actors import Actor
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now

from .models import Alarm

KINDS = {
    "parcel-refused": _("Node %(node)s refused a parcel (%(kind)s): %(why)s. Mend the cause, then resend it."),
    "parcel-dead": _("A parcel (%(kind)s) could not be delivered to node %(node)s for 72 hours: %(why)s."),
    "parcel-stuck": _("A parcel of node %(node)s (%(kind)s) could not be worked on %(tries)s times: %(why)s."),
    "parcel-rejected": _("A parcel of node %(node)s (%(kind)s) was not carried out: %(why)s."),
    "digest-conflict": _("Node %(node)s sent a second content under the parcel id %(subject)s."),
    "sequence-reused": _("Node %(node)s used a place of its stream twice: it may run on an old copy of its data."),
    "clock-skew": _("The clocks of this node and of node %(node)s differ by %(seconds)s seconds."),
    "intruder": _("Messages were turned away at the door (%(code)s)."),
    "fork": _("The log of node %(node)s has two histories. Nothing of it is cosigned until this is handled."),
    "fork-reported": _("Node %(node)s says that our log has two histories: compare the checkpoints."),
    "peer-restored": _("Node %(node)s was restored from a backup and writes in epoch %(epoch)s."),
    "lost-parcels": _("The backup had lost %(count)s parcels to node %(node)s; they were fetched back."),
    "lost-report": _("The backup had lost the report %(kind)s to node %(node)s (%(why)s); its text stands in parcel %(subject)s."),
    "recovery-mismatch": _("After the restore node %(node)s and this node disagree on dossier %(subject)s: %(why)s. The case stays frozen."),
    "attachment-missing": _("The file %(name)s could not be fetched from node %(node)s: %(why)s."),
    "objection-untold": _("The case %(number)s could not be told what became of the objection against it: %(why)s."),
    "offer-freed": _("Node %(node)s is gone for good; the case %(number)s offered to it is answered for here again."),
    "holder-gone": _("Node %(node)s is gone for good while it answers for the case %(number)s. Decide who goes on with it."),
}  # fmt: skip


def raise_alarm(kind: str, /, *, node: str = "", subject: str = "", **params: object) -> Alarm:
    """Raises an alarm of one of KINDS, or counts one more on the open one. Writes in the caller's transaction, if any."""
    with transaction.atomic():
        alarm, new = Alarm.objects.get_or_create(
            kind=kind, node=node, subject=subject, handled_at=None,
            defaults={"params": params, "raised_at": now(), "last_at": now()},
        )  # fmt: skip
        if not new:
            Alarm.objects.filter(pk=alarm.pk).update(times=F("times") + 1, last_at=now(), params=params)
    return alarm


def text(alarm: Alarm) -> str:
    """The alarm as a sentence in the reader's language."""
    sentence: str = str(KINDS[alarm.kind]) % ({"node": alarm.node, "subject": alarm.subject} | alarm.params)
    return sentence


def is_open(kind: str, node: str, subject: str = "") -> bool:
    """Whether an alarm of this kind about the node (and the subject) waits to be handled."""
    return Alarm.objects.filter(kind=kind, node=node, subject=subject, handled_at=None).exists()


def open_subjects(kind: str) -> list[str]:
    """What the open alarms of this kind are about."""
    return list(Alarm.objects.filter(kind=kind, handled_at=None).values_list("subject", flat=True))


def open_about(kind: str, subject: str) -> list[Alarm]:
    """The alarms of this kind about the subject that wait to be handled."""
    return list(Alarm.objects.filter(kind=kind, subject=subject, handled_at=None))


def handle(alarm_id: int, *, by: Actor, note: str) -> Alarm:
    """Marks an alarm as handled, with what was found or done. Refuses an empty note and an alarm that is handled or unknown."""
    if not note.strip():
        raise Refused("note-missing", _("Say in a note what was found or done."), status=422)
    with transaction.atomic():
        alarm = Alarm.objects.select_for_update().filter(pk=alarm_id).first()
        if alarm is None:
            raise Refused("alarm-unknown", _("There is no alarm %(id)s."), status=404, id=alarm_id)
        if alarm.handled_at:
            raise Refused("alarm-handled", _("The alarm %(id)s has been handled already."), id=alarm_id)
        alarm.handled_at, alarm.handled_by, alarm.note = now(), str(by), note.strip()[:500]
        alarm.save(update_fields=["handled_at", "handled_by", "note"])
    return alarm
