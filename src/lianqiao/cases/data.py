"""What each verb must be told, one model per verb; `act` validates with it, the JSON API publishes it.

Text marked `Sealed` is erasable: the event keeps only its commitment, the text lies beside it with its salt (`record.events`).
"""

import re
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Self, get_args
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError, to_jsonable_python

from lianqiao.record.refusal import Refused

from .problems import problems

SEALED = "sealed"
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Line = Annotated[str, Field(min_length=1, max_length=200), SEALED]
Words = Annotated[str, Field(min_length=1, max_length=5000), SEALED]
LongWords = Annotated[str, Field(min_length=1, max_length=20000), SEALED]
Maybe = Annotated[str, Field(max_length=5000), SEALED]
MaybeLine = Annotated[str, Field(max_length=200), SEALED]
Unit = Literal["working_days", "calendar_days"]
KindOfCase = Literal["infringement", "suggestion", "help", "consultation", "retaliation"]
Outcome = Literal["maintained", "changed", "returned"]


CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Storable(BaseModel):
    """Texts without control signs, which neither a database nor a printed document can hold."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @field_validator("*")
    @classmethod
    def _is_storable(cls, value: Any) -> Any:
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and CONTROL.search(text):
                raise PydanticCustomError("control_characters", "control characters")
        return value


class Data(Storable):
    """What every verb may be told: the legal date, when it lies before the day of recording, and the evidence for it."""

    legal_date: date | None = Field(
        None, description="Asia/Shanghai date on which the act took place; earlier than today only with evidence."
    )
    evidence: MaybeLine = Field("", description="What proves an earlier legal date, such as the post mark of a letter.")


class OfACase(Data):
    """What begins a case. A report of retaliation is always confidential, whatever was ticked."""

    @model_validator(mode="after")
    def _retaliation_is_confidential(self) -> Self:
        if getattr(self, "kind", None) == "retaliation":
            self.__dict__["confidential"] = True
        return self


class Contact(Storable):
    name: MaybeLine = ""
    phone: MaybeLine = ""
    email: MaybeLine = ""
    address: MaybeLine = ""
    postcode: MaybeLine = ""


class Parallel(BaseModel):
    """Statement on other routes taken with the same matter (Order 2020-3 art. 11 (5) and art. 14 (7) to (9))."""

    model_config = ConfigDict(extra="forbid")

    upper_agency: bool = False
    petition: bool = False
    litigation: bool = False


class File(OfACase):
    agency: Code = Field(description="Code of the agency at whose desk the case is filed.")
    programme: Code
    kind: KindOfCase
    category: Code
    title: Line
    facts: LongWords
    request: Words
    basis: Maybe = ""
    enterprise: UUID = Field(
        description="The enterprise whose difficulty it is; you must be its owner or agent, or an intake officer."
    )
    contact: Contact = Field(default_factory=Contact)
    respondents: list[Code] = Field([], max_length=20, description="Codes of the agencies complained of.")
    confidential: bool = Field(False, description="The centre knows who files, the agency complained of never does.")
    summary: Maybe = Field(
        "",
        description="What may be told of a confidential case to whoever may not know who files; without names. They read nothing else of the matter.",
    )
    parallel: Parallel = Field(default_factory=Parallel)
    channel: Literal["web", "visit", "letter", "fax", "email", "phone", "hotline", "workstation", "meeting"] = "web"
    objection_to: str = Field(
        "", max_length=40, description="Number of the case against whose outcome this one objects."
    )
    about: str = Field(
        "", max_length=40, description="Of a report of retaliation: number of the case for which they retaliate."
    )


class RequestCorrection(Data):
    missing: list[Line] = Field(
        min_length=1, max_length=40, description="Everything that is missing: the notice is given once."
    )


class Supplement(Data):
    text: LongWords


class Summarise(Data):
    text: Words = Field(description="What may be told to whoever may not know who files; without names.")


class Accept(Data):
    programme: Code | None = None
    category: Code | None = None
    remark: Maybe = ""


class Refuse(Data):
    ground: Code
    reason: Words
    competent_body: MaybeLine = ""


class Reason(Data):
    reason: Words


class Withdraw(Reason):
    pass


class Route(Data):
    agency: Code
    handler: Annotated[str, Field(max_length=64), SEALED] = Field(
        "", description="Account of the person who shall handle it, if known."
    )
    reason: Words


class SignFor(Data):
    pass


class Dispute(Data):
    reason: Words
    proposed: Code = Field(description="Code of the agency that is competent instead.")


class Decide(Data):
    agency: Code
    reason: Words


class Engage(Data):
    agency: Code
    task: Words
    amount: int = Field(ge=1, le=120)
    unit: Unit = "working_days"


class Contribute(Data):
    text: LongWords


class Offer(Data):
    agreement: UUID
    clause: Annotated[str, Field(min_length=1, max_length=20)]
    reason: Words
    trigger: Code | None = Field(
        None, description="Trigger of joint handling named in the clause, for mass and emergency events."
    )


class Retract(Reason):
    pass


class TakenOver(Data):
    offer: UUID
    tenure: int = Field(ge=2)
    peer_number: Annotated[str, Field(max_length=40)]
    peer_agency: Line
    due_on: date | None = None


class Declined(Data):
    offer: UUID
    reason: Words
    competent_body: MaybeLine = ""


class Retracted(Data):
    offer: UUID


class TakeOver(OfACase):
    offer: UUID
    dossier: UUID
    tenure: int = Field(ge=2)
    home_node: Code
    from_node: Code
    from_number: Annotated[str, Field(max_length=40)] = ""
    agreement: UUID
    clause: str
    first_filed_on: date
    handle_from: date | None = Field(
        None, description="Start of the handling limit that is carried over; none = it starts anew."
    )
    objection_to: UUID | None = Field(None, description="Dossier of the case against whose outcome this one objects.")
    agency: Code
    programme: Code
    kind: KindOfCase
    category: Code
    respondents: list[Code] = []
    confidential: bool = False
    title: Line
    facts: LongWords
    request: Words
    basis: Maybe = ""
    enterprise_name: MaybeLine = ""
    enterprise_code: MaybeLine = ""
    summary: Maybe = ""
    contact: Contact = Contact()
    remark: Maybe = ""


class Reported(Data):
    """What another node tells of the dossier. `cause` is the digest of the event of its record from which it was made."""

    tenure: int
    cause: Annotated[str, Field(max_length=64)] = ""


class ProgressReported(Reported):
    step: Code
    text: Maybe = ""
    due_on: date | None = None


class ResultReported(Reported):
    ground: Code
    text: LongWords
    concluded_on: date
    outcome: Outcome | None = None


class DeliveryReported(Reported):
    delivered_on: date
    method: Code


class RatingReported(Reported):
    score: int = Field(ge=1, le=5)
    text: Maybe = ""


class MaterialsReported(Reported):
    """The files are stated without their names, which are erasable: `names` holds them in the same order."""

    text: Maybe = ""
    attachments: list[dict[str, Any]] = []
    names: list[Line] = []


class QuestionReported(Reported):
    peer_question: int = Field(ge=1, description="Number of the question at the node that asks.")
    question: LongWords
    reply_by: date | None = None


class AnswerReported(Reported):
    ask: int = Field(ge=1, description="Number of the question at this node.")
    text: LongWords


class WithdrawalReported(Reported):
    reason: Words


class Freeze(Data):
    epoch: int


class Thaw(Data):
    epoch: int


class Recover(OfACase):
    """What is proven of a case that a restore had set back, by parcels with this node's own signature that a peer had kept.

    From `dossier` on: what begins the case anew when the backup did not have it at all.
    """

    tenure: int = Field(ge=1)
    state: Literal["accepted", "offered", "handed_over", "concluded", "delivered"]
    holder: Code
    peer: Code
    proof: list[str] = Field([], description="Digests of the parcels that prove it.")
    offer: UUID | None = None
    agreement: UUID | None = None
    clause: Annotated[str, Field(max_length=20)] = ""
    ground: Code | None = None
    text: Annotated[str, Field(max_length=20000), SEALED] = ""
    since: date | None = Field(
        None, description="The day on which it came to this, by the proof: limits run from there."
    )
    dossier: UUID | None = None
    home_node: Code | None = None
    first_filed_on: date | None = None
    programme: Code | None = None
    kind: KindOfCase | None = None
    category: Code | None = None
    respondents: list[Code] = []
    confidential: bool = False
    title: MaybeLine = ""
    facts: Annotated[str, Field(max_length=20000), SEALED] = ""
    request: Maybe = ""
    basis: Maybe = ""
    summary: Maybe = ""
    enterprise_name: MaybeLine = ""
    enterprise_code: MaybeLine = ""
    contact: Contact = Contact()


ToldState = Literal["filed", "accepted", "refused", "concluded", "delivered", "withdrawn"]


class Imported(OfACase):
    """A line of a ledger that an office kept outside of this system, as a case. Its legal date is the day of filing that the ledger tells, its
    evidence the file; `source`, `sheet` and `row` say where it stands, `as_told` that its state is the office's word and not inferred."""

    agency: Code = Field(description="Code of the agency whose ledger it is.")
    answered_by: Code | None = Field(None, description="Code of the agency that answered for it, if it is finished.")
    state: ToldState
    as_told: bool
    programme: Code
    kind: KindOfCase
    category: Code
    title: Line
    facts: Annotated[str, Field(max_length=20000), SEALED] = ""
    request: Maybe = ""
    enterprise: UUID | None = None
    enterprise_name: MaybeLine = ""
    enterprise_code: MaybeLine = ""
    contact: Contact = Contact()
    respondents: list[Code] = Field([], max_length=20)
    confidential: bool = False
    unit: MaybeLine = Field("", description="Who handles it, in the words of the ledger.")
    accepted_on: date | None = None
    concluded_on: date | None = None
    delivered_on: date | None = None
    category_told: MaybeLine = Field(
        "", description="The field of the matter in the ledger's own word, if that is none of this node's."
    )
    text: Annotated[str, Field(max_length=20000), SEALED] = ""
    ground: Code | None = Field(None, description="The ground of conclusion, of those of its rule of procedure.")
    score: int | None = Field(None, ge=1, le=5)
    ledger: UUID = Field(description="The import.")
    source: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the file.")
    sheet: MaybeLine = ""
    row: int = Field(ge=1)
    ref: MaybeLine = Field("", description="The number that the ledger gives it.")


