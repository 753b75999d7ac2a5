"""Who a session belongs to: the settings name this module's class in `AUTHENTICATION_BACKENDS`."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.backends import ModelBackend
from django.db.models import Exists, OuterRef

from lianqiao.cases import keys
from lianqiao.registry.models import EnterpriseMember, Person


class People(ModelBackend):
    """Django's own. Reading the person also tells whether they stand for any enterprise at all, so that officers are not asked for theirs."""

    def get_user(self, user_id: UUID | str) -> Person | None:
        links = EnterpriseMember.objects.filter(person=OuterRef("pk"))
        person = Person.objects.filter(pk=user_id).annotate(linked=Exists(links)).first()
        if person is None or not self.user_can_authenticate(person):
            return None
        if not person.linked:
            keys.stands_for_nobody(person)
        return person
