"""Every route of a node, tried by everybody, with what belongs to a confidential case, to an ordinary one, and to none.

The table is made from the addresses that Django resolves, so that a new route is in it at once; what it must declare stands below: whether
it is open to who is not signed in (OPEN), and what stands at the variable parts of its address (`tests/site/planted.py`). Then each answer is
searched as a whole, with its status line, headers and names of files, also inside of PDF, XLSX and calendars, for words that this asker must not
read. And what does not exist must be answered as what is only hidden.

`python -m tests.site.prove` tries all and prints what it counted; the tests try a part of it.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlencode

import pypdf
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import get_connection
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from tests.cast import SECRET_WORDS, Cast
from tests.exchange.conftest import befriend
from tests.exchange.other_node import OtherNode
from tests.site.api.conftest import Caller
from tests.site.planted import OTHER_WORDS, Planted, browser_of

from lianqiao.cases import flow
from lianqiao.desk.registers import REGISTERS
from lianqiao.notices.letter import message
from lianqiao.notices.models import Notice
from lianqiao.registry import remembered
from lianqiao.registry.models import Person
from lianqiao.site.api import api, document

API, EXCHANGE = "api/v1/", "exchange/v1/"
PART = re.compile(r"<(?:\w+:)?(\w+)>")

OPEN = {
    "", "about", "style", "look", "demo", "healthz", "guide", "guide/<str:programme>", "where", "status", "verify",
    "account/sign-in", "account/sign-out", "account/invitation/<str:code>", "account/region/<str:node>", "account/region/<str:node>/back",
    "account/second-factor/webauthn/login/", ".well-known/openid-configuration", ".well-known/jwks.json",
    "identity/authorize", "identity/token", "identity/userinfo", "identity/revoke",
    "calendar/<str:secret>.ics", "meetings/invitation/<str:code>", "meetings/invitation/<str:code>/meeting.ics",
    "meetings/invitation/<str:code>/minutes", "meetings/invitation/<str:code>/papers/<uuid:paper>", "meetings/published",
    "meetings/published/<uuid:meeting>", "exchange/v1/card",
    *(f"api/v1/{one}" for one in (
        "", "openapi.json", "docs", "node", "log/checkpoint", "log/inclusion", "log/consistency", "regimes", "regimes/<regime>",
        "regimes/<regime>/aloud", "regimes/<regime>/compare/<other>", "areas", "words", "calendars/<int:year>", "deadline", "divisions",
        "documents/verify", "status", "receipts/<digest>",
    )),
}  # fmt: skip
"""What is answered to who has neither session nor token nor key: law, log, doors, and what is opened by a secret in the address or the body."""
SEARCHED = {
    "cases",
    "notices",
    "desk/all",
    "desk/offers",
    "desk/jobs",
    "ledgers",
    "meetings",
    "meetings/published",
    "api/v1/cases",
    "where",
    "guide",
}
"""Lists that are also asked for the words themselves."""
EXAMPLES = {"api/v1/openapi.json", "api/v1/batches/template.xlsx"}
"""Where a credit code stands as an example that everybody may see."""
CHOICES: Mapping[str, tuple[str, ...]] = {
    "register": tuple(REGISTERS),
    "verb": tuple(flow.VERBS),
    "step": ("who", "matter", "against", "story", "contact", "check"),
}
"""Parts of addresses that are words of the program: each is tried."""
ENTRIES = {
    "enterprises": "enterprise",
    "people": "account",
    "agencies": "agency",
    "agreements": "agreement",
    "nodes": "peer",
}
"""What stands for the key of an entry of a register."""
STANDS: Mapping[str, Mapping[str, str]] = {
    "account/invitation/": {"code": "invitation"},
    "meetings/invitation/": {"code": "guest"},
    "desk/errands/": {"file": "attachment"},
    "desk/jobs/": {"job": "bulk"},
    "desk/registry/enterprises/import/": {"job": "table"},
    "api/v1/imports/tables/": {"job": "table"},
    "ledgers/out/": {"job": "ledger_out"},
    "api/v1/ledgers/exports/": {"job": "ledger_out"},
    "api/v1/exchange/peers/": {"code": "peer"},
    "api/v1/notices/<id>": {"id": "notice"},
    "meetings/<uuid:meeting>/lines/": {"number": "line"},
    "meetings/joint/": {"body": "joint"},
    "meetings/lines/": {"line": "entered"},
}
"""Where a part of an address means something else than its name says elsewhere."""
WORDS: Mapping[str, tuple[str, ...]] = {
    "ledgers/": ("complaints", "open"), "api/v1/ledgers/": ("complaints", "open"), "desk/": ("all", "accept"),
    "desk/registry/": ("change", "merge"), "meetings/": ("enter", "set_task"),
}  # fmt: skip
"""For parts that are words and differ by room: lists, ledgers, deeds."""

SHUT_OUT = ("", "late")
"""Nobody, and an officer of the answering agency whose session and token are over: all doors but the open ones are shut."""
PROGRAM = "peer"
"""Another region's node that signs what it asks; the confidential case was never handed to it."""
SIDE = {"lin", "xu", "ke", "wei", "he", "zhao", "su", "liu"}
"""The enterprise, its agent, its workstation, and the agency that answers: who may read the confidential case."""
OTHER_SIDE = {"gao", "wei", "he", "zhao", "su", "liu", "both"}
"""Likewise the ordinary one: `both` works for that agency too, and only the confidential case complains of their other one."""
UNCONCERNED = (
    "stranger", "gao", "lapsed", "former", "deputy", "ren", "both", "stand_in", "pu", "chengdu", "root", "security", "audit",
)  # fmt: skip
ROLES = (*SHUT_OUT, *UNCONCERNED, *sorted(SIDE), PROGRAM)
ROTATING = (
    "gao",
    "lapsed",
    "former",
    "deputy",
    "stand_in",
    "pu",
    "both",
    "stranger",
    "late",
    "security",
    "audit",
    PROGRAM,
)
"""In the reduced run one of them in turn knocks at each door, besides nobody and the agency complained of."""

