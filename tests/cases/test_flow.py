"""The flow as a literal table: per state and person, what may be done next. A change of `flow.py` or `access.py` shows here."""

from collections.abc import Callable

import pytest

from lianqiao.cases import access, flow
from lianqiao.cases.models import Case
from lianqiao.registry.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.once]

TABLE = """
filed      | owner      | withdraw attach request_erasure
filed      | intake     | request_correction accept refuse withdraw route offer ask attach note answer_supervision merge consult request_erasure
filed      | handler    | ask attach note answer_supervision consult
filed      | lead       | route offer ask attach note reassign answer_supervision merge consult join request_erasure erase
filed      | supervisor | supervise join
filed      | liaison    | offer note consult
filed      | planning   |
filed      | respondent |
filed      | stranger   |
filed      | both       |
correcting | owner      | supplement withdraw attach request_erasure
correcting | intake     | supplement refuse withdraw attach note answer_supervision request_erasure
correcting | handler    | attach note answer_supervision
correcting | lead       | attach note reassign answer_supervision join request_erasure erase
correcting | supervisor | supervise join
correcting | liaison    | note
correcting | planning   |
correcting | respondent |
correcting | stranger   |
correcting | both       |
accepted   | owner      | withdraw attach request_erasure
accepted   | intake     | withdraw route engage offer ask attach note answer_supervision settle report merge consult give_task request_erasure
accepted   | handler    | engage ask attach note answer_supervision pause resume settle report consult give_task conclude
accepted | lead | route engage offer ask attach note reassign answer_supervision extend pause resume settle report merge consult give_task join conclude request_erasure erase
accepted   | supervisor | supervise join
accepted   | liaison    | offer note consult give_task
accepted   | planning   |
accepted   | respondent |
accepted   | stranger   |
accepted   | both       |
refused    | owner      | object request_erasure
refused    | intake     | archive request_erasure
refused    | handler    |
refused    | lead       | reopen archive request_erasure erase hold
refused    | supervisor |
refused    | liaison    |
refused    | planning   |
refused    | respondent |
refused    | stranger   |
refused    | both       |
concluded  | owner      | request_erasure
concluded  | intake     | note deliver request_erasure
concluded  | handler    | note
concluded  | lead       | note reassign join reopen request_erasure erase
concluded  | supervisor | join
concluded  | liaison    | note
concluded  | planning   |
concluded  | respondent |
concluded  | stranger   |
concluded  | both       |
delivered  | owner      | rate object request_erasure
delivered  | intake     | contact archive request_erasure
delivered  | handler    | contact
delivered  | lead       | join contact reopen archive request_erasure erase hold
delivered  | supervisor | join
delivered  | liaison    |
delivered  | planning   |
delivered  | respondent |
delivered  | stranger   |
delivered  | both       |
withdrawn  | owner      | request_erasure
withdrawn  | intake     | archive request_erasure
withdrawn  | handler    |
withdrawn  | lead       | reopen archive request_erasure erase hold
withdrawn  | supervisor |
withdrawn  | liaison    |
withdrawn  | planning   |
withdrawn  | respondent |
withdrawn  | stranger   |
withdrawn  | both       |
archived   | owner      | request_erasure
archived   | intake     | request_erasure
archived   | handler    |
archived   | lead       | request_erasure erase hold propose_disposal
archived   | supervisor |
archived   | liaison    |
archived   | planning   |
archived   | respondent |
archived   | stranger   |
archived   | both       |
merged     | owner      | withdraw attach request_erasure
merged     | intake     | withdraw attach unmerge request_erasure
merged     | handler    | attach
merged     | lead       | attach reassign unmerge request_erasure erase
merged     | supervisor |
merged     | liaison    |
merged     | planning   |
merged     | respondent |
merged     | stranger   |
merged     | both       |
"""  # noqa: E501
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize("state", sorted({row[0] for row in ROWS}))
def test_possible_is_what_the_table_says(state: str, at: Callable[[str], Case], people: dict[str, Person]) -> None:
    case = at(state)

    offered = {part: " ".join(access.possible(case, person)) for part, person in people.items()}

    assert offered == {part: verbs for row_state, part, verbs in ROWS if row_state == state}


def test_every_verb_that_is_not_possible_is_refused(at: Callable[[str], Case], people: dict[str, Person]) -> None:
    case = at("accepted")

    for part, person in people.items():
        # nothing is disputed or asked of others or for yet, it stands under no subject and is not confidential: not offered, refused by the verb
        untimely = {"remind", "call_back"} if part in ("intake", "handler", "lead", "liaison") else set()
        untimely |= {"summarise"} if part in ("owner", "intake", "handler", "lead") else set()
        untimely |= {"lead": {"decide", "leave", "refuse_erasure"}, "supervisor": {"leave"}}.get(part, set())

        allowed = {verb for verb in flow.VERBS if access.refusal(case, verb, person) is None}

        assert allowed == set(access.possible(case, person)) | untimely
