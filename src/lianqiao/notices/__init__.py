"""Holds what people have been told: one notice per person and event, and the mail that carries it.
In come events of the log, through the follower `notices`.
Out go notices in the app and e-mail by SMTP, in the reader's language."""
