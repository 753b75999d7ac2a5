"""One operation for every verb that people may do to a case, each with the schema of its own data; made from the table of the flow."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from ninja import Router

from lianqiao.cases import data, flow
from lianqiao.cases.actions import ACTIONS, conclusion
from lianqiao.registry.door import acting, person_of

from . import answers, examples
from .asking import case_for, case_of, version_of
from .filing import filed

router = Router(tags=["verbs"])
NOT_PEOPLE = {flow.Role.PEER, flow.Role.NEIGHBOUR, flow.Role.ASKED, flow.Role.NODE, flow.Role.CLOCK}


def of_people() -> list[flow.Verb]:
    """The verbs that a person may do to a case that is there. `attach` has an address of its own, for the file comes with it."""
    return [
        verb
        for verb in flow.VERBS.values()
        if verb.name not in {*flow.ENTRY, "attach"} and any(rule.who - NOT_PEOPLE for rule in verb.rules)
    ]


def operation(verb: str, model: type[data.Data]) -> Callable[..., object]:
    """The view of one verb."""

    def do(request: HttpRequest, response: HttpResponse, number: str, told: model) -> object:  # type: ignore[valid-type]
        case, given = case_for(number), told.model_dump(exclude_unset=True)  # type: ignore[attr-defined]
        event = ACTIONS[verb](case, by=person_of(request), version=version_of(request), **given)
        response["ETag"] = answers.etag(case)
        return answers.done(case, event)

    return do


def object_(request: HttpRequest, response: HttpResponse, number: str, told: data.Object) -> object:
    """Object to a refusal or a result: a new case begins at the agency above; its number and code word stand in `filed`."""
    case = case_of(request, number)
    made = conclusion.object(
        case, by=person_of(request), version=version_of(request), **told.model_dump(exclude_unset=True)
    )
    new = filed(made.filed, response)
    response["ETag"] = answers.etag(case)
    return answers.done(case, made.event) | {"filed": new}


for verb in of_people():
    view = object_ if verb.name == "object" else operation(verb.name, data.MODELS[verb.name])
    answer = answers.ObjectedCase if verb.name == "object" else answers.Done
    description = conclusion.object.__doc__ if verb.name == "object" else ACTIONS[verb.name].__doc__
    router.add_api_operation(
        f"/cases/{{number}}/{verb.name}",
        ["POST"],
        view,
        auth=acting,
        response={200: answer},
        operation_id=verb.name,
        summary=verb.name.replace("_", " ").capitalize(),
        description=description,
        openapi_extra=examples.body(verb.name) | {"x-verb": verb.name},
    )
