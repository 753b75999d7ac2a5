"""The audit of the packages fails for a hole alone, and says when it could not ask."""

from tests.house.audit import judged, unreached

KNOWN = {"name": "django", "version": "5.2.1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["5.2.2"]}]}
SOUND = {"name": "httpx", "version": "0.28.1", "vulns": []}
UNKNOWN = {"name": "typst", "skip_reason": "not found"}


def test_hole_fails_and_is_named() -> None:
    assert judged({"dependencies": [KNOWN, SOUND, UNKNOWN]}) == (
        "2 packages audited, 1 not known to the index, 1 known holes.\ndjango 5.2.1: PYSEC-1, mended in 5.2.2", 1,
    )  # fmt: skip
    assert judged({"dependencies": [SOUND]}) == ("1 packages audited, 0 not known to the index, 0 known holes.", 0)


def test_audit_that_could_not_ask_says_so() -> None:
    assert judged({"dependencies": [UNKNOWN]}) == (
        "The audit was skipped: the index answers for none of the 1 packages from here.", 0,
    )  # fmt: skip
    assert unreached("requests.exceptions.ConnectionError: …")[1] == 0
    assert unreached("TypeError: …") == ("TypeError: …", 1)
