"""Sets a node of the demonstration up, in its own process: `python -m lianqiao.site.demo.seeding enter | meet CARD | sit`.

`enter` makes the tables, the first administrator, the registry of SEED and a token for every account, and prints the
node's card. `meet` trusts the node whose card is in the file, and signs the agreements with the own key. `sit` holds a roundtable.
"""

# ruff: noqa: PLC0415  (`show` reads the names here without a node; what needs one is imported in the node's process)

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
AGREEMENTS = ("agreement-2020.json", "agreement-services-2020.json", "agreement-working-2021.json")
NAMES = {
    "51": ("四川节点", "Node Sichuan", "四川省", "Sichuan Province"),
    "50": ("重庆节点", "Node Chongqing", "重庆市", "Chongqing"),
}
TOKENS = "tokens.json"
ADMINISTRATORS = ("admin-", "security-", "audit-")
DEMO_PASSWORD = "lianqiao-demo-only"  # noqa: S105  of everybody in the demonstration, and of nobody else (a test holds that)


def enter() -> dict[str, Any]:
    """Everything that the node needs before it meets another; its card."""
    from django.conf import settings
    from django.db import transaction

    from lianqiao.exchange import peers
    from lianqiao.record.time import now
    from lianqiao.registry import actions, seed
    from lianqiao.registry.models import Agency, Person, Region
    from lianqiao.site.demo import trying
    from lianqiao.site.start import set_up

    code = settings.LIANQIAO_NODE
    zh, en, region_zh, region_en = NAMES[code]
    set_up(code=code, name_zh=zh, name_en=en, base_url=settings.LIANQIAO_BASE_URL)
    with transaction.atomic():
        trying.mark(code)
    admin = actions.first_admin(
        administrator(code),
        name="节点管理员 Node Administrator",
        region=Region(code=f"{code}0000", name_zh=region_zh, name_en=region_en, node_code=code),
        agency_code=f"node-office-{code}",
        agency_zh=f"{zh}运行办公室",
        agency_en=f"Operating Office of {en}",
    )
    seed.load(HERE / f"{code}.toml", by=admin)
    office = Agency.objects.get(code=f"node-office-{code}")
    for role, name in (("security", "安全管理员 Security Administrator"), ("audit", "审计管理员 Audit Administrator")):
        actions.appoint(actions.add_person(f"{role}-{code}", name=name, by=admin), office, role, by=admin)
    tokens = {}
    for person in Person.objects.order_by("account"):
        scopes = ["read", "act"] + (["exchange", "admin"] if person.account.startswith(ADMINISTRATORS) else [])
        _token, secret = actions.issue_token(
            person, name="demo", scopes=scopes, expires_at=now() + timedelta(days=360), by=admin
        )
        tokens[person.account] = secret
    write(Path(settings.LIANQIAO_DATA) / TOKENS, tokens)
    let_in(admin)
    return peers.card()


def let_in(admin: Any) -> None:
    """Everybody sets the same password, by an invitation, as in earnest. Administrators set up a second factor when they first sign in."""
    from lianqiao.registry.models import Person
    from lianqiao.signin import actions

    for person in Person.objects.all():
        _invitation, code = actions.invite(person, by=admin)
        actions.accept(code, DEMO_PASSWORD)


def meet(card: dict[str, Any]) -> None:
    """Trust the other node, whose card was handed over on this machine, and sign what both are to sign."""
    from django.conf import settings

    from lianqiao.exchange import peers
    from lianqiao.registry import agreements
    from lianqiao.registry.models import Person

    admin = Person.objects.get(account=administrator(settings.LIANQIAO_NODE))
    peer = peers.add(card, by=admin)
    peers.trust(peer.code, peers.fingerprint_of(peer.keys.get()), by=admin)
    for name in AGREEMENTS:
        terms = json.loads((HERE / name).read_text(encoding="utf-8"))
        agreements.sign(agreements.propose(terms, by=admin), by=admin)


def administrator(code: str) -> str:
    return f"admin-{code}"


def write(path: Path, tokens: dict[str, str]) -> None:
    """The accounts and their secrets, readable by their owner only."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        json.dump(tokens, file, indent=1)
        file.write("\n")


def main(words: list[str]) -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqiao.site.settings")
    django.setup()
    if words[0] == "enter":
        print(json.dumps(enter(), ensure_ascii=False))
    elif words[0] == "sit":
        from django.conf import settings
        from django.utils.translation import override

        from lianqiao.site.demo import sitting

        with override("zh-hans"):
            print(sitting.hold(settings.LIANQIAO_NODE))
    else:
        meet(json.loads(Path(words[1]).read_text(encoding="utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
