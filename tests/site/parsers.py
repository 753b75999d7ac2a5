"""Everything that reads what others wrote, each with good samples: any bytes give what was read or a refusal, never a failure, and soon."""

from __future__ import annotations

import io
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from tests.batches.conftest import lines as batch_lines
from tests.batches.conftest import row, xlsx
from tests.exchange.other_node import OtherNode
from tests.mangled import exchanged, mangled

from lianqiao.batches import columns
from lianqiao.exchange import parcels
from lianqiao.jobs import sources
from lianqiao.law import calendar, reading, regime
from lianqiao.law.statute import RegimeError
from lianqiao.ledgers import handed_in
from lianqiao.ledgers.incoming import known
from lianqiao.record import checkpoint, proofs
from lianqiao.record.canonical import canonical
from lianqiao.record.refusal import Refused
from lianqiao.registry import terms
from lianqiao.site import demo

SAMPLES = Path(__file__).parents[2] / "demo" / "ledgers"
AGREEMENT = Path(demo.__file__).parent / "agreement-2020.json"
VECTORS = Path(__file__).parents[2] / "docs" / "reference" / "vectors"
SOON = 5.0
"""Seconds of the processor within which every text of this size is read."""


@dataclass(frozen=True)
class Parser:
    """A reader, the texts that it is given, and how it refuses."""

    read: Callable[[bytes], object]
    texts: st.SearchStrategy[bytes]
    refuses: tuple[type[Exception], ...] = ()


def receipt() -> dict[str, Any]:
    """A receipt whose place is shown, signed by a key that the reader trusts."""
    promise = {
        "kind": proofs.KIND, "node": "51", "event": "ab" * 32, "signed_at": "2026-11-20T02:03:04.000000Z", "kid": NODE.key.kid, "facts": {},
    }  # fmt: skip
    whole = {name: promise.get(name, "x") for name in proofs.SIGNED}
    note = json.loads((VECTORS / "checkpoint.json").read_text(encoding="utf-8"))["notes"][0]
    return whole | {
        "signature": NODE.key.sign(canonical(whole)).hex(), "stage": "placed",
        "log": {"origin": "lianqiao/51/1", "checkpoint": note, "leaf": 0, "proof": []},
    }  # fmt: skip


NODE = OtherNode("51")
KEYS = [NODE.public()]


def ledger(raw: bytes) -> None:
    """A ledger that an office hands in, with all its cells."""
    for sheet in handed_in.sheets(
        io.BytesIO(raw), "x", lambda _s, lines: handed_in.heading(lines, lambda h: known(h, {}))
    ):
        for _line in sheet.lines:
            pass


def batch(raw: bytes) -> None:
    """A batch of filings, with all its rows."""
    for _row in sources.read(io.BytesIO(raw), "x", columns.FORM, 2000).rows:
        pass


def samples(*names: str) -> list[bytes]:
    return [(SAMPLES / name).read_bytes() for name in names]


NOTES = json.loads((VECTORS / "checkpoint.json").read_text(encoding="utf-8"))["notes"]
PARSERS = {
    "regime": Parser(lambda raw: reading.parse("x.toml", raw), mangled(regime.shipped("cn-mofcom-2020-3")), (RegimeError,)),
    "calendar": Parser(
        lambda raw: calendar.parse_year("x.toml", raw),
        mangled(*(path.read_bytes() for path in sorted(Path(calendar.__file__).parent.glob("calendars/*.toml"))[-2:])),
        (calendar.CalendarError,),
    ),
    "parcel": Parser(
        parcels.read, mangled(OtherNode().parcel("offer", {"a": "b"})) | exchanged(json.loads(OtherNode().parcel("offer"))), (Refused,)
    ),
    "place in a stream": Parser(lambda raw: parcels.Place.parse(raw.decode(errors="replace")), mangled(b"2.17"), (Refused,)),
    "checkpoint": Parser(
        lambda raw: checkpoint.parse(raw.decode(errors="replace")), mangled(*(note.encode() for note in NOTES)), (checkpoint.Malformed,)
    ),
    "receipt": Parser(lambda raw: proofs.verify(json.loads(raw), KEYS), exchanged(receipt())),
    "ledger": Parser(ledger, mangled(*samples("county-complaints.xlsx", "roundtable.xlsx", "hotline.csv")), (Refused,)),
    "batch": Parser(batch, mangled(xlsx(row()), batch_lines(row(), row("A-2"))), (Refused,)),
    "agreement": Parser(lambda raw: terms.problems(json.loads(raw)), exchanged(json.loads(AGREEMENT.read_bytes()))),
}  # fmt: skip


@dataclass
class Read:
    """How many texts were read, how many of them refused, and what went wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def try_all(parsers: dict[str, Parser], examples: int, run: int = 7) -> Read:
    """Each parser with so many texts."""
    found = Read()
    wanted = settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )  # fmt: skip
    for name, parser in parsers.items():

        @seed(run)
        @wanted
        @given(st.just(name), st.just(parser), parser.texts)
        def read(name: str, parser: Parser, raw: bytes) -> None:
            judge(found, name, parser, raw)

        read()
    found.counts["parsers"] = len(parsers)
    return found


def judge(found: Read, name: str, parser: Parser, raw: bytes) -> None:
    began = time.process_time()
    found.counts["texts"] += 1
    try:
        parser.read(raw)
    except parser.refuses:
        found.counts["refused"] += 1
    except Exception as error:
        found.wrong.append(f"{name}: {type(error).__name__}: {str(error)[:200]}: {raw[:200]!r}")
    if time.process_time() - began > SOON:
        found.wrong.append(f"{name}: takes {time.process_time() - began:.0f} seconds: {raw[:200]!r}")
