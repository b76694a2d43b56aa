"""What was found, in the terms of the reader's trade: code says it of a shop."""

import re

from goodwill.report.words import Words
from goodwill.wording import told


def in_own_terms(text: str, words: Words) -> str:
    """Return a sentence of our code in the reader's language, with the terms of an industry for a shop's.

    Examples
    --------
    >>> from goodwill.report.words import words_of
    >>> in_own_terms("Nobody has bought anything yet.", words_of("en"))
    'Nobody has bought anything yet.'
    >>> in_own_terms("60% of the one-time buyers have 2 orders.", words_of("en", industry="bank"))
    '60% of the customers of one transaction have 2 transactions.'
    """
    found, terms = told(text, words.language), words.texts["terms"]
    if not terms:
        return found
    # Chinese has no spaces: there a word may begin and end anywhere.
    edge = r"\b" if words.language == "en" else ""
    pattern = re.compile(f"{edge}({'|'.join(map(re.escape, terms))}){edge}", re.IGNORECASE)
    return pattern.sub(lambda match: _as_written(match[0], str(terms[match[0].lower()])), found)


def _as_written(theirs: str, ours: str) -> str:
    return ours[:1].upper() + ours[1:] if theirs[:1].isupper() else ours
