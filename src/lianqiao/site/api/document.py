"""The description of the API: OpenAPI 3.1 with every error and examples, and the page for people made from it."""

import json
import re
from functools import cache
from typing import Any

from django.utils import translation
from django.utils.translation import override
from ninja import NinjaAPI
from pydantic.json_schema import models_json_schema

from lianqiao.cases import flow
from lianqiao.law.text import Text
from lianqiao.registry.door import BearerToken

from .problems import MEDIA_TYPE, Problem

INTRODUCTION = """The JSON interface of one node of Lianqiao: filing cases, handling them, reading what happened, receipts, law, log.

Send `Authorization: Bearer lq_...`. Each operation names the scope that the token needs (`x-scope`). Sentences come in the language of `Accept-Language`
(`zh` or `en`). A POST with an `Idempotency-Key` is done once, however often it is sent. The answer to a verb carries the version of the case as `ETag`;
sent back as `If-Match`, it makes the next verb fail (412) if somebody else has acted since. Every refusal is problem+json with a stable `code`; nothing
of a refused request was written. Dates are those of Asia/Shanghai, instants are UTC.

The journey of a case: GET /api/v1/me (who am I, my enterprises), GET /api/v1/agencies, POST /api/v1/cases, then the verbs under
/api/v1/cases/{number}/, each with an example; GET /api/v1/cases/{number} says under `possible` what may follow."""
ERRORS = {
    "400": "The body is not JSON in UTF-8, or a header is malformed.",
    "401": "No token, or one that is unknown, expired or revoked.",
    "403": "The token lacks the scope, or the person the role.",
    "404": "There is no such thing among those that the person may see.",
    "405": "This address does not take this method.",
    "409": "Not possible in this state, or refused by a rule of the verb.",
    "410": "It has been erased; its number and digest remain.",
    "412": "Somebody else has acted since the version named in If-Match.",
    "413": "The request or the file is too large.",
    "415": "Not JSON, or a file of a kind that is not taken.",
    "422": "Some of the data is wrong; `problems` names each field.",
    "429": "Too many attempts in one minute.",
    "500": "A fault of the node; nothing was recorded.",
    "503": "The node cannot answer now.",
    "507": "The node has no room left; nothing was kept.",
}
IDEMPOTENCY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "Random, new for each request. The same request with the same key is done once and answered alike, for a week.",
    "schema": {"type": "string", "maxLength": 255, "pattern": "^[\\x21-\\x7e]{1,255}$"},
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "The ETag of the case as it was read; 412 if it has moved on.",
    "schema": {"type": "string", "pattern": '^(\\*|(W/)?"[0-9]{1,9}")$'},
}
ETAG = {"description": "Version of the case, for If-Match.", "schema": {"type": "string"}}


@cache
def described(api: NinjaAPI) -> dict[str, Any]:
    """The document, made once per process."""
    with override("en"):
        made: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    made["info"]["description"] = INTRODUCTION
    made["servers"] = [{"url": "/"}]
    _keys, definitions = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
    made["components"]["schemas"] |= definitions["$defs"]
    made["components"]["responses"] = {
        f"Problem{status}": {
            "description": sentence,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, sentence in ERRORS.items()
    }
    scopes = _scopes(api)
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation, scopes.get((path, method)))
    made["components"]["schemas"] = dict(sorted(made["components"]["schemas"].items()))
    made["paths"] = dict(sorted(made["paths"].items()))
    return made


def _scopes(api: NinjaAPI) -> dict[tuple[str, str], str]:
    """The scope of every operation, by path and method."""
    found: dict[tuple[str, str], str] = {}
    for bound in api._get_bound_routers():
        for path, view in bound.path_operations.items():
            plain = "/api/v1" + re.sub(r"{[^}:]+:", "{", path)
            for operation in view.operations:
                for auth in operation.auth_callbacks:
                    if isinstance(auth, BearerToken):
                        found |= {(plain, method.lower()): auth.scope for method in operation.methods}
    return found


