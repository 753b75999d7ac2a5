"""An event of a case as a sentence, and the words that were said with it, in the reader's language. What the reader may not read is not in the step."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from lianqiao.law import keeping
from lianqiao.law.divisions import name_of
from lianqiao.law.limit import amount_text
from lianqiao.law.text import in_two
from lianqiao.record.nodes import this_node
from lianqiao.registry import remembered

from . import clocks, flow
from .models import Case
from .pictures import OWN, language
from .timeline import Step

SENTENCES: dict[str, Any] = {
    "file": _("The case was filed at %(agency)s."),
    "request_correction": _("Something is missing: asked for, once and all of it."),
    "supplement": _("What was missing was handed in."),
    "summarise": _("It was said, without names, what the case is about."),
    "accept": _("The case was accepted; the limit for handling runs."),
    "refuse": _("The case was not accepted. Ground: %(ground)s."),
    "withdraw": _("The case was withdrawn."),
    "route": _("The case was assigned to %(agency)s."),
    "sign_for": _("The assignment was signed for."),
    "dispute": _("The assignment was disputed."),
    "decide": _("It was decided that %(agency)s is competent."),
    "engage": _("%(agency)s was asked to handle it together."),
    "contribute": _("The co-handling agency answered."),
    "offer": _("The case was offered to %(region)s under the agreement, clause %(clause)s."),
    "retract": _("The offer was asked back."),
    "taken_over": _("%(agency)s took the case over. Its number there: %(number)s."),
    "declined": _("The other region declined the case."),
    "retracted": _("The offer was given back."),
    "take_over": _("The case was taken over from %(region)s."),
    "progress_reported": _("The other region reported: %(step)s."),
    "result_reported": _("The other region reported the result: %(ground)s."),
    "delivery_reported": _("The home desk delivered the result."),
    "rating_reported": _("The enterprise rated the handling with %(score)s of 5 (1 is best)."),
    "materials_reported": _("The other region passed materials on."),
    "question_reported": _("The other region passed a question on."),
    "answer_reported": _("The other region passed the answer on."),
    "withdrawal_reported": _("The other region passed on that the enterprise withdraws."),
    "freeze": _("The case is read-only until the other regions have said what they hold of it."),
    "thaw": _("The case can be acted on again."),
    "imported": _("Entered from a ledger of %(agency)s that was kept elsewhere, in the state that it tells."),
    "import_undone": _("The import was taken back; the case counts no more."),
    "recover": _("What a restore had lost was recovered."),
    "ask": _("A question was asked."),
    "reply": _("The question was answered."),
    "attach": _("A file was added: %(name)s."),
    "note": _("Progress was recorded."),
    "reassign": _("The case was given to another handler."),
    "supervise": _("A supervision letter was sent; an answer is due by %(answer_by)s."),
    "answer_supervision": _("The supervision letter was answered."),
    "extend": _("The limit was extended by %(extension)s."),
    "pause": _("The clock was paused: %(cause)s."),
    "resume": _("The clock runs again."),
    "redate": _("A holiday notice moved dates of this case."),
    "settle": _("A settlement was recorded."),
    "merge": _("The case is handled together with %(main)s and follows it."),
    "absorb": _("%(duplicate)s follows this case and is handled together with it."),
    "unmerge": _("The case stands on its own again; its limits run on from their first day."),
    "release": _("%(duplicate)s stands on its own again."),
    "pass_on": _("The main case went on: %(step)s."),
    "conclude_with": _("The case was concluded together with the main case: %(ground)s."),
    "join": _("The case was put under a subject."),
    "leave": _("The case was taken out of a subject."),
    "conclude": _("The case was concluded: %(ground)s."),
    "deliver": _("The result was delivered (%(method)s)."),
    "rate": _("The handling was rated with %(score)s of 5 (1 is best)."),
    "contact": _("The enterprise was contacted after its rating."),
    "object": _("An objection was raised; the agency above decides."),
    "reopen": _("The case was taken up again."),
    "archive": _("The file was closed."),
    "request_erasure": _("It was asked that something be erased."),
    "refuse_erasure": _("The erasure was refused: %(basis)s."),
    "erase": _("Something was erased: %(basis)s."),
    "erasure_reported": _("The other region erased something; the same was erased here: %(basis)s."),
    "erased": _("The other region answered to the erasure."),
    "hold": _("The file is held back from disposal: %(hold)s."),
    "lift_hold": _("The file was released for disposal."),
    "propose_disposal": _("The disposal of the file was proposed."),
    "refuse_disposal": _("The disposal was refused; the file stays."),
    "dispose": _("The file was disposed of: %(texts)s texts and %(files)s files were destroyed."),
    "disposal_reported": _("The other region has disposed of its file."),
    "consult": _("A consultation was asked."),
    "give_task": _("A sub-task was given to the other region."),
    "remind": _("Whoever was asked was reminded."),
    "call_back": _("A consultation or sub-task was called back."),
    "request_reported": _("Whoever was asked has answered or reported."),
    "objection_told": _("It became known what became of the objection."),
    "reopen_on_objection": _("The case was reopened by the decision on the objection."),
    "reopening_reported": _("The other region reported that it handles the case anew."),
}
METHODS = {
    "electronic": _("electronically"),
    "post": _("by post"),
    "in_person": _("in person"),
    "left_at_address": _("left at the address"),
    "public_notice": _("by public notice"),
}
SPOKEN = ("text", "reason", "question", "remark", "facts", "task")
"""Fields with words that somebody said; the first that is there is shown."""


def sentence(case: Case, step: Step) -> str:
    """What happened, in one sentence; the verb's label where the reader may not read what the sentence would need."""
    said = SENTENCES.get(step.event.verb)
    if said is None:
        return step.label
    try:
        return str(said) % _Facts(case, step.data)
    except LookupError:
        return step.label


