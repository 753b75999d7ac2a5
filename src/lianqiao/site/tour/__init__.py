"""The tour: two fresh nodes, the journeys of the two Sichuan-Chongqing documents over public HTTP, told as a person would tell them.

`walk` starts the nodes and keeps the order, `telling` prints and compares, `journeys` are the ways of the cases.
"""

from lianqiao.site.tour.walk import walk

__all__ = ["walk"]
