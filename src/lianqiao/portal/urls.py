"""The addresses of the portal."""

from django.urls import path

from lianqiao.portal.views import filing, notices, own, papers, public

urlpatterns = [
    path("", public.home),
    path("guide", public.guides),
    path("guide/<str:programme>", public.programme),
    path("where", public.where),
    path("status", public.status),
    path("verify", public.verify),
    path("cases", own.cases),
    path("cases/<str:number>", own.case),
    path("cases/<str:number>/receipt", own.receipt),
    path("cases/<str:number>/receipt.<str:language>.pdf", papers.receipt),
    path("cases/<str:number>/documents", papers.papers),
    path("documents/<uuid:document>/<str:language>.pdf", papers.document),
    path("notices", notices.listed),
    path("notices/<int:notice>", notices.opened),
    path("cases/<str:number>/receipts/<int:event>.json", own.receipt_file),
    path("cases/<str:number>/limits/<int:clock>", own.limit),
    path("cases/<str:number>/files/<uuid:attachment>", own.file),
    path("cases/<str:number>/<str:verb>", own.act),
    path("file", filing.start),
    path("file/code", filing.check_code),
    path("file/<uuid:draft>/discard", filing.discard),
    path("file/<uuid:draft>/<str:step>", filing.step),
]