def _complete(path: str, method: str, operation: dict[str, Any], scope: str | None) -> None:
    """Every error that the operation can answer, and the headers that it reads and gives."""
    verb = operation.get("x-verb") or ("attach" if operation["operationId"] == "attach" else None)
    errors = {"405", "422", "500", "503"}
    if scope:
        operation["x-scope"] = scope
        errors |= {"401", "403"}
    if (
        "{" in path
        or path.endswith(("/status", "/checkpoint", "/inclusion", "/consistency", "/verify"))
        or "deadline" in path
    ):
        errors.add("404")
    if method in ("post", "put"):
        errors |= {"400", "413", "415", "507"}
    if method in ("post", "put", "delete") and scope:
        errors |= {"404", "409", "507"}
    if method == "post" and scope:
        operation.setdefault("parameters", []).append(IDEMPOTENCY)
    if verb:
        operation["parameters"].append(IF_MATCH)
        errors |= {"400", "412"}
    if path.endswith("/status") or "/receipts/" in path:
        errors |= {"401", "429"} if "/receipts/" in path else {"429"}
    if path.endswith("/attachments/{attachment}"):
        operation["responses"]["200"]["content"] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    if path.endswith(".pdf"):
        operation["responses"]["200"]["content"] = {
            "application/pdf": {"schema": {"type": "string", "format": "binary"}}
        }
        errors |= {"409", "410"}
    for status in sorted(errors):
        operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
    answer = next(status for status in operation["responses"] if status.startswith("2"))
    if verb or path in ("/api/v1/cases/{number}",) or operation["operationId"] == "file":
        operation["responses"][answer]["headers"] = {"ETag": ETAG}
    operation["responses"] = dict(sorted(operation["responses"].items()))


SUBJECTS = {
    "registry": Text("机构与协议", "Agencies and agreements"),
    "enterprises": Text("企业", "Enterprises"),
    "people": Text("人员", "People"),
    "competence": Text("管辖", "Competence"),
    "duties": Text("定期事项", "Duties"),
    "cases": Text("案件", "Cases"),
    "verbs": Text("办理", "What is done with a case"),
    "offers": Text("移交", "Hand-over"),
    "errands": Text("征询与协办", "Consultations and sub-tasks"),
    "exchange": Text("节点往来", "Between the nodes"),
    "subjects": Text("专题", "Subjects"),
    "questions": Text("询问", "Questions"),
    "attachments": Text("附件", "Files"),
    "drafts": Text("草稿", "Drafts"),
    "receipts": Text("回执", "Receipts"),
    "batches": Text("批量提交", "Filing by the batch"),
    "hotline": Text("热线工单", "Hotline tickets"),
    "meetings": Text("会议", "Meetings"),
    "ledgers": Text("台账", "Ledgers"),
    "jobs": Text("后台任务", "Jobs"),
    "notices": Text("通知", "Notices"),
    "webhooks": Text("事件推送", "Webhooks"),
    "documents": Text("公文", "Official documents"),
    "signin": Text("登录", "Signing in"),
    "law": Text("法规与期限", "Law and limits"),
    "record": Text("记录", "The record"),
}
"""The tags of the operations in the order of the page. A test holds that none is missing."""


@cache
def page(api: NinjaAPI) -> str:
    """The document as it is served and committed (docs/reference/openapi.json)."""
    return json.dumps(described(api), ensure_ascii=False, indent=1) + "\n"


def chapters(api: NinjaAPI) -> dict[str, Any]:
    """The operations for the page, by subject, in the reader's language: label, address, scope, fields, example."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in described(api)["paths"].items():
        for method, operation in methods.items():
            verb = operation.get("x-verb")
            label = flow.VERBS[verb].label if verb else translation.gettext(operation["summary"])
            found.setdefault(operation["tags"][0], []).append(
                {
                    "method": method.upper(),
                    "path": path,
                    "label": label,
                    "description": operation.get("description", ""),
                    "scope": operation.get("x-scope", ""),
                    "fields": _fields(operation, described(api)["components"]["schemas"]),
                    "example": _example(operation),
                    "curl": _curl(method, path, operation),
                }
            )
    language = translation.get_language() or "zh"
    return {
        "chapters": [(name, heading.in_(language), found[name]) for name, heading in SUBJECTS.items() if name in found]
    }


def _fields(operation: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [
        {
            "name": parameter["name"],
            "required": parameter.get("required", False),
            "about": parameter.get("description", ""),
        }
        for parameter in operation.get("parameters", [])
        if parameter["in"] in ("query", "path")
    ]
    for body in operation.get("requestBody", {}).get("content", {}).values():
        schema = body["schema"]
        schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        required = set(schema.get("required", []))
        rows += [
            {"name": name, "required": name in required, "about": about.get("description", "")}
            for name, about in schema.get("properties", {}).items()
        ]
    return rows


def _example(operation: dict[str, Any]) -> str:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return json.dumps(body["example"], ensure_ascii=False, indent=1) if "example" in body else ""


def _curl(method: str, path: str, operation: dict[str, Any]) -> str:
    words = ["curl"] + ([] if method == "get" else ["-X", method.upper()])
    if operation.get("x-scope"):
        words += ["-H", '"Authorization: Bearer $TOKEN"']
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        words += ["-F", "file=@contract.pdf"]
    elif content:
        words += ["--json", "@body.json"]
    return " ".join([*words, f'"$NODE{path}"'])
