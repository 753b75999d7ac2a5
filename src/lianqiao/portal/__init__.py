"""Pages for enterprises and the public: what can be done here and how long it takes, filing, one's own cases. Holds nothing of its own.
In come visitors and people who are signed in; what they send goes through the verbs of the rooms above.
Out go pages in two languages, which show what the rooms above know and whom they may show it to."""