ENTERING = {"root", "ren", "both", "chengdu", "ke"}
"""The administrator, and intake officers of any agency, who enter enterprises and correct them; they need its id or whole code."""
REGISTER = re.compile(r"(api/v1|desk/registry)/(enterprises|duplicates|imports|<str:register>)")
"""Says that there is such an enterprise and whom to reach there, never that it files."""
NUMBERED = ("api/v1/contacts/", "api/v1/links/", "api/v1/associations/")
"""What hangs on enterprises, one number after the other: it may be ended by them, and nothing is told of it."""
ACCOUNTS = re.compile(r"(api/v1/people|desk/registry/<str:register>)/")
"""Says to administrators that there is such a person."""
AUDITED = re.compile(r"desk/registry/<str:register>")
"""Says to the audit administrator of which row a deed was, by its id; that of a case may be held and disposed of by them without being seen."""
ERASURES = "api/v1/erasures"
"""Says to the leads of all complaint centres, who decide, that something is to be erased, without a word of it."""
CO_HANDLER = "pu"
"""Knows that there is the case and reads its summary; nothing that says who files."""
ASKED = {"ren", "both", "stand_in"}
QUESTION = "api/v1/questions/"
"""Says to the agency complained of what it was asked."""


@dataclass(frozen=True)
class Route:
    """An address with variable parts, and the methods that are tried."""

    pattern: str
    methods: tuple[str, ...]

    @property
    def parts(self) -> list[str]:
        return PART.findall(self.pattern)


@dataclass
class Table:
    """What was tried and what was found."""

    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)
    """By kind of answer: how often a word was found by who may read it. A kind that is never read is a search that finds nothing."""


def routes() -> list[Route]:
    """All that Django resolves; a page is tried with GET and POST, an operation of the interface with the methods of the document."""
    described = document.described(api)["paths"]
    patterns = dict.fromkeys(_under(get_resolver().url_patterns, ""))
    return [
        Route(one, tuple(method.upper() for method in described.get("/" + plain(one), ("get", "post"))))
        for one in patterns
    ]


def _under(patterns: Iterable[Any], before: str) -> Iterator[str]:
    for one in patterns:
        pattern = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _under(one.url_patterns, pattern)
        elif isinstance(one, URLPattern):
            yield pattern


def undeclared(planted: Planted) -> list[str]:
    """Routes with a part for which nothing is planted."""
    return [route.pattern for route in routes() if not all(values(route, part, planted.secret) for part in route.parts)]


def values(route: Route, part: str, stands: Mapping[str, str]) -> tuple[str, ...]:
    if part in CHOICES:
        return CHOICES[part]
    for prefix, names in STANDS.items():
        if route.pattern.startswith(prefix) and part in names:
            return (stands[names[part]],)
    if part in ("code", "deed"):
        return next((words for prefix, words in WORDS.items() if route.pattern.startswith(prefix)), ())
    if part == "key":
        return ("",)
    return (stands[part],) if part in stands else ()


def addresses(route: Route, stands: Mapping[str, str]) -> Iterator[str]:
    """The route with everything that may stand at its parts."""
    filled = [route.pattern]
    for part in route.parts:
        filled = [
            re.sub(rf"<(?:\w+:)?{part}>", lambda _m, word=word: word, one, count=1)
            for one in filled
            for word in values(route, part, stands)
        ]
    for one in filled:
        if "key" in route.parts:
            register = one.split("/")[2]
            entry = stands[ENTRIES[register]] if register in ENTRIES else "1"
            one = one.replace(f"/{register}/", f"/{register}/{entry}", 1)
        yield f"/{one}"


