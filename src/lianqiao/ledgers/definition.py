"""What a ledger is: columns, conditions, order, grouping. The same in an address, in the database, and in the file of the standard ledgers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from lianqiao.record.refusal import Refused

from .columns import COLUMNS

MOST_COLUMNS = 80
LONGEST_WORDS = 200


class Between(BaseModel):
    """Days from and until, both counted; either may be open."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: date | None = None
    until: date | None = None

    def condition(self, by: str) -> Q:
        found = Q(**{f"{by}__gte": self.since}) if self.since else Q()
        return found & Q(**{f"{by}__lte": self.until}) if self.until else found


class Definition(BaseModel):
    """Refused as a whole when it names a column that is not in the catalogue, or asks of one what it cannot."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: list[str] = Field(min_length=1, max_length=MOST_COLUMNS)
    where: dict[str, list[str]] = Field(default_factory=dict)
    days: dict[str, Between] = Field(default_factory=dict)
    enterprise: UUID | None = None
    words: str = Field("", max_length=LONGEST_WORDS)
    order: str = "-number"
    group: str = ""

    @field_validator("columns")
    @classmethod
    def _known(cls, columns: list[str]) -> list[str]:
        unknown = [code for code in columns if code not in COLUMNS]
        if unknown:
            raise ValueError(", ".join(unknown))
        return list(dict.fromkeys(columns))

    @model_validator(mode="after")
    def _possible(self) -> Definition:
        cannot = [
            *(code for code in self.where if code not in COLUMNS or COLUMNS[code].filtered != "choice"),
            *(code for code in self.days if code not in COLUMNS or COLUMNS[code].filtered != "days"),
            *(code for code in [self.order.removeprefix("-")] if code not in COLUMNS or not COLUMNS[code].by),
            *(code for code in [self.group] if code and (code not in COLUMNS or not COLUMNS[code].grouped)),
        ]
        if cannot:
            raise ValueError(", ".join(cannot))
        return self

    def as_data(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_defaults=True)


def read(data: Mapping[str, Any]) -> Definition:
    """The definition in the data. Refused: one that cannot be read ("ledger-definition", 422)."""
    try:
        return Definition.model_validate(data)
    except ValidationError as error:
        what = (
            str(one["ctx"]["error"]) if one["type"] == "value_error" else ".".join(map(str, one["loc"]))
            for one in error.errors()[:3]
        )
        raise Refused(
            "ledger-definition",
            _("The ledger cannot be shown like this. Choose anew what it says of: %(what)s."),
            status=422,
            what=", ".join(what),
        ) from error


def changed(held: Definition, asked: QueryDict) -> Definition:
    """The definition as an address changes it: `c` columns, `is.COLUMN` values, `from.COLUMN` and `to.COLUMN` days, `q` words,
    `order`, `group`. What the address does not name stays, unless it says `own=1`: then it names all. Refused: like `read`."""
    data = held.as_data()
    if asked.get("own"):
        data = {"columns": data["columns"]} | ({"enterprise": data["enterprise"]} if "enterprise" in data else {})
    where, days = dict(data.get("where", {})), dict(data.get("days", {}))
    for name, values in asked.lists():
        way, _dot, code = name.partition(".")
        given = [str(value) for value in values if value]
        if way == "is" and given:
            where[code] = given
        elif way in ("from", "to") and given:
            days[code] = days.get(code, {}) | {"since" if way == "from" else "until": given[0]}
    columns = [code for code in asked.getlist("c") if code]
    more = {name: asked[name] for name in ("order", "group", "enterprise") if asked.get(name)}
    words = {"words": asked["q"][:LONGEST_WORDS]} if asked.get("q", "").strip() else {}
    return read(data | more | words | {"columns": columns or data["columns"], "where": where, "days": days})


def address_of(held: Definition) -> QueryDict:
    """The definition as the query of an address, which `changed` reads back to the same."""
    query = QueryDict(mutable=True)
    for name, value in _named(held):
        query.appendlist(name, value)
    return query


def _named(held: Definition) -> Iterator[tuple[str, str]]:
    yield "own", "1"
    yield from (("c", code) for code in held.columns)
    for code, values in held.where.items():
        yield from ((f"is.{code}", value) for value in values)
    for code, between in held.days.items():
        ends = (("from", between.since), ("to", between.until))
        yield from ((f"{way}.{code}", end.isoformat()) for way, end in ends if end)
    rest = (("enterprise", held.enterprise), ("q", held.words), ("order", held.order), ("group", held.group))
    yield from ((name, str(value)) for name, value in rest if value)
