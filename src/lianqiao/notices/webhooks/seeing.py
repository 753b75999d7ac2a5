"""What a subscription may be told now: no more than its person may see at this moment, and of that what they asked for."""

from collections.abc import Collection, Iterable

from lianqiao.cases import keys, timeline
from lianqiao.cases.models import Case
from lianqiao.record.models import Event
from lianqiao.registry.models import Enterprise

from .models import Webhook


def permitted(webhook: Webhook, cases: Collection[Case], told: Iterable[Event]) -> list[Event]:
    """Of the events of these cases those that the person of the subscription may read and wants to hear of.

    The person must have been read anew: what they may is remembered with the object.
    """
    person = webhook.person
    events = [event for event in told if not webhook.verbs or event.verb in webhook.verbs]
    if not (events and person.is_active):
        return []
    visible = Case.objects.visible_to(person).filter(pk__in=[case.pk for case in cases])
    match webhook.scope:
        case Webhook.Scope.ENTERPRISE:
            if webhook.enterprise is None or webhook.enterprise_id not in keys.enterprise_ids_of(person):
                return []
            visible = visible.filter(enterprise__in=Enterprise.objects.family([webhook.enterprise]))
        case Webhook.Scope.AGENCY:
            if webhook.agency_id not in {held.agency_id for held in keys.memberships_of(person)}:
                return []
            agency = webhook.agency
            visible = (
                visible.filter(agency=agency) | visible.filter(home_agency=agency) | visible.filter(assigned=agency)
            )
    seen = set(visible.values_list("pk", flat=True))
    readers = {case.uid: timeline.reader(case, person) for case in cases if case.pk in seen}
    return [
        event
        for event in events
        if event.subject in readers and timeline.told(readers[event.subject], event) is not None
    ]
