"""One search scheme for both databases and both languages: Han runs become overlapping pairs of characters, other runs lower-case words.

Open tokens (what the case says) and identity tokens (who says it) are kept apart, so that a search never tells an identity.
"""

import re
import unicodedata
from operator import add
from typing import Any

from django.db import connection
from django.db.models import AutoField, BigAutoField, Lookup, Q, TextField

LONGEST = 40
SIGNS = r"\u3400-\u9fff\U00020000-\U0003ffff"
HAN = re.compile(rf"[{SIGNS}]")
RUNS = re.compile(rf"([{SIGNS}]+)|([^{SIGNS}\W_]+)")
WIDE = tuple((chr(ord(sign) + 0xFEE0), sign) for sign in "(),:;!?")
"""Punctuation as Chinese texts are full of it, and what NFKC makes of it: a text without it is mostly in that form already, and is only looked
through."""


def runs(text: str) -> list[tuple[str, str]]:
    """The runs of Han signs and of other letters and digits, in their order: (signs, "") or ("", word in lower case)."""
    for wide, plain in WIDE:
        text = text.replace(wide, plain)
    return RUNS.findall(unicodedata.normalize("NFKC", text).lower())


def tokens(*texts: str) -> str:
    """The tokens of the texts, each once, separated and enclosed by spaces: each Han sign with the next one of its run, the last by itself;
    every other run."""
    found: list[str] = []
    for signs, word in runs("\n".join(texts)):
        if signs:
            found.extend(map(add, signs, signs[1:]))
        found.append(signs[-1:] or word[:LONGEST])
    return f" {' '.join(dict.fromkeys(found))} " if found else ""


def wanted(query: str) -> list[str]:
    """The tokens that a text must have to be found: all pairs of a Han run (a single character by itself), all other words."""
    found: dict[str, None] = {}
    for signs, word in runs(query):
        pairs = [*map(add, signs, signs[1:])]
        found.update(dict.fromkeys(pairs or [signs or word[:LONGEST]]))
    return list(found)


# What the database looks up


class Holds(Lookup):
    """PostgreSQL: a column of tokens holds all of these, by the index of `search_index`."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, params = self.process_lhs(compiler, connection)
        return f"string_to_array({column}, ' ') @> %s", [*params, list(self.rhs)]


class Overlaps(Lookup):
    """PostgreSQL: a column of tokens holds one of these, by the index of `search_index`."""

    lookup_name = "overlaps"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, params = self.process_lhs(compiler, connection)
        return f"string_to_array({column}, ' ') && %s", [*params, list(self.rhs)]


class Matches(Lookup):
    """SQLite: the row is found by this expression of FTS5, in the table of `search_index`."""

    lookup_name = "matches"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, params = self.process_lhs(compiler, connection)
        rows = "SELECT rowid FROM cases_search WHERE cases_search MATCH %s"
        return f"{column} IN ({rows})", [*params, self.rhs]


TextField.register_lookup(Holds)
TextField.register_lookup(Overlaps)
AutoField.register_lookup(Matches)
BigAutoField.register_lookup(Matches)


def found(query: str, known: Q) -> Q:
    """The condition on cases for a query that has words: all among the open tokens, or, where `known` holds, among open and identity tokens."""
    words = wanted(query)
    single = [word for word in words if len(word) == 1 and HAN.match(word)]
    whole = [word for word in words if word not in single]
    openly, anywhere = Q(), Q()
    for word in single:  # every sign of a run begins a token, so this finds it wherever it stands
        openly &= Q(tokens_open__contains=f" {word}")
        anywhere &= Q(tokens_open__contains=f" {word}") | Q(tokens_identity__contains=f" {word}")
    if whole and connection.vendor == "postgresql":
        openly &= Q(tokens_open__holds=whole)
        for word in whole:
            anywhere &= Q(tokens_open__holds=[word]) | Q(tokens_identity__holds=[word])
    elif whole:
        quoted = " AND ".join(f'"{word}"' for word in whole)
        openly &= Q(pk__matches=f"tokens_open : ({quoted})")
        anywhere &= Q(pk__matches=quoted)
    return openly | (known & anywhere)


def holding_one_of(words: list[str]) -> Q:
    """The condition on cases that hold at least one of the words among the open tokens."""
    if connection.vendor == "postgresql":
        return Q(tokens_open__overlaps=words)
    return Q(pk__matches="tokens_open : ({})".format(" OR ".join(f'"{word}"' for word in words)))
