"""Holds how people come in: passwords, second factors, sessions, locks, apps, and the people whom another region vouches for.
In come people with a password, a passkey or the word of their own region's node, and apps with what their user has allowed them.
Out go sessions that a page can trust, signed words about this node's own people, and the people behind an app's token."""