class ImportUndone(Data):
    """The import is taken back as a whole; `decided` is the digest of the event that says who did so and why."""

    ledger: UUID
    decided: str = Field(pattern=r"^[0-9a-f]{64}$")


class Ask(Data):
    to: Literal["enterprise", "respondent", "agency"]
    agency: Code | None = Field(None, description="Which agency is asked, when it is not the enterprise.")
    question: LongWords
    reply_by: date | None = None


class Reply(Data):
    ask: int = Field(ge=1, description="Number of the question.")
    text: LongWords


class Consult(Data):
    """An agency of this node, or one of another node under a clause that lets consult."""

    agency: Code | None = Field(None, description="An agency of this node; or name a clause.")
    agreement: UUID | None = None
    clause: Annotated[str, Field(max_length=20)] = ""
    question: LongWords = Field(description="All that is told of the case beside its number, programme and matter.")
    reply_by: date | None = Field(None, description="Left out: the answer limit of the clause.")
    documents: list[UUID] = Field([], max_length=50, description="Files of the case that go along; none by themselves.")


class GiveTask(Data):
    agreement: UUID
    clause: Annotated[str, Field(min_length=1, max_length=20)]
    task: LongWords = Field(description="All that is told of the case beside its number, programme and matter.")
    amount: int | None = Field(None, ge=1, le=120, description="The limit from the acceptance there; or name a date.")
    unit: Unit = "working_days"
    due_on: date | None = None
    trigger: Code | None = Field(None, description="Which of the clause's triggers of joint handling is given.")
    documents: list[UUID] = Field([], max_length=50, description="Files of the case that go along; none by themselves.")
    lead: str = Field("", max_length=64, description="Account of who leads on our side; left out: who gives the task.")


