"""Holds the settings, the addresses, the mount of the JSON API, the server and the command line.
In come environment variables, HTTP requests and command lines.
Out go answers composed of what the rooms above offer; no rule about a case lives here."""
