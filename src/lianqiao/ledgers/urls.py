"""The addresses of the ledgers."""

from django.urls import path

from .views import imports, sheet

urlpatterns = [
    path("ledgers", sheet.ledgers),
    path("ledgers/keep", sheet.keep),
    path("ledgers/import", imports.ledgers),
    path("ledgers/import/<uuid:ledger>", imports.ledger),
    path("ledgers/out/<uuid:job>", sheet.taking_out),
    path("ledgers/out/<uuid:job>/file", sheet.taken_out),
    path("ledgers/<str:code>", sheet.ledger),
    path("ledgers/<str:code>/out", sheet.take_out),
    path("ledgers/<str:code>/choose", sheet.choose),
    path("ledgers/<uuid:kept>/change", sheet.change),
    path("ledgers/<uuid:kept>/drop", sheet.drop),
]