class Remind(Data):
    request: int = Field(ge=1, description="Number of the consultation or sub-task.")
    text: Maybe = ""


class CallBack(Reason):
    request: int = Field(ge=1, description="Number of the consultation or sub-task.")


class RequestReported(Data):
    request: int = Field(ge=1)
    cause: Annotated[str, Field(max_length=64)] = ""
    place: int = Field(ge=1, description="The how manieth word on it this is.")
    step: Literal["accepted", "progress", "answered", "done", "declined", "returned"]
    text: Annotated[str, Field(max_length=20000), SEALED] = ""
    agency: MaybeLine = ""
    due_on: date | None = None
    attachments: list[dict[str, Any]] = []


class Attach(Data):
    attachment: UUID
    name: Line
    media_type: Annotated[str, Field(max_length=100)]
    size: int = Field(ge=1)
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    audience: Literal["everyone", "officers"] = "everyone"


class Note(Data):
    text: LongWords
    shared: bool = Field(False, description="Shown to the enterprise, and to the region that handed the case over.")


class Reassign(Reason):
    handler: Annotated[str, Field(min_length=1, max_length=60), SEALED] = Field(
        description="Account of the person who handles the case from now on."
    )


class Supervise(Data):
    text: Words
    answer_by: date


class AnswerSupervision(Data):
    supervision: int = Field(ge=1, description="Number of the event of the supervision letter.")
    text: LongWords


