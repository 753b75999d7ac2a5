"""A node that speaks the protocol with its own key and nothing of this one's database: what others write is taken for real."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

import time_machine
from django.test import Client

from lianqiao.exchange import signing, wire
from lianqiao.record.algorithms import ALGORITHMS, PublicKey, SigningKey
from lianqiao.record.canonical import canonical
from lianqiao.record.time import now, stamp

Said = tuple[int, dict[str, Any]]


class OtherNode:
    """Node 50 (or another), as a program of somebody else would be."""

    def __init__(self, code: str = "50", epoch: int = 1) -> None:
        self.code, self.epoch, self.sequence = code, epoch, 0
        self.key = SigningKey.of(ALGORITHMS["ed25519"].generate())
        self.base_url = "http://127.0.0.1:1"
        self.came: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.shelf: list[dict[str, Any]] = []
        self.answers: dict[str, Callable[[bytes], Said]] = {}
        self.raw: dict[str, Callable[[], tuple[int, bytes]]] = {}
        self.before: Callable[[], Said | None] = lambda: None
        self.sign = True

    def public(self) -> PublicKey:
        return PublicKey(self.code, "ed25519", self.key.public)

    def card(self) -> dict[str, Any]:
        return {
            "node": self.code, "name_zh": "重庆", "name_en": "Chongqing", "base_url": self.base_url, "epoch": self.epoch,
            "protocols": ["lianqiao-exchange/1"], "algorithms": ["ed25519"],
            "keys": [{
                "kid": self.key.kid, "algorithm": "ed25519", "public": self.key.public.hex(), "valid_from": stamp(now()),
                "valid_until": None,
            }],
        }  # fmt: skip

    def parcel(
        self,
        kind: str,
        data: dict[str, Any] | None = None,
        *,
        dossier: UUID | None = None,
        tenure: int = 0,
        **other: Any,
    ) -> bytes:
        """The bytes of a parcel to node 51; `other` replaces attributes."""
        self.sequence += 1
        envelope: dict[str, Any] = {
            "specversion": "1.0", "id": str(uuid4()), "source": f"lianqiao://{self.code}", "type": f"cn.lianqiao.{kind}.v1",
            "time": stamp(now()), "datacontenttype": "application/json", "data": data or {}, "receiver": "51",
            "epoch": self.epoch, "sequence": self.sequence, "tenure": tenure,
        }  # fmt: skip
        if dossier:
            envelope["subject"] = str(dossier)
        return canonical(envelope | other)

    def headers(
        self, method: str, path: str, body: bytes = b"", *, receiver: str = "51", minutes: float = 0
    ) -> dict[str, str]:
        """Header fields signed now, or some minutes away from now."""
        kind = wire.PARCEL_TYPE if path == wire.PARCELS else wire.JSON_TYPE
        with time_machine.travel(now() + timedelta(minutes=minutes), tick=True):
            return signing.sign_request(self.key, method, path, receiver, body, kind)

    def post(
        self, client: Client, body: bytes, headers: Mapping[str, str] | None = None, path: str = wire.PARCELS
    ) -> Any:
        given = dict(headers or self.headers("POST", path, body))
        kind = given.pop("Content-Type", wire.PARCEL_TYPE)
        return client.post(path, data=body, content_type=kind, headers=given)

    def get(self, client: Client, path: str) -> Any:
        return client.get(path, headers=self.headers("GET", path))

    # As a server

    def acknowledge(self, body: bytes) -> Said:
        envelope = json.loads(body)
        self.came.append(envelope)
        return 202, {
            "parcel": envelope["id"], "digest": wire.digest(body), "sender": "51", "receiver": self.code,
            "received_at": stamp(now()),
        }  # fmt: skip

    def outbox(self, path: str) -> Said:
        epoch, _dot, sequence = path.partition("after=")[2].partition(".")
        after = (int(epoch), int(sequence))
        page = [item for item in self.shelf if (item["epoch"], item["sequence"]) > after][:2]
        return 200, {
            "parcels": [item | {"headers": self.headers("POST", wire.PARCELS, item["body"].encode())} for item in page],
            "last": not page,
        }

    def keep(self, body: bytes) -> bytes:
        """Puts a parcel on the shelf from which its outbox is served."""
        envelope = json.loads(body)
        self.shelf.append({"epoch": envelope["epoch"], "sequence": envelope["sequence"], "body": body.decode()})
        return body

    def answer(self, method: str, path: str, body: bytes) -> Said:
        self.calls.append(f"{method} {path}")
        if (said := self.before()) is not None:
            return said
        place = path.partition("?")[0]
        if place in self.answers:
            return self.answers[place](body)
        if place == wire.PARCELS:
            return self.acknowledge(body)
        if place == wire.OUTBOX:
            return self.outbox(path)
        return 404, {"code": "nothing-here", "final": False}

    @contextmanager
    def serving(self) -> Iterator["OtherNode"]:
        """Answers at a port of its own for the time of the block."""
        node = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.path in node.raw:
                    self.plain(*node.raw[self.path]())
                    return
                status, value = node.answer(self.command, self.path, body)
                if status == 0:
                    self.close_connection = True
                    return
                said = json.dumps(value).encode()
                kind = wire.JSON_TYPE if status < 400 else wire.PROBLEM_TYPE
                fields = {"Content-Type": kind}
                if node.sign:
                    asked = dict(self.headers.items())
                    fields = signing.sign_answer(
                        node.key, status, said, kind, method=self.command, path=self.path, asked=asked
                    )
                self.send_response(status)
                for name, text in fields.items():
                    self.send_header(name, text)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def plain(self, status: int, content: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do  # noqa: N815

            def log_message(self, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
