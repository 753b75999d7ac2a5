"""Lianqiao 连桥: regions take up, hand over, handle and account for the difficulties of enterprises."""

__version__ = "0.1.0"
