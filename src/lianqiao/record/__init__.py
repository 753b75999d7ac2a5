"""Holds what cannot be denied later: events in chains, commitments, the node's Merkle log, keys, signatures, receipts.
In: verbs of any room, as events about a subject; public keys, checkpoints and cosignatures of other nodes.
Out: events in one order for the followers, signed checkpoints, proofs and receipts that anybody can verify offline."""
