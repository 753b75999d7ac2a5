"""Holds the meetings of government and enterprises: standing bodies, their series, agenda, attendance, what was said, minutes, and the lines that live on.
In come concerns (from officers, from cases, by invitation link without account) and what is typed while people talk.
Out go lines that are cases until they are struck off, invitations, published minutes, and figures that follow from the record."""
