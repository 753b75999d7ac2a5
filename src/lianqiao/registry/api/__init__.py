"""The JSON API of the registry: who one is, agencies, agreements, enterprises, people, competence. Mounted by `site.api`."""

from ninja import Router

from . import competence, duties, enterprises, imports, people, who

router = Router()
for part in (who, enterprises, imports, people, competence, duties):
    router.add_router("", part.router)
