import copy
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianqiao.record import keys
from lianqiao.record.actors import Actor
from lianqiao.record.algorithms import PublicKey
from lianqiao.record.events import verify_chain
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import agreements
from lianqiao.registry import terms as wording
from lianqiao.registry.models import Agency, Agreement, Clause, Person

Terms = dict[str, Any]


def public(key: Ed25519PrivateKey) -> PublicKey:
    return PublicKey("50", "ed25519", key.public_key().public_bytes_raw())


def peer_signs(agreement: Agreement, key: Ed25519PrivateKey, terms: Terms | None = None) -> Agreement:
    signature = key.sign(wording.message(terms or agreement.text)).hex()
    return agreements.receive_signature(agreement, "50", public(key).kid, signature, public(key))


@pytest.fixture
def proposed(admin: Person, centre: Agency, terms: Terms) -> Agreement:
    return agreements.propose(terms, by=admin)


@pytest.fixture
def signed(admin: Person, proposed: Agreement, other_key: Ed25519PrivateKey) -> Agreement:
    agreements.sign(proposed, by=admin)
    return peer_signs(proposed, other_key)


def clause_on(on: date) -> Clause | None:
    return Clause.objects.in_force("sc-inward-centre", "50", "inward-complaint", "fees", on)


def test_propose_gives_the_same_id_for_the_same_terms_and_one_event(
    admin: Person, proposed: Agreement, terms: Terms
) -> None:
    reordered = dict(reversed(terms.items()))
    again = agreements.propose(reordered, by=Actor.node("50"))
    assert again == proposed
    assert Event.objects.filter(subject=proposed.id).count() == 1


def test_propose_refuses_a_reference_with_other_terms(admin: Person, proposed: Agreement, terms: Terms) -> None:
    with pytest.raises(Refused) as refused:
        agreements.propose(terms | {"from": "2021-01-01"}, by=admin)
    assert refused.value.code == "reference-taken"


def test_propose_refuses_terms_of_others(admin: Person, centre: Agency, terms: Terms) -> None:
    with pytest.raises(Refused) as refused:
        agreements.propose(terms, by=Actor.node("42"))
    assert refused.value.code == "not-a-party"
    elsewhere = copy.deepcopy(terms)
    elsewhere["parties"][0]["node"] = elsewhere["clauses"][0]["from"]["node"] = "42"
    with pytest.raises(Refused) as refused:
        agreements.propose(elsewhere, by=admin)
    assert refused.value.code == "not-a-party"


def test_propose_refuses_an_agency_that_is_not_here(admin: Person, terms: Terms) -> None:
    with pytest.raises(Refused) as refused:
        agreements.propose(terms, by=admin)
    assert refused.value.code == "agency-unknown"
    assert Agreement.objects.count() == 0


