"""Holds the protocol between independent nodes: peers and their keys, parcels out and in, offers, alarms, recovery.
In come signed parcels of other nodes, and the events of cases that concern another node.
Out go signed parcels and acknowledgements, verbs of cases done by a peer, and alarms for what people must decide."""