class Extend(Data):
    amount: int = Field(ge=1, le=240)
    unit: Unit
    reason: Words


class Pause(Data):
    cause: Code
    reason: Words


class Resume(Data):
    remark: Maybe = ""


class Redate(Data):
    """A holiday notice was adopted or undone, and dates of the case that had been told move to a later day."""

    year: int
    region: Annotated[str, Field(max_length=6)] = ""
    source_zh: Annotated[str, Field(max_length=400)]
    source_en: Annotated[str, Field(max_length=400)]
    undone: bool = False


class Settle(Data):
    text: LongWords
    perform_by: date | None = None


class Merge(Reason):
    main: str = Field(min_length=1, max_length=40, description="Number of the case that it shall follow.")


class Absorb(Data):
    duplicate: Annotated[str, Field(max_length=40)]
    leads: int
    same_enterprise: bool


class Unmerge(Data):
    reason: Maybe = Field("", description="Why it stands on its own again; its enterprise reads it.")
    because: Code | None = Field(None, description="The verb by which the main case ended or left; this node says it.")


class Release(Data):
    duplicate: Annotated[str, Field(max_length=40)]
    leads: int


class PassOn(Data):
    step: Code
    cause: Annotated[str, Field(max_length=64)] = Field(
        "", description="Digest of the event of the main case whose words these are."
    )
    text: Annotated[str, Field(max_length=20000), SEALED] = ""
    due_on: date | None = None


class ConcludeWith(Data):
    ground: Code
    cause: Annotated[str, Field(max_length=64)] = Field(
        "", description="Digest of the event of the main case whose words these are."
    )
    article: str
    text: LongWords


class Report(Data):
    to: Line = Field(description="To whom, for example the government at the same level.")
    text: LongWords = Field(description="Where the case stands, why, and what is suggested.")


class Join(Reason):
    subject: UUID = Field(description="The subject under which the case is put.")


class Leave(Reason):
    subject: UUID = Field(description="The subject that the case leaves.")


