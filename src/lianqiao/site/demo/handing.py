"""The steps of a hand-over as people at the two desks take them, each waiting for what the other node has to do first."""

from typing import Any

from lianqiao.site.calling import Caller, NeverCame, until


def clause_id(caller: Caller, reference: str) -> str:
    """The id of an agreement by its reference; it is the same at both nodes."""
    rows = caller.get("/agreements")["agreements"]
    return str(next(row["id"] for row in rows if row["reference"] == reference))


def in_force(caller: Caller, reference: str) -> bool:
    return any(row["reference"] == reference and row["in_force"] for row in caller.get("/agreements")["agreements"])


def offered(caller: Caller, number: str) -> dict[str, Any]:
    """The offer of the case with this number at the other node, as it lies before the people who may answer it."""

    def look() -> Any:
        return next((row for row in caller.get("/offers")["offers"] if row["number"] == number), None)

    found: dict[str, Any] = until(f"offer of {number}", look)
    return found


def take_over(caller: Caller, number: str, **mapping: Any) -> dict[str, Any]:
    """Take the offered case over, in the terms of `mapping`; what the node answers, with the new number."""
    offer = offered(caller, number)
    taken: dict[str, Any] = caller.ask("POST", f"/offers/{offer['id']}/take_over", mapping)
    return taken


def decline(caller: Caller, number: str, **reason: Any) -> None:
    caller.ask("POST", f"/offers/{offered(caller, number)['id']}/decline", reason)


def errand(caller: Caller, number: str, kind: str) -> dict[str, Any]:
    """The open consultation or sub-task about the case with this number at the other node, as it lies before the people who may answer it."""

    def look() -> Any:
        rows = caller.get("/errands", kind=kind)["errands"]
        return next((row for row in rows if row["number"] == number), None)

    found: dict[str, Any] = until(f"{kind} about {number}", look)
    return found


def answered(caller: Caller, number: str, request: int, *states: str) -> dict[str, Any]:
    """The request of the case, once a word of the other side has brought it to one of the states."""

    def look() -> Any:
        rows = caller.get(f"/cases/{number}/requests")["requests"]
        return next((row for row in rows if row["number"] == request and row["state"] in states), None)

    found: dict[str, Any] = until(f"{number}: request {request} {states}", look)
    return found


def reaches(caller: Caller, number: str, state: str) -> dict[str, Any]:
    """The case, once it has come to a state through a word of the other node."""

    def look() -> Any:
        sheet = caller.case(number)
        return sheet if sheet["state"] == state else None

    try:
        sheet: dict[str, Any] = until(f"{number}: {state}", look)
    except NeverCame as never:
        raise NeverCame(f"{never} (it is {caller.case(number)['state']})") from None
    return sheet


def hears(caller: Caller, number: str, verb: str, count: int = 1) -> dict[str, Any]:
    """The event with this verb (the `count`th), once it has come."""

    def look() -> Any:
        steps = [step for step in caller.events(number) if step["verb"] == verb]
        return steps[count - 1] if len(steps) >= count else None

    step: dict[str, Any] = until(f"{number}: {verb}", look)
    return step
