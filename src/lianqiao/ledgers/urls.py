"""The addresses of the ledgers."""

from django.urls import path

from . import views

urlpatterns = [
    path("ledgers", views.ledgers),
    path("ledgers/keep", views.keep),
    path("ledgers/out/<uuid:job>", views.taking_out),
    path("ledgers/out/<uuid:job>/file", views.taken_out),
    path("ledgers/<str:code>", views.ledger),
    path("ledgers/<str:code>/out", views.take_out),
    path("ledgers/<str:code>/choose", views.choose),
    path("ledgers/<uuid:kept>/change", views.change),
    path("ledgers/<uuid:kept>/drop", views.drop),
]
