"""An enterprise asks that whom to reach there be forgotten: no table and no file of the node, whichever room made it, still says it, and all that is
proven stays proven."""

from typing import Any

import pytest
from tests import remains
from tests.cast import SECRET_WORDS, Cast, cast, node  # noqa: F401
from tests.site import planted

from lianqiao.cases import search_index
from lianqiao.cases.models import Case
from lianqiao.record import events, keys, proofs, receipts
from lianqiao.record.models import Event
from lianqiao.registry.actions import erasing
from lianqiao.registry.models import ErasureRequest

pytestmark = pytest.mark.django_db
WHOM = SECRET_WORDS[2:4]


def test_contact_is_in_no_table_and_no_file(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:  # noqa: F811
    world = planted.plant(cast)
    assert sorted(remains.found(WHOM)) == sorted(WHOM)

    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(ErasureRequest.objects.get(pk=world.secret["erasure"]), ground="consent", by=cast.zhao)
        planted.settle()

    search_index.forget()  # as the sweep does that follows every erasure
    assert remains.found(WHOM) == {}
    for kind, subject in set(Event.objects.values_list("subject_kind", "subject")):
        assert events.verify_chain(subject, kind) == []
    first = Event.objects.get(subject=Case.objects.earliest("pk").uid, number=1)
    assert proofs.verify(receipts.receipt(first), keys.published()).state == proofs.PROVEN
