"""The addresses of the exchange, as docs/reference/exchange.md names them."""

from django.urls import path

from . import views, wire

urlpatterns = [
    path(wire.PARCELS[1:], views.receive),
    path(wire.OUTBOX[1:], views.outbox),
    path(wire.INBOX[1:], views.inbox),
    path(wire.INVENTORY[1:], views.holdings),
    path(wire.CARD[1:], views.card),
    path(wire.CHECKPOINTS[1:], views.cosign),
    path(wire.ATTACHMENTS[1:] + "<uuid:identity>", views.attachment),
]