class _Facts(dict[str, Any]):
    """What the sentences name, in words; made when it is asked for. LookupError where it is not known."""

    def __init__(self, case: Case, data: dict[str, Any]) -> None:
        super().__init__()
        self.case, self.data = case, data

    def __missing__(self, name: str) -> str:
        value = self.data.get(name)
        match name:
            case "agency":
                return self._agency()
            case "region":
                return _region(str(self.data.get("to_node") or self.data["from_node"]))
            case "number":
                return str(self.data["peer_number"])
            case "ground":
                return self._item("refusal_grounds", "conclusion_grounds", code=str(value))
            case "cause":
                return self._item("pause_causes", code=str(value))
            case "basis" | "hold":
                return keeping.named(str(self.data["ground" if name == "basis" else "cause"])).in_(language())
            case "method":
                return str(METHODS[str(value)])
            case "step":
                verb = flow.VERBS.get(str(value))
                return str(verb.label) if verb else str(value)
            case "extension":
                return amount_text(int(self.data["amount"]), str(self.data["unit"])).in_(language())
        if not isinstance(value, str | int):
            raise KeyError(name)
        return str(value)

    def _agency(self) -> str:
        told = self.data.get("to_agency") or self.data.get("peer_agency") or self.data.get("agency")
        if isinstance(told, str):
            agency = remembered.agency(told)
            return agency.label if agency else in_two(told).in_(language())
        return self.case.home_agency.label

    def _item(self, *lists: str, code: str) -> str:
        regime = clocks.regime_of(self.case)
        for held in lists:
            for item in getattr(regime, held):
                if item.code == code:
                    return str(item.text.in_(language()))
        return code


def _region(code: str) -> str:
    """What a node's region is called."""
    if code == this_node().code:
        return this_node().name_en if language() == "en" else this_node().name_zh
    return name_of(code).in_(language())


def spoken(step: Step) -> str:
    """The words that were said with it, as they were said; "" if there are none, a note in the reader's language if they were erased."""
    for name in SPOKEN:
        value = step.data.get(name)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, dict) and value.get("erased"):
            return str(_("(erased)"))
    return "\n".join(str(value) for name, value in step.data.items() if name.startswith("missing.") and isinstance(value, str))  # fmt: skip


def until(case: Case, step: Step) -> list[str]:
    """The last days that this event set, in words: "handling: 2026-12-01"."""
    found = []
    for name, day in step.data.get("due", {}).items():
        limit = clocks.limit_in_regime(case, name) if name not in OWN else None
        label = OWN.get(name, limit.label if limit else None)
        if label is not None:
            found.append(f"{label.in_(language())}: {day}" if language() == "en" else f"{label.zh}：{day}")
    return found
