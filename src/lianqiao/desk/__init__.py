"""Pages for officers: what is due, one case with everything that may be done to it, offers of other regions, questions. Holds nothing of its own.
In come officers who are signed in; what they send goes through the verbs of the rooms above.
Out go dense pages in two languages, which show what the rooms above know and whom they may show it to."""