def test_agreement_verbs_refuse_who_is_no_administrator(person: Person, proposed: Agreement, terms: Terms) -> None:
    for attempt in (
        lambda: agreements.propose(terms, by=person),
        lambda: agreements.propose(terms, by=Actor.clock("x")),
        lambda: agreements.sign(proposed, by=person),
        lambda: agreements.end(proposed, by=person, reason="x"),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "not-admin"


def test_agreement_signed_by_both_keys_is_in_force(signed: Agreement, other_key: Ed25519PrivateKey) -> None:
    assert signed.state == "in_force"
    clause = clause_on(today())
    assert clause is not None
    assert (clause.ref, clause.to_agency, clause.shares, clause.answer_amount, clause.answer_unit, clause.carries) == (
        "3.1",
        "cq-private-centre",
        ["identity", "result"],
        5,
        "working_days",
        True,
    )
    assert agreements.verify(signed, [*keys.published(), public(other_key)]) == []
    assert verify_chain(signed.id, "agreement") == []
    assert list(Event.objects.about("agreement", signed.id).values_list("verb", "by_kind")) == [
        ("propose", "person"),
        ("sign", "person"),
        ("receive_signature", "node"),
    ]


def test_agreement_signed_by_the_other_first_is_in_force(
    admin: Person, proposed: Agreement, other_key: Ed25519PrivateKey
) -> None:
    assert peer_signs(proposed, other_key).state == "proposed"
    assert clause_on(today()) is None
    assert agreements.sign(proposed, by=admin).state == "in_force"


def test_agreement_with_one_signature_gives_no_clause(admin: Person, proposed: Agreement) -> None:
    agreements.sign(proposed, by=admin)
    assert clause_on(today()) is None
    with pytest.raises(Refused) as refused:
        agreements.sign(proposed, by=admin)
    assert refused.value.code == "already-signed"


def test_receive_signature_refuses_a_signature_over_other_terms(
    proposed: Agreement, other_key: Ed25519PrivateKey, terms: Terms
) -> None:
    tampered = copy.deepcopy(terms)
    tampered["clauses"][0]["answer"]["amount"] = 50
    with pytest.raises(Refused) as refused:
        peer_signs(proposed, other_key, tampered)
    assert refused.value.code == "signature-wrong"
    assert Agreement.objects.get().signature_b == ""


@pytest.mark.parametrize("signature", ["", "not hex", "aa", "00" * 64])
def test_receive_signature_refuses_what_is_no_signature(
    proposed: Agreement, other_key: Ed25519PrivateKey, signature: str
) -> None:
    with pytest.raises(Refused) as refused:
        agreements.receive_signature(proposed, "50", public(other_key).kid, signature, public(other_key))
    assert refused.value.code == "signature-wrong"


def test_receive_signature_refuses_wrong_key_and_wrong_node(proposed: Agreement, other_key: Ed25519PrivateKey) -> None:
    signature = other_key.sign(wording.message(proposed.text)).hex()
    kid = public(other_key).kid
    for node, named, code in (
        ("50", "0" * 16, "kid-wrong"),
        ("42", kid, "not-a-party"),
        ("51", kid, "already-signed"),
    ):
        with pytest.raises(Refused) as refused:
            agreements.receive_signature(proposed, node, named, signature, public(other_key))
        assert refused.value.code == code


def test_receive_signature_twice_changes_nothing(signed: Agreement, other_key: Ed25519PrivateKey) -> None:
    events = Event.objects.count()
    peer_signs(signed, other_key)
    assert (Event.objects.count(), Clause.objects.count()) == (events, 1)
    with pytest.raises(Refused) as refused:
        peer_signs(signed, Ed25519PrivateKey.generate())
    assert refused.value.code == "already-signed"


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (
            lambda a: a.text["clauses"][0].update(carries=False),
            ["digest-wrong", "signature-wrong", "signature-wrong", "clauses-differ"],
        ),
        (lambda a: setattr(a, "title_en", "Other"), ["row-differs"]),
        (lambda a: setattr(a, "ends_on", date(2099, 1, 1)), ["row-differs"]),
        (lambda a: setattr(a, "signature_b", a.signature_a), ["signature-wrong"]),
        (lambda a: setattr(a, "kid_b", "0" * 16), ["key-unknown"]),
        (lambda a: setattr(a, "signature_a", ""), ["signature-missing"]),
        (lambda a: a.clauses.update(to_agency="elsewhere"), ["clauses-differ"]),
        (lambda a: a.text.pop("until"), ["field-missing"]),
    ],
)
def test_verify_finds_what_was_tampered_with(
    signed: Agreement, other_key: Ed25519PrivateKey, change: Callable[[Agreement], Any], codes: list[str]
) -> None:
    published = [*keys.published(), public(other_key)]
    change(signed)
    assert [problem.code for problem in agreements.verify(signed, published)] == codes


