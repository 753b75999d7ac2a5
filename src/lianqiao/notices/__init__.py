"""Holds what people have been told: one notice per person and event, and the mail that carries it.
In come events of the log, through the followers `notices` and `webhooks`.
Out go notices in the app, e-mail by SMTP, and signed messages to apps, in the reader's language."""
