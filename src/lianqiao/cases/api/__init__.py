"""The JSON API of cases: filing, every verb of people, reading, questions, files, receipts. Mounted by `site.api`."""

from ninja import Router

from . import (
    attachments,
    audit,
    disposals,
    filing,
    law,
    leaving,
    questions,
    reading,
    receipts,
    requests,
    similar,
    subjects,
    verbs,
)

router = Router()
for part in (
    filing,
    reading,
    similar,
    receipts,
    questions,
    requests,
    attachments,
    verbs,
    subjects,
    law,
    leaving,
    audit,
    disposals,
):
    router.add_router("", part.router)