def test_clause_in_force_matches_agency_node_programme_and_day(
    signed: Agreement, centre: Agency, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert clause_on(today()) is not None
    tries = [
        (centre, "50", "business-environment", "", today()),
        ("cd-inward-centre", "50", "inward-complaint", "", today()),
        ("sc-inward-centre", "42", "inward-complaint", "", today()),
        ("sc-inward-centre", "50", "hotline", "", today()),
        ("sc-inward-centre", "50", "inward-complaint", "", date(2020, 5, 28)),
        ("sc-inward-centre", "50", "inward-complaint", "", date(2020, 5, 29)),
    ]
    assert [Clause.objects.in_force(*t) is not None for t in tries] == [True, False, False, False, False, True]
    assert [Agreement.objects.all().clause_for(signed.id, ref, today()) is not None for ref in ("3.1", "3.2")] == [
        True,
        False,
    ]


def test_clause_that_names_the_category_comes_first(
    admin: Person, centre: Agency, terms: Terms, other_key: Ed25519PrivateKey
) -> None:
    special = copy.deepcopy(terms["clauses"][0]) | {"ref": "4.1", "categories": ["fees"]}
    terms["clauses"].append(special)
    agreement = agreements.propose(terms, by=admin)
    agreements.sign(agreement, by=admin)
    peer_signs(agreement, other_key)
    found = [
        Clause.objects.in_force("sc-inward-centre", "50", "inward-complaint", category, today())
        for category in ("fees", "other")
    ]
    assert [c.ref if c else None for c in found] == ["4.1", "3.1"]


def test_end_takes_effect_on_its_day(admin: Person, signed: Agreement) -> None:
    last = today() + timedelta(days=10)
    ended = agreements.end(signed, by=admin, on=last + timedelta(days=1), reason="replaced")
    assert ended.state == "in_force"
    assert clause_on(last) is not None
    assert clause_on(last + timedelta(days=1)) is None


def test_end_today_gives_no_clause_and_cannot_be_repeated(admin: Person, signed: Agreement) -> None:
    yesterday = today() - timedelta(days=1)
    assert agreements.end(signed, by=Actor.node("50"), reason="replaced").state == "ended"
    assert clause_on(today()) is None
    assert clause_on(yesterday) is not None
    for attempt in (
        lambda: agreements.end(signed, by=admin, reason="again"),
        lambda: agreements.sign(signed, by=admin),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "agreement-ended"


def test_end_refuses_what_does_not_fit(admin: Person, signed: Agreement) -> None:
    for by, on, reason, code in (
        (admin, None, " ", "reason-missing"),
        (admin, today() - timedelta(days=1), "x", "end-in-the-past"),
        (admin, None, "x" * 501, "field-wrong"),
        (Actor.node("42"), None, "x", "not-a-party"),
    ):
        with pytest.raises(Refused) as refused:
            agreements.end(signed, by=by, on=on, reason=reason)
        assert refused.value.code == code
    assert Agreement.objects.get().ended_on is None


def test_sign_refuses_terms_that_are_over(admin: Person, centre: Agency, terms: Terms) -> None:
    agreement = agreements.propose(terms | {"until": "2021-01-01"}, by=admin)
    with pytest.raises(Refused) as refused:
        agreements.sign(agreement, by=admin)
    assert refused.value.code == "agreement-over"


def changed(terms: Terms, path: str, value: Any) -> Terms:
    terms = copy.deepcopy(terms)
    *way, last = path.split("/")
    place: Any = terms
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    place[int(last) if isinstance(place, list) else last] = value
    return terms


FIRST = "clauses/0/"


@pytest.mark.parametrize(
    ("path", "value", "codes"),
    [
        ("v", 2, ["version-unknown"]),
        ("extra", 1, ["field-unknown"]),
        ("clauses", [], ["no-clause"]),
        ("clauses/0", "x", ["clause-not-an-object"]),
        (FIRST + "note", "x", ["field-unknown"]),
        (FIRST + "answer", {"amount": float("nan"), "unit": "hours"}, ["not-canonical"]),
        ("reference", "", ["reference-wrong"]),
        ("title", {"zh": "只有中文"}, ["title-wrong"]),
        ("from", "29 May", ["from-wrong"]),
        ("from", "2020-02-30", ["from-wrong"]),
        ("until", "soon", ["until-wrong"]),
        ("until", "2020-05-28", ["ends-before-it-starts"]),
        ("parties", [], ["parties-wrong"]),
        ("parties/1/node", "51", ["same-node"]),
        ("parties/1/agencies", [], ["parties-wrong"]),
        ("parties/1/agencies", [{"code": "a", "zh": "甲", "en": "A"}] * 2, ["agency-twice"]),
        (FIRST + "ref", "three", ["ref-wrong"]),
        (FIRST + "from", {"node": "51", "agency": "stranger"}, ["agency-not-a-party"]),
        (FIRST + "from", {"node": [], "agency": {}}, ["agency-not-a-party"]),
        (FIRST + "to", {"node": "51", "agency": "sc-inward-centre"}, ["same-node"]),
        (FIRST + "programmes", [], ["no-programme"]),
        (FIRST + "programmes", ["tourism"], ["programme-unknown"]),
        (FIRST + "programmes", "hotline", ["list-wrong"]),
        (FIRST + "shares", ["salt"], ["share-unknown"]),
        (FIRST + "shares", ["result", "result"], ["named-twice"]),
        (FIRST + "joint_triggers", ["boredom"], ["trigger-unknown"]),
        (FIRST + "carries", "yes", ["carries-wrong"]),
        (FIRST + "answer", 5, ["answer-wrong"]),
        (FIRST + "answer", {"amount": 0, "unit": "hours"}, ["answer-wrong"]),
        (FIRST + "answer", {"amount": 5}, ["answer-without-unit"]),
        (FIRST + "answer", {"amount": 5, "unit": "weeks"}, ["answer-without-unit"]),
        (FIRST + "answer", None, []),
        ("until", "2030-12-31", []),
    ],
)
def test_problems_name_each_fault_of_the_terms(terms: Terms, path: str, value: Any, codes: list[str]) -> None:
    found = wording.problems(changed(terms, path, value))
    assert [problem.code for problem in found] == codes
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert all("%(" not in str(problem.sentence) for problem in found)


def places(value: Any, way: str = "") -> Iterator[str]:
    """The paths of everything inside a JSON value."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield f"{way}{step}"
        yield from places(inner, f"{way}{step}/")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_problems_answers_for_any_json_in_any_place(terms: Terms, data: st.DataObject) -> None:
    way = data.draw(st.sampled_from(sorted(places(terms))))
    value = data.draw(JSON)
    changed_terms = changed(terms, way, value)
    if wording.problems(changed_terms) == []:
        assert wording.message(changed_terms).startswith(b"lianqiao/agreement/v1\0{")


def test_problems_name_a_clause_number_given_twice(terms: Terms) -> None:
    terms["clauses"].append(copy.deepcopy(terms["clauses"][0]))
    assert [p.code for p in wording.problems(terms)] == ["ref-twice"]


@pytest.mark.parametrize("terms", [None, [], "text", 5])
def test_problems_refuse_what_is_no_object(terms: Any) -> None:
    assert [p.code for p in wording.problems(terms)] == ["not-an-object"]


def test_propose_tells_every_problem_in_the_readers_language(admin: Person, terms: Terms) -> None:
    wrong = changed(changed(terms, FIRST + "shares", ["salt"]), FIRST + "carries", 1)
    with pytest.raises(Refused) as refused:
        agreements.propose(wrong, by=admin)
    with translation.override("en"):
        assert str(refused.value) == (
            'The terms cannot be signed. Clause 3.1: "salt" in shares is not known. '
            "Use: identity, contact, attachments, progress, result. "
            "Clause 3.1: say true or false for carries (does the handling limit run on)."
        )
    with translation.override("zh-hans"):
        assert str(refused.value) == (
            "条款无法签署。第3.1条：shares中的“salt”未知，可用：identity, contact, attachments, progress, result。"
            "第3.1条：carries须填true或false（办理期限是否连续计算）。"
        )


def test_clause_that_does_not_say_what_it_lets_lets_hand_over_alone(signed: Agreement) -> None:
    assert [clause.lets for clause in signed.clauses.all()] == [["hand_over"]] * len(signed.text["clauses"])


def test_clause_that_lets_consult_hands_nothing_over(
    admin: Person, centre: Agency, terms: Terms, other_key: Ed25519PrivateKey
) -> None:
    for clause in terms["clauses"]:
        clause["lets"] = ["consult", "task"]
    agreement = agreements.sign(agreements.propose(terms, by=admin), by=admin)
    agreement = peer_signs(agreement, other_key, terms)

    assert (agreement.state, clause_on(today())) == ("in_force", None)
    assert agreements.verify(agreement, [keys.public(agreement.kid_a), public(other_key)]) == []


@pytest.mark.parametrize(("lets", "code"), [([], "lets-nothing"), (["rule"], "lets-unknown"), ("task", "list-wrong")])
def test_problems_name_what_a_clause_cannot_let(terms: Terms, lets: Any, code: str) -> None:
    terms["clauses"][0]["lets"] = lets

    assert [problem.code for problem in wording.problems(terms)] == [code]


@pytest.mark.parametrize("state", Agreement.State.values)
@pytest.mark.parametrize("ends", [None, 0, 9])
@pytest.mark.parametrize("ended", [None, 0, 9])
def test_agreement_in_hand_is_in_force_when_it_is_by_query(
    signed: Agreement, state: str, ends: int | None, ended: int | None
) -> None:
    start = signed.starts_on
    signed.state = state
    signed.ends_on, signed.ended_on = (None if days is None else start + timedelta(days=days) for days in (ends, ended))
    signed.save()

    for days in (-1, 0, 1, 8, 9, 10):
        on = start + timedelta(days=days)
        assert signed.is_in_force(on) == Agreement.objects.in_force(on).filter(pk=signed.pk).exists(), on
        assert bool(Agreement.objects.clause_for(signed.pk, "3.1", on)) == signed.is_in_force(on), on