class Knocking:
    """Everybody at every door."""

    def __init__(self, cast: Cast, planted: Planted) -> None:
        self.planted, self.call, self.table, self.peer = planted, Caller(cast), Table(), OtherNode("44")
        befriend(self.peer, cast.root)
        self.browsers = {who: browser_of(cast, who) for who in ROLES if who != PROGRAM}
        for who, browser in self.browsers.items():
            browser.raise_request_exception = False
            if who:
                cast.token(who)  # now: what a request does is undone
        described = document.described(api)["paths"]
        self.bodies = {
            (method.upper(), plain(path[1:])): operation.get("requestBody", {}).get("content", {})
            for path, methods in described.items()
            for method, operation in methods.items()
        }

    def all(self, table: Iterable[Route], roles: Iterable[str]) -> Table:
        """Each route by each of them: with all that may stand in its address, also for the ordinary case, and asked for the words themselves."""
        for route in table:
            wanted, hidden = [*addresses(route, self.planted.secret)], [*addresses(route, self.planted.none)]
            for who in roles:
                for method in route.methods:
                    self.judge(route, method, wanted[0], hidden[0], who)
                    for one in wanted[1:] if method == "GET" else ():
                        self.search(route, method, one, who)
                    if (ordinary := next(addresses(route, self.planted.other))) != wanted[0]:
                        self.search(route, method, ordinary, who)
                if "GET" in route.methods and not route.parts and route.pattern in SEARCHED:
                    for query in ("锦江秘名", "秘题", "青题"):
                        self.search(route, "GET", f"/{route.pattern}?{urlencode({'q': query})}", who)
            self.table.counts["addresses"] += len(wanted)
        self.table.counts |= {"routes": len({*table}), "roles": len({*roles}), "secrets": len(self.secrets())}
        return self.table

    def some(self, table: Sequence[Route]) -> Table:
        """Each route by nobody, by the agency complained of (what is read, and every verb of a case), and by one of the others in turn."""
        for number, route in enumerate(table):
            wanted, hidden = next(addresses(route, self.planted.secret)), next(addresses(route, self.planted.none))
            for method in route.methods:
                self.judge(route, method, wanted, wanted, "")
                self.judge(route, method, wanted, wanted, ROTATING[number % len(ROTATING)])
            for method in route.methods:
                if method == "GET" or route.pattern.startswith("api/v1/cases/<"):
                    self.judge(route, method, wanted, hidden, "ren")
        return self.table

    def knock(self, route: Route, method: str, address: str, who: str) -> Any:
        """One answer. Nothing remains of what it did."""
        self.table.counts["requests"] += 1
        with transaction.atomic():
            answer = self.send(route, method, address, who)
            answer.whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
        remembered.empty()
        return answer

    def send(self, route: Route, method: str, address: str, who: str) -> Any:
        if route.pattern.startswith(EXCHANGE) and who == PROGRAM:
            client, body = self.call.client, self.peer.parcel("nothing.known")
            return self.peer.post(client, body, path=address) if method == "POST" else self.peer.get(client, address)
        person = "" if who == PROGRAM else who
        if not route.pattern.startswith(API):
            browser = self.browsers[person]
            session = browser.cookies.get(settings.SESSION_COOKIE_NAME)
            answer = browser.generic(method, address)
            browser.cookies.clear()
            if session:
                browser.cookies[settings.SESSION_COOKIE_NAME] = session.value
            return answer
        content = self.bodies.get((method, plain(route.pattern)), {})
        if "multipart/form-data" in content:
            return self.call.upload(address.removeprefix("/" + API), person, SimpleUploadedFile("a.txt", b"a"))
        example = content.get("application/json", {}).get("example", {} if content else None)
        return self.call(method.lower(), address, person, example)

    def judge(self, route: Route, method: str, secret: str, gone: str, who: str) -> None:
        """The answer to who asks for what belongs to the confidential case; to who may not know of it, the same as if there were nothing."""
        answer = self.search(route, method, secret, who)
        said = f"{method} {secret} by {who or 'nobody'}: {answer.status_code}"
        if route.pattern not in OPEN:
            known = who == PROGRAM if route.pattern.startswith(EXCHANGE) else who not in (*SHUT_OUT, PROGRAM)
            if not known and not shut(answer):
                self.table.wrong.append(f"{said}: is not shut")
            if known and method == "GET" and shut(answer) and answer.status_code != 405:
                self.table.wrong.append(f"{said}: takes them for nobody")
        if who in SIDE or secret == gone or self.knows(route, who):
            return
        other = self.knock(route, method, gone, who)
        if other.status_code != answer.status_code:
            self.table.wrong.append(f"{said}, but {other.status_code} for what does not exist")

    def search(self, route: Route, method: str, address: str, who: str) -> Any:
        """One answer, in which stands nothing that is not for this asker."""
        answer = self.knock(route, method, address, who)
        text = whole(answer)
        found = {word for word in self.secrets() if word in text and word not in unquote(address)}
        theirs = self.secrets(SECRET_WORDS) if who in SIDE else set()
        theirs |= set(OTHER_WORDS) if who in OTHER_SIDE else set()
        if found & theirs:
            self.table.read[answer.headers.get("Content-Type", "").partition(";")[0]] += 1
        if route.pattern in EXAMPLES:
            theirs.add(SECRET_WORDS[1])
        if who in ENTERING and (
            REGISTER.match(route.pattern) or (who == "root" and route.pattern.startswith(NUMBERED))
        ):
            theirs |= self.naming
        if (who == "audit" and AUDITED.match(route.pattern)) or (
            who == "chengdu" and route.pattern.startswith(ERASURES)
        ):
            theirs |= set(self.planted.ids)
        said = f"{method} {address} by {who or 'nobody'}: {answer.status_code}"
        if told := found - theirs:
            self.table.wrong.append(f"{said} tells {sorted(told)}")
        if answer.status_code >= 500:
            self.table.wrong.append(f"{said}: failed")
        return answer

    def knows(self, route: Route, who: str) -> bool:
        """Whether they may know that there is something at this address."""
        return (
            (who in ENTERING and (bool(REGISTER.match(route.pattern)) or route.pattern.startswith(NUMBERED)))
            or (who == "audit" and route.pattern.startswith("api/v1/cases/<"))
            or (who == "chengdu" and route.pattern.startswith(ERASURES))
            or (who in ("root", "security", "audit") and bool(ACCOUNTS.match(route.pattern)))
            or (who == CO_HANDLER and "<number>" in route.pattern.replace("str:", ""))
            or (who in ASKED and route.pattern.startswith(QUESTION))
        )

    def letters(self) -> Table:
        """What each who is not concerned would be written of everything that was ever noted for them."""
        for person in Person.objects.filter(notices__isnull=False).distinct():
            told = list(Notice.objects.filter(person=person).select_related("case", "clock", "errand"))
            letter = message(person, told, get_connection())
            text = "\n".join([letter.subject, letter.body, *(str(part.content) for part in letter.alternatives)])
            theirs = self.secrets(SECRET_WORDS) if person.account in SIDE else set()
            theirs |= set(OTHER_WORDS) if person.account in OTHER_SIDE else set()
            self.table.counts["letters"] += 1
            if found := {word for word in self.secrets() if word in text} - theirs:
                self.table.wrong.append(f"letter to {person.account} tells {sorted(found)}")
        return self.table

    @property
    def naming(self) -> set[str]:
        return {
            "锦江秘名",
            "秘密联系人",
            "13800000000",
            "青羊明名",
            SECRET_WORDS[1],
            OTHER_WORDS[1],
            self.planted.secret["enterprise"],
        }

    def secrets(self, words: Iterable[str] = (*SECRET_WORDS, *OTHER_WORDS)) -> set[str]:
        return {*words, *self.planted.ids}


def plain(pattern: str) -> str:
    return PART.sub(r"{\1}", pattern)


def shut(answer: Any) -> bool:
    """Sent to the door, or refused for want of a session, a token, a signature; or the method is none."""
    to = answer.headers.get("Location", "")
    return answer.status_code in (401, 405) or (answer.status_code == 302 and to.startswith("/account/sign-in"))


def whole(answer: Any) -> str:
    """All that an answer says, as somebody reads it who has the right programs."""
    said = [answer.reason_phrase, *(f"{name}: {unquote(value)}" for name, value in answer.headers.items())]
    said += [morsel.value for morsel in answer.cookies.values()]
    body: bytes = answer.whole
    if body.startswith(b"%PDF"):
        read = pypdf.PdfReader(io.BytesIO(body))
        said += [page.extract_text() for page in read.pages] + [str(value) for value in (read.metadata or {}).values()]
    elif body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            said += [name + html.unescape(packed.read(name).decode(errors="replace")) for name in packed.namelist()]
    else:
        text = re.sub(r"\r\n[ \t]", "", body.decode(errors="replace"))
        said.append(html.unescape(text))
        if "\\u" in text:
            said.append(text.encode().decode("unicode_escape", "ignore"))
    return "\n".join(said)