class Conclude(Data):
    ground: Code
    text: LongWords
    others: Annotated[str, Field(max_length=20000), SEALED] = Field(
        "",
        description="What the enterprises of cases that follow this one are told, where they are others; else the same.",
    )
    outcome: Outcome | None = Field(
        None,
        description="Of an objection: the first outcome is maintained, is changed, or the case is returned to be handled anew.",
    )


class ObjectionTold(Data):
    """What became of an objection against this case."""

    step: Literal["accepted", "declined", "maintained", "changed", "returned"]
    objection: Annotated[str, Field(max_length=40)]
    node: Code
    text: Annotated[str, Field(max_length=20000), SEALED] = ""
    cause: Annotated[str, Field(max_length=64)]


class ReopenOnObjection(Data):
    objection: Annotated[str, Field(max_length=40)]
    reason: Annotated[str, Field(max_length=20000), SEALED] = ""


class ReopeningReported(Data):
    tenure: int
    reason: Annotated[str, Field(max_length=20000), SEALED] = ""


class Deliver(Data):
    method: Literal["electronic", "post", "in_person", "left_at_address", "public_notice"]
    receipt: MaybeLine = ""


class Rate(Data):
    score: int = Field(ge=1, le=5, description="1 very satisfied ... 5 very dissatisfied (GB/T 39046-2020 A.8).")
    text: Maybe = ""


class ContactAfterRating(Data):
    text: Words


class Object(Data):
    reason: LongWords


class Reopen(Reason):
    pass


class Archive(Data):
    retention: Literal["permanent", "30-years", "10-years"] | None = Field(
        None, description="How long the file is kept; by the kind of case when left out."
    )


# What is kept, and what is destroyed


Spot = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,6}(\.[a-z0-9_]{1,40}){1,3}$")]


class Selection(Data):
    """What is to go of a case: by kind, or single texts (number of the event and field, such as "3.text") and files."""

    contact: bool = Field(False, description="How to reach who files: name, telephone, e-mail, address.")
    complainant: bool = Field(False, description="The name of who files, as the case itself keeps it.")
    texts: list[Spot] = Field([], max_length=500, description='Single texts: number of the event and field, "3.text".')
    files: list[UUID] = Field([], max_length=500, description="Attachments: the file and its name.")


class RequestErasure(Selection):
    reason: Words


class RefuseErasure(Data):
    request: int = Field(ge=1, description="Number of the event that asked.")
    ground: Code
    remark: Maybe = ""


class Erase(Selection):
    request: int | None = Field(
        None, ge=1, description="Number of the event that asked; what it named is erased when nothing is named here."
    )
    ground: Code
    reason: Maybe = ""


class ErasureReported(Selection):
    erasure: Code = Field(description="Digest of the event with which the other node erased.")
    ground: Code


class Erased(Data):
    erasure: Code = Field(description="Digest of the event of this node that was passed on.")
    outcome: Literal["erased", "not_held"]


class Hold(Data):
    cause: Code
    until: date | None = Field(None, description="Last day of the hold; until it is released when left out.")
    reason: Words


class LiftHold(Reason):
    hold: int = Field(ge=1, description="Number of the event that holds the file back.")


class ProposeDisposal(Data):
    remark: Maybe = ""


class RefuseDisposal(Reason):
    pass


class Dispose(Data):
    remark: Maybe = ""


class DisposalReported(Data):
    retention: Code
    peer_number: Annotated[str, Field(max_length=40)] = ""


