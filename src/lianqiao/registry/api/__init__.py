"""The JSON API of the registry: who one is, agencies, agreements, enterprises, people, competence. Mounted by `site.api`."""

from ninja import Router

from . import competence, duties, enterprises, erasures, imports, people, who

router = Router()
for part in (who, enterprises, imports, people, competence, duties, erasures):
    router.add_router("", part.router)
