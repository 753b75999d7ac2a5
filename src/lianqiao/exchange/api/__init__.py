"""The JSON API of the exchange: offers of other nodes, errands for them, and how it stands with peers and parcels. Mounted by `site.api`."""

from ninja import Router

from . import errands, health, offers

router = Router()
for part in (offers, errands, health):
    router.add_router("", part.router)
