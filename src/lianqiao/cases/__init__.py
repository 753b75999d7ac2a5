"""Holds the case: its row, clocks, keys and files, the flow of states and verbs, and `act`, the only writer.
In come verbs: of enterprises and officers through the doors, of other nodes through `exchange`, of clocks.
Out go numbered events in the record, dates that explain themselves, and one read filter, `Case.objects.visible_to`."""
