"""One search scheme for both databases and both languages: Han runs become overlapping pairs of characters, other runs lower-case words.

Open tokens (what the case says) and identity tokens (who says it) are kept apart, so that a search never tells an identity.
"""

import re
import unicodedata

HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
MIXED = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[^\u3400-\u9fff\U00020000-\U0003ffff\W_]+")
LONGEST = 40


def tokens(*texts: str) -> str:
    """The tokens of the texts, each once, separated and enclosed by spaces."""
    found: dict[str, None] = {}
    for text in texts:
        for run in MIXED.findall(unicodedata.normalize("NFKC", text).lower()):
            if HAN.match(run):
                found.update(dict.fromkeys(run[place : place + 2] for place in range(len(run))))
            else:
                found[run[:LONGEST]] = None
    return f" {' '.join(found)} " if found else ""


def wanted(query: str) -> list[str]:
    """The tokens that a text must have to be found: all pairs of a Han run (a single character by itself), all other words."""
    found: dict[str, None] = {}
    for run in MIXED.findall(unicodedata.normalize("NFKC", query).lower()):
        if HAN.match(run) and len(run) > 1:
            found.update(dict.fromkeys(run[place : place + 2] for place in range(len(run) - 1)))
        else:
            found[run[:LONGEST]] = None
    return list(found)
