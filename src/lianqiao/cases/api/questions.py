"""Questions that wait for the reader's answer. The agency complained of answers here and sees nothing else of the case."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from lianqiao.cases import asked as asked_of
from lianqiao.cases import keys, looks
from lianqiao.cases.actions import handling
from lianqiao.cases.data import Data, LongWords
from lianqiao.cases.models import Question
from lianqiao.record import time
from lianqiao.registry.door import acting, person_of, reading

from . import answers, examples

router = Router(tags=["questions"])


class ReplyText(Data):
    text: LongWords = Field(description="The answer.")


@router.get(
    "/questions", auth=reading, response=answers.Questions, summary=gettext_noop("List the questions to oneself")
)
def list_questions(request: HttpRequest) -> object:
    """The questions that the person's agencies or enterprises have to answer. Who files is named only where it is not confidential."""
    person = person_of(request)
    open_questions = list(
        Question.objects.unanswered().addressed_to(person).select_related("case").order_by("pk")[:200]
    )
    looks.at_questions(open_questions, person)
    asked = asked_of.texts(open_questions)
    return {
        "questions": [
            {
                "id": question.pk,
                "case": question.case.number,
                "number": question.number,
                "question": asked.get((question.case.uid, question.asked_by)),
                "reply_by": question.reply_by,
                "enterprise": _enterprise(question, person),
                "address": f"{answers.PREFIX}/questions/{question.pk}/reply",
            }
            for question in open_questions
        ]
    }


def _enterprise(question: Question, person: Any) -> str | None:
    case = question.case
    own = question.addressee_key in {keys.enterprise_key(one) for one in keys.enterprise_ids_of(person)}
    return None if case.confidential and not own else case.complainant


@router.post(
    "/questions/{int:question}/reply",
    auth=acting,
    response=answers.Replied,
    summary=gettext_noop("Answer a question"),
    openapi_extra=examples.of({"text": "该项目的招标条件由业主单位自行设定。"}),
)
def reply(request: HttpRequest, question: int, told: ReplyText) -> object:
    """Answer a question that is put to one's agency or enterprise, also where one may not see the case itself."""
    found = Question.objects.select_related("case").filter(pk=question).first()
    if found is None:
        raise handling.no_such_question()
    event = handling.reply_to(found, by=person_of(request), **told.model_dump(exclude_unset=True))
    return {
        "case": found.case.number,
        "question": found.number,
        "recorded_at": time.stamp(event.recorded_at),
        "digest": event.digest,
    }
