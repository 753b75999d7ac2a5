"""Official documents: what a case writes to people, on the page of GB/T 9704, numbered without gaps.

In: events of cases, in the order of the log. Out: numbered documents in Chinese with an English courtesy copy, as PDF, with their digests in the record.
"""
