"""The JSON API of ledgers: which there are, their rows and taking one out (`out`), and what offices hand in (`imports`). Mounted by `site.api`."""

from ninja import Router

from . import imports, out

router = Router()
for part in (out, imports):
    router.add_router("", part.router)
