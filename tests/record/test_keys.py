import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from lianqiao.record import events, keys, nodes
from lianqiao.record.algorithms import ALGORITHMS, PublicKey
from lianqiao.record.models import Event, Node, NodeKey
from lianqiao.record.refusal import Refused

from .conftest import PERSON


def test_makes_the_first_key_once(node: Node, tmp_path: Path) -> None:
    key = keys.ensure()
    assert keys.ensure() == key == keys.current()
    assert key.kid == keys.kid_of(bytes.fromhex(key.public))
    path = tmp_path / "keys" / f"{key.kid}.pem"
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(Event.objects.values_list("subject_kind", "verb", "by")) == [("key", "create", "setup")]
    assert keys.faults() == []


def test_signs_with_the_current_key(node: Node) -> None:
    key = keys.ensure()
    signature = keys.sign(b"m")
    assert keys.verify(bytes.fromhex(key.public), b"m", signature)
    assert not keys.verify(bytes.fromhex(key.public), b"n", signature)
    assert not keys.verify(b"\0" * 31, b"m", signature)
    assert not keys.verify(bytes.fromhex(key.public), b"m", signature, "sm2")


def test_rotates_to_a_key_that_the_old_one_announces(node: Node) -> None:
    old = keys.ensure()
    signature = keys.sign(b"m")
    new = keys.rotate(by=PERSON, why="yearly")
    old.refresh_from_db()
    assert (old.valid_until, old.ended_reason, keys.current()) == (new.valid_from, "yearly", new)
    assert keys.public(old.kid).verify(signature, b"m")
    told = Event.objects.about("key", nodes.subject("51")).get(verb="rotate")
    assert told.actor == PERSON
    announced = keys.verify_announcement(told.data, keys.public(old.kid))
    assert announced == PublicKey("51", "ed25519", bytes.fromhex(new.public), new.valid_from)
    assert events.verify_chain(nodes.subject("51"), "key") == []
    assert [PublicKey.read(key.document()) for key in keys.published()] == keys.published()


@pytest.mark.parametrize("name", ["kid", "public", "valid_from", "previous_kid", "node", "signature", "algorithm"])
def test_refuses_an_announcement_that_was_altered(node: Node, name: str) -> None:
    old = keys.ensure()
    keys.rotate(by=PERSON, why="yearly")
    data = Event.objects.get(verb="rotate").data
    other = keys.signing_key(old.kid).public.hex()
    altered = {
        "kid": old.kid,
        "public": other,
        "valid_from": "2020-01-01T00:00:00.000000Z",
        "previous_kid": "0" * 16,
        "node": "50",
        "signature": "00" * 64,
        "algorithm": "sm2",
    }
    assert keys.verify_announcement(data | {name: altered[name]}, keys.public(old.kid)) is None
    del data[name]
    assert keys.verify_announcement(data, keys.public(old.kid)) is None


def test_refuses_to_sign_without_a_key_or_its_file(node: Node, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        keys.sign(b"m")
    assert (refused.value.code, refused.value.status) == ("no-key", 503)
    kid = keys.ensure().kid
    (tmp_path / "keys" / f"{kid}.pem").unlink()
    keys.loaded.cache_clear()
    with pytest.raises(Refused) as refused:
        keys.sign(b"m")
    assert refused.value.code == "key-unreadable"
    with pytest.raises(Refused) as refused:
        keys.public("0" * 16)
    assert (refused.value.code, refused.value.status) == ("no-such-key", 404)


def test_tells_what_is_wrong_with_the_key(node: Node, tmp_path: Path) -> None:
    assert keys.faults() == ["This node has no key. Run: lianqiao init"]
    path = tmp_path / "keys" / f"{keys.ensure().kid}.pem"
    path.chmod(0o644)
    assert keys.faults() == [f"Others can read the private key {path}. Run: chmod 600 {path}"]
    path.chmod(0o600)
    path.write_bytes(keys.ALGORITHMS["ed25519"].generate())
    keys.loaded.cache_clear()
    assert keys.faults() == [f"The file {path} holds another key than the record says."]
    assert NodeKey.objects.count() == 1


def test_remembers_the_current_key(node: Node, django_assert_num_queries: Any) -> None:
    key = keys.ensure()
    keys.current()
    with django_assert_num_queries(0):
        assert keys.current() == key


def test_signs_with_the_new_key_when_another_process_rotated(node: Node) -> None:
    keys.ensure()
    keys.current()
    remembered = dict(keys._kept)
    new = keys.rotate(by=PERSON, why="yearly")
    keys._kept.update(remembered)  # what a process remembers that did not rotate
    assert keys.current() == new


KEY = PublicKey("51", "ed25519", bytes(32), datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def test_key_holds_from_its_first_to_its_last_moment() -> None:
    moment = timedelta(microseconds=1)
    assert KEY.valid_from
    assert KEY.valid_until
    asked = [KEY.valid_from - moment, KEY.valid_from, KEY.valid_until, KEY.valid_until + moment]
    assert [KEY.holds_at(at) for at in asked] == [False, True, True, False]
    assert [replace(KEY, valid_from=None).holds_at(at) for at in asked] == [True, True, True, False]
    assert [replace(KEY, valid_until=None).holds_at(at) for at in asked] == [False, True, True, True]


def test_reads_a_published_key() -> None:
    document = KEY.document()
    assert PublicKey.read(document) == KEY
    for name in ("kid", "valid_from", "valid_until"):
        assert PublicKey.read({key: value for key, value in document.items() if key != name}).kid == KEY.kid


@pytest.mark.parametrize("changed", [
    None, [], {}, {"kid": None}, {"kid": "0" * 16}, {"algorithm": "sm2"}, {"public": "x"}, {"public": 5}, {"valid_from": "now"},
    {"valid_until": 5},
])  # fmt: skip
def test_refuses_what_is_no_published_key(changed: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (of several kinds)
        PublicKey.read(KEY.document() | changed if changed else changed)


def test_loads_keys_of_its_own_kind_alone() -> None:
    entry, other = ALGORITHMS["ed25519"], X25519PrivateKey.generate()
    private = entry.load(entry.generate())
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert entry.load_public(pem) == entry.public(private)
    with pytest.raises(ValueError, match="not an Ed25519 key"):
        entry.load(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(ValueError, match="not an Ed25519 key"):
        entry.load_public(other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
