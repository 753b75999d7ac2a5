"""The verbs of a case in the order in which it meets them: intake, imports, routing, handling, together, subjects, requests, conclusion, keeping.

`ACTIONS[verb](case, by=..., **data)` for every verb that works on a case that is there; `intake.file`, `imports.imported`, `routing.take_over`
begin one."""

from ..act import Action
from . import conclusion, handling, imports, intake, keeping, requests, routing, subjects, together

ACTIONS: dict[str, Action] = {
    made.verb: made
    for room in (intake, imports, routing, handling, together, subjects, requests, conclusion, keeping)
    for made in vars(room).values()
    if isinstance(made, Action)
}
