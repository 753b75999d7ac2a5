"""The steps at which a node is killed: between what it does to its database, its queue and the other node."""

SENDER_DIES = [
    "cases.act:act:after",  # in the transaction of the offer (or of the filing before it)
    "exchange.outgoing:tell:before",  # the follower, before the parcel is made
    "exchange.parcels:send:after",  # the parcel made, not committed
    "exchange.post:claim:after",  # leased
    "exchange.post:attempt:after",  # delivered, the receipt not yet written down
    "exchange.post:finish:after",
    "exchange.door:store:after",  # the answer stored, not yet acknowledged
    "exchange.inbox:carry_out:before",
    "exchange.inbox:carry_out:after",  # the answer carried out, not committed
    "exchange.inbox:settle:after",
]
RECEIVER_DIES = [
    "exchange.door:store:before",
    "exchange.door:store:after",  # the offer stored, not yet acknowledged
    "exchange.inbox:carry_out:after",  # the offer entered, not committed
    "exchange.inbox:settle:after",
    "exchange.answering:take_over:before",
    "exchange.answering:take_over:after",
    "exchange.outgoing:tell:before",
    "exchange.parcels:send:after",
    "exchange.post:attempt:before",
    "exchange.post:attempt:after",  # the answer delivered, not written down
    "exchange.post:finish:after",
    "record.sequencer:place_pending:after",
]
