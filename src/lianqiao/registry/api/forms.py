"""What the forms of the registry's interface have in common."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Account = Annotated[str, Field(min_length=1, max_length=60, description="Account of a person.")]
Code = Annotated[str, Field(max_length=64)]
Day = date | None
Reason = Annotated[str, Field(min_length=1, max_length=1000, description="Why; it stays in the record.")]


class Form(BaseModel):
    """A body: fields that it does not know are refused, spaces around words are dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def example(body: dict[str, Any]) -> dict[str, Any]:
    """The example of a body in the document."""
    return {"requestBody": {"content": {"application/json": {"example": body}}}}
