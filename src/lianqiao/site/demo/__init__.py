"""The demonstration: two nodes, Sichuan (51) and Chongqing (50), with the people of 51.toml and 50.toml and some forty cases.

`show` starts them, `seeding` enters the registry in each node's own process, `within` and `between` tell the cases.
"""
