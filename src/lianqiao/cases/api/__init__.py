"""The JSON API of cases: filing, every verb of people, reading, questions, files, receipts. Mounted by `site.api`."""

from ninja import Router

from . import attachments, filing, law, leaving, questions, reading, receipts, similar, verbs

router = Router()
for part in (filing, reading, similar, receipts, questions, attachments, verbs, law, leaving):
    router.add_router("", part.router)
