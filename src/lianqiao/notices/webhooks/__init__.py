"""The channel for regional apps: a person subscribes an address, and what happens to the cases that they may see is told there, signed."""