MODELS: dict[str, type[Data]] = {
    "file": File, "request_correction": RequestCorrection, "supplement": Supplement, "summarise": Summarise, "accept": Accept, "refuse": Refuse,
    "withdraw": Withdraw, "route": Route, "sign_for": SignFor, "dispute": Dispute, "decide": Decide, "engage": Engage,
    "contribute": Contribute, "offer": Offer, "retract": Retract, "taken_over": TakenOver, "declined": Declined,
    "retracted": Retracted, "take_over": TakeOver, "progress_reported": ProgressReported, "result_reported": ResultReported,
    "delivery_reported": DeliveryReported, "rating_reported": RatingReported, "materials_reported": MaterialsReported,
    "question_reported": QuestionReported, "answer_reported": AnswerReported,
    "withdrawal_reported": WithdrawalReported, "freeze": Freeze, "thaw": Thaw, "recover": Recover, "ask": Ask, "reply": Reply,
    "consult": Consult, "give_task": GiveTask, "remind": Remind, "call_back": CallBack, "request_reported": RequestReported,
    "imported": Imported, "import_undone": ImportUndone,
    "attach": Attach, "note": Note, "reassign": Reassign, "supervise": Supervise, "answer_supervision": AnswerSupervision, "extend": Extend,
    "pause": Pause, "resume": Resume, "redate": Redate, "settle": Settle, "report": Report, "conclude": Conclude, "deliver": Deliver, "rate": Rate,
    "objection_told": ObjectionTold, "reopen_on_objection": ReopenOnObjection, "reopening_reported": ReopeningReported,
    "contact": ContactAfterRating, "object": Object, "reopen": Reopen, "archive": Archive,
    "merge": Merge, "absorb": Absorb, "unmerge": Unmerge, "release": Release, "pass_on": PassOn, "conclude_with": ConcludeWith,
    "request_erasure": RequestErasure, "refuse_erasure": RefuseErasure, "erase": Erase, "erasure_reported": ErasureReported,
    "erased": Erased, "hold": Hold, "lift_hold": LiftHold, "propose_disposal": ProposeDisposal, "refuse_disposal": RefuseDisposal,
    "dispose": Dispose, "disposal_reported": DisposalReported,
    "join": Join, "leave": Leave,
}  # fmt: skip


def read(verb: str, given: dict[str, Any] | Data) -> Data:
    """The data of a verb, checked. Refused with one translated sentence per wrong field, before anything is written."""
    if isinstance(given, Data):
        return given
    try:
        return MODELS[verb].model_validate(given)
    except ValidationError as error:
        sentence = _("Some of what was entered is not right; nothing was recorded. Correct it and send it again.")
        raise Refused("invalid", sentence, status=422, problems=problems(error)) from None


def _is_sealed(field: FieldInfo) -> bool:
    inner = (mark for argument in get_args(field.annotation) for mark in getattr(argument, "__metadata__", ()))
    return SEALED in field.metadata or SEALED in inner


@cache
def _seals(model: type[BaseModel]) -> dict[str, bool]:
    """The fields of a model, each with whether it is sealed."""
    return {name: _is_sealed(field) for name, field in model.model_fields.items()}


def part(data: BaseModel, prefix: str = "") -> tuple[dict[str, Any], dict[str, str]]:
    """Split into what the event states openly and the erasable texts that it only commits to.

    Both are flat: a nested field is named by its path ("contact.name"), a line of a list by its place ("missing.0"). Empty fields are left out.
    """
    stated: dict[str, Any] = {}
    sealed: dict[str, str] = {}
    for name, is_sealed in _seals(type(data)).items():
        value = getattr(data, name)
        if isinstance(value, BaseModel):
            inner = part(value, f"{prefix}{name}.")
            stated |= inner[0]
            sealed |= inner[1]
        elif value is None or value == "" or value == []:
            continue
        elif not is_sealed:
            stated[prefix + name] = value if type(value) in (str, bool, int) else to_jsonable_python(value)
        elif isinstance(value, list):
            sealed |= {f"{prefix}{name}.{place}": line for place, line in enumerate(value)}
        else:
            sealed[prefix + name] = value
    return stated, sealed


def lines(opened: dict[str, Any], name: str) -> list[str]:
    """The texts of a list field of an opened event, in order."""
    found = [value for key, value in opened.items() if key.startswith(f"{name}.")]
    return [value for value in found if isinstance(value, str)]
