"""Holds the tickets of the 12345 hotlines, summarised: what was asked, who was to answer by when, how it ended.
In come tables of a hotline, again and again; names and phone numbers of callers are not taken in.
Out go tickets for who may see them, each with the hotline's own limit, and the cases that officers make of them."""
