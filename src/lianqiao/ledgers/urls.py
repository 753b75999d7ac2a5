"""The addresses of the ledgers."""

from django.urls import path

from .views import choosing, imports, out, sheet

urlpatterns = [
    path("ledgers", sheet.ledgers),
    path("ledgers/keep", choosing.keep),
    path("ledgers/import", imports.ledgers),
    path("ledgers/import/<uuid:ledger>", imports.ledger),
    path("ledgers/out/<uuid:job>", out.taking_out),
    path("ledgers/out/<uuid:job>/file", out.taken_out),
    path("ledgers/<str:code>", sheet.ledger),
    path("ledgers/<str:code>/out", out.take_out),
    path("ledgers/<str:code>/choose", choosing.choose),
    path("ledgers/<str:code>/widths", choosing.draw),
    path("ledgers/<uuid:kept>/change", choosing.change),
    path("ledgers/<uuid:kept>/drop", choosing.drop),
]
