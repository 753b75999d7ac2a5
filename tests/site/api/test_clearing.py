"""What is cleared away: only what is too old, and only files that no case holds."""

import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cast import Cast, filing
from tests.site.api.conftest import Caller

from lianqiao.cases import files
from lianqiao.cases.models import Attempt, Case
from lianqiao.exchange import errands
from lianqiao.exchange.models import Errand
from lianqiao.record.time import now
from lianqiao.registry.models import IdempotentAnswer
from lianqiao.site import clearing


def test_old_answers_and_attempts_are_forgotten(call: Caller, cast: Cast) -> None:
    call.post("cases", "lin", filing(cast), Idempotency_Key="k-1")
    call.post("cases", "lin", filing(cast), Idempotency_Key="k-2")
    old = IdempotentAnswer.objects.earliest("pk")
    IdempotentAnswer.objects.filter(pk=old.pk).update(created_at=now() - timedelta(days=8))
    call.post("status", "", {"number": "51-2026-000001", "code_word": "X"})
    Attempt.objects.counted("somebody", 1)

    assert [clearing.clear_now(), clearing.clear_now()] == [2, 0]
    assert (IdempotentAnswer.objects.count(), Attempt.objects.count()) == (1, 1)


def test_file_without_a_case_is_removed_after_a_day(call: Caller, cast: Cast) -> None:
    number = call.post("cases", "lin", filing(cast)).json()["number"]
    case = Case.objects.get()
    kept = call.upload(f"cases/{number}/attachments", "lin", SimpleUploadedFile("a.txt", b"a")).json()["attachment"]
    lost = files.store(case.uid, "b.txt", [b"b"]).attachment
    young = files.store(case.uid, "c.txt", [b"c"]).attachment
    for attachment in (kept["id"], lost):
        os.utime(Path(files.path_of(case.uid, attachment)), (1, 1))

    assert clearing.clear_now() == 1
    assert sorted(path.name for path in files.folder().rglob("*") if path.is_file()) == sorted([kept["id"], str(young)])


def test_file_of_an_errand_is_kept(cast: Cast) -> None:
    errand = Errand.objects.create(
        id=uuid4(), kind="consultation", dossier=uuid4(), number="51-2026-000011", request=1, programme="inward-complaint",
        addressed="sc-inward-centre", agency="sc-inward-centre", folder=uuid4(), received_at=now(), state="accepted",
    )  # fmt: skip
    file = errands.attach(errand.pk, by=cast.wei, name="意见.txt", chunks=["同意。".encode()])
    place = Path(files.path_of(errand.folder, file.pk))
    os.utime(place, (1, 1))

    assert (clearing.clear_now(), place.exists()) == (0, True)


def test_clearing_waits_an_hour_between_two_rounds(cast: Cast) -> None:
    clearing._last.clear()
    assert clearing.clear() == 0
    files.store(uuid4(), "a.txt", [b"a"])
    for path in files.folder().rglob("*"):
        os.utime(path, (1, 1))

    assert (clearing.clear(), clearing.clear_now()) == (0, 1)
