import json

from lianqiao.record import checkpoint, merkle
from lianqiao.record.algorithms import PublicKey
from lianqiao.record.proofs import verify

from . import vectors


def test_equals_the_published_vectors() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in vectors.FOLDER.glob("*.json")}
    ours = vectors.all_vectors()
    assert {name: written.get(name) for name in ours} == ours


def test_proves_the_published_receipt_and_growth() -> None:
    published = json.loads((vectors.FOLDER / "checkpoint.json").read_text(encoding="utf-8"))
    keys = [PublicKey.read(key) for key in published["keys"]]
    assert [(f.code, f.state) for f in verify(published["receipt"], keys).findings] == [
        ("promise", "proven"),
        ("checkpoint-signed", "proven"),
        ("placed", "proven"),
        ("cosigned", "proven"),
    ]
    judged = checkpoint.judge(published["notes"][1], published["notes"][2], published["consistency_2_3"], keys)
    assert judged == checkpoint.Judged(checkpoint.Judgement.GROWN, "consistent")


def test_matches_the_vector_of_rfc_6962_for_the_empty_tree() -> None:
    assert merkle.EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
