"""The addresses of the desk."""

from django.urls import path

from lianqiao.desk.views import bulk, case, errands, imports, jobs, offers, questions, registry, work

urlpatterns = [
    path("start", work.start),
    path("desk", work.desk),
    path("desk/offers", offers.offers),
    path("desk/offers/<uuid:offer>", offers.offer),
    path("desk/questions", questions.questions),
    path("desk/errands", errands.listing),
    path("desk/errands/<uuid:errand>", errands.errand),
    path("desk/errands/<uuid:errand>/files/<uuid:file>", errands.file),
    path("desk/bulk", bulk.together),
    path("desk/jobs", jobs.jobs),
    path("desk/jobs/<uuid:job>", jobs.job),
    path("desk/jobs/<uuid:job>/cancel", jobs.cancel),
    path("desk/views", work.keep_view),
    path("desk/views/<int:view>/drop", work.drop_view),
    path("desk/registry/enterprises/import", imports.tables),
    path("desk/registry/enterprises/import/<uuid:job>", imports.table),
    path("desk/registry", registry.first),
    path("desk/registry/<str:register>", registry.listing),
    path("desk/registry/<str:register>/download", registry.download),
    path("desk/registry/<str:register>/<str:key>", registry.entry),
    path("desk/registry/<str:register>/<str:key>/<str:deed>", registry.act),
    path("desk/cases/<str:number>", case.case),
    path("desk/cases/<str:number>/why-not", case.why_not),
    path("desk/cases/<str:number>/similar", case.similar_cases),
    path("desk/cases/<str:number>/outcomes", case.outcomes),
    path("desk/cases/<str:number>/documents", case.papers),
    path("desk/cases/<str:number>/attach", case.attach),
    path("desk/cases/<str:number>/<str:verb>", case.act),
    path("desk/cases/<str:number>/<str:verb>/told", case.told),
    path("desk/<str:code>", work.work),
]
