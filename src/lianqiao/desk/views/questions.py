"""What is asked of our agencies, also where we may not see the case itself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianqiao.cases import asked, looks
from lianqiao.cases.actions import handling
from lianqiao.cases.models import Question
from lianqiao.desk.entrance import at_the_desk
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: HttpRequest, *, person: Person) -> HttpResponse:
    """The questions that wait, and the answer to one of them."""
    status, problem, typed = 200, None, ("", "")
    if request.method == "POST":
        typed = (request.POST.get("question", ""), request.POST.get("text", ""))
        try:
            reply(typed[0], typed[1], person)
            messages.success(request, _("Your answer was recorded."))
            return HttpResponseRedirect("/desk/questions")
        except Refused as refused:
            status, problem = refused.status, str(refused)
    waiting = list(Question.objects.unanswered().addressed_to(person).select_related("case").order_by("pk")[:100])
    looks.at_questions(waiting, person)
    words = asked.texts(waiting)
    rows = [(one, words.get((one.case.uid, one.asked_by), "")) for one in waiting]
    said = {"rows": rows, "problem": problem, "typed": typed, "crumbs": [(_("Desk"), "/desk"), (_("Asked of us"), "")]}
    return render(request, "desk/questions.html", said, status=status)


def reply(question: str, text: str, person: Person) -> None:
    number = int(question) if question.isdecimal() and len(question) < 19 else 0
    found = Question.objects.select_related("case").filter(pk=number).first()
    if found is None:
        raise handling.no_such_question()
    handling.reply_to(found, by=person, text=text)
