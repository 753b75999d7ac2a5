"""The whole flow as a literal table, one line a rule. A change of `flow.py` shows here, word for word."""

from __future__ import annotations

from typing import Any


def told(flow: Any) -> list[str]:
    """The table of a module in lines: verb and room, states, where it leads, who, clocks that start (+) and stop (-), and whether it acts
    on the substance (!)."""
    lines = []
    for name, verb in flow.VERBS.items():
        for rule in verb.rules:
            for state in (None, *flow.State):
                first = next((one for one in verb.rules if state in one.leaves), None)
                assert verb.rule(state) is first, (name, state)
            leaves = " ".join(str(state or "new") for state in rule.leaves)
            reaches = str(getattr(rule.reaches, "value", rule.reaches))
            clocks = " ".join([*(f"+{one}" for one in rule.starts), *(f"-{one}" for one in rule.stops)])
            who = " ".join(sorted(role.value for role in rule.who))
            lines.append(
                f"{rule.verb} {verb.room} | {leaves} > {reaches} | {who} | {clocks}{' !' * rule.substance}".replace(
                    "| |", "||"
                ).strip()
            )
    lines += [f"{name} | {' '.join(states)}" for name, states in (("open", flow.OPEN), ("in work", flow.IN_WORK))]
    return [*lines, f"all | {flow.ALL}"]


TABLE = """
file intake | new > filed | association enterprise intake | +correct +accept +transfer !
request_correction intake | filed > correcting | intake | +supplement -correct -accept !
supplement intake | correcting > filed | association enterprise intake | +accept -supplement !
summarise intake | filed correcting accepted > stays | association desk enterprise handler intake lead |
accept intake | filed > accepted | intake | +handle -correct -accept -transfer !
refuse intake | filed correcting > refused | intake | -* !
withdraw intake | filed correcting accepted merged > withdrawn | enterprise intake | -* !
withdraw intake | offered handed_over > stays | desk enterprise intake |
imported imports | new > as_told | desk intake |  !
import_undone imports | filed accepted refused concluded delivered withdrawn > withdrawn | node | -*
route routing | filed accepted > stays | intake lead | -transfer !
sign_for routing | filed accepted > stays | assignee |  !
dispute routing | filed accepted > stays | assignee |  !
decide routing | filed accepted > stays | lead |  !
engage routing | accepted > stays | handler intake lead |  !
contribute routing | accepted > stays | co_handler |  !
offer routing | filed accepted > offered | intake lead liaison node |  !
retract routing | offered > stays | intake lead liaison |  !
taken_over routing | offered > handed_over | peer | -* !
declined routing | offered > returns | peer | -offer !
retracted routing | offered > returns | peer | -offer !
take_over routing | new handed_over > accepted | intake lead liaison | +handle !
progress_reported routing | handed_over > stays | peer |
result_reported routing | handed_over > concluded | peer | +deliver !
delivery_reported routing | concluded > delivered | peer | -deliver !
rating_reported routing | delivered > stays | peer |
materials_reported routing | accepted handed_over concluded delivered > stays | peer |
question_reported routing | handed_over > stays | peer |
answer_reported routing | accepted handed_over concluded delivered > stays | peer |
withdrawal_reported routing | accepted handed_over concluded delivered > stays | peer |
freeze routing | filed correcting accepted offered handed_over concluded delivered refused withdrawn > stays | node |
thaw routing | filed correcting accepted offered handed_over concluded delivered refused withdrawn > stays | node |
recover routing | new filed correcting accepted offered handed_over concluded delivered > recovers | node |
ask handling | filed accepted > stays | handler intake lead |  !
reply handling | filed accepted offered handed_over > stays | addressee |
attach handling | filed correcting accepted offered handed_over merged > stays | association co_handler desk enterprise handler intake lead |
note handling | filed correcting accepted offered handed_over concluded > stays | desk handler intake lead liaison |
reassign handling | filed correcting accepted offered handed_over concluded merged > stays | lead |
supervise handling | filed correcting accepted offered handed_over > stays | supervisor |
answer_supervision handling | filed correcting accepted offered handed_over > stays | handler intake lead |
extend handling | accepted > stays | lead |  !
pause handling | accepted > stays | handler lead |  !
resume handling | accepted > stays | handler lead |  !
redate handling | filed correcting accepted offered handed_over concluded delivered > stays | clock |
settle handling | accepted > stays | handler intake lead |  !
report handling | accepted > stays | handler intake lead |  !
merge together | filed accepted > merged | intake lead | -* !
absorb together | filed accepted > stays | node |  !
unmerge together | merged > resumes | intake lead node |  !
release together | filed correcting accepted offered refused withdrawn concluded delivered > stays | node |
pass_on together | merged > stays | node |
conclude_with together | merged > concluded | node | +deliver -* !
consult requests | filed accepted > stays | handler intake lead liaison |  !
give_task requests | accepted > stays | handler intake lead liaison |  !
remind requests | filed correcting accepted merged offered handed_over concluded delivered > stays | handler intake lead liaison |
call_back requests | filed correcting accepted merged offered handed_over concluded delivered > stays | handler intake lead liaison node |
request_reported requests | filed correcting accepted merged refused offered handed_over concluded delivered withdrawn archived > stays | asked |
join subjects | filed correcting accepted concluded delivered > stays | lead supervisor |
leave subjects | filed correcting accepted offered handed_over concluded delivered refused withdrawn merged > stays | lead supervisor |
conclude conclusion | accepted > concluded | handler lead | +deliver -* !
deliver conclusion | concluded > delivered | desk intake | -deliver !
rate conclusion | delivered > stays | enterprise |
contact conclusion | delivered > stays | desk handler intake lead | -contact
object conclusion | refused delivered > stays | enterprise |
objection_told conclusion | accepted refused offered handed_over concluded delivered archived > stays | node |
reopen_on_objection conclusion | refused concluded delivered archived > accepted | node | +handle -* !
reopening_reported conclusion | concluded delivered archived > handed_over | peer | -*
reopen conclusion | concluded delivered refused withdrawn > accepted | lead | +handle -* !
archive conclusion | refused delivered withdrawn > archived | intake lead | -* !
request_erasure keeping | filed correcting accepted refused offered handed_over concluded delivered withdrawn archived merged > stays | desk enterprise intake lead |
refuse_erasure keeping | filed correcting accepted refused offered handed_over concluded delivered withdrawn archived merged > stays | lead |
erase keeping | filed correcting accepted refused offered handed_over concluded delivered withdrawn archived merged > stays | lead node |
erasure_reported keeping | filed correcting accepted refused offered handed_over concluded delivered withdrawn archived merged > stays | neighbour |
erased keeping | filed correcting accepted refused offered handed_over concluded delivered withdrawn archived merged disposed > stays | neighbour |
hold keeping | refused delivered withdrawn archived > stays | auditor lead |
lift_hold keeping | refused delivered withdrawn archived > stays | auditor lead |
propose_disposal keeping | archived > stays | lead |
refuse_disposal keeping | archived > stays | auditor |
dispose keeping | archived > disposed | auditor |
disposal_reported keeping | filed correcting accepted refused offered handed_over concluded delivered withdrawn archived merged disposed > stays | neighbour |
open | filed correcting accepted offered handed_over merged
in work | filed correcting accepted offered handed_over merged concluded
all | *
"""  # noqa: E501
