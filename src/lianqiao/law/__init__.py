"""The rules as data: statutes, calendars, codes, and the arithmetic of time limits; pure Python, no database.
In: dates, codes, the name of a limit, and what a node has set for itself (targets, extra days off), as arguments.
Out: which regime applies and why, when a limit ends and every day that led there, what is wrong with a code."""
