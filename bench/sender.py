"""Makes parcels in the settings of the sending node, signed as it would send them: `python -m bench.sender COUNT FILE`, prints its key.

They are offers like the last real one, each of a dossier of its own, in the outbox of the node; FILE gets the requests.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
import uuid
from pathlib import Path
from typing import Any

PEER, KIND = "50", "handover.offered"


def made(count: int) -> list[bytes]:
    from django.db import transaction

    from bench import client
    from lianqiao.exchange import parcels, signing, wire
    from lianqiao.exchange.models import ParcelOut
    from lianqiao.record import keys
    from lianqiao.record.actors import Actor
    from lianqiao.record.nodes import this_node

    last = ParcelOut.objects.filter(kind=KIND, peer=PEER).order_by("-sequence").first()
    if last is None:
        raise SystemExit("there is no offer to make others like")
    like: dict[str, Any] = json.loads(last.body)["data"]
    key, found = keys.signing_key(), []
    for _number in range(count):
        with transaction.atomic():
            data = like | {"offer": str(uuid.uuid4())}
            parcel = parcels.send(
                PEER, KIND, data, by=Actor.node(this_node().code), dossier=uuid.uuid4(), tenure=last.tenure
            )
        body = parcel.body.encode()
        headers = signing.sign_request(key, "POST", wire.PARCELS, PEER, body, wire.PARCEL_TYPE)
        found.append(client.request(wire.PARCELS, body, {"Host": "127.0.0.1"} | headers, keep_alive=True))
    return found


def main(count: int, file: Path) -> None:
    from lianqiao.record import keys
    from lianqiao.record.nodes import this_node

    file.write_bytes(pickle.dumps(made(count)))
    row = keys.current()
    print(json.dumps(f"{this_node().code} {row.algorithm} {row.public}"))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqiao.site.settings")
    import django

    django.setup()
    main(int(sys.argv[1]), Path(sys.argv[2]))
